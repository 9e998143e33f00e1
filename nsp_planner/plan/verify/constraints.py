"""Constraints (1) to (6) recomputed from the allocation. In: an instance and a plan that can be read. Out: faults.

One function per constraint of docs/model.md; (7) and the objective need the distances and stand in ``value``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nsp_planner.errors import Faults
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.plan.verify.proof import REFUSED

SHARE_TOLERANCE = 1e-9
"""Shares of a demand point sum to 1 up to this."""
PERSONS_TOLERANCE = 1e-6
"""A site's persons exceed its capacity by at most this part of it; people are conserved up to this part of them."""


def check_allocated_once(
    faults: Faults, instance: LocalInstance, plan: LocalPlan, reachable: npt.NDArray[np.bool_]
) -> None:
    """(1) sum_j x_ij = 1 for reachable demand points, 0 for the others."""
    total = np.zeros(len(instance.demand_ids))
    np.add.at(total, plan.demand, plan.share)
    wrong = np.flatnonzero(np.abs(total - reachable) > SHARE_TOLERANCE)
    if len(wrong):
        worst = wrong[np.argmax(np.abs(total - reachable)[wrong])]
        faults.add(
            "constraint (1) allocation",
            f"{len(wrong)} demand points are not allocated once; {instance.demand_ids[worst]} gets "
            f"{total[worst]:.9f} instead of {int(reachable[worst])}",
            REFUSED,
            ids=[instance.demand_ids[i] for i in wrong],
        )


def check_only_open(faults: Faults, instance: LocalInstance, plan: LocalPlan, is_open: npt.NDArray[np.bool_]) -> None:
    """(2) x_ij > 0 only where site j is open."""
    closed = np.unique(plan.site[~is_open[plan.site]])
    if len(closed):
        faults.add(
            "constraint (2) open sites",
            f"people are allocated to {len(closed)} sites that are not open",
            REFUSED,
            ids=[instance.site_ids[j] for j in closed],
        )


def check_capacity(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> None:
    """(3) sum_i w_i x_ij <= Q_j."""
    load = np.zeros(len(instance.site_ids))
    np.add.at(load, plan.site, instance.population_persons[plan.demand] * plan.share)
    capacity = instance.capacity_persons
    over = np.flatnonzero(load > capacity + PERSONS_TOLERANCE * np.maximum(1.0, capacity))
    if len(over):
        worst = over[np.argmax((load - capacity)[over])]
        faults.add(
            "constraint (3) capacity",
            f"{len(over)} sites hold more than they can; {instance.site_ids[worst]} gets {load[worst]:.3f} persons "
            f"with place for {capacity[worst]:.3f}",
            REFUSED,
            ids=[instance.site_ids[j] for j in over],
        )


def check_number(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> None:
    """(4) p sites in all (at most, to find the fewest), n_g in gemeente g, or at least its minimum without quota."""
    fewest = instance.objective == "min_sites"
    if fewest and len(plan.open_sites) > instance.n_sites:
        message = f"{len(plan.open_sites)} sites are open, at most {instance.n_sites} may"
        faults.add("constraint (4) number", message, REFUSED)
    if not fewest and len(plan.open_sites) != instance.n_sites:
        faults.add(
            "constraint (4) number", f"{len(plan.open_sites)} sites are open instead of {instance.n_sites}", REFUSED
        )
    n_open = np.zeros(len(instance.gemeente_codes), dtype=np.int64)
    np.add.at(n_open, instance.site_gemeente[plan.open_sites], 1)
    if instance.quota is not None:
        wanted, wrong = instance.quota, np.flatnonzero(n_open != instance.quota)
    elif instance.min_sites is not None:
        wanted, wrong = instance.min_sites, np.flatnonzero(n_open < instance.min_sites)
    else:
        return
    if len(wrong):
        each = ", ".join(f"{instance.gemeente_codes[g]} has {n_open[g]} of {wanted[g]}" for g in wrong[:5])
        faults.add(
            "constraint (4) quota",
            f"{len(wrong)} gemeenten do not get their number of sites: {each}",
            REFUSED,
            ids=[instance.gemeente_codes[g] for g in wrong],
        )


def check_decided(faults: Faults, instance: LocalInstance, is_open: npt.NDArray[np.bool_]) -> None:
    """(5) fixed sites are open, refused sites are not."""
    for wrong, what in (
        (instance.fixed & ~is_open, "fixed sites are not open"),
        (instance.refused & is_open, "refused sites are open"),
    ):
        if wrong.any():
            ids = [instance.site_ids[j] for j in np.flatnonzero(wrong)]
            faults.add("constraint (5) decided sites", f"{len(ids)} {what}", REFUSED, ids=ids)


def check_whole(faults: Faults, instance: LocalInstance, plan: LocalPlan) -> None:
    """(6) whole points go to one site, whole groups all to the same one."""
    if instance.divisibility is Divisibility.DIVISIBLE:
        return
    split = np.unique(plan.demand[np.abs(plan.share - 1) > SHARE_TOLERANCE])
    if len(split):
        faults.add(
            "constraint (6) whole points",
            f"{len(split)} demand points are split over sites",
            REFUSED,
            ids=[instance.demand_ids[i] for i in split],
        )
    if instance.divisibility is not Divisibility.WHOLE_GROUPS or instance.group is None:
        return
    first_site: dict[int, int] = {}
    torn: set[int] = set()
    for i, j in zip(plan.demand.tolist(), plan.site.tolist(), strict=True):
        group = int(instance.group[i])
        if group >= 0 and first_site.setdefault(group, j) != j:
            torn.add(group)
    if torn:
        faults.add(
            "constraint (6) whole groups",
            f"{len(torn)} groups are split over sites",
            REFUSED,
            ids=[instance.group_ids[k] for k in sorted(torn)],
        )
