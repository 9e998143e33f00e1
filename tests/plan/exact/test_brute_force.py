"""The model of level 1 against every subset of sites, and properties any right model has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.diagnose.local import explain_no_plan
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import PlanStatus
from nsp_planner.plan.verify.instance import verify_local_instance
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.random_instances import best_by_brute_force, local_instances

pytestmark = pytest.mark.slow

few = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def best_by_model(instance: LocalInstance, solver: str = "highs") -> float | None:
    verify_local_instance(instance)
    try:
        plan = solve_local_exact(instance, SolveOptions(solver=solver, gap=0.0, threads=1))
    except NoPlanError:
        return None
    verify_local_plan(instance, plan)
    assert plan.status is PlanStatus.OPTIMAL
    return plan.value


def better_or_equal(instance: LocalInstance, new: float | None, old: float) -> bool:
    """Whether ``new`` is a plan at least as good as ``old``."""
    if new is None:
        return False
    room = 1e-6 * max(1.0, abs(old))
    return new >= old - room if instance.objective == "max_coverage" else new <= old + room


@few
@given(local_instances())
def test_the_model_finds_the_best_of_all_subsets(instance: LocalInstance) -> None:
    expected, found = best_by_brute_force(instance), best_by_model(instance)
    assert (found is None) == (expected is None)
    if expected is not None:
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)


@settings(parent=few, max_examples=15)
@given(local_instances())
def test_highs_and_cbc_agree(instance: LocalInstance) -> None:
    highs, cbc = best_by_model(instance), best_by_model(instance, "cbc")
    assert (highs is None) == (cbc is None)
    if highs is not None:
        assert cbc == pytest.approx(highs, rel=1e-6, abs=1e-6)


@few
@given(local_instances())
def test_an_impossible_instance_always_gets_a_proven_reason(instance: LocalInstance) -> None:
    assume(best_by_brute_force(instance) is None)
    faults = explain_no_plan(instance)
    assert faults
    assert all(fault.layer != "plan" for fault in faults)


@settings(parent=few, max_examples=20)
@given(local_instances(), st.data())
def test_more_capacity_never_hurts(instance: LocalInstance, data: st.DataObject) -> None:
    before = best_by_model(instance)
    assume(before is not None)
    assert before is not None
    extra = data.draw(st.lists(st.integers(0, 50), min_size=instance.n_candidates, max_size=instance.n_candidates))
    after = best_by_model(replace(instance, capacity_persons=instance.capacity_persons + np.array(extra)))
    assert better_or_equal(instance, after, before)


@settings(parent=few, max_examples=20)
@given(local_instances(), st.data())
def test_refusing_a_site_never_helps_who_stays_reachable(instance: LocalInstance, data: st.DataObject) -> None:
    site = data.draw(st.integers(0, instance.n_candidates - 1))
    refused = instance.refused.copy()
    refused[site] = True
    stricter = replace(instance, refused=refused)
    # Who becomes unreachable leaves the problem: only then could a refusal look like a gain.
    assume(not instance.refused[site] and not instance.fixed[site])
    assume(bool((stricter.reachable == instance.reachable).all()))
    after = best_by_model(stricter)
    assume(after is not None)
    assert after is not None
    assert better_or_equal(instance, best_by_model(instance), after)


@settings(parent=few, max_examples=20)
@given(local_instances())
def test_one_more_site_never_hurts(instance: LocalInstance) -> None:
    before = best_by_model(instance)
    # With every usable site open already there is none to add.
    assume(before is not None and instance.quota is None and int((~instance.refused).sum()) > instance.n_sites)
    assert before is not None
    assert better_or_equal(instance, best_by_model(replace(instance, n_sites=instance.n_sites + 1)), before)
