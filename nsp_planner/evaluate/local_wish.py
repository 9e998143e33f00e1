"""Our hall instead of yours: what a gemeente's own wish does. In: a planned study. Out: one table.

For every chosen L-NSP: left out, with the best replacement. For every candidate that is not chosen: taken in, for the
chosen L-NSP it replaces best (in the same gemeente where each gemeente has its number). The exchange is that of
:mod:`nsp_planner.evaluate.exchange`: only the two buildings change, so these are estimates and no proven prices; a site
that the study fixes is never given up. What people notice is counted on the nearest open site, full or not: mean
distance and persons within their norm, of the inhabitants of the gemeente the building lies in.

local_wishes (DataFrame, one row per candidate L-NSP that is not refused, in the order of the instance):
    site_id · gemeente_code · wish (``out`` or ``in``) · other_id (site that comes, or goes, in its place; NA where none
    may) · extra_person_km (of the whole region, weighed as the plan is, at least 0; NA without an exchange) ·
    mean_before_m · mean_after_m · within_norm_change_persons (of the gemeente; negative: fewer)
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.evaluate.exchange import estimate_refusals
from nsp_planner.evaluate.planned import PlannedStudy

WISH_OUT, WISH_IN = "out", "in"
COLUMNS = ["site_id", "gemeente_code", "wish", "other_id", "extra_person_km", "mean_before_m", "mean_after_m",
           "within_norm_change_persons"]  # fmt: skip


def local_wishes(planned: PlannedStudy) -> pd.DataFrame:
    """A row per candidate; columns in the module's docstring."""
    instance, plan = planned.priced, planned.local_plan
    estimates = estimate_refusals(instance, plan, n_replacements=instance.n_candidates)
    effect = _Effect(planned)
    codes = planned.layers.sites["gemeente_code"].iloc[planned.local_site_rows].to_numpy(dtype=object)
    best_cost = np.full(instance.n_candidates, np.inf)
    best_for = np.full(instance.n_candidates, -1, dtype=np.int64)
    rows: dict[int, tuple[str, int, float, float, float, float]] = {}
    for estimate in estimates:
        found = len(estimate.replacements) > 0
        other = int(estimate.replacements[0]) if found else -1
        out = effect.of(estimate.site, other, codes[estimate.site])
        rows[estimate.site] = (WISH_OUT, other, estimate.cost, *out)
        if instance.fixed[estimate.site] or not found:
            continue
        better = estimate.replacement_costs < best_cost[estimate.replacements]
        taken = estimate.replacements[better]
        best_cost[taken], best_for[taken] = estimate.replacement_costs[better], estimate.site
    for site in np.flatnonzero(~instance.refused).tolist():
        if site not in rows:
            gone = int(best_for[site])
            rows[site] = (WISH_IN, gone, float(best_cost[site]), *effect.of(gone, site, codes[site]))
    ids = np.array([*instance.site_ids, pd.NA], dtype=object)
    table = [
        [ids[site], codes[site], wish, ids[other], _person_km(cost), before, after, change]
        for site, (wish, other, cost, before, after, change) in sorted(rows.items())
    ]
    return pd.DataFrame(table, columns=COLUMNS).astype({"extra_person_km": "Float64"})


def _person_km(cost_m: float) -> object:
    return max(0.0, cost_m) / 1_000 if np.isfinite(cost_m) else pd.NA


class _Effect:
    """Distances to the nearest open site when one closes and one opens."""

    def __init__(self, planned: PlannedStudy) -> None:
        costs, nearest = planned.distances, planned.nearest
        shape = (costs.n_origins, costs.n_destinations)
        # A stored zero would read as "no arc"; a millimetre is nothing on foot.
        arcs = sparse.csr_array((np.maximum(costs.distance_m, 0.001), costs.destination, costs.indptr), shape)
        self.columns = arcs.tocsc()
        self.nearest = nearest.site
        self.nearest_m, self.second_m = _metres(nearest.distance_m), _metres(nearest.second_distance_m)
        self.persons = planned.local.population_persons
        self.norm_m = planned.local.service_distance_m
        self.code = planned.layers.demand["gemeente_code"].to_numpy(dtype=object)
        self.far_m = costs.cutoff_m

    def of(self, closes: int, opens: int, code: object) -> tuple[float, float, float]:
        """Mean metres before and after, and persons within the norm more, of the inhabitants of a gemeente.

        -1 stands for no site. Who has no site within the cutoff counts as living at the cutoff.
        """
        after = np.where((self.nearest == closes) & (closes >= 0), self.second_m, self.nearest_m)
        if opens >= 0:
            begin, end = self.columns.indptr[opens], self.columns.indptr[opens + 1]
            rows = self.columns.indices[begin:end]
            after[rows] = np.minimum(after[rows], self.columns.data[begin:end])
        own = self.code == code
        weight = self.persons[own]
        if weight.sum() == 0:
            return float("nan"), float("nan"), 0.0
        means = [float(np.average(np.minimum(d[own], self.far_m), weights=weight)) for d in (self.nearest_m, after)]
        within = (after[own] <= self.norm_m[own]).astype(float) - (self.nearest_m[own] <= self.norm_m[own])
        return means[0], means[1], float((weight * within).sum())


def _metres(distance_m: FloatArray) -> FloatArray:
    return np.where(np.isnan(distance_m), np.inf, distance_m)
