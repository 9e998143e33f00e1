"""One study from file to folder. In: a study. Out: a fresh folder with map, list, GeoPackage and manifest.

The folder appears only when everything in it is complete: it is written beside its final place under a hidden name
and renamed; on any failure the hidden folder is removed.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from pathlib import Path

from nsp_planner import __version__
from nsp_planner.config import AppliedScenario, Study
from nsp_planner.evaluate.evaluate import evaluate_run
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.run_info import OutputFile, RunInfo, ScenarioNote
from nsp_planner.report.write import write_report
from nsp_planner.storage import hidden_folder, ready_folder
from nsp_planner.study.changes import explain_changes
from nsp_planner.study.phasing import SECONDS, plan_phases
from nsp_planner.study.prepare.distances import DistancesOnce
from nsp_planner.study.previous import read_previous_plan
from nsp_planner.study.progress import Progress, SilentProgress
from nsp_planner.study.read import check_layers
from nsp_planner.study.run_folder import publish_run
from nsp_planner.study.solve import solve_study

PHASING_SHARE = 0.25
"""Time for the order of opening, as a part of that for the plan."""


NOT_SET_NL = "(niet ingesteld)"


@dataclass(frozen=True, eq=False)
class RunResult:
    """A finished run: where it is, what was written, and the plan with its indicators."""

    folder: Path
    outputs: tuple[OutputFile, ...]
    planned: PlannedStudy
    evaluation: Evaluation
    seconds: float
    scenarios: tuple[AppliedScenario, ...] = ()


def run_study(
    study: Study,
    *,
    command: str,
    progress: Progress | None = None,
    scenarios: tuple[AppliedScenario, ...] = (),
    deliver: DeliverOptions | None = None,
) -> RunResult:
    """Make a plan and write everything about it into a fresh folder under ``study.output``.

    A study with a section [phasing] gets the order of opening too: a slider on the maps, planning in list and report.

    Args:
        study: The settings.
        command: What was asked for, for the manifest.
        progress: Who wants to know how far it is.
        scenarios: What was laid over the study already, for the outputs.
        deliver: Write the board report, cards, packs, GeoJSON and the public version too.

    Raises:
        DataError: Inputs are missing or wrong. NoPlanError: no plan is possible, or the budget of [phasing] is too
        small for its first year. SettingsError: the study names what is not there, or the output folder cannot be
        written. VerificationError: a plan was refused. KeptAsideError: the finished folder could not be given its name.
    """
    progress = progress or SilentProgress()
    started, clock = dt.datetime.now().astimezone(), time.perf_counter()
    if deliver is not None:
        deliver.check()
    ready_folder(study.output)
    previous = read_previous_plan(study)
    layers = check_layers(study, progress)
    distances = DistancesOnce(layers)
    planned = solve_study(study, layers, progress, distances=distances, previous=previous)
    phases = _phases(planned, progress)
    changes = None if previous is None else explain_changes(planned, previous, distances, progress)
    progress.stage("computing indicators")
    evaluation = evaluate_run(planned, phases, changes, reports=deliver is not None)
    progress.stage("writing map, list and GeoPackage" + ("" if deliver is None else ", reports, cards and packs"))
    with hidden_folder(study.output) as hidden:
        run_info = RunInfo(
            created=started,
            version=__version__,
            seconds=time.perf_counter() - clock,
            command=command,
            scenarios=scenario_notes(scenarios),
        )
        outputs = write_report(hidden, evaluation, run_info=run_info, deliver=deliver)
        title = " ".join([study.title[:40], *(scenario.name for scenario in scenarios)])
        folder = publish_run(hidden, study.output, title, started)
    return RunResult(folder, outputs, planned, evaluation, time.perf_counter() - clock, scenarios)


def _changes(scenario: AppliedScenario) -> tuple[str, ...]:
    return tuple(change.as_text(none=NOT_SET_NL) for change in scenario.changes)


def scenario_notes(scenarios: tuple[AppliedScenario, ...]) -> tuple[ScenarioNote, ...]:
    """The scenarios laid over a study, as outputs tell them."""
    return tuple(ScenarioNote(each.title, each.sentence, _changes(each), each.as_dict()) for each in scenarios)


def _phases(planned: PlannedStudy, progress: Progress) -> PhasePlan | None:
    """The order of opening, where the study has a section [phasing]; raises as ``plan_phases``."""
    if not planned.study.asks_for("phasing"):
        return None
    progress.stage("the order of opening")
    seconds = min(SECONDS, PHASING_SHARE * planned.study.solver.time_limit_s)
    return plan_phases(planned, seconds=seconds)[0]
