"""Plans under several scenarios at once. In: sets of sites and scenarios. Out: what each costs in each, and regret.

A plan in a scenario: its sites that are there and usable stay open, everybody goes to the nearest of them, full or not,
and who has none within the cutoff counts as walking the cutoff. Regret is how much worse a plan is than the best of the
plans compared, in the same scenario (Savage 1951); the plan with the least worst regret is the cautious choice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nsp_planner.costs.matrix import CostMatrix, FloatArray
from nsp_planner.evaluate.solved.nearest import nearest_open
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
        unknown: Shape (m,), of those that count as usable, the ones of which it is not known whether they are; None
            where everything is known.
    """

    name: str
    costs: CostMatrix
    persons: FloatArray
    norm_m: FloatArray
    site_ids: tuple[str, ...]
    usable: BoolArray
    unknown: BoolArray | None = None

    def at_worst(self) -> ScenarioCase:
        """The same where nothing that is not known is usable."""
        return self if self.unknown is None else replace(self, usable=self.usable & ~self.unknown, unknown=None)


@dataclass(frozen=True)
class CaseResult:
    """A plan in a scenario.

    Attributes:
        n_open: Open sites left, those of which it is not known whether they are usable among them.
        mean_m: Mean distance; NaN where the scenario has nobody to count.
        within_norm_persons: Persons within the norm.
        without_persons: Persons without a site within the cutoff.
        n_unknown: Open sites of which it is not known whether they are usable.
        unknown_persons: Persons whose nearest open site is one of these.
    """

    n_open: int
    mean_m: float
    within_norm_persons: float
    without_persons: float
    n_unknown: int = 0
    unknown_persons: float = 0.0


def evaluate_sites(case: ScenarioCase, sites: Collection[str]) -> CaseResult:
    """What a set of sites gives in a scenario."""
    wanted = np.isin(np.asarray(case.site_ids, dtype=object), np.asarray(sorted(sites), dtype=object))
    open_sites = np.flatnonzero(wanted & case.usable).astype(np.int64)
    nearest, distance = nearest_open(case.costs, open_sites)
    without = np.isnan(distance)
    total = float(case.persons.sum())
    unknown = np.zeros(len(case.site_ids) + 1, dtype=bool)  # the last one is no site at all
    if case.unknown is not None:
        unknown[:-1] = case.unknown
    walked = np.where(without, case.costs.cutoff_m, distance)
    return CaseResult(
        n_open=len(open_sites),
        mean_m=float(np.dot(walked, case.persons) / total) if total else float("nan"),
        within_norm_persons=float(case.persons[~without & (distance <= case.norm_m)].sum()),
        without_persons=float(case.persons[without].sum()),
        n_unknown=int(unknown[open_sites].sum()),
        unknown_persons=float(case.persons[unknown[nearest] & ~without].sum()),
    )


@dataclass(frozen=True, eq=False)
class RegretTable:
    """Plans by scenarios.

    Attributes:
        results: Per plan its result in every scenario, what is not known taken as usable.
        at_worst: The same where nothing that is not known is usable.
        mean_m: Shape (plans, scenarios); NaN in a scenario that has nobody to count.
        regret_m: Shape (plans, scenarios), metres more than the best plan of that scenario; NaN as above.
        weights: Shape (scenarios,), how likely each is; adds up to 1, and is 0 for one that has nobody to count.
        cautious: Plan with the least worst regret.
        expected: Plan with the least expected mean distance.
    """

    results: tuple[tuple[CaseResult, ...], ...]
    at_worst: tuple[tuple[CaseResult, ...], ...]
    mean_m: FloatArray
    regret_m: FloatArray
    weights: FloatArray
    cautious: int
    expected: int

    @property
    def worst_regret_m(self) -> FloatArray:
        """Shape (plans,), the largest regret of each plan."""
        return np.asarray(np.nan_to_num(self.regret_m).max(axis=1), dtype=np.float64)

    @property
    def expected_m(self) -> FloatArray:
        """Shape (plans,), mean distance weighed over the scenarios."""
        return np.asarray(np.nan_to_num(self.mean_m) @ self.weights, dtype=np.float64)

    @property
    def worst_m(self) -> FloatArray:
        """Shape (plans,), mean distance in the worst scenario."""
        return np.asarray(np.nan_to_num(self.mean_m).max(axis=1), dtype=np.float64)


def build_regret(
    plans: Sequence[Collection[str]], cases: Sequence[ScenarioCase], weights: Sequence[float] | None = None
) -> RegretTable:
    """Every plan in every scenario; scenarios are equally likely where no weights are given."""
    results = tuple(tuple(evaluate_sites(case, plan) for case in cases) for plan in plans)
    worst = [case.at_worst() for case in cases]
    at_worst = tuple(tuple(evaluate_sites(case, plan) for case in worst) for plan in plans)
    mean_m = np.array([[result.mean_m for result in row] for row in results])
    given = np.ones(len(cases)) if weights is None else np.asarray(weights, dtype=np.float64)
    given = np.where(np.isnan(mean_m).any(axis=0), 0.0, given)
    share = given / given.sum() if given.any() else given
    regret = mean_m - mean_m.min(axis=0)
    # of equal worst regrets the one with less regret in all
    known = np.nan_to_num(regret)
    cautious = int(np.lexsort((known.sum(axis=1), np.round(known.max(axis=1), 6)))[0])
    expected = int((np.nan_to_num(mean_m) @ share).argmin())
    return RegretTable(results, at_worst, mean_m, regret, share, cautious, expected)
