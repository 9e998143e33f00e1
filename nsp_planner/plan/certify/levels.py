"""The certificate of level 1. In: an instance and its plan. Out: a Certificate, docs/certificate.md.

Every objective is proven as a least-cost problem: ``min_distance`` and the like as they are, ``max_coverage`` by the
weight beyond the norm. ``min_sites`` is proven by a number of sites with which too much weight lies beyond the norm in
any plan, ``min_max`` by a distance beyond which too much lies in any plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.plan.certify.certificate import Certificate, Float32Array, Proof, rounded_down
from nsp_planner.plan.certify.idle_arcs import without_idle_arcs
from nsp_planner.plan.evidence import Evidence
from nsp_planner.plan.groups import merge_groups
from nsp_planner.plan.instance import MIN_DISTANCE, Divisibility, LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.thresholds import radii_m

EDGE = 1e-6
"""A distance counts as beyond another when it is not below it by more than this part of it."""
ROUND_OFF = 1e-7
LEAST_PERSONS = 1e-6
TOO_MUCH = 1e-6
"""Weight beyond what may be, as part of all, that is not round-off."""
SECOND_TRIES = 6
"""Numbers or distances tried where the bound that is claimed cannot be certified."""


def certify_local(instance: LocalInstance, plan: LocalPlan) -> Certificate:
    """The certificate of a plan of L-NSPs; where groups stay whole a demand point of it is a group."""
    rules = objective(plan.objective)
    if (cost := rules.arc_cost(instance)) is not None:
        instance = replace(instance, cost_per_arc=cost)
    if instance.divisibility is Divisibility.WHOLE_GROUPS and rules.merges_groups:
        groups = merge_groups(instance)
        instance, plan = groups.instance, groups.merged(plan)
    reachable = float(instance.weight[instance.reachable].sum())
    constant = reachable if rules.maximised else 0.0
    arc_cost, proven, proof = _proven(instance, plan, constant)
    certificate = Certificate(
        objective=plan.objective,
        demand_ids=instance.demand_ids,
        persons=instance.population_persons,
        weight=instance.weight,
        site_ids=instance.site_ids,
        capacity=instance.capacity_persons,
        group=instance.site_gemeente,
        fixed=instance.fixed,
        refused=instance.refused,
        group_codes=instance.gemeente_codes,
        arc_start=instance.costs.indptr,
        arc_site=instance.costs.destination,
        arc_cost=arc_cost,
        n_sites=instance.n_sites,
        quota=instance.quota,
        minimum=instance.min_sites,
        wanted_share={"min_max": instance.percentile, "min_sites": instance.share}.get(plan.objective, 1.0),
        constant=constant,
        maximised=rules.maximised,
        open_sites=plan.open_sites,
        demand=plan.demand,
        site=plan.site,
        share=plan.share,
        value=plan.value,
        bound=plan.bound,
        proven=proven,
        proof=proof,
    )
    if plan.objective == "min_max" and proven is not None:
        return without_idle_arcs(certificate, beyond_from=proven * (1 - EDGE))
    return without_idle_arcs(certificate)


@dataclass(frozen=True, eq=False)
class _Question:
    """A least-cost problem, the cost that no plan is to be below, and a cost not below the least."""

    instance: LocalInstance
    target: float
    aim: float
    evidence: Evidence | None = None

    def answer(self) -> Proof | None:
        """The proof; it may reach less than the target."""
        from nsp_planner.plan.certify.tree import prove  # numba: only where a certificate is asked

        return prove(self.instance, self.target, self.aim, self.evidence)


def _proven(
    instance: LocalInstance, plan: LocalPlan, constant: float
) -> tuple[Float32Array, float | None, Proof | None]:
    """Costs of the arcs as the certificate holds them, what it proves where that is no cost, and the proof."""
    if plan.objective == "min_max":
        metres = rounded_down(instance.costs.distance_m)
        return metres, *_distance_proven(instance, plan, metres)
    if plan.objective == "min_sites":
        cost = rounded_down(instance.arc_beyond)
        return cost, *_number_proven(instance, plan, cost)
    rules = objective(plan.objective)
    if rules.maximised:
        arc_cost, evidence = instance.arc_beyond, None
    else:
        arc_cost, evidence = instance.arc_cost, plan.evidence
    value, bound = (abs(constant - each) if rules.maximised else each for each in (plan.value, plan.bound))
    cost = rounded_down(arc_cost)
    target = bound - ROUND_OFF * abs(bound) if math.isfinite(bound) else value
    return (
        cost,
        None,
        _Question(_least_cost(instance, cost), target, value, evidence or _nearest(instance, cost)).answer(),
    )


def _least_cost(instance: LocalInstance, cost: Float32Array, n_sites: int | None = None) -> LocalInstance:
    return replace(
        instance,
        objective=MIN_DISTANCE,
        cost_per_arc=cost.astype(np.float64),
        n_sites=instance.n_sites if n_sites is None else n_sites,
        divisibility=Divisibility.DIVISIBLE,
        max_beyond=np.inf,
    )


def _nearest(instance: LocalInstance, cost: Float32Array) -> Evidence:
    """To begin from: multipliers that are the least cost of every demand point, as if every site were open."""
    least = np.full(instance.n_demand, np.inf)
    usable = ~instance.refused[instance.costs.destination]
    np.minimum.at(least, instance.costs.arc_origin[usable], cost[usable].astype(np.float64))
    persons = np.maximum(instance.population_persons, LEAST_PERSONS)
    return Evidence(np.where(np.isfinite(least), least, 0.0) / persons)


def _allowed(instance: LocalInstance, share: float, everyone: float) -> float:
    """Weight of the reachable that may lie beyond, with all the room that a verifier gives."""
    reachable = float(instance.weight[instance.reachable].sum())
    return reachable - share * everyone + TOO_MUCH * max(1.0, everyone)


def _too_much(instance: LocalInstance, cost: Float32Array, allowed: float, n_sites: int | None = None) -> Proof | None:
    """The proof that more than ``allowed`` lies beyond in any plan; None where it was not found."""
    target = allowed + TOO_MUCH * max(1.0, abs(allowed))
    aim = max(1.5 * target, 0.01 * float(instance.weight.sum()))
    proof = _Question(_least_cost(instance, cost, n_sites), target, aim, _nearest(instance, cost)).answer()
    return proof if proof is not None and proof.bound > allowed else None


def _number_proven(instance: LocalInstance, plan: LocalPlan, cost: Float32Array) -> tuple[float | None, Proof | None]:
    """The largest number of sites that could be proven too few; none where capacities say as much by themselves."""
    from nsp_planner.plan.large.min_sites import fewest_by_capacity  # numba: only where a certificate is asked

    allowed = _allowed(instance, instance.share, float(instance.weight.sum()))
    low, high = fewest_by_capacity(instance) - 1, int(plan.bound) - 1
    found: tuple[float | None, Proof | None] = None, None
    tried = high
    for _ in range(SECOND_TRIES):
        if tried <= low:
            break
        proof = _too_much(instance, cost, allowed, tried)
        if proof is not None:
            found, low = (float(tried), proof), tried
        else:
            high = tried - 1
        tried = (low + high + 1) // 2
    return found


def _distance_proven(
    instance: LocalInstance, plan: LocalPlan, metres: Float32Array
) -> tuple[float | None, Proof | None]:
    """The largest distance that could be proven out of reach."""
    reachable = float(instance.weight[instance.reachable].sum())
    allowed = _allowed(instance, instance.percentile, reachable) if instance.percentile < 1 else 0.0
    radii = radii_m(instance)
    high = int(np.searchsorted(radii, plan.bound * (1 + EDGE), side="right")) - 1
    low = 0
    found: tuple[float | None, Proof | None] = None, None
    tried = high
    for _ in range(SECOND_TRIES):
        if tried <= low:
            break
        beyond = metres >= radii[tried] * (1 - EDGE)
        cost = rounded_down(instance.weight[instance.costs.arc_origin]) * beyond
        proof = _too_much(instance, cost.astype(np.float32), allowed)
        if proof is not None:
            found, low = (float(radii[tried]), proof), tried
        else:
            high = tried - 1
        tried = (low + high + 1) // 2
    return found
