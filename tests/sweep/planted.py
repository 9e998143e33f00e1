"""Faults planted in the processes of a sweep. In: a scenario. Out: what it gives when the engine is wrong."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from nsp_planner.errors import Fault, SystemFaultError
from nsp_planner.plan.solution import settled_bound
from nsp_planner.sweep.scenario import solve_scenario

WRONG_AT = 3.0


def too_high(value: float, bound: float, *, maximised: bool = False) -> float:
    """A bound 1 % above the value, settled as every bound is."""
    return settled_bound(value, value * (0.99 if maximised else 1.01), maximised=maximised)


def with_wrong_bounds(key: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The scenario; with 1 C-NSP per 3 L-NSPs the bounds of level 2 are too high."""
    if settings["ratios"]["lnsp_per_cnsp"] != WRONG_AT:
        return solve_scenario(key, settings)
    with patch("nsp_planner.plan.exact.coordination.settled_bound", too_high):
        return solve_scenario(key, settings)


def on_a_full_disk(key: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The scenario on a computer whose disk is full."""
    full = SystemFaultError(Fault("storage", "the disk is full", "make room"))
    with patch("nsp_planner.study.read.check_layers", side_effect=full), patch("nsp_planner.sweep.scenario._kept", {}):
        return solve_scenario(key, settings)
