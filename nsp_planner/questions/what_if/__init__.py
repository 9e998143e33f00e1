"""What do an outage, a flood, a shortage or a closed bridge do? In: a study and scenarios. Out: all side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.questions.register import DocsEntry, Question

if TYPE_CHECKING:
    from nsp_planner.questions.asking.asked import Asked
    from nsp_planner.report.answers.answer import Answer

IN_THE_DOCS = ("stroomuitval", "hoogwater", "personeelstekort")
ON_THE_EXAMPLE = ("brug-dicht", "veren-uit")
"""Scenarios that only the example region meets: bridges and ferries by the names of its network."""


def _answer(
    asked: Asked,
    what: Annotated[
        list[str] | None,
        typer.Option("--what-if", "-w", help="A scenario with an outage, flood, shortage or closed links; repeatable."),
    ] = None,
) -> Answer:
    from nsp_planner.questions.asking.supposed import supposed_in
    from nsp_planner.questions.what_if.solve import answer_what_if

    return answer_what_if(asked, supposed=supposed_in(asked, what or ()))


def _for_docs(study: str, seconds: float) -> list[str]:
    names = (*IN_THE_DOCS, *(ON_THE_EXAMPLE if study == "voorbeeld" else ()))
    return ["--time-limit", f"{seconds:g}", *(part for name in names for part in ("-w", name))]


QUESTION = Question(
    name="what-if",
    title="Who walks farther and who has no L-NSP left in an outage, flood or shortage, with the plan at hand and a "
    "new one",
    help="What do an outage, a flood, a shortage or a closed bridge do to the plan at hand, and to a new plan?",
    example="scenarios/ijsselland.toml -w stroomuitval -w hoogwater",
    answer=_answer,
    docs=(DocsEntry("what-if", _for_docs, limits_time=True),),
    order=60,
)
