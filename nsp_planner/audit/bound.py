"""The bound that a certificate proves (docs/certificate.md). In: arrays of one problem. Out: what no plan is below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Arrays = dict[str, Any]
LEAST_PERSONS, EDGE, TOO_MUCH = 1e-6, 1e-6, 1e-6
"""Persons of a point without any in its multiplier; edge of a distance; weight that is round-off, as part of all."""


def certified_bound(problem: Arrays) -> float:
    """The bound on the value; infinite on the wrong side where nothing is certified."""
    name = str(problem["objective"])
    if name == "min_sites":
        proven = int(problem.get("proven", 0))
        too_few = lower_bound({**problem, "n_sites": proven}, problem["arc_cost"]) > allowed_beyond(problem)
        return max(fewest_by_capacity(problem), proven + 1.0 if too_few else 0.0)
    if name == "min_max":
        edge = float(problem.get("proven", 0.0)) * (1 - EDGE)
        cost = _down(problem["weight"][origins(problem)] * (problem["arc_cost"] >= edge))
        return edge if lower_bound(problem, cost) > allowed_beyond(problem) else -np.inf
    low = lower_bound(problem, problem["arc_cost"])
    return float(problem["constant"]) - low if problem["maximised"] else low


def allowed_beyond(problem: Arrays) -> float:
    """Weight that ``min_sites`` lets be beyond the norm, or ``min_max`` beyond its value, with room for round-off."""
    of_reachable = float(problem["weight"][reachable(problem)].sum())
    share, metres = float(problem["wanted_share"]), str(problem["objective"]) == "min_max"
    if metres and share >= 1:
        return 0.0
    everyone = of_reachable if metres else float(problem["weight"].sum())
    return of_reachable - share * everyone + TOO_MUCH * max(1.0, everyone)


def fewest_by_capacity(problem: Arrays) -> float:
    """Sites that the largest capacities need for everyone, those that are fixed first; and what minima ask."""
    persons, fixed = float(problem["persons"][reachable(problem)].sum()), problem["fixed"]
    free = np.sort(problem["capacity"][~fixed & ~problem["refused"]])[::-1]
    held = problem["capacity"][fixed].sum() + np.concatenate([[0.0], np.cumsum(free)])
    of_group = np.bincount(problem["group"][fixed], minlength=len(problem["group_codes"]))
    decided = np.maximum(of_group, problem.get("minimum", 0)).sum()
    return float(max(decided, fixed.sum() + int(np.searchsorted(held, persons * (1 - 1e-9)))))


def lower_bound(problem: Arrays, cost: np.ndarray) -> float:
    """What no plan costs less than; minus infinity where there is no proof or it does not hold together."""
    if "tree_site" not in problem:
        return -np.inf
    trees = list(_trees(problem))
    usable = np.flatnonzero(~problem["refused"])
    if not np.array_equal(np.sort(problem["tree_site"]), usable):
        return -np.inf  # a site in no cluster, or in two
    ceiling = problem["ceiling"].astype(np.float64)
    group, quota = groups(problem)
    inside = np.array([np.bincount(group[sites], minlength=len(quota)) > 0 for sites, *_ in trees])
    spread = inside.sum(axis=0) > 1
    total = ceiling[reachable(problem)].sum() - (problem["penalty"] * quota)[spread].sum()
    return float(total + sum(Cluster(problem, cost, spread, tree).least() for tree in trees))


def origins(problem: Arrays) -> np.ndarray:
    """The demand point of every arc."""
    return np.repeat(np.arange(len(problem["persons"])), np.diff(problem["arc_start"]))


def reachable(problem: Arrays) -> np.ndarray:
    """Demand points with an arc to a site that is not refused: the others are in no constraint."""
    usable = ~problem["refused"][problem["arc_site"]]
    return np.bincount(origins(problem)[usable], minlength=len(problem["persons"])) > 0


def groups(problem: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """Group of each site, and how many sites open in it; one group where only the total counts."""
    if "quota" in problem:
        return problem["group"], problem["quota"]
    return np.zeros(len(problem["capacity"]), dtype=np.int64), np.array([int(problem["n_sites"])])


def _down(values: np.ndarray) -> np.ndarray:
    single = values.astype(np.float32)
    return np.where(single > values, np.nextafter(single, np.float32(-np.inf)), single)


def _trees(problem: Arrays) -> Iterator[tuple[Any, ...]]:
    rows, used = problem["row_differences"], 0
    for k in range(len(problem["tree_target"])):
        sites, points, nodes = (
            slice(*problem[f"{what}_start"][k : k + 2]) for what in ("tree_site", "tree_point", "node")
        )
        n_rows, n_points = int(problem["node_has_row"][nodes].sum()), points.stop - points.start
        differences = rows[used : used + n_rows * n_points].reshape(n_rows, n_points)
        used += n_rows * n_points
        of_nodes = np.stack([problem[f"node_{what}"][nodes] for what in ("first", "last", "at", "has_row")], axis=1)
        found = problem["tree_site"][sites], problem["tree_point"][points], problem["tree_farther"][points]
        yield *found, float(problem["tree_target"][k]), of_nodes, differences


class Cluster:
    """One cluster of sites with its tree; sites and demand points by their position in it."""

    def __init__(self, problem: Arrays, cost: np.ndarray, spread: np.ndarray, tree: tuple[Any, ...]) -> None:
        """Cut the problem down to the sites and demand points of one tree; spread are the groups in several."""
        sites, points, farther, self.target, self.nodes, self.rows = tree
        origin, m = origins(problem), len(problem["capacity"])
        at_site, at_point = np.full(m, -1), np.full(len(problem["persons"]), -1)
        at_site[sites], at_point[points] = np.arange(len(sites)), np.arange(len(points))
        arcs = np.flatnonzero((at_site[problem["arc_site"]] >= 0) & (at_point[origin] >= 0))
        self.site, self.point = at_site[problem["arc_site"][arcs]], at_point[origin[arcs]]
        self.cost = cost[arcs].astype(np.float64)
        self.persons, self.capacity = problem["persons"][points], problem["capacity"][sites]
        self.ceiling = problem["ceiling"][points].astype(np.float64)
        self.most = np.minimum(self.ceiling, farther)  # arcs that are not listed cost more, and gain nothing
        self.unit = float(problem["step"]) * np.maximum(self.persons, LEAST_PERSONS)
        group, quota = groups(problem)
        self.group, self.spread, self.must = group[sites], spread, problem["fixed"][sites]
        self.ratio, self.load_price = float(problem.get("ratio", 0)), float(problem.get("load_price_m", 0.0))
        self.penalty = np.where(spread, problem["penalty"], 0.0)[self.group]
        limits = [(np.flatnonzero(self.group == g), int(quota[g])) for g in np.unique(self.group) if not spread[g]]
        self.limits = [(members, n, n) for members, n in limits]
        for g, least in enumerate(problem.get("minimum", np.zeros(0)).tolist()):
            members = np.flatnonzero(problem["group"][sites] == g)
            if least > 0 and len(members) == int(((problem["group"] == g) & ~problem["refused"]).sum()):
                self.limits.append((members, least, len(members)))

    def least(self) -> float:
        """The least cost of the cluster: of its leaves the lowest, each valued at the best of the nodes above it."""
        if not self._parts_are_nested():
            return -np.inf
        n_rows, lowest = 0, np.inf
        none = np.zeros(len(self.capacity), dtype=bool)
        waiting = [(-np.inf, np.zeros(len(self.unit), dtype=np.int64), self.must, ~none, self.limits)]
        for first, last, at, has_row in self.nodes.tolist():
            if not waiting:
                return -np.inf  # nodes that belong to no branch
            above, row, must, may, limits = waiting.pop()
            if has_row:
                row, n_rows = row + self.rows[n_rows], n_rows + 1
            value, must, may = self._node(row, must, may, limits)
            value = max(value, above)
            if not last:
                lowest = min(lowest, value)
                continue
            part = np.arange(first, last)
            waiting.append((value, row, must, may, [*limits, (part, at + 1, len(part))]))
            waiting.append((value, row, must, may, [*limits, (part, 0, at)]))
        return -np.inf if waiting else min(lowest, self.target)

    def _node(
        self, row: np.ndarray, must: np.ndarray, may: np.ndarray, limits: list[Any]
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Bound of a node, and the sites that must and may open in it after those are decided that gain nothing."""
        must, may = must.copy(), may.copy()
        for members, low, high in limits:
            if len(members) == 1:
                must[members] |= low > 0
                may[members] &= high > 0
        multipliers = np.minimum(self.most, row * self.unit)
        cost = self.site_values(multipliers) + self.penalty
        chosen = cheapest(cost, limits, must, may)
        if chosen is None:
            return np.inf, must, may
        value = float((multipliers - self.ceiling).sum() + cost[chosen].sum())
        for g in np.unique(self.group):
            swap = np.inf if not self.spread[g] else 0.0  # where the number is given another site takes its place
            out, inn = may & ~chosen & (self.group == g), chosen & ~must & (self.group == g)
            least_out = min(swap, float(cost[out].min(initial=np.inf)))
            most_in = max(-swap, float(cost[inn].max(initial=-np.inf)))
            must[inn] |= value - cost[inn] + least_out >= self.target
            may[out] &= value + cost[out] - most_in < self.target
        return value, must, may

    def site_values(self, multipliers: np.ndarray) -> np.ndarray:
        """What every site gains at most when it opens: a continuous knapsack each, filled up in the best order.

        On level 2 everybody is one person, and those above the ratio cost more, the later the more.
        """
        gain = self.cost - multipliers[self.point]
        arcs = np.flatnonzero(gain < 0)
        persons = self.persons[self.point[arcs]]
        ratio = np.divide(gain[arcs], persons, out=np.full(len(arcs), -np.inf), where=persons > 0)
        order = np.lexsort((ratio, self.site[arcs]))
        arcs, persons = arcs[order], persons[order]
        site, before = self.site[arcs], np.cumsum(persons) - persons
        first = np.searchsorted(site, np.arange(len(self.capacity)))
        start = np.concatenate([before, [0.0]])[first]
        left = self.capacity[site] - (before - start[site])
        filled = np.clip(np.divide(left, persons, out=np.ones(len(arcs)), where=persons > 0), 0.0, 1.0)
        above = np.maximum(before - start[site] + persons - self.ratio, 0.0)
        return np.bincount(site, np.minimum(gain[arcs] + self.load_price * above, 0.0) * filled, len(self.capacity))

    def _parts_are_nested(self) -> bool:
        """Whether any two sets of sites with a limit lie in one another or apart: only then is the choice the best."""
        ranges = {(a, b) for a, b in self.nodes[:, :2].tolist() if b}
        sets = [members for members, *_ in self.limits] + [np.arange(a, b) for a, b in sorted(ranges)]
        if any(len(each) == 0 or each[-1] >= len(self.capacity) for each in sets):
            return False
        has = np.zeros((len(sets), len(self.capacity)))
        for number, each in enumerate(sets):
            has[number, each] = 1.0
        both, size = has @ has.T, has.sum(axis=1)
        return bool(((both == 0) | (both == np.minimum(size[:, None], size))).all())


def cheapest(cost: np.ndarray, limits: list[Any], must: np.ndarray, may: np.ndarray) -> np.ndarray | None:
    """The sites of least total cost with so many of every part as its limits say, small parts first; None for none."""
    if (must & ~may).any():
        return None
    must, may = must.copy(), may.copy()
    for members, low, high in sorted(limits, key=lambda limit: len(limit[0])):
        here = members[may[members]]
        ranked = here[np.lexsort((cost[here], ~must[here]))]
        if must[here].sum() > high or len(here) < low:
            return None
        must[ranked[:low]] = True
        may[ranked[max(high, 0) :]] = False
    return must | (may & (cost < 0))
