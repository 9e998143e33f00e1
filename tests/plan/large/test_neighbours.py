"""Neighbours of a site: those nearest over the demand points nearest to it, all pairs tried."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.large import neighbours
from tests.towns.search_states import small_state, tables


@pytest.mark.parametrize(("n_points", "width"), [(20, 5), (2, 5), (3, 2), (1, 1)])
def test_neighbours_are_the_nearest_over_the_nearest_points(n_points: int, width: int) -> None:
    missing = 0
    for seed in range(6):
        state = small_state(seed, n=1 + seed, m=6)
        cost, _, _ = tables(state)
        found, how_far = np.zeros((6, width), dtype=np.int32), np.zeros((6, width))
        neighbours.site_neighbours(state.arcs, n_points, found, how_far)
        for a in range(6):
            # the points nearest to a, those that are as far in the order of its arcs
            mine = state.arcs.col_demand[state.arcs.col_start[a] : state.arcs.col_start[a + 1]][:n_points]
            over = (cost[mine, a][:, None] + cost[mine]).min(axis=0, initial=np.inf)
            over[a] = np.inf
            near = np.sort(over[np.isfinite(over)])[:width]
            n = len(near)
            assert how_far[a, :n].tolist() == near.tolist()
            assert over[found[a, :n]].tolist() == near.tolist()
            assert len(set(found[a, :n].tolist())) == n
            assert (found[a, n:] == -1).all()
            assert np.isinf(how_far[a, n:]).all()
            missing += width - n
    assert missing
