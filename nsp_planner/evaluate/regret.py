"""Plans under several scenarios at once. In: sets of sites and scenarios. Out: what each costs in each, and regret.

A plan in a scenario: its sites that are there and usable stay open, everybody goes to the nearest of them, full or not,
and who has none within the cutoff counts as walking the cutoff. Regret is how much worse a plan is than the best of the
plans compared, in the same scenario (Savage 1951); the plan with the least worst regret is the cautious choice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from nsp_planner.costs.matrix import CostMatrix, FloatArray
from nsp_planner.evaluate.nearest import nearest_open
from nsp_planner.plan.instance import BoolArray


@dataclass(frozen=True, eq=False)
class ScenarioCase:
    """One scenario to test plans in.

    Attributes:
        name: Short Dutch name.
        costs: Distances from demand points to candidates within the cutoff.
        persons: Shape (n,).
        norm_m: Shape (n,).
        site_ids: Ids of the candidates.
        usable: Shape (m,), false where the scenario takes the building away.
    """

    name: str
    costs: CostMatrix
    persons: FloatArray
    norm_m: FloatArray
    site_ids: tuple[str, ...]
    usable: BoolArray


@dataclass(frozen=True)
class CaseResult:
    """A plan in a scenario: open sites left, mean distance in metres, persons within the norm and without a site."""

    n_open: int
    mean_m: float
    within_norm_persons: float
    without_persons: float


def evaluate_sites(case: ScenarioCase, sites: Collection[str]) -> CaseResult:
    """What a set of sites gives in a scenario."""
    wanted = np.isin(np.asarray(case.site_ids, dtype=object), np.asarray(sorted(sites), dtype=object))
    open_sites = np.flatnonzero(wanted & case.usable).astype(np.int64)
    _, distance = nearest_open(case.costs, open_sites)
    without = np.isnan(distance)
    total = float(case.persons.sum())
    walked = np.where(without, case.costs.cutoff_m, distance)
    return CaseResult(
        n_open=len(open_sites),
        mean_m=float(np.dot(walked, case.persons) / total) if total else 0.0,
        within_norm_persons=float(case.persons[~without & (distance <= case.norm_m)].sum()),
        without_persons=float(case.persons[without].sum()),
    )


@dataclass(frozen=True, eq=False)
class RegretTable:
    """Plans by scenarios.

    Attributes:
        results: Per plan its result in every scenario.
        mean_m: Shape (plans, scenarios).
        regret_m: Shape (plans, scenarios), metres more than the best plan of that scenario.
        weights: Shape (scenarios,), how likely each is; adds up to 1.
        cautious: Plan with the least worst regret.
        expected: Plan with the least expected mean distance.
    """

    results: tuple[tuple[CaseResult, ...], ...]
    mean_m: FloatArray
    regret_m: FloatArray
    weights: FloatArray
    cautious: int
    expected: int

    @property
    def worst_regret_m(self) -> FloatArray:
        """Shape (plans,), the largest regret of each plan."""
        return np.asarray(self.regret_m.max(axis=1), dtype=np.float64)

    @property
    def expected_m(self) -> FloatArray:
        """Shape (plans,), mean distance weighed over the scenarios."""
        return np.asarray(self.mean_m @ self.weights, dtype=np.float64)

    @property
    def worst_m(self) -> FloatArray:
        """Shape (plans,), mean distance in the worst scenario."""
        return np.asarray(self.mean_m.max(axis=1), dtype=np.float64)


def build_regret(
    plans: Sequence[Collection[str]], cases: Sequence[ScenarioCase], weights: Sequence[float] | None = None
) -> RegretTable:
    """Every plan in every scenario; scenarios are equally likely where no weights are given."""
    results = tuple(tuple(evaluate_sites(case, plan) for case in cases) for plan in plans)
    mean_m = np.array([[result.mean_m for result in row] for row in results])
    given = np.ones(len(cases)) if weights is None else np.asarray(weights, dtype=np.float64)
    share = given / given.sum()
    regret = mean_m - mean_m.min(axis=0)
    # of equal worst regrets the one with less regret in all
    cautious = int(np.lexsort((regret.sum(axis=1), np.round(regret.max(axis=1), 6)))[0])
    return RegretTable(results, mean_m, regret, share, cautious, int((mean_m @ share).argmin()))
