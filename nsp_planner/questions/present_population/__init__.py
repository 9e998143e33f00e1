"""What if other people are there? In: a study and scenarios about people. Out: the plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.questions.register import DocsEntry, Question

if TYPE_CHECKING:
    from nsp_planner.questions.asking.asked import Asked
    from nsp_planner.report.answers.answer import Answer

IN_THE_DOCS = {
    "voorbeeld": ("zomer", "overdag", "kwetsbaren-dubbel", "kwetsbaren-per-buurt"),
    "ijsselland": ("ijsselland-zomer-vechtdal", "ijsselland-overdag-scholen", "kwetsbaren-dubbel"),
}
"""Scenarios about who is there, by the stem of a study's file."""


def _answer(
    asked: Asked,
    what: Annotated[
        list[str] | None,
        typer.Option("--what-if", "-w", help="A scenario about guests, the day, vulnerable, neighbours; repeatable."),
    ] = None,
) -> Answer:
    from nsp_planner.questions.asking.supposed import supposed_in
    from nsp_planner.questions.present_population.solve import answer_present_population

    return answer_present_population(asked, supposed=supposed_in(asked, what or ()))


def _for_docs(study: str, seconds: float) -> list[str]:
    return _met(IN_THE_DOCS.get(study, ("kwetsbaren-dubbel",)), seconds)


def _neighbours_for_docs(study: str, seconds: float) -> list[str]:
    if study != "voorbeeld":
        return _met((f"{study}-buren",), seconds)
    # The network of the example ends at its border.
    return _met(("buren", "buren-geprijsd"), seconds, ("hemelsbreed",))


def _met(names: Sequence[str], seconds: float, also: Sequence[str] = ()) -> list[str]:
    laid = [part for name in also for part in ("--scenario", name)]
    return ["--time-limit", f"{seconds:g}", *laid, *(part for name in names for part in ("-w", name))]


QUESTION = Question(
    name="people",
    title="Does the plan hold in summer, by day, for vulnerable residents, and with the neighbours",
    help="Does the plan hold in summer, by day, for the vulnerable, and with the neighbours?",
    example="scenarios/voorbeeld.toml -w zomer -w overdag",
    answer=_answer,
    docs=(
        DocsEntry("people", _for_docs, limits_time=True),
        DocsEntry("neighbours", _neighbours_for_docs, limits_time=True),
    ),
    order=70,
)
