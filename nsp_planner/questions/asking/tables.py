"""Tables of answers by a specification of their columns. In: fields and what they are of. Out: an answer's table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nsp_planner.errors import Fault
from nsp_planner.evaluate.planned import PlannedStudy
from nsp_planner.report.answers.answer import AnswerTable, Column, Mark, best_and_worst
from nsp_planner.report.text.no_plan import no_plan_nl, without_plan_nl
from nsp_planner.report.text.units import Unit


@dataclass(frozen=True)
class Field:
    """A column of a table.

    Attributes:
        label: Its Dutch heading.
        unit: What its values are.
        value: What it shows of an item: a function, or the name of a key or an attribute (``reach.mean_m``).
        better: Which way is better, where its best and worst cells are marked.
        always: Whether it is shown of items without a plan too.
    """

    label: str
    unit: Unit
    value: Callable[[Any], Any] | str
    better: Literal["low", "high"] | None = None
    always: bool = False

    def of(self, item: Any) -> Any:
        """Its value."""
        if not isinstance(self.value, str):
            return self.value(item)
        for name in self.value.split("."):
            item = item[name] if isinstance(item, Mapping) else getattr(item, name)
        return item


def make_table(
    name: str,
    title: str,
    fields: Sequence[Field],
    items: Iterable[Any],
    caption: str = "",
    *,
    has_plan: Callable[[Any], bool] = lambda _: True,
) -> AnswerTable:
    """One row per item; of an item without a plan only the fields that are always shown."""
    rows = tuple(tuple(each.of(item) if each.always or has_plan(item) else None for each in fields) for item in items)
    marks: dict[tuple[int, int], Mark] = {}
    for n, field in enumerate(fields):
        if field.better is not None:
            marks |= {(r, n): mark for r, mark in best_and_worst([row[n] for row in rows], field.better).items()}
    columns = tuple(Column(field.label, field.unit) for field in fields)
    return AnswerTable(name, title, columns, rows, caption, marks)


def indicator(name: str) -> Callable[[Any], float]:
    """An indicator of the region, of an item with an ``evaluation``."""
    return lambda item: float(item.evaluation.value(name))


def no_plan_cell(fault: Fault | None, verdict: str = "geen plan") -> str:
    """That there is no plan, and why."""
    return verdict if fault is None else without_plan_nl(verdict, no_plan_nl(fault))


@dataclass(frozen=True)
class CandidateNames:
    """Names, kinds and gemeenten of the candidates for L-NSP, in their order."""

    names: list[str]
    kinds: list[str]
    gemeenten: list[str]


def candidate_names(planned: PlannedStudy) -> CandidateNames:
    """What readers call each candidate for L-NSP."""
    sites = planned.layers.sites.iloc[planned.local_site_rows]
    areas = planned.layers.areas.set_index("area_code")["name"].astype(str).to_dict()
    return CandidateNames(
        [str(name) for name in sites["name"]],
        [str(kind) for kind in sites["kind"]],
        [str(areas.get(code, code)) for code in sites["gemeente_code"]],
    )
