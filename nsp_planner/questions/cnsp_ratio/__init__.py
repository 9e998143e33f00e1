"""Is 1 C-NSP per 4 L-NSPs a good ratio? In: a plan of L-NSPs. Out: the C-NSPs at every ratio, side by side."""

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
    ratio: Annotated[
        list[float] | None, typer.Option("--ratio", help="L-NSPs per C-NSP; repeat for more. Default 3 to 8.", min=1)
    ] = None,
    once_eur: Annotated[float | None, typer.Option(help="What a C-NSP costs once, in euros.", min=0)] = None,
    per_year_eur: Annotated[float | None, typer.Option(help="What a C-NSP costs per year, in euros.", min=0)] = None,
) -> Answer:
    from nsp_planner.questions.cnsp_ratio.answer import CnspCosts
    from nsp_planner.questions.cnsp_ratio.solve import RATIOS, answer_cnsp_ratio

    return answer_cnsp_ratio(asked, ratios=ratio or RATIOS, costs=CnspCosts(once_eur, per_year_eur))


QUESTION = Question(
    name="cnsp-ratio",
    title="Is 1 C-NSP per 4 L-NSPs a good ratio? 1:3 to 1:8, one coordination point, what a failing station does",
    help="Is 1 C-NSP per 4 L-NSPs a good ratio? 1:3 to 1:8, and one coordination point.",
    example="scenarios/ijsselland.toml",
    answer=_answer,
    docs=(DocsEntry("cnsp-ratio"),),
    order=10,
)
