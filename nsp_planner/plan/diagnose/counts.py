"""What can be counted: fixed sites, candidates, capacity in all. In: an instance. Out: faults, each a proof."""

from __future__ import annotations

import numpy as np

from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Faults
from nsp_planner.plan.diagnose.decisions import count_decided, ids_at
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.objective import objective


def count_fixed(faults: Faults, instance: LocalInstance) -> None:
    """(5) against itself and against (4)."""
    count_decided(
        faults,
        instance.fixed,
        instance.refused,
        instance.site_ids,
        instance.n_sites,
        layer="fixed sites",
        places="sites",
        column="decisions.fixed",
    )
    fixed = np.flatnonzero(instance.fixed)
    if instance.quota is not None:
        n_fixed = np.bincount(instance.site_gemeente[fixed], minlength=len(instance.quota))
        for g in np.flatnonzero(n_fixed > instance.quota):
            faults.add(
                "fixed sites",
                f"{instance.gemeente_codes[g]} has {n_fixed[g]} fixed sites and a quota of {instance.quota[g]}",
                "fix fewer sites in this gemeente, or raise its quota",
                column="decisions.fixed",
                ids=ids_at(instance.site_ids, fixed[instance.site_gemeente[fixed] == g]),
            )


def count_candidates(faults: Faults, instance: LocalInstance) -> None:
    """(4) against the candidates that are not refused."""
    usable = np.flatnonzero(~instance.refused)
    if instance.quota is None:
        if len(usable) < instance.n_sites and not objective(instance.objective).finds_number:
            faults.add(
                "quota",
                f"{instance.n_sites} sites must open, but only {len(usable)} candidates are not refused",
                "add candidates, refuse fewer, or ask for fewer sites",
                column="ratios",
            )
        _count_minimum(faults, instance, usable)
        return
    n_usable = np.bincount(instance.site_gemeente[usable], minlength=len(instance.quota))
    short = np.flatnonzero(n_usable < instance.quota)
    if len(short):
        needs = ", ".join(
            f"{instance.gemeente_codes[g]} needs {instance.quota[g]} and has {n_usable[g]}" for g in short
        )
        faults.add(
            "quota",
            f"{len(short)} gemeenten have fewer candidates that are not refused than their quota: {needs}",
            "add candidates there, refuse fewer, or lower the quota",
            column="ratios.quota",
            ids=[instance.gemeente_codes[g] for g in short],
        )


def _count_minimum(faults: Faults, instance: LocalInstance, usable: IntArray) -> None:
    """(4) where only the total counts: candidates for the minimum of each gemeente, and a total that holds them."""
    if instance.min_sites is None:
        return
    n_usable = np.bincount(instance.site_gemeente[usable], minlength=len(instance.min_sites))
    short = np.flatnonzero(n_usable < instance.min_sites)
    if len(short):
        codes = [instance.gemeente_codes[g] for g in short]
        faults.add(
            "quota",
            f"{len(short)} gemeenten have fewer candidates that are not refused than they must get: {', '.join(codes)}",
            "add candidates there or refuse fewer",
            column="ratios.quota_per",
            ids=codes,
        )
    n_fixed = np.bincount(instance.site_gemeente[instance.fixed], minlength=len(instance.min_sites))
    needed = int(np.maximum(instance.min_sites, n_fixed).sum())
    if needed > instance.n_sites:
        faults.add(
            "quota",
            f"{instance.n_sites} sites may open, but the minimum of each gemeente and the fixed sites need {needed}",
            "ask for more sites, or fix fewer",
            column="ratios",
        )


def count_capacity(faults: Faults, instance: LocalInstance) -> None:
    """(3) in all: the largest sites that (4) and (5) allow against the people."""
    people = float(instance.population_persons[instance.reachable].sum())
    free = np.flatnonzero(~instance.fixed & ~instance.refused)
    free = free[np.argsort(-instance.capacity_persons[free], kind="stable")]
    gemeente = instance.site_gemeente if instance.quota is not None else np.zeros_like(instance.site_gemeente)
    wanted = instance.quota if instance.quota is not None else np.array([instance.n_sites])
    room = wanted - np.bincount(gemeente[instance.fixed], minlength=len(wanted))
    largest = [free[gemeente[free] == g][: max(0, int(n))] for g, n in enumerate(room)]
    best = np.concatenate([np.flatnonzero(instance.fixed), *largest])
    places = float(instance.capacity_persons[best].sum())
    if places < people * (1 - 1e-9):
        faults.add(
            "capacity",
            f"{people:,.0f} persons must be served, but the {len(best)} largest sites that may open together hold "
            f"{places:,.0f} (slack included)",
            "raise the capacities or the slack, or ask for more sites",
            column="capacity",
        )
