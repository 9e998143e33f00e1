"""What do decisions about single buildings cost? In: a plan. Out: the price of each, and what replaces a building."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.questions.register import DocsEntry, Question

if TYPE_CHECKING:
    from nsp_planner.questions.asking.asked import Asked
    from nsp_planner.report.answers.answer import Answer


def _answer(
    asked: Asked,
    *,
    site: Annotated[list[str] | None, typer.Option("--site", help="What refusing this site costs; repeatable.")] = None,
    insist: Annotated[
        list[str] | None, typer.Option("--insist", help="What insisting on this site costs; repeatable.")
    ] = None,
    resolve: Annotated[int, typer.Option(help="How many of the dearest refusals to tell in full.", min=0)] = 10,
    seconds: Annotated[
        float, typer.Option(help="Seconds per site where the search does not serve (another objective).", min=0.5)
    ] = 5.0,
) -> Answer:
    from nsp_planner.questions.refusals.solve import answer_refusals

    return answer_refusals(asked, sites=site or (), insist=insist or (), n_solved=resolve, seconds_per_site=seconds)


QUESTION = Question(
    name="refusals",
    title="What does it cost when a building drops out, is fixed, or must be in; what replaces it",
    help="What it costs when a building drops out, is fixed or must be in; and what replaces it.",
    example="scenarios/ijsselland.toml --resolve 20",
    answer=_answer,
    docs=(DocsEntry("refusals", lambda _study, seconds: ("--seconds", f"{seconds:g}")),),
    order=30,
)
