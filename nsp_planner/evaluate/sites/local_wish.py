"""Our hall instead of yours: what a gemeente's own wish does. In: a planned study. Out: one table.

For every chosen L-NSP: left out for good. For candidates that are not chosen: taken in for good. Each is solved again
from the plan (:mod:`nsp_planner.evaluate.sites.exchange`), so that sheet, table of replacements and question give
one figure. Of the candidates that are not chosen those are solved that talks are held about, and per gemeente the
:data:`MOST_LIKELY` that promise to cost least; the others are left to the question. Nothing is solved where the
neighbours are planned along, nor for another objective than least distance at full size; and what the quick search does
not answer is left to the question too.

What people notice is counted on the nearest open site, full or not: mean distance and persons within their norm, of the
inhabitants of the gemeente the building lies in.

local_wishes (DataFrame, one row per candidate L-NSP that is not refused, in the order of the instance):
    site_id · gemeente_code · wish (``out`` or ``in``) · state (``solved``, ``impossible``, ``not_solved``) · cost (in
    the unit of the objective for readers; below 0 only for a fixed building; NA where not solved) ·
    opened, closed (ids of the other sites
    that come and go, in tuples) · mean_before_m · mean_after_m (NaN where not solved) · within_norm_change_persons (of
    the gemeente; negative: fewer; NaN where not solved)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nsp_planner.evaluate.sites.exchange import DecisionPrice, price_decision
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.decisions import INSISTED, REFUSED
from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.objective import objective

WISH_OUT, WISH_IN = "out", "in"
SOLVED, IMPOSSIBLE, NOT_SOLVED = "solved", "impossible", "not_solved"
TALKING = ("in gesprek", "akkoord eigenaar", "pilot", "operationeel")
"""Statuses of a building that a gemeente is likely to wish for."""
MOST_LIKELY = 2
"""Candidates per gemeente that are solved beside those; each takes a part of a second."""
COLUMNS = ["site_id", "gemeente_code", "wish", "state", "cost", "opened", "closed", "mean_before_m", "mean_after_m",
           "within_norm_change_persons"]  # fmt: skip


def local_wishes(planned: PlannedStudy) -> pd.DataFrame:
    """A row per candidate; columns in the module's docstring. Raises ``VerificationError`` for a plan that is wrong."""
    instance, plan = planned.local, planned.local_plan
    sites = planned.layers.sites.iloc[planned.local_site_rows]
    codes = sites["gemeente_code"].to_numpy(dtype=object)
    is_open = np.zeros(instance.n_candidates, dtype=bool)
    is_open[plan.open_sites] = True
    candidates = np.flatnonzero(~instance.refused | is_open).tolist()
    asked = _asked(planned, is_open, codes, sites["status"].to_numpy(dtype=object))
    planned.decisions.solve_ahead(asked)
    prices = {site: price_decision(planned, decision, site) for decision, site in asked}
    effect = _Effect(planned, is_open, codes)
    ids = np.asarray(instance.site_ids, dtype=object)
    rows = []
    for site in candidates:
        price = prices.get(site)
        solved = price is not None and price.found is not None
        proven = price is not None and price.fault is not None and price.fault.proven
        state = SOLVED if solved else IMPOSSIBLE if proven else NOT_SOLVED
        opened, closed = (price.opened, price.closed) if price is not None and solved else ((), ())
        goes, comes = ([*closed, site], opened) if is_open[site] else (closed, [*opened, site])
        told = effect.of(codes[site], goes, comes) if solved else (effect.now(codes[site]), np.nan, np.nan)
        names = (tuple(ids[list(opened)].tolist()), tuple(ids[list(closed)].tolist()))
        wish = WISH_OUT if is_open[site] else WISH_IN
        rows.append([ids[site], codes[site], wish, state, _cost(planned, price), *names, *told])
    return pd.DataFrame(rows, columns=COLUMNS).astype({"cost": "Float64"})


def _asked(planned: PlannedStudy, is_open: BoolArray, codes: np.ndarray, statuses: np.ndarray) -> list[tuple[str, int]]:
    """The decisions to solve: every chosen site refused, and the likeliest others insisted on."""
    if planned.crossing is not None or not planned.decisions.is_quick:
        return []
    free = np.flatnonzero(~is_open & ~planned.local.refused).tolist()
    wished = {site for site in free if statuses[site] in TALKING}
    per_gemeente: dict[object, int] = {}
    for site in planned.decisions.likely(site for site in free if site not in wished):
        per_gemeente[codes[site]] = per_gemeente.get(codes[site], 0) + 1
        if per_gemeente[codes[site]] <= MOST_LIKELY:
            wished.add(site)
    refused = [(REFUSED, site) for site in planned.local_plan.open_sites.tolist()]
    return [*refused, *((INSISTED, site) for site in sorted(wished))]


def _cost(planned: PlannedStudy, price: DecisionPrice | None) -> object:
    if price is None or price.cost is None:
        return pd.NA
    return price.cost / objective(planned.local.objective).words.per


class _Effect:
    """Distances of the inhabitants of a gemeente to the nearest open site when some close and some open."""

    def __init__(self, planned: PlannedStudy, is_open: BoolArray, codes: np.ndarray) -> None:
        costs = planned.distances
        home = planned.layers.demand["gemeente_code"].to_numpy(dtype=object)
        self.far_m, self.is_open = costs.cutoff_m, is_open
        self.of_gemeente = {}
        self.before = {}
        for code in set(codes.tolist()):
            own = np.flatnonzero(home == code)
            arcs = np.concatenate([np.arange(0), *(np.arange(costs.indptr[i], costs.indptr[i + 1]) for i in own)])
            first = np.concatenate([[0], np.cumsum(np.diff(costs.indptr)[own])])
            persons, norm_m = planned.local.population_persons[own], planned.local.service_distance_m[own]
            self.of_gemeente[code] = (first, costs.destination[arcs], costs.distance_m[arcs], persons, norm_m)
            self.before[code] = self._measured(code, is_open)

    def _measured(self, code: object, is_open: BoolArray) -> tuple[float, BoolArray]:
        """Mean metres of a gemeente to the nearest open site, and whose it is within their norm.

        Who has no site within the cutoff counts as living at the cutoff, and is not within the norm.
        """
        first, site, metres, persons, norm_m = self.of_gemeente[code]
        nearest = np.full(len(persons), np.inf)
        has = np.diff(first) > 0
        nearest[has] = np.minimum.reduceat(np.where(is_open[site], metres, np.inf), first[:-1][has])
        inhabited = persons.sum() > 0
        mean_m = float(np.average(np.minimum(nearest, self.far_m), weights=persons)) if inhabited else float("nan")
        return mean_m, nearest <= norm_m

    def now(self, code: object) -> float:
        """Mean metres in the plan at hand; NaN where nobody lives."""
        return self.before[code][0]

    def of(self, code: object, goes: Sequence[int], comes: Sequence[int]) -> tuple[float, float, float]:
        """Mean metres before and after, and persons within the norm more."""
        is_open = self.is_open.copy()
        is_open[list(goes)], is_open[list(comes)] = False, True
        (mean_before, within_before), (mean_after, within_after) = self.before[code], self._measured(code, is_open)
        persons = self.of_gemeente[code][3]
        change = float((persons * (within_after.astype(float) - within_before)).sum())
        return mean_before, mean_after, change
