"""Tables of answers by a specification of their columns. In: fields and what they are of. Out: an answer's table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nsp_planner.report.answers.answer import AnswerTable, Column, Mark, best_and_worst
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
