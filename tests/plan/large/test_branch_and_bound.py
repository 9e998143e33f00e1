"""Which part a node branches on: the number most in doubt, weighed by how far the part lies from the rest."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.large import branch_and_bound
from tests.towns.search_states import one_tree
from tests.towns.seeded_small import small_town

FIRST, LAST = np.array([0, 1, 2, 3, 0, 2, 0]), np.array([1, 2, 3, 4, 2, 4, 4])
"""Four sites 0 to 3, the pairs 0-1 (part 4) and 2-3 (part 5), and all of them (part 6)."""
LEAF = branch_and_bound.LEAF


@pytest.mark.parametrize(
    ("share_open", "low", "high", "apart", "part", "at"),
    [
        # a pair is half open more: 1.5 in it, although each site is in less doubt
        ([0.7, 0.8, 0.0, 0.5], [0, 0, 0, 0, 0, 0, 2], [1, 1, 1, 1, 2, 2, 2], [1, 1, 1, 1, 3, 1, 9], 4, 1.5),
        # a part that lies far from the rest outweighs one in more doubt: 3 x 0.3 against 1 x 0.5
        ([0.0, 1.0, 0.3, 0.5], [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 2, 2, 4], [1, 1, 3, 1, 0, 0, 0], 2, 0.5),
        ([0.0, 1.0, 0.1, 0.5], [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 2, 2, 4], [1, 1, 3, 1, 0, 0, 0], 3, 0.5),
        # doubt is to the nearest whole number, from above as from below: 0.2 at site 1, 0.25 at site 2
        ([0.0, 0.8, 0.75, 0.0], [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 2, 2, 4], [1, 1, 1, 1, 0, 0, 0], 2, 0.5),
        # a site that must open counts whole, one that is closed counts nothing: part 5 has 1.4 of 1 or 2
        ([0.0, 0.0, 0.1, 0.4], [0, 0, 1, 0, 0, 0, 0], [0, 0, 1, 1, 2, 2, 4], [1, 1, 1, 1, 1, 5, 1], 5, 1.4),
        ([0.0, 0.4, 0.9, 0.9], [0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 2, 2, 4], [1, 1, 1, 1, 5, 9, 1], 4, 0.5),
        # numbers that are given are no doubt: part 6 has 2 of 2
        ([0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0, 0, 0, 2], [1, 1, 1, 1, 2, 2, 2], [1, 1, 1, 1, 9, 9, 9], 0, 0.5),
        # everything decided
        ([1.0, 0.0, 1.0, 0.0], [1, 0, 1, 0, 0, 0, 2], [1, 0, 1, 0, 2, 2, 2], [1, 1, 1, 1, 1, 1, 1], LEAF, 0.0),
        # no number is in doubt, but that of all may be less or more
        ([1.0, 0.0, 0.0, 1.0], [1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 2, 2, 3], [1, 1, 1, 1, 1, 1, 1], 6, 2.0),
        # at a limit of the part: of use only when nothing else is in doubt, and put between the limits
        ([1.0, 1.0, 0.0, 0.0], [0, 1, 0, 0, 0, 0, 2], [1, 1, 0, 0, 2, 0, 2], [1, 1, 1, 1, 1, 1, 1], 0, 0.5),
    ],
)  # fmt: skip
def test_a_node_branches_on_the_number_most_in_doubt(
    share_open: list[float], low: list[int], high: list[int], apart: list[float], part: int, at: float
) -> None:
    tree, _ = one_tree(small_town(0, "plain", m=7, p=3))
    arcs = tree.arcs._replace(first=FIRST, last=LAST, apart=np.array(apart, dtype=float))
    limits = np.array(low, dtype=np.int16), np.array(high, dtype=np.int16)
    found, where = branch_and_bound.branch_on(arcs, np.array(share_open), *limits)
    assert found == part
    assert where == pytest.approx(at)


@pytest.mark.parametrize("kind", ["plain", "quota", "decided"])
def test_every_set_of_sites_below_the_cutoff_lies_in_one_of_the_two_nodes(kind: str) -> None:
    """A node with a cutoff nobody reaches keeps every set of sites, and keeps it once."""
    tree, sets = one_tree(small_town(1, kind, m=6, p=3))
    tree.set_cutoff(1e12)
    for n_nodes in (1, 2, 5):
        assert tree.expand(n_nodes) <= n_nodes
        nodes = np.flatnonzero(np.isfinite(tree.tree.bound))
        for sites in sets:
            is_open = np.isin(np.arange(len(tree.sites)), sites)
            counts = [is_open[a:b].sum() for a, b in zip(tree.arcs.first, tree.arcs.last, strict=True)]
            within = (tree.tree.low[nodes] <= counts) & (counts <= tree.tree.high[nodes])
            assert within.all(axis=1).sum() == 1


def test_the_first_node_takes_the_steps_of_the_root_and_the_others_fewer() -> None:
    def bounds(root_steps: int, node_steps: int, above: float) -> list[float]:
        tree, _ = one_tree(small_town(2, "tight", n=14, m=7, p=3))
        assert tree.tree.branch[0] == branch_and_bound.ROOT
        done = branch_and_bound.expand(tree.arcs, tree.tree, tree.work, root_steps, node_steps, 0.1, above, 1)
        assert done == 1
        return tree.tree.bound[np.isfinite(tree.tree.bound)].tolist()

    (start,) = bounds(1, 1, 1e9)
    assert bounds(1, 40, start + 2e3) == [start]
    assert bounds(40, 1, start + 2e3)[0] > start
