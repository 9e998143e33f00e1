"""Arcs that no bound and no plan depends on. In: a Certificate. Out: the Certificate without them, saying so.

An arc matters to a tree only where it costs less than the demand point's multiplier in some node. Of the others the
certificate keeps what the cheapest of them costs, so that a reader need not believe that they are idle.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.certify.certificate import Certificate, Proof, Tree, rounded_down
from nsp_planner.plan.instance import BoolArray

LEAST_PERSONS = 1e-6
"""Persons that a demand point without any counts as in its multiplier."""


def without_idle_arcs(certificate: Certificate, beyond_from: float | None = None) -> Certificate:
    """Leave out arcs to refused sites and arcs that matter to no node; those of the plan stay, and one of every point.

    Args:
        certificate: With every arc.
        beyond_from: Where costs are metres: the distance from which an arc costs all the weight of its point.
    """
    c, n, m = certificate, len(certificate.demand_ids), len(certificate.site_ids)
    origin = np.repeat(np.arange(n), np.diff(c.arc_start))
    cost = c.arc_cost.astype(np.float64)
    if beyond_from is not None:
        cost = rounded_down(c.weight[origin] * (cost >= beyond_from)).astype(np.float64)
    keep: BoolArray = np.isin(origin * m + c.arc_site, c.demand * m + c.site)
    usable = np.flatnonzero(~c.refused[c.arc_site])
    keep[usable[np.unique(origin[usable], return_index=True)[1]]] = True  # who can be served is seen to be
    proof = c.proof
    if proof is not None:
        proof = replace(proof, trees=tuple(_tree(c, proof, tree, origin, cost, keep) for tree in proof.trees))
    kept = np.flatnonzero(keep)
    start = np.concatenate([[0], np.cumsum(np.bincount(origin[kept], minlength=n))]).astype(np.int64)
    return replace(c, arc_start=start, arc_site=c.arc_site[kept], arc_cost=c.arc_cost[kept], proof=proof)


def _tree(
    certificate: Certificate, proof: Proof, tree: Tree, origin: IntArray, cost: FloatArray, keep: BoolArray
) -> Tree:
    """Mark the arcs that matter to one tree in ``keep``; the tree with what the others cost at least."""
    n, m = len(certificate.demand_ids), len(certificate.site_ids)
    listed = np.full(n, -1, dtype=np.int64)
    listed[tree.points] = np.arange(len(tree.points))
    here = np.zeros(m, dtype=np.bool_)
    here[tree.sites] = True
    arcs = np.flatnonzero(here[certificate.arc_site] & (listed[origin] >= 0))
    point = listed[origin[arcs]]
    most = tree.rows.max(axis=0, initial=np.iinfo(np.int32).min) if len(tree.rows) else np.zeros(len(tree.points))
    persons = np.maximum(certificate.persons[tree.points], LEAST_PERSONS)
    most = np.minimum(most * proof.step * persons, proof.ceiling[tree.points])
    matters = (cost[arcs] < most[point]) | keep[arcs]
    keep[arcs[matters]] = True
    farther = np.full(len(tree.points), np.inf)
    np.minimum.at(farther, point[~matters], cost[arcs[~matters]])
    return replace(tree, farther=rounded_down(farther))
