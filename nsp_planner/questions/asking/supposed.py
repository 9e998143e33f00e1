"""Scenarios that a plan meets. In: a study's file and names of scenarios. Out: the study with each laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nsp_planner.config import AppliedScenario, Study, load_scenario_study
from nsp_planner.questions.asking.asked import Asked, with_time_limit


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
