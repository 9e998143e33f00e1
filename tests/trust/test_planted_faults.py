"""Faults that are planted on purpose, and what finds each: a safety net that finds nothing proves nothing.

A fault changes a plan, an instance or the code that makes them. It counts as found when the verification, the one rule
for bounds or the rules of the order of opening refuse it, or when the engine beside it finds a plan that the faulty
proof rules out, as the tests of agreement and the audit do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.errors import NoPlanError, VerificationError
from nsp_planner.plan import radius_search
from nsp_planner.plan.exact import coordination, least_cost
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import CoordinationInstance, Divisibility, LocalInstance
from nsp_planner.plan.large import best_plan, p_median, solve_local_large
from nsp_planner.plan.large import min_sites as large_min_sites
from nsp_planner.plan.large.decomposition import DecompositionBound
from nsp_planner.plan.large.lagrangian import LagrangianBound
from nsp_planner.plan.large.uncovered import UncoveredBound
from nsp_planner.plan.milp.solver import solve_milp
from nsp_planner.plan.objective import objective
from nsp_planner.plan.objectives import max_coverage, min_sites
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.phasing import model as phasing
from nsp_planner.plan.phasing.instance import broken_rules
from nsp_planner.plan.phasing.model import solve_phasing
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, TracePoint, settled_bound
from nsp_planner.plan.verify.coordination import verify_coordination_plan
from nsp_planner.plan.verify.instance import verify_coordination_instance, verify_local_instance
from nsp_planner.plan.verify.plan import verify_local_plan
from tests.towns.phasing import small_phasing
from tests.towns.seeded_small import small_town
from tests.towns.stations import (
    at_most_two,
    four_on_a_road,
    price_paid,
    price_rises,
    wide_most,
    wish_not_forced,
)

pytestmark = pytest.mark.slow  # many small instances: left out of make check, in make test

OPTIONS = SolveOptions(gap=0.0, threads=1, time_limit_s=5.0, seed=1)
ENGINES = {"exact": solve_local_exact, "large": solve_local_large}
Change = Callable[[Any], Any]
Plant = Callable[[pytest.MonkeyPatch], None]


# -- faults in a plan ------------------------------------------------------------------------------------------------

PLANNED: dict[tuple[str, str], tuple[LocalInstance, LocalPlan]] = {}


def planned(kind: str, name: str = "min_distance") -> tuple[LocalInstance, LocalPlan]:
    if (kind, name) not in PLANNED:
        whole = Divisibility.WHOLE_POINTS if kind == "whole" else Divisibility.DIVISIBLE
        town = small_town(4, "plain" if kind == "whole" else kind, objective=name, divisibility=whole)
        plan = solve_local_exact(town, OPTIONS)
        verify_local_plan(town, plan)
        PLANNED[kind, name] = town, plan
    return PLANNED[kind, name]


def honest(town: LocalInstance, plan: LocalPlan) -> LocalPlan:
    """The plan with value and bound that go with its allocation, so that only the rule is broken."""
    known = np.isin(
        plan.demand * town.n_candidates + plan.site, town.costs.arc_origin * town.n_candidates + town.costs.destination
    )
    metres = np.zeros(len(plan.demand))
    metres[known] = town.costs.lookup(plan.demand[known], plan.site[known])
    value = objective(town.objective).recompute(town, plan, metres)
    report = replace(plan.report, stopped_by="time", trace=())
    return replace(plan, value=value, bound=value, report=report)


def with_entry(plan: LocalPlan, k: int, **changes: float) -> LocalPlan:
    arrays = {name: getattr(plan, name).copy() for name in ("demand", "site", "share")}
    for name, value in changes.items():
        arrays[name][k] = value
    return replace(plan, **arrays)


def without_entry(plan: LocalPlan, k: int) -> LocalPlan:
    keep = np.arange(len(plan.demand)) != k
    return replace(plan, demand=plan.demand[keep], site=plan.site[keep], share=plan.share[keep])


def closed_site(town: LocalInstance, plan: LocalPlan) -> int:
    return int(np.setdiff1d(np.flatnonzero(~town.refused), plan.open_sites)[0])


def exchanged(plan: LocalPlan, out: int, into: int) -> LocalPlan:
    """One open site in place of another, its people with it."""
    opened = np.sort(np.where(plan.open_sites == out, into, plan.open_sites))
    return replace(plan, open_sites=opened, site=np.where(plan.site == out, into, plan.site))


def everyone_to(town: LocalInstance, plan: LocalPlan) -> LocalPlan:
    n = town.n_demand
    return replace(plan, demand=np.arange(n), site=np.full(n, plan.open_sites[0]), share=np.ones(n))


def to_the_farthest(town: LocalInstance, plan: LocalPlan) -> LocalPlan:
    """Says the value of the nearest but sends one demand point to the other open site."""
    other = int(plan.open_sites[plan.open_sites != plan.site[0]][0])
    return with_entry(plan, 0, site=other)


def refused_open(town: LocalInstance, plan: LocalPlan) -> LocalPlan:
    out = int(plan.open_sites[~town.fixed[plan.open_sites]][0])
    return exchanged(plan, out, int(np.flatnonzero(town.refused)[0]))


def fixed_closed(town: LocalInstance, plan: LocalPlan) -> LocalPlan:
    return exchanged(plan, int(np.flatnonzero(town.fixed)[0]), closed_site(town, plan))


def other_gemeente(town: LocalInstance, plan: LocalPlan) -> LocalPlan:
    out = int(plan.open_sites[0])
    abroad = np.flatnonzero(town.site_gemeente != town.site_gemeente[out])
    return exchanged(plan, out, int(np.setdiff1d(abroad, plan.open_sites)[0]))


def split(town: LocalInstance, plan: LocalPlan) -> LocalPlan:
    other = int(plan.open_sites[plan.open_sites != plan.site[0]][0])
    return replace(
        plan,
        demand=np.append(plan.demand, plan.demand[0]),
        site=np.append(plan.site, other),
        share=np.append(with_entry(plan, 0, share=0.5).share, 0.5),
    )


def scaled(plan: LocalPlan, factor: float) -> LocalPlan:
    return replace(plan, value=plan.value * factor, bound=plan.bound * factor)


IN_A_PLAN: dict[str, tuple[str, str, Callable[[LocalInstance, LocalPlan], LocalPlan], bool]] = {
    "a demand point lost": ("plain", "min_distance", lambda t, p: without_entry(p, 0), True),
    "a person of a demand point lost": (
        "plain",
        "min_distance",
        lambda t, p: with_entry(p, 0, share=p.share[0] - 1.0 / t.population_persons[p.demand[0]]),
        True,
    ),
    "a share that is a millionth too large": (
        "plain",
        "min_distance",
        lambda t, p: with_entry(p, 0, share=p.share[0] + 1e-5),
        True,
    ),
    "a demand point served twice": ("plain", "min_distance", lambda t, p: split(t, with_entry(p, 0, share=1.0)), False),
    "a share below 0": ("plain", "min_distance", lambda t, p: with_entry(p, 0, share=-p.share[0]), False),
    "people sent to a closed site": (
        "plain",
        "min_distance",
        lambda t, p: with_entry(p, 0, site=closed_site(t, p)),
        True,
    ),
    "everyone sent to one site": ("tight", "min_distance", everyone_to, True),
    "a site too many": (
        "plain",
        "min_distance",
        lambda t, p: replace(p, open_sites=np.sort(np.append(p.open_sites, closed_site(t, p)))),
        True,
    ),
    "a site too few": ("plain", "min_distance", lambda t, p: replace(p, open_sites=p.open_sites[:-1]), True),
    "a site twice": ("plain", "min_distance", lambda t, p: replace(p, open_sites=p.open_sites[[0, 0]]), True),
    "sites out of order": ("plain", "min_distance", lambda t, p: replace(p, open_sites=p.open_sites[::-1]), True),
    "a site that does not exist": ("plain", "min_distance", lambda t, p: with_entry(p, 0, site=99), False),
    "a refused site opened": ("decided", "min_distance", refused_open, True),
    "a fixed site closed": ("decided", "min_distance", fixed_closed, True),
    "a site in the wrong gemeente": ("quota", "min_distance", other_gemeente, True),
    "a whole point split": ("whole", "min_distance", split, True),
    "a distance of another site": ("plain", "min_distance", to_the_farthest, False),
    "a value 0.1 % too small": ("plain", "min_distance", lambda t, p: scaled(p, 0.999), False),
    "a value 1 % too large": ("plain", "min_distance", lambda t, p: scaled(p, 1.01), False),
    "a value of the wrong sign": ("plain", "min_distance", lambda t, p: scaled(p, -1.0), False),
    "a bound 0.1 % above the value": ("plain", "min_distance", lambda t, p: replace(p, bound=p.value * 1.001), False),
    "a bound of coverage 0.1 % below it": (
        "plain",
        "max_coverage",
        lambda t, p: replace(p, bound=p.value * 0.999),
        False,
    ),
    "a bound that is not a number": ("plain", "min_distance", lambda t, p: replace(p, bound=np.nan), False),
    "a coverage one person too large": (
        "plain",
        "max_coverage",
        lambda t, p: replace(p, value=p.value + 1, bound=p.bound + 1),
        False,
    ),
    "a worst distance a metre too small": (
        "plain",
        "min_max",
        lambda t, p: replace(p, value=p.value - 1, bound=p.bound - 1),
        False,
    ),
    "a site not counted": (
        "plain",
        "min_sites",
        lambda t, p: replace(p, value=p.value - 1, bound=p.bound - 1),
        False,
    ),
    "another objective": ("plain", "min_distance", lambda t, p: replace(p, objective="max_coverage"), False),
    "a gap said to be closed that is not": (
        "plain",
        "min_distance",
        lambda t, p: replace(p, bound=0.9 * p.value, report=replace(p.report, stopped_by="gap")),
        False,
    ),
    "a bound in the trace above the value": (
        "plain",
        "min_distance",
        lambda t, p: replace(p, report=replace(p.report, trace=(TracePoint(0.1, p.value, 1.01 * p.value),))),
        False,
    ),
}


@pytest.mark.parametrize("fault", IN_A_PLAN)
def test_a_fault_in_a_plan_is_found(fault: str) -> None:
    kind, name, change, settle = IN_A_PLAN[fault]
    town, plan = planned(kind, name)
    wrong = change(town, plan)
    with pytest.raises(VerificationError):
        verify_local_plan(town, honest(town, wrong) if settle else wrong)


@pytest.mark.parametrize("fault", ["a capacity one person smaller", "a quota of one less", "one site less"])
def test_a_plan_of_an_instance_that_differs_by_one_is_refused(fault: str) -> None:
    town, plan = planned("tight" if "capacity" in fault else "quota")
    if "capacity" in fault:
        load = np.bincount(plan.site, plan.share * town.population_persons[plan.demand], town.n_candidates)
        town = replace(town, capacity_persons=np.where(load > 0, load - 1.0, town.capacity_persons))
    elif "quota" in fault:
        assert town.quota is not None
        town = replace(town, quota=town.quota + np.array([1, -1]))
    else:
        town = replace(town, quota=None, n_sites=town.n_sites - 1)
    with pytest.raises(VerificationError):
        verify_local_plan(town, plan)


# -- faults in level 2 -----------------------------------------------------------------------------------------------


def coordinator(plan: CoordinationPlan, number: int, station: int) -> CoordinationPlan:
    changed = plan.coordinator.copy()
    changed[number] = station
    return replace(plan, coordinator=changed)


IN_LEVEL_2: dict[str, tuple[Callable[[], CoordinationInstance], Callable[[CoordinationPlan], CoordinationPlan]]] = {
    "a station twice": (four_on_a_road, lambda p: replace(p, open_stations=p.open_stations[[0, 0]])),
    "a station too few": (at_most_two, lambda p: replace(p, open_stations=p.open_stations[:1])),
    "a closed coordinator": (four_on_a_road, lambda p: coordinator(p, 3, 1)),
    "too many under one station": (at_most_two, lambda p: coordinator(p, 2, 0)),
    "a station that does not exist": (four_on_a_road, lambda p: coordinator(p, 0, 7)),
    "an L-NSP without coordinator": (four_on_a_road, lambda p: replace(p, coordinator=p.coordinator[:-1])),
    "a wrong distance to the coordinator": (four_on_a_road, lambda p: replace(p, value=p.value - 1, bound=p.value - 1)),
    "the price above the ratio left out": (price_paid, lambda p: replace(p, value=3000.0, bound=3000.0)),
    "the price of every step the same": (price_rises, lambda p: replace(p, value=7000.0, bound=7000.0)),
    "a wish left out": (wish_not_forced, lambda p: replace(p, value=13_000.0, bound=13_000.0)),
    "more than the wide most": (wide_most, lambda p: replace(coordinator(p, 3, 0), value=600.0, bound=600.0)),
    "a bound above the metres": (four_on_a_road, lambda p: replace(p, bound=1.001 * p.value)),
}


@pytest.mark.parametrize("fault", IN_LEVEL_2)
def test_a_fault_in_a_plan_of_stations_is_found(fault: str) -> None:
    build, change = IN_LEVEL_2[fault]
    plan = solve_coordination(build())
    verify_coordination_plan(build(), plan)
    with pytest.raises(VerificationError):
        verify_coordination_plan(build(), change(plan))


# -- faults in an instance -------------------------------------------------------------------------------------------


def changed_costs(town: Any, **changes: Any) -> Any:
    return replace(town, costs=replace(town.costs, **changes))


def at(array: np.ndarray, k: int, value: float) -> np.ndarray:
    changed = array.copy()
    changed[k] = value
    return changed


IN_AN_INSTANCE: dict[str, Change] = {
    "persons below 0": lambda t: replace(t, population_persons=at(t.population_persons, 0, -1)),
    "a weight that is not a number": lambda t: replace(t, weight=at(t.weight, 0, np.nan)),
    "a capacity below 0": lambda t: replace(t, capacity_persons=at(t.capacity_persons, 0, -1)),
    "a site twice": lambda t: replace(t, site_ids=(t.site_ids[1], *t.site_ids[1:])),
    "a demand point twice": lambda t: replace(t, demand_ids=(t.demand_ids[1], *t.demand_ids[1:])),
    "a gemeente that does not exist": lambda t: replace(t, site_gemeente=at(t.site_gemeente, 0, 9)),
    "a distance below 0": lambda t: changed_costs(t, distance_m=at(t.costs.distance_m, 0, -5.0)),
    "a distance beyond the cutoff": lambda t: changed_costs(t, distance_m=at(t.costs.distance_m, 4, 99_999.0)),
    "distances out of order": lambda t: changed_costs(t, distance_m=t.costs.distance_m[::-1].copy()),
    "an arc twice": lambda t: changed_costs(t, destination=at(t.costs.destination, 0, t.costs.destination[1])),
    "a norm that is not a number": lambda t: replace(t, service_distance_m=at(t.service_distance_m, 0, np.nan)),
    "no site to open": lambda t: replace(t, n_sites=0, quota=None),
}


@pytest.mark.parametrize("fault", IN_AN_INSTANCE)
def test_a_fault_in_an_instance_is_found(fault: str) -> None:
    town, _ = planned("plain")
    verify_local_instance(town)
    with pytest.raises(VerificationError):
        verify_local_instance(IN_AN_INSTANCE[fault](town))


@pytest.mark.parametrize(
    "change",
    [
        lambda s: replace(s, station_ids=(s.station_ids[0],) * 2),
        lambda s: replace(s, max_lnsp_per_cnsp=0),
        lambda s: replace(s, other_gemeente_penalty_m=-1.0),
        lambda s: replace(s, n_coordinators=0),
        lambda s: replace(s, load_price_m=-1.0),
    ],
    ids=["a station twice", "no L-NSP per C-NSP", "a penalty below 0", "no C-NSP", "a price below 0"],
)
def test_a_fault_in_an_instance_of_level_2_is_found(change: Change) -> None:
    verify_coordination_instance(four_on_a_road())
    with pytest.raises(VerificationError):
        verify_coordination_instance(change(four_on_a_road()))


# -- faults in the engines -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EngineFault:
    """A fault in the code of one engine: on which instance it shows, and how it is planted."""

    name: str
    method: str
    town: LocalInstance
    plant: Plant


def raised(by: float) -> Callable[..., Any]:
    """The MILP solver with a bound that is raised by a part of itself."""

    def solve(*args: Any, **keywords: Any) -> Any:
        outcome = solve_milp(*args, **keywords)
        return replace(outcome, bound=outcome.bound * (1 + by)) if outcome.has_solution else outcome

    return solve


def patched(module: Any, name: str, new: Any) -> Plant:
    return lambda monkeypatch: monkeypatch.setattr(module, name, new)


def faulty_model(change: Change) -> Plant:
    """The exact model built from another instance, the plan told of the true one."""
    original = least_cost.build_local_model

    def build(instance: LocalInstance) -> Any:
        return replace(original(change(instance)), instance=instance)

    return patched(least_cost, "build_local_model", build)


def faulty_compact(change: Change) -> Plant:
    """The large engine computing with another instance, the plan told of the true one."""
    original = p_median.build_compact
    return patched(p_median, "build_compact", lambda town, cost: change(original(town, cost)))


def times(owner: Any, name: str, by: float) -> Plant:
    """A property of a bound, raised."""
    original = getattr(owner, name)
    return patched(owner, name, property(lambda self: original.fget(self) * (1 + by)))


def lagrangian_times(by: float) -> Plant:
    original = LagrangianBound.evaluate

    def evaluate(self: LagrangianBound, multipliers: Any) -> Any:
        value, sites, taken = original(self, multipliers)
        return value * (1 + by), sites, taken

    return patched(LagrangianBound, "evaluate", evaluate)


def nearest_dropped(instance: LocalInstance) -> LocalInstance:
    """Every demand point without the arc to the site that is nearest."""
    keep = np.ones(instance.costs.n_arcs, dtype=bool)
    keep[instance.costs.indptr[:-1]] = False
    kept = instance.costs.keep_arcs(keep)
    return replace(instance, costs=kept)


def off_by(by: int) -> Plant:
    original = radius_search.RadiusSearch.rule_out
    return patched(radius_search.RadiusSearch, "rule_out", lambda self, position: original(self, position + by))


def town_of(kind: str, name: str = "min_distance", seed: int = 4) -> LocalInstance:
    return small_town(seed, kind, objective=name)


ENGINE_FAULTS = [
    *(
        EngineFault(
            f"a bound of {name} raised by {100 * by:g} %",
            "exact",
            town_of("plain", name),
            patched(module, "solve_milp", raised(by)),
        )
        for name, module in (
            ("min_distance", least_cost),
            ("max_coverage", max_coverage),
        )
        for by in (0.001, 0.01)
    ),
    EngineFault(
        "a bound on the number of sites raised by 1 %",
        "exact",
        town_of("plain", "min_sites"),
        patched(min_sites, "solve_milp", raised(0.01)),
    ),
    *(
        EngineFault(
            f"the Lagrangian bound raised by {100 * by:g} %", "large", town_of("plain", seed=0), lagrangian_times(by)
        )
        for by in (0.001, 0.01)
    ),
    *(
        EngineFault(
            f"the bound of the clusters raised by {100 * by:g} %",
            "large",
            town_of("tight", seed=1),
            times(DecompositionBound, "bound", by),
        )
        for by in (0.001, 0.01)
    ),
    *(
        EngineFault(
            f"the bound on the weight beyond the norm raised by {100 * by:g} %",
            "large",
            town_of("quota", "max_coverage"),
            times(UncoveredBound, "best", by),
        )
        for by in (0.001, 0.01)
    ),
    EngineFault("a distance ruled out too many", "exact", town_of("plain", "min_max", seed=0), off_by(1)),
    EngineFault("a distance ruled out too many", "large", town_of("plain", "min_max", seed=0), off_by(1)),
    EngineFault(
        "a site too many needed for the capacity",
        "large",
        town_of("plain", "min_sites"),
        patched(
            large_min_sites,
            "fewest_by_capacity",
            lambda instance: 1 + len(solve_local_exact(instance, OPTIONS).open_sites),
        ),
    ),
    EngineFault(
        "round-off taken off with the wrong sign", "large", town_of("plain"), patched(best_plan, "ROUND_OFF", -0.01)
    ),
    *(
        EngineFault(name, "exact", town, faulty_model(change))
        for name, town, change in (
            (
                "capacity forgotten in the model",
                town_of("tight", seed=0),
                lambda t: replace(t, capacity_persons=t.capacity_persons * 9),
            ),
            (
                "the refusals forgotten in the model",
                town_of("decided", seed=0),
                lambda t: replace(t, refused=np.zeros_like(t.refused)),
            ),
            (
                "the quota off by one in the model",
                town_of("quota", seed=5),
                lambda t: replace(t, quota=t.quota[::-1] + np.array([1, -1])),
            ),
            ("a site too many in the model", town_of("plain"), lambda t: replace(t, n_sites=t.n_sites + 1)),
        )
    ),
    EngineFault("the nearest arcs dropped from the model", "exact", town_of("plain"), faulty_model(nearest_dropped)),
    *(
        EngineFault(name, "large", town, faulty_compact(change))
        for name, town, change in (
            (
                "capacity forgotten in the arrays",
                town_of("tight", seed=0),
                lambda c: replace(c, capacity=c.capacity * 9),
            ),
            (
                "fixed sites forgotten in the arrays",
                town_of("decided", seed=2),
                lambda c: replace(c, fixed=np.zeros_like(c.fixed)),
            ),
            ("a site too many in the arrays", town_of("plain"), lambda c: replace(c, quota=c.quota + 1)),
            (
                "costs 1 % too high in the bound's arrays",
                town_of("plain"),
                lambda c: replace(c, col_cost=c.col_cost * 1.01),
            ),
            ("a person too many at every demand point", town_of("plain"), lambda c: replace(c, size=c.size + 1)),
        )
    ),
]


def refuse(town: LocalInstance, plan: LocalPlan, best: float) -> None:
    """Raise ``VerificationError`` where the plan breaks a rule, or its bound rules out a plan that there is."""
    verify_local_plan(town, plan)
    settled_bound(best, plan.bound, maximised=objective(town.objective).maximised)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The large engine made ready before anything is planted: it solves a town of its own when it is used first."""
    solve_local_large(town_of("plain"), replace(OPTIONS, time_limit_s=30.0))


