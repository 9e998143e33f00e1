"""Scenarios that a plan meets. In: a study's file and names of scenarios. Out: the study with each, and its plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nsp_planner.config import AppliedScenario, Study, load_scenario_study
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.questions.asking.asked import Asked, with_time_limit
from nsp_planner.questions.asking.attempts import Attempt
from nsp_planner.study.circumstances.existing_plan import ExistingPlan
from nsp_planner.study.prepare.distances import DistancesOnce
from nsp_planner.study.solve import solve_study


@dataclass(frozen=True)
class Supposed:
    """A scenario to meet: the study with it laid over, and what was laid over."""

    study: Study
    scenario: AppliedScenario


def read_supposed(
    study_file: Path, names: Sequence[str], also: Sequence[str] = (), time_limit_s: float | None = None
) -> list[Supposed]:
    """The study with each of these scenarios laid over it, and over all of ``also``; raises ``SettingsError``."""
    supposed = []
    for name in names:
        study, applied = load_scenario_study(study_file, [*also, name])
        supposed.append(Supposed(with_time_limit(study, time_limit_s), applied[-1]))
    return supposed


def supposed_in(asked: Asked, names: Sequence[str]) -> list[Supposed]:
    """The study asked about with each of these scenarios laid over it; raises ``SettingsError``."""
    assert asked.file is not None or not names, "scenarios are laid over a file"
    return [] if asked.file is None else read_supposed(asked.file, names, asked.scenarios, asked.time_limit_s)


def meet(
    asked: Asked,
    title: str,
    study: Study,
    own: DistancesOnce,
    existing: ExistingPlan | None,
    there: PlannedStudy | None,
) -> Attempt[PlannedStudy]:
    """A scenario met by the plan at hand (``existing``), or anew and begun from ``there``, what became of that plan."""
    name = f"{title}: {'nieuw plan' if existing is None else 'plan dat er ligt'}"
    start = None if there is None else there.as_solved[1]
    solve = partial(solve_study, study, own.layers, asked.progress, existing, own, start=start)
    return asked.attempts.make(name, solve)
