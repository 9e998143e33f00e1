"""Before solving: is there any plan at all. In: a LocalInstance. Out: faults that name the constraint in the way."""

from __future__ import annotations

import numpy as np

from nsp_planner.errors import Faults, NoPlanError
from nsp_planner.plan.instance import LocalInstance

LAYER = "plan"


def require_possible(instance: LocalInstance) -> None:
    """Raise NoPlanError with every constraint that by itself rules out a plan.

    Checked, in the numbering of docs/model.md: (4) and (5) number of sites against candidates, fixed and refused
    sites, (3) the capacity of the best sites against the persons to serve, (5) fixed and refused at once.
    """
    faults = Faults()
    both = instance.fixed & instance.refused
    if both.any():
        faults.add(
            LAYER,
            "sites are fixed and refused at once",
            "take each of these sites out of one of the two lists",
            ids=[instance.site_ids[j] for j in np.flatnonzero(both)],
        )
    usable = ~instance.refused
    if instance.quota is None:
        places = [("the plan", instance.n_sites, np.ones(instance.n_candidates, dtype=np.bool_))]
    else:
        places = [
            (f"gemeente {code}", int(instance.quota[g]), instance.site_gemeente == g)
            for g, code in enumerate(instance.gemeente_codes)
        ]
    for name, n_open, member in places:
        n_usable = int((usable & member).sum())
        n_fixed = int((instance.fixed & member).sum())
        if n_open > n_usable:
            faults.add(
                LAYER,
                f"{name} needs {n_open} sites but has {n_usable} candidates that are not refused",
                "add candidate sites, refuse fewer, or lower the number of sites",
            )
        if n_fixed > n_open:
            faults.add(
                LAYER,
                f"{name} has {n_fixed} fixed sites but may open {n_open}",
                "fix fewer sites or raise the number of sites",
                ids=[instance.site_ids[j] for j in np.flatnonzero(instance.fixed & member)],
            )
    if instance.min_sites is not None:
        n_there = np.bincount(instance.site_gemeente[usable], minlength=len(instance.min_sites))
        for g in np.flatnonzero(n_there < instance.min_sites):
            faults.add(
                LAYER,
                f"gemeente {instance.gemeente_codes[g]} needs at least {instance.min_sites[g]} sites but has "
                f"{n_there[g]} candidates that are not refused",
                "add candidate sites, refuse fewer, or lower the minimum",
            )
        n_fixed_area = np.bincount(instance.site_gemeente[instance.fixed], minlength=len(instance.min_sites))
        needed = int(np.maximum(instance.min_sites, n_fixed_area).sum())
        if needed > instance.n_sites:
            faults.add(
                LAYER,
                f"{instance.n_sites} sites may open, but minima per gemeente and fixed sites need {needed} together",
                "raise the number of sites, or lower the minima",
            )
    faults.raise_if_any(NoPlanError)
    persons = float(instance.population_persons[instance.reachable].sum())
    most = 0.0
    for _, n_open, member in places:
        most += float(instance.capacity_persons[instance.fixed & member].sum())
        free = instance.capacity_persons[member & usable & ~instance.fixed]
        n_free = n_open - int((instance.fixed & member).sum())
        most += float(np.sort(free)[::-1][:n_free].sum())
    if most < persons * (1 - 1e-12):
        faults.add(
            LAYER,
            f"{persons:,.0f} persons must be served, but the largest sites that may open hold {most:,.0f}",
            "open more sites, raise the capacity or its slack, or add larger candidates",
            column="capacity_persons",
        )
    if persons > 0 and instance.n_sites == 0:
        faults.add(LAYER, "no site may open", "raise the number of sites", column="n_sites")
    faults.raise_if_any(NoPlanError)
