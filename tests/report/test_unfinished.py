"""A level that stopped before the gap asked for says so in every output, whichever of the two it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nsp_planner.cli.summary import _proof
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.goal import LevelResult, Proof
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.solution import PlanStatus
from nsp_planner.report import write_report
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.public.gate import read_text
from nsp_planner.report.text.dutch import proof_nl
from tests.report.paper import squeezed
from tests.towns.planned import RUN

LOUD = ("kaart.html", "bestuursrapport.html", "bestuursrapport.pdf", "kandidatenlijst.xlsx", "kandidatenlijst.csv")
TOLD = "niet af: gestopt bij de tijdslimiet van 40 s, ten hoogste 85,6 % van het best mogelijke plan af (gevraagd: 1 %)"


def unfinished(evaluation: Evaluation, level: str) -> Evaluation:
    """The plan with this level stopped by time at a gap of 85.6 %."""
    goal = evaluation.goal
    solved: LevelResult = getattr(goal, level)
    report = replace(solved.report, stopped_by="time", time_limit_s=40.0, gap_asked=0.01)
    stopped = replace(solved, gap=0.856, status=PlanStatus.FEASIBLE, report=report)
    return replace(evaluation, goal=replace(goal, **{level: stopped}))


@pytest.mark.slow
@pytest.mark.parametrize(("level", "name"), [("lnsp", "L-NSP's"), ("cnsp", "C-NSP's")])
def test_a_level_that_is_not_finished_says_so_in_map_report_list_and_cards(
    toy: tuple[PlannedStudy, Evaluation], tmp_path: Path, level: str, name: str
) -> None:
    write_report(tmp_path, unfinished(toy[1], level), run_info=RUN, deliver=DeliverOptions())
    mark = squeezed(f"Keuze van de {name} niet af: ten hoogste 85,6 %")
    for file in LOUD:
        assert mark in squeezed(read_text(tmp_path / file)), file
    sentence = squeezed(f"De keuze van de {name} is {TOLD}.")
    for file in ("bestuursrapport.html", "bestuursrapport.pdf", *_cards(tmp_path)):
        assert sentence in squeezed(read_text(tmp_path / file)), file
    assert mark not in squeezed(read_text(tmp_path / _cards(tmp_path)[0]))  # a card says it in its source line


def _cards(folder: Path) -> list[str]:
    return [f"meterkastkaarten/{path.name}" for path in sorted((folder / "meterkastkaarten").glob("*.pdf"))]


def test_both_levels_are_told_by_the_same_function() -> None:
    stopped = Proof(0.856, 0.01, 40.0, "time")
    assert not stopped.is_finished
    assert proof_nl(stopped) == TOLD
    assert _proof(stopped) == (
        "NOT FINISHED, stopped at the time limit of 40 s; proven within 85.60% of the best possible, where 1.00% was "
        "asked for"
    )
    assert proof_nl(Proof(0.0, 0.01, 40.0, "time")) == "bewezen het best mogelijke plan"


def test_an_interrupt_is_said_and_a_missing_bound_is_no_gap_of_zero() -> None:
    told = proof_nl(Proof(float("inf"), 0.01, 40.0, "interrupt"))
    assert told.startswith("niet af: voortijdig gestopt met Ctrl-C, niet bewezen hoever het van het best mogelijke")
