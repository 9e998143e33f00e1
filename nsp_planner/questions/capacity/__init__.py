"""What do the noodsteunpunten have to handle? In: a plan. Out: visitors, staff and water, per gemeente and L-NSP."""

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
    share: Annotated[
        float | None, typer.Option("--share", help="Share of the inhabitants that comes on a day: 0.2 is one in five.")
    ] = None,
    peak: Annotated[
        float | None, typer.Option("--peak", help="How much busier the busiest moment is than the mean of the day.")
    ] = None,
) -> Answer:
    from nsp_planner.questions.capacity.solve import answer_capacity

    return answer_capacity(asked, share_per_day=share, peak_factor=peak)


QUESTION = Question(
    name="capacity",
    title="Visitors at once and per day, staff per shift, in 72 hours and in a week, water points and litres",
    help="How many visitors at once and per day, how much staff and water, per gemeente?",
    example="scenarios/ijsselland.toml --share 0.3",
    answer=_answer,
    docs=(DocsEntry("capacity"),),
    order=80,
)
