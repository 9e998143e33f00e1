"""In which order do the sites open, for what money? In: a plan. Out: the year of every site, with what it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.questions.register import DocsEntry, Question

if TYPE_CHECKING:
    from nsp_planner.questions.asking.asked import Asked
    from nsp_planner.report.answers.answer import Answer


def _answer(
    asked: Asked, *, seconds: Annotated[float, typer.Option(help="Seconds to look for the order.", min=1)] = 60.0
) -> Answer:
    from nsp_planner.questions.phasing.solve import answer_phasing

    return answer_phasing(asked, seconds=seconds)


QUESTION = Question(
    name="phasing",
    title="In which order do the sites open, year by year, for what money, and who is served after each year",
    help="In which order do the sites open, under a budget per year? Persons and euros after each year.",
    example="scenarios/ijsselland.toml --seconds 60",
    answer=_answer,
    docs=(DocsEntry("phasing", lambda _study, seconds: ("--seconds", f"{seconds:g}")),),
    order=40,
)
