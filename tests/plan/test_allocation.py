"""Who goes where and how far, in a town worked out by hand: a square in parts, one beyond, one that has no site."""

from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.plan.allocation import Allocation
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.options import SolveOptions
from tests.towns.local import Point, line_town, tight_capacity

EXACTLY = SolveOptions(gap=0.0, threads=1)


def test_a_square_in_parts_is_counted_by_its_parts() -> None:
    """300 in d1 and in d2; A at 100 m of both holds 400, so two thirds of d2 go 300 m to B; the norm is 300 m."""
    instance = tight_capacity()
    allocation = Allocation.of(instance, solve_local_exact(instance, EXACTLY))
    assert (allocation.n_demand, allocation.n_sites) == (2, 2)
    pairs = zip(allocation.demand.tolist(), allocation.site.tolist(), allocation.distance_m.tolist(), strict=True)
    assert dict(zip(pairs, np.round(allocation.persons, 6).tolist(), strict=True)) == {
        (0, 0, 100.0): 300.0,
        (1, 0, 100.0): 100.0,
        (1, 1, 300.0): 200.0,
    }
    assert allocation.within_norm.all()
    assert allocation.served_share == pytest.approx([1.0, 1.0])
    assert allocation.beyond_norm_share == pytest.approx([0.0, 0.0], abs=1e-9)
    assert allocation.share_m == pytest.approx([100.0, 100 / 3 + 200])
    assert allocation.mean_m == pytest.approx([100.0, 100 / 3 + 200])
    assert allocation.site_persons == pytest.approx([400.0, 200.0])


def test_who_walks_too_far_or_has_no_site_is_beyond_and_a_closed_site_has_nobody() -> None:
    """Somebody (b) walks 900 m where the norm is 300; c lives 9 km off; T stays closed."""
    demand = {"a": Point(0, 60), "b": Point(900, 40), "c": Point(9000, 20)}
    sites = {"S": Point(0, 500), "T": Point(700, 1)}
    instance = line_town(demand, sites, n_sites=1, cutoff_m=1000)
    allocation = Allocation.of(instance, solve_local_exact(instance, EXACTLY))
    assert allocation.within_norm.tolist() == [True, False]
    assert allocation.served_share.tolist() == [1.0, 1.0, 0.0]
    assert allocation.beyond_norm_share.tolist() == [0.0, 1.0, 1.0]
    assert allocation.mean_m.tolist() == [0.0, 900.0, 0.0]
    assert allocation.site_persons.tolist() == [100.0, 0.0]
