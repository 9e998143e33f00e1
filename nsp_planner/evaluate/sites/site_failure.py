"""How robust a plan is when sites fail. In: a plan's distances. Out: loss per failing site, worst sets, backups.

When sites fail everybody goes to the nearest open site that is left, full or not; who has none within the cutoff counts
as walking the cutoff. Loss is the persons times the metres they walk more. With d_1 <= d_2 <= ... the distances of a
demand point to the open sites r_1, r_2, ... in order of nearness, a failing set F costs it

    sum_{m >= 1, r_1..r_m all in F} w (d_{m+1} - d_m)

so the loss of a set of k sites is a sum over its subsets of at most k sites of amounts that are added up once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray
from nsp_planner.evaluate.solved.nearest import NO_SITE, nearest_open
from nsp_planner.plan.solution import settled_bound

MOST_ENUMERATED = 3
"""Sets of up to this many sites are all looked at, so that the worst one is proven."""
SEARCH_S = 20.0


@dataclass(frozen=True, eq=False)
class Ranked:
    """The nearest open sites of every demand point.

    Attributes:
        sites: Shape (depth, n), positions in the list of open sites, -1 where there is none within the cutoff.
        distance_m: Shape (depth, n), metres; the cutoff where there is none.
        persons: Shape (n,).
        norm_m: Shape (n,), the norm of each demand point.
        n_open: Number of open sites.
    """

    sites: IntArray
    distance_m: FloatArray
    persons: FloatArray
    norm_m: FloatArray
    n_open: int


@dataclass(frozen=True, eq=False)
class Failure:
    """A set of open sites that fails together.

    Attributes:
        sites: Positions in the list of open sites, ascending.
        loss_person_m: Persons times metres more.
        moved_persons: Persons whose nearest site fails.
        extra_m: Metres that they walk more, on average.
        out_of_norm_persons: Persons who were within their norm and no longer are.
        without_persons: Persons who had a site within the cutoff and have none now.
        bound_person_m: Proven most that any set of as many sites loses.
        proven: Whether this set is proven to be the worst of its size.
    """

    sites: tuple[int, ...]
    loss_person_m: float
    moved_persons: float
    extra_m: float
    out_of_norm_persons: float
    without_persons: float
    bound_person_m: float
    proven: bool


def rank_open_sites(
    costs: CostMatrix, persons: FloatArray, norm_m: FloatArray, open_sites: IntArray, depth: int
) -> Ranked:
    """The ``depth`` nearest open sites of every demand point, as positions in ``open_sites``."""
    at = np.full(costs.n_destinations + 1, NO_SITE, dtype=np.int64)
    at[open_sites] = np.arange(len(open_sites))
    found = [nearest_open(costs, open_sites, rank) for rank in range(depth)]
    sites = np.array([at[site] for site, _ in found]).reshape(depth, costs.n_origins)
    distance = np.array([np.where(np.isnan(m), costs.cutoff_m, m) for _, m in found]).reshape(depth, costs.n_origins)
    return Ranked(sites, distance, persons, norm_m, len(open_sites))


def fail(ranked: Ranked, sites: tuple[int, ...], *, bound: float = float("inf"), proven: bool = False) -> Failure:
    """What happens when these open sites fail; the ranking must be deeper than their number."""
    if len(sites) >= len(ranked.sites):
        raise ValueError("rank one site deeper than the number that fails")
    failing = np.zeros(ranked.n_open + 1, dtype=bool)
    failing[list(sites)] = True
    gone = failing[ranked.sites] & (ranked.sites >= 0)
    left = np.argmin(gone, axis=0)
    rows = np.arange(ranked.sites.shape[1])
    before, after = ranked.distance_m[0], ranked.distance_m[left, rows]
    moved = left > 0
    without = moved & (ranked.sites[left, rows] == NO_SITE)
    more = ranked.persons * (after - before)
    moved_persons = float(ranked.persons[moved].sum())
    out = moved & (before <= ranked.norm_m) & ((after > ranked.norm_m) | without)
    return Failure(
        sites=tuple(sorted(sites)),
        loss_person_m=float(more.sum()),
        moved_persons=moved_persons,
        extra_m=float(more.sum() / moved_persons) if moved_persons else 0.0,
        out_of_norm_persons=float(ranked.persons[out].sum()),
        without_persons=float(ranked.persons[without].sum()),
        bound_person_m=bound,
        proven=proven,
    )


def single_failures(ranked: Ranked) -> list[Failure]:
    """The failure of every open site alone, in the order of the list of open sites."""
    return [fail(ranked, (site,)) for site in range(ranked.n_open)]


def worst_failure(ranked: Ranked, k: int) -> Failure:
    """The set of k open sites whose failure costs most.

    All sets are looked at for k up to :data:`MOST_ENUMERATED`; beyond that greed and exchange find a bad one, and the
    bound says how much worse another could be.

    Raises:
        VerificationError: The bound lies below the loss that was found: one of the two is wrong.
    """
    if not 1 <= k <= ranked.n_open:
        raise ValueError(f"k must be from 1 to the number of open sites ({ranked.n_open})")
    if k <= MOST_ENUMERATED:
        sites = _enumerate(ranked, k)
        loss = fail(ranked, sites).loss_person_m
        return fail(ranked, sites, bound=loss, proven=True)
    sites = _exchange(ranked, _greedy(ranked, k))
    loss = fail(ranked, sites).loss_person_m
    bound = settled_bound(loss, _bound(ranked, k), maximised=True)
    return fail(ranked, sites, bound=bound, proven=bool(bound <= loss * (1 + 1e-9)))


def _steps(ranked: Ranked, depth: int) -> FloatArray:
    """Each step w (d_{m+1} - d_m) of every demand point, 0 where there is no m-th site: shape (depth, n)."""
    steps = ranked.persons * np.diff(ranked.distance_m[: depth + 1], axis=0)
    return np.where(ranked.sites[:depth] >= 0, steps, 0.0)


def _enumerate(ranked: Ranked, k: int) -> tuple[int, ...]:
    n, steps = ranked.n_open, _steps(ranked, k)
    there = ranked.sites[:k] >= 0
    single = np.bincount(ranked.sites[0][there[0]], weights=steps[0][there[0]], minlength=n)
    if k == 1:
        return (int(single.argmax()),)
    a, b = ranked.sites[0][there[1]], ranked.sites[1][there[1]]
    pair = np.asarray(coo_array((steps[1][there[1]], (a, b)), shape=(n, n)).toarray())
    both = pair + pair.T + single[:, None] + single[None, :]
    np.fill_diagonal(both, -np.inf)
    if k == 2:
        first, second = np.unravel_index(int(both.argmax()), both.shape)
        return tuple(sorted((int(first), int(second))))
    three = np.sort(ranked.sites[:3][:, there[2]], axis=0)
    triple: dict[int, list[tuple[int, int, float]]] = {}
    for i, j, m, amount in zip(*three.tolist(), steps[2][there[2]].tolist(), strict=True):
        triple.setdefault(i, []).append((j, m, amount))
    pairs = pair + pair.T
    best, worst = -np.inf, (0, 1, 2)
    for i in range(n - 2):
        # all sets whose smallest site is i: the amounts of its two pairs, its pair and its three sites
        total = both[i + 1 :, i + 1 :] + single[i] + pairs[i, i + 1 :][:, None] + pairs[i, i + 1 :][None, :]
        for j, m, amount in triple.get(i, ()):
            total[j - i - 1, m - i - 1] += amount
        upper = np.where(np.triu(np.ones(total.shape, dtype=bool), 1), total, -np.inf)
        at = int(upper.argmax())
        if upper.flat[at] > best:
            best = float(upper.flat[at])
            j, m = divmod(at, total.shape[1])
            worst = (i, i + 1 + j, i + 1 + m)
    return worst


def _bound(ranked: Ranked, k: int) -> float:
    """No set of k loses more: each step counted at its last site alone, whether the nearer ones fail or not."""
    steps = _steps(ranked, k)
    there = ranked.sites[:k] >= 0
    per_site = np.bincount(ranked.sites[:k][there], weights=steps[there], minlength=ranked.n_open)
    return float(np.sort(per_site)[::-1][:k].sum())


def _greedy(ranked: Ranked, k: int) -> tuple[int, ...]:
    chosen = _enumerate(ranked, MOST_ENUMERATED)
    while len(chosen) < k:
        rest = [site for site in range(ranked.n_open) if site not in chosen]
        chosen = (*chosen, max(rest, key=lambda site: fail(ranked, (*chosen, site)).loss_person_m))
    return chosen


def _exchange(ranked: Ranked, chosen: tuple[int, ...]) -> tuple[int, ...]:
    """Replace one failing site at a time while that makes it worse and time is left."""
    stop, loss, better = time.perf_counter() + SEARCH_S, fail(ranked, chosen).loss_person_m, True
    while better:
        better = False
        for out in chosen:
            rest = [site for site in range(ranked.n_open) if site not in chosen]
            for into in rest:
                if time.perf_counter() > stop:
                    return chosen
                tried = (*(site for site in chosen if site != out), into)
                now = fail(ranked, tried).loss_person_m
                if now > loss * (1 + 1e-12):
                    chosen, loss, better = tried, now, True
                    break
            if better:
                break
    return chosen


def site_shares(plans: list[IntArray], n_candidates: int) -> FloatArray:
    """Share of the plans in which each candidate is open, shape (m,)."""
    if not plans:
        return np.zeros(n_candidates)
    times = np.sum([np.bincount(plan, minlength=n_candidates) > 0 for plan in plans], axis=0)
    return np.asarray(times / len(plans), dtype=np.float64)
