from __future__ import annotations

import numpy as np
import pytest

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.costs.network.build import build_network_costs
from nsp_planner.costs.network.detour import ALL_AREAS, measure_detour
from tests.towns.networks import build_river_town


def test_the_factor_is_walked_metres_over_straight_metres_weighted_by_persons() -> None:
    people, sites = np.array([[0.0, 0.0], [0.0, 1000.0]]), np.array([[300.0, 0.0]])
    costs = CostMatrix.from_arcs(
        [0, 1], [0, 0], [450.0, 1044.0 * 2], n_origins=2, n_destinations=1, cutoff_m=5000, metric="m", metric_nl="m"
    )
    table = measure_detour(
        costs, people, sites, [3, 1], ["GM0001", "GM0002"], fallback_factor=1.3, service_distance_m=[400, 400]
    ).set_index("area_code")
    straight_b = np.hypot(300, 1000)
    assert table.loc["GM0001", "factor"] == pytest.approx(1.5)
    assert table.loc["GM0001", "fallback_error"] == pytest.approx(1.3 / 1.5 - 1)
    assert table.loc["GM0001", "mean_error_m"] == pytest.approx(1.3 * 300 - 450)
    assert table.loc[ALL_AREAS, "factor"] == pytest.approx((3 * 450 + 2088) / (3 * 300 + straight_b))
    assert table.loc[ALL_AREAS, "persons"] == 4
    assert table.loc["GM0001", "persons_within_norm_fallback"] == 3  # 390 m by the fallback
    assert table.loc["GM0001", "persons_within_norm_network"] == 0  # 450 m on foot


def test_pairs_without_a_path_are_counted_not_averaged() -> None:
    people, sites = np.array([[0.0, 0.0]]), np.array([[300.0, 0.0], [0.0, 400.0]])
    costs = CostMatrix.from_arcs(
        [0], [1], [480.0], n_origins=1, n_destinations=2, cutoff_m=5000, metric="m", metric_nl="m"
    )
    row = measure_detour(costs, people, sites, [3], ["GM0001"], fallback_factor=1.3).iloc[0]
    assert (row["n_pairs"], row["n_without_path"]) == (1, 1)
    assert row["factor"] == pytest.approx(1.2)


def test_without_any_pair_the_factor_is_missing_not_one() -> None:
    costs = CostMatrix.from_arcs([], [], [], n_origins=1, n_destinations=1, cutoff_m=5000, metric="m", metric_nl="m")
    row = measure_detour(costs, [[0.0, 0.0]], [[300.0, 0.0]], [3], ["GM0001"], fallback_factor=1.3).iloc[0]
    assert np.isnan(row["factor"])
    assert row["n_without_path"] == 1


def test_without_sites_nothing_is_compared() -> None:
    costs = CostMatrix.from_arcs([], [], [], n_origins=1, n_destinations=0, cutoff_m=5000, metric="m", metric_nl="m")
    row = measure_detour(
        costs, [[0.0, 0.0]], np.zeros((0, 2)), [3], ["GM0001"], fallback_factor=1.3, service_distance_m=[1000]
    ).iloc[0]
    assert (row["n_pairs"], row["n_without_path"], row["persons_within_norm_fallback"]) == (0, 0, 0)


def test_the_river_makes_the_fallback_too_low() -> None:
    town = build_river_town()
    costs = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=9000).costs
    table = measure_detour(
        costs, town.demand_xy, town.site_xy, town.persons, ["GM0001"] * 4, fallback_factor=1.0, n_nearest=3
    )
    assert (table["factor"] > 1).all()
    assert (table["fallback_error"] < 0).all()


def test_lengths_that_differ_are_refused() -> None:
    costs = CostMatrix.from_arcs([], [], [], n_origins=1, n_destinations=1, cutoff_m=5000, metric="m", metric_nl="m")
    with pytest.raises(ValueError, match="same length"):
        measure_detour(costs, [[0.0, 0.0]], [[300.0, 0.0]], [3, 4], ["GM0001"], fallback_factor=1.3)