@pytest.mark.parametrize("fault", ENGINE_FAULTS, ids=lambda fault: f"{fault.method}-{fault.name}")
def test_a_fault_in_an_engine_is_found(fault: EngineFault, monkeypatch: pytest.MonkeyPatch) -> None:
    best = solve_local_exact(fault.town, OPTIONS).value
    fault.plant(monkeypatch)
    with pytest.raises((VerificationError, NoPlanError)):
        refuse(fault.town, ENGINES[fault.method](fault.town, OPTIONS), best)


@pytest.mark.parametrize("by", [0.001, 0.01])
def test_a_raised_bound_of_level_2_is_found(by: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordination, "solve_milp", raised(by))
    with pytest.raises(VerificationError):
        solve_coordination(four_on_a_road())


# -- faults in the order of opening ----------------------------------------------------------------------------------

TWO_YEARS = small_phasing([10.0, 5.0], [(0,), (1,)], [0, 1], budget=[20.0, 20.0], first=(0,), max_new=2)
ORDERS = {
    "an L-NSP before its C-NSP": [0, 0, 0, 1],
    "more euros than there are": [0, 0, 0, 0],
    "a first site that opens later": [1, 1, 1, 1],
    "a year that does not exist": [0, 5, 0, 1],
    "a site without a year": [0, 1, 0],
}


@pytest.mark.parametrize("fault", ORDERS)
def test_a_wrong_order_of_opening_is_found(fault: str) -> None:
    assert not broken_rules(TWO_YEARS, np.array([0, 1, 0, 1]))
    assert broken_rules(TWO_YEARS, np.array(ORDERS[fault]))


@pytest.mark.parametrize("by", [0.001, 0.01])
def test_a_bound_on_the_order_of_opening_that_is_too_low_is_found(by: float, monkeypatch: pytest.MonkeyPatch) -> None:
    original = phasing.bound_year
    assert solve_phasing(TWO_YEARS, OPTIONS).gap <= 1e-6
    monkeypatch.setattr(phasing, "bound_year", lambda *args: original(*args) * (1 - by))
    with pytest.raises(VerificationError):
        solve_phasing(TWO_YEARS, OPTIONS)


def test_at_least_fifty_faults_are_planted() -> None:
    assert len(IN_A_PLAN) + len(IN_LEVEL_2) + len(IN_AN_INSTANCE) + len(ENGINE_FAULTS) + len(ORDERS) + 11 >= 70
