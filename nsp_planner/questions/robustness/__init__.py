"""How robust is the network? In: a plan, scenarios. Out: its core, what failing sites cost, plans under scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.questions.register import DocsEntry, Question

if TYPE_CHECKING:
    from nsp_planner.questions.asking.asked import Asked
    from nsp_planner.report.answers.answer import Answer

UNDER = ("hoogwater", "stroomuitval")
"""Scenarios that the plans of the docs are tested in."""


def _answer(
    asked: Asked,
    *,
    under: Annotated[
        list[str] | None, typer.Option("--under", help="A scenario to test every plan in; repeatable.")
    ] = None,
    plans: Annotated[int, typer.Option(help="Variants to plan, to see which buildings are in every plan.", min=0)] = 12,
    seconds: Annotated[float, typer.Option(help="Seconds per variant.", min=1)] = 10.0,
    tolerance: Annotated[
        float, typer.Option(help="How much farther people may walk in a good plan: 0.05 is 5 %.", min=0, max=1)
    ] = 0.05,
    failing: Annotated[int, typer.Option(help="Most buildings that fail together.", min=1, max=8)] = 3,
) -> Answer:
    from nsp_planner.questions.asking.supposed import supposed_in
    from nsp_planner.questions.robustness.solve import answer_robustness

    return answer_robustness(
        asked,
        n_plans=plans,
        seconds_per_plan=seconds,
        tolerance=tolerance,
        most_failing=failing,
        under=[(each.scenario.title, each.study) for each in supposed_in(asked, under or ())],
    )


def _for_docs(_study: str, seconds: float) -> list[str]:
    return ["--seconds", f"{seconds:g}", "--plans", "8", *(part for name in UNDER for part in ("--under", name))]


QUESTION = Question(
    name="robustness",
    title="Which buildings are in nearly every good plan, what fails worst, does the plan hold in other circumstances",
    help="Which buildings are in every good plan, what fails worst, and does the plan hold in other circumstances?",
    example="scenarios/ijsselland.toml --under hoogwater",
    answer=_answer,
    docs=(DocsEntry("robustness", _for_docs),),
    order=50,
)
