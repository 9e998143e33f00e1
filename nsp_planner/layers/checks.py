"""Checks across tables. In: the finished layers and the study. Out: faults.

What one file cannot show: that there are candidates at all, and that together they can hold the people.
"""

from __future__ import annotations

from nsp_planner.config import SiteRole, Study
from nsp_planner.errors import Faults
from nsp_planner.layers.sites.capacity import count_capacity, measures_told
from nsp_planner.layers.sites.standing import standing
from nsp_planner.layers.tables import Layers

SITES = "sites"


def check_capacity(layers: Layers, study: Study, faults: Faults) -> None:
    """Add a fault where all candidates for L-NSP together, slack included, cannot hold the people of the region.

    Candidates that are refused in the study or by their status do not count; the own capacity of a site goes before
    the default of the study.
    """
    sites = layers.sites
    usable = sites[sites["can_be_lnsp"] & ~standing(layers, study.decisions, SiteRole.LNSP).refused]
    if usable.empty:
        faults.add(
            SITES,
            "no candidate in the region may become an L-NSP",
            'Add a source of buildings with can_be = ["lnsp"], or correct clip_to_region and refused.',
            file=", ".join(str(each.path) for each in study.inputs.sites),
        )
        return
    persons = int(layers.demand["population_persons"].sum())
    counted = count_capacity(usable, study.capacity, study.norms_in_force)
    capacity = float(counted["counted_persons"].sum()) * (1 + study.capacity.slack)
    if capacity < persons:
        faults.add(
            SITES,
            f"the {len(usable):,} candidates together hold {capacity:,.0f} persons (slack included), "
            f"the region has {persons:,}",
            f"Add candidates for at least {persons - capacity:,.0f} persons more, or raise capacity.persons or "
            f"capacity.slack in the study. {measures_told(study.capacity, study.norms_in_force)}",
            file=", ".join(str(each.path) for each in study.inputs.sites),
            column="capacity_persons",
        )
