"""How many L-NSPs are enough? In: a study. Out: the plan at every ratio, the front of mean against worst distance."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.questions.register import DocsEntry, Question

if TYPE_CHECKING:
    from nsp_planner.questions.asking.asked import Asked
    from nsp_planner.report.answers.answer import Answer


class Per(StrEnum):
    """Where a number of L-NSPs counts."""

    GEMEENTE = "gemeente"
    REGION = "region"


def _answer(
    asked: Asked,
    *,
    ratio: Annotated[
        list[float] | None, typer.Option("--ratio", help="Inhabitants per L-NSP; repeatable. Default 2,500 to 7,500.")
    ] = None,
    per: Annotated[Per | None, typer.Option(help="Where the number counts, instead of the study's.")] = None,
    front: Annotated[int, typer.Option(help="Points of the front of mean against worst distance; 0: none.", min=0)] = 8,
    seconds: Annotated[float | None, typer.Option(help="Seconds per plan after the first one.", min=1)] = None,
) -> Answer:
    from nsp_planner.questions.lnsp_ratio.solve import RATIOS, answer_lnsp_ratio

    if any(value <= 0 for value in ratio or ()):
        raise SettingsError(
            Fault("question", "a ratio must be above 0", "give inhabitants per L-NSP", column="--ratio")
        )
    return answer_lnsp_ratio(
        asked,
        ratios=ratio or RATIOS,
        per=None if per is None else per.value,
        n_epsilons=front,
        seconds_per_plan=seconds,
    )


QUESTION = Question(
    name="lnsp-ratio",
    title="How many inhabitants per L-NSP? The curve, its knee, and mean against worst distance",
    help="How many inhabitants per L-NSP? The curve with its knee, and mean against worst distance.",
    example="scenarios/ijsselland.toml --seconds 30",
    answer=_answer,
    docs=(DocsEntry("lnsp-ratio", lambda _study, seconds: ("--seconds", f"{seconds:g}")),),
    order=20,
)
