"""Scenarios on the command line. In: a study file and what --scenario and --norms say. Out: the study to plan."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.config import AppliedScenario, Study, load_scenario_study
from nsp_planner.config.norms_file import read_norms_overlay


def load_with_scenarios(
    study: Path, scenarios: list[str] | None, norms: Path | None
) -> tuple[Study, tuple[AppliedScenario, ...]]:
    """The study with scenarios and norms laid over it; ``SettingsError`` for a fault in any of the files."""
    more = [] if norms is None else [read_norms_overlay(norms)]
    return load_scenario_study(study, scenarios or (), more=more)
