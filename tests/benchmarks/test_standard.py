"""Public instances with known optima: the same models and engines as the towns, proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.standard import KNOWN_CENTERS, KNOWN_OPTIMA, TOLERANCE, as_center, find_standard, read_standard
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large import solve_local_large
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan, PlanStatus
from nsp_planner.plan.verify.instance import verify_local_instance
from nsp_planner.plan.verify.plan import verify_local_plan

QUICK = ("pmed1", "pmed2", "pmed3", "cpmp01")
LONGER = ("cpmp02", "cpmp03", "cpmp11", "cpmp12", "SJC1")
"""Up to half a minute each; SJC3a takes longer and is in the benchmarks only."""


def _read(shared_dir: Path, name: str) -> LocalInstance:
    files = {path.stem: path for path in find_standard(shared_dir / "benchmarks")}
    return read_standard(files[name])


def _assert_proven(instance: LocalInstance, plan: LocalPlan, optimum: float) -> None:
    verify_local_instance(instance)
    verify_local_plan(instance, plan)
    assert plan.value == pytest.approx(optimum, abs=TOLERANCE)
    assert plan.status is PlanStatus.OPTIMAL


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pmed1", "cpmp01"])
def test_the_exact_model_proves_known_optima(shared_dir: Path, name: str) -> None:
    instance = _read(shared_dir, name)
    plan = solve_local_exact(instance, SolveOptions(gap=0.0, time_limit_s=600, threads=2))
    _assert_proven(instance, plan, KNOWN_OPTIMA[name])


@pytest.mark.parametrize("name", QUICK)
def test_the_large_engine_proves_known_optima(shared_dir: Path, name: str) -> None:
    instance = _read(shared_dir, name)
    plan = solve_local_large(instance, SolveOptions(gap=0.0, time_limit_s=120, seed=1))
    _assert_proven(instance, plan, KNOWN_OPTIMA[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LONGER)
def test_the_large_engine_proves_larger_known_optima(shared_dir: Path, name: str) -> None:
    instance = _read(shared_dir, name)
    plan = solve_local_large(instance, SolveOptions(gap=0.0, time_limit_s=300, seed=1))
    _assert_proven(instance, plan, KNOWN_OPTIMA[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN_CENTERS)
def test_known_smallest_worst_distances_are_proven(shared_dir: Path, name: str) -> None:
    instance = as_center(_read(shared_dir, name))
    plan = solve_local_large(instance, SolveOptions(gap=0.0, time_limit_s=120, seed=1))
    _assert_proven(instance, plan, KNOWN_CENTERS[name])
