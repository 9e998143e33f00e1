"""People whose sites in reach cannot hold them, by a maximum flow. In: an instance. Out: a fault that names them."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from nsp_planner.errors import Faults
from nsp_planner.plan.diagnose.decisions import ids_at
from nsp_planner.plan.instance import LocalInstance

FLOW_UNITS = 100
"""Flows are whole numbers: hundredths of a person."""


def capacity_nearby(faults: Faults, instance: LocalInstance) -> None:
    """(1) and (3) with every candidate open: a minimum cut shows people whose sites in reach cannot hold them."""
    n, m = instance.n_demand, instance.n_candidates
    costs, usable = instance.costs, ~instance.refused[instance.costs.destination]
    origin, destination = costs.arc_origin[usable], costs.destination[usable]
    persons = np.where(instance.reachable, instance.population_persons, 0.0)
    if persons.sum() * FLOW_UNITS >= 2**31 - 1 or not len(origin):
        return
    supply = np.floor(persons * FLOW_UNITS)
    places = np.ceil(np.minimum(instance.capacity_persons, persons.sum() + 1) * FLOW_UNITS)
    source, sink = n + m, n + m + 1
    tail = np.concatenate([np.full(n, source), origin, n + np.arange(m)])
    head = np.concatenate([np.arange(n), n + destination, np.full(m, sink)])
    limit = np.concatenate([supply, supply[origin], places]).astype(np.int32)
    graph = csr_array((limit, (tail, head)), shape=(n + m + 2, n + m + 2))
    result = maximum_flow(graph, source, sink)
    if result.flow_value >= supply.sum():
        return
    residual = csr_array(graph - result.flow)
    residual.data[residual.data < 0] = 0
    residual.eliminate_zeros()
    cut = breadth_first_order(residual, source, return_predecessors=False)
    cut = np.sort(cut).astype(np.int64)
    points, sites = cut[cut < n], cut[(cut >= n) & (cut < n + m)] - n
    points = points[persons[points] > 0]
    if len(points) == np.count_nonzero(persons) and any(fault.layer == "capacity" for fault in faults.items):
        return  # The whole region is short, which has been said.
    faults.add(
        "capacity",
        f"{persons[points].sum():,.0f} persons on {len(points)} demand points have only {len(sites)} candidate sites "
        f"within reach, which hold {instance.capacity_persons[sites].sum():,.0f} together even if all open: "
        f"{', '.join(ids_at(instance.site_ids, sites)[:5])}",
        "add candidates near these demand points, raise the capacities there, or raise the cutoff",
        column="capacity",
        ids=[instance.demand_ids[i] for i in points],
    )
