"""The certificate of a plan, as the auditor recomputes it: below the optimum and near the claim.

A part of it that is changed makes it prove less, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.audit.bound import certified_bound, reachable
from nsp_planner.plan import LocalInstance, SolveOptions, solve_coordination, solve_local
from nsp_planner.plan.certify import Certificate, certify_coordination, certify_local
from nsp_planner.plan.instance import CoordinationInstance, Divisibility
from nsp_planner.plan.solution import LocalPlan, SolverReport
from nsp_planner.report.proof.write import fields_of
from tests.plan.large.test_raw_bounds import smallest_radius
from tests.towns.at_size import towns
from tests.towns.instances import costs_of
from tests.towns.seeded_small import KINDS, optimum_by_sets, small_town

Arrays = dict[str, Any]
OPTIONS = SolveOptions(gap=0.0, threads=1, time_limit_s=20.0)
ROUND_OFF = 1e-6


def arrays(certificate: Certificate) -> Arrays:
    """The certificate as an auditor reads it, whole numbers wide."""
    fields = {name.removeprefix("x_"): each for name, each in fields_of("x", certificate).items()}
    return {name: each.astype(np.int64) if each.dtype.kind in "iu" else each for name, each in fields.items()}


def certified(instance: LocalInstance, method: str = "exact", **options: Any) -> tuple[float, float, float]:
    """(value, bound claimed, bound that the auditor certifies)."""
    plan = solve_local(instance, replace(OPTIONS, method=method, **options))  # type: ignore[arg-type]
    return plan.value, plan.bound, certified_bound(arrays(certify_local(instance, plan)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_never_passes_the_optimum_and_comes_to_it(kind: str) -> None:
    for seed in range(4):
        town = small_town(seed, kind, n=12, m=6, p=3)
        best = optimum_by_sets(town, town.arc_cost)
        _, _, bound = certified(town)
        assert bound <= best * (1 + 1e-9), seed
        # a minimum of a gemeente is the same in one cluster: nothing is lost
        assert bound >= best * (1 - ROUND_OFF), seed


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_most_weight_within_the_norm_is_certified(kind: str) -> None:
    for seed in range(3):
        town = small_town(seed, kind, n=12, m=6, p=3, objective="max_coverage")
        most = float(town.weight.sum()) - optimum_by_sets(town, town.arc_beyond)
        _, _, bound = certified(town)
        assert most * (1 - 1e-9) <= bound <= most + ROUND_OFF * float(town.weight.sum()), seed


@pytest.mark.parametrize("kind", ["plain", "decided", "minima"])
def test_the_fewest_sites_are_certified(kind: str) -> None:
    for seed in range(4):
        town = small_town(seed, kind, objective="min_sites")
        value, claimed, bound = certified(town)
        assert bound <= value, seed
        assert bound == claimed == value, seed


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_distance_is_certified(kind: str) -> None:
    sharp = 0
    for seed in range(3):
        town = small_town(seed, kind, objective="min_max")
        smallest = smallest_radius(town)
        value, _, bound = certified(town)
        assert bound <= smallest * (1 + 1e-9), seed
        sharp += bound >= value * (1 - 2 * ROUND_OFF)
    assert sharp >= 2


def stations(seed: int) -> CoordinationInstance:
    """Twenty L-NSPs and eight stations at random, of which five coordinate at most four each."""
    rng = np.random.default_rng(seed)
    from_xy, to_xy = rng.uniform(0, 20_000, (20, 2)), rng.uniform(0, 20_000, (8, 2))
    distance_m = np.hypot(*(from_xy[:, None] - to_xy[None, :]).transpose(2, 0, 1))
    undecided = np.zeros(8, dtype=bool)
    return CoordinationInstance(
        tuple(f"l{i}" for i in range(20)),
        rng.integers(0, 2, 20),
        tuple(f"k{i}" for i in range(8)),
        rng.integers(0, 2, 8),
        undecided,
        undecided,
        costs_of(distance_m, 40_000.0),
        n_coordinators=5,
        max_lnsp_per_cnsp=4,
        lnsp_per_cnsp=4,
        other_gemeente_penalty_m=1_000.0 * (seed % 2),
    )


def test_level_2_is_certified_to_its_end() -> None:
    for seed in range(5):
        instance = stations(seed)
        plan = solve_coordination(instance)
        bound = certified_bound(arrays(certify_coordination(instance, plan)))
        assert plan.value * (1 - 2 * ROUND_OFF) <= bound <= plan.value * (1 + 1e-9)


def test_whole_groups_have_a_bound_too() -> None:
    town = towns(80, 14, 4, n_nearest=10, divisibility=Divisibility.WHOLE_GROUPS, fill=0.6)
    value, claimed, bound = certified(town, "large", gap=0.01, time_limit_s=2.0)
    assert 0.8 * claimed <= bound <= value * (1 + 1e-9)


@pytest.fixture(scope="module")
def sized() -> tuple[LocalInstance, Certificate]:
    """A region of some clusters: two gemeenten with a quota, branches and decided sites."""
    town = towns(400, 90, 36, n_gemeenten=5, n_nearest=20, fill=0.92)
    plan = solve_local(town, replace(OPTIONS, method="large", gap=0.002))
    return town, certify_local(town, plan)


def test_a_region_in_clusters_is_certified_as_it_is_claimed(sized: tuple[LocalInstance, Certificate]) -> None:
    _, certificate = sized
    assert certificate.proof is not None
    assert len(certificate.proof.trees) > 1
    assert sum(len(tree.last) for tree in certificate.proof.trees) > len(certificate.proof.trees)
    bound = certified_bound(arrays(certificate))
    assert certificate.bound * (1 - 1e-4) <= bound <= certificate.value
    assert bound == pytest.approx(certificate.proof.bound, rel=1e-9)


def test_arcs_that_do_not_matter_are_left_out_and_the_bound_stays(sized: tuple[LocalInstance, Certificate]) -> None:
    town, certificate = sized
    assert len(certificate.arc_site) < 0.7 * town.costs.n_arcs
    whole = replace(
        certificate,
        arc_start=town.costs.indptr,
        arc_site=town.costs.destination,
        arc_cost=np.nextafter(town.arc_cost.astype(np.float32), np.float32(-np.inf)),
    )
    assert certified_bound(arrays(whole)) == pytest.approx(certified_bound(arrays(certificate)), rel=1e-6)


def test_the_arcs_of_a_plan_stay_and_a_node_with_the_multipliers_of_its_parent_writes_no_row(
    sized: tuple[LocalInstance, Certificate],
) -> None:
    _, certificate = sized
    assert certificate.proof is not None
    kept = set(zip(np.repeat(np.arange(400), np.diff(certificate.arc_start)), certificate.arc_site, strict=True))
    assert set(zip(certificate.demand, certificate.site, strict=True)) <= kept
    rows = [len(tree.rows) for tree in certificate.proof.trees]
    nodes = [len(tree.last) for tree in certificate.proof.trees]
    assert rows == [int(tree.has_row.sum()) for tree in certificate.proof.trees]
    assert sum(rows) < sum(nodes)


def test_somebody_who_is_left_out_of_a_plan_is_seen_in_its_certificate(
    sized: tuple[LocalInstance, Certificate],
) -> None:
    town, certificate = sized
    left_out = certificate.demand != 7
    plan = LocalPlan(
        certificate.open_sites,
        certificate.demand[left_out],
        certificate.site[left_out],
        certificate.share[left_out],
        "min_distance",
        certificate.value,
        certificate.bound,
        SolverReport("large", "", 0.0, 0, 1, 0.0, 1.0, "gap"),
    )
    assert reachable(arrays(certify_local(town, plan))).all()


@pytest.mark.slow
def test_the_same_plan_has_the_same_certificate(sized: tuple[LocalInstance, Certificate]) -> None:
    town, first = sized
    plan = solve_local(town, replace(OPTIONS, method="large", gap=0.002))
    one, other = arrays(first), arrays(certify_local(town, plan))
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)


def _a_leaf_dropped(fields: Arrays) -> None:
    at = int(np.flatnonzero(fields["node_last"] == 0)[-1])
    for name in ("node_first", "node_last", "node_at", "node_has_row"):
        fields[name] = np.delete(fields[name], at)
    fields["node_start"] = np.minimum(fields["node_start"], len(fields["node_last"]))


def _a_branch_turned_into_a_leaf(fields: Arrays) -> None:
    at = int(np.flatnonzero(fields["node_last"] > 0)[0])
    fields["node_last"][at] = 0


def _a_branch_on_another_part(fields: Arrays) -> None:
    at = int(np.flatnonzero(fields["node_last"] > 0)[0])
    fields["node_first"][at], fields["node_last"][at] = 0, 2


def _multipliers_raised(fields: Arrays) -> None:
    fields["row_differences"] = fields["row_differences"] * 2


def _multipliers_of_nobody(fields: Arrays) -> None:
    fields["row_differences"] = fields["row_differences"] * 0


def _a_site_in_two_clusters(fields: Arrays) -> None:
    fields["tree_site"][0] = fields["tree_site"][-1]


def _a_cheaper_branch(fields: Arrays) -> None:
    fields["node_at"] = fields["node_at"] + 1


def _a_higher_ceiling(fields: Arrays) -> None:
    fields["ceiling"] = fields["ceiling"] * np.float32(1.1)


@pytest.mark.parametrize(
    "change",
    [
        _a_leaf_dropped,
        _a_branch_turned_into_a_leaf,
        _a_branch_on_another_part,
        _multipliers_raised,
        _multipliers_of_nobody,
        _a_site_in_two_clusters,
        _a_cheaper_branch,
        _a_higher_ceiling,
    ],
)
def test_a_changed_certificate_is_refused_or_proves_less(
    sized: tuple[LocalInstance, Certificate], change: Callable[[Arrays], None]
) -> None:
    fields = {name: np.array(each) for name, each in arrays(sized[1]).items()}
    before = certified_bound(fields)
    change(fields)
    assert certified_bound(fields) < before


def test_no_multipliers_whatever_prove_more_than_the_optimum() -> None:
    town = small_town(3, "quota", n=12, m=6, p=3)
    best = optimum_by_sets(town, town.arc_cost)
    plan = solve_local(town, replace(OPTIONS, method="exact"))
    fields = arrays(certify_local(town, plan))
    rng = np.random.default_rng(1)
    good = fields["row_differences"]
    for spread in (0.1, 0.5, 1.0, 3.0) * 5:
        fields["row_differences"] = (good * rng.uniform(1 - min(spread, 1.0), 1 + spread, len(good))).astype(np.int64)
        fields["tree_target"] = np.array([rng.uniform(-1.0, 1.0) * best])
        assert certified_bound(fields) <= best * (1 + 1e-9)
