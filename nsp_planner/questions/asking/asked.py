"""A study that a question is asked about. In: a study or its file. Out: its tables and its plan, made when needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nsp_planner.config import AppliedScenario, Study, load_scenario_study
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.study.progress import Progress, SilentProgress
from nsp_planner.study.read import check_layers
from nsp_planner.study.solve import solve_study


@dataclass(frozen=True, eq=False)
class Asked:
    """A study that a question is asked about; ``layers`` and ``planned`` are made at the first look, and kept.

    Attributes:
        study: The settings, with what the command line says laid over them.
        file: The study's file, for questions that lay scenarios over it.
        scenarios: Scenarios laid over the file, as they were named.
        applied: The same with what they changed.
        time_limit_s: Time limit per plan that was asked for; None for that of the study.
        progress: Progress callback.
        attempts: The plans tried beside that of the study itself.
    """

    study: Study
    file: Path | None = None
    scenarios: tuple[str, ...] = ()
    applied: tuple[AppliedScenario, ...] = ()
    time_limit_s: float | None = None
    progress: Progress = field(default_factory=SilentProgress)
    attempts: Attempts = field(default_factory=Attempts)

    @cached_property
    def layers(self) -> Layers:
        """The checked tables of the study; ``DataError`` with every fault of its inputs."""
        return check_layers(self.study, self.progress)

    @cached_property
    def planned(self) -> PlannedStudy:
        """The verified plan; ``NoPlanError`` where none is possible, ``SettingsError`` for a name that is not there."""
        return solve_study(self.study, self.layers, self.progress)


def read_asked(
    file: Path,
    scenarios: Sequence[str] = (),
    *,
    time_limit_s: float | None = None,
    output: Path | None = None,
    progress: Progress | None = None,
) -> Asked:
    """Read a study's file with scenarios laid over it; ``SettingsError`` for a fault in any of the files."""
    study, applied = load_scenario_study(file, scenarios)
    study = with_time_limit(study, time_limit_s)
    if output is not None:
        study = study.change(output=output)
    return Asked(study, file, tuple(scenarios), applied, time_limit_s, progress or SilentProgress())


def with_time_limit(study: Study, time_limit_s: float | None) -> Study:
    """The study with another time limit per plan; as it is where that is None."""
    if time_limit_s is None:
        return study
    return study.change(solver={"time_limit_s": time_limit_s})
