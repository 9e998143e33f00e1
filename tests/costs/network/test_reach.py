from __future__ import annotations

import numpy as np
import pytest
import shapely

from nsp_planner.costs.network.build import NetworkCosts, build_network_costs
from nsp_planner.costs.network.links import LinkChanges
from nsp_planner.costs.network.reach import not_connected_table, unreachable_table, verify_reach
from nsp_planner.errors import DataError
from tests.towns.networks import ToyTown, build_river_town, build_town


def town_with_everyone() -> ToyTown:
    return build_town(
        [("stad", "street", [(0, 0), (20_000, 0)]), ("eiland", "street", [(0, 3000), (2000, 3000)])],
        {
            "bij site": (10, 10, 100),
            "verdronken": (500, 10, 4),
            "buiten": (0, 900, 3),
            "eilander": (5, 3005, 2),
            "ver weg": (19_000, 5, 1),
        },
        {"s": (0, 10), "los": (9000, 7000)},
    )


def costs(town: ToyTown, cutoff_m: float = 5000) -> NetworkCosts:
    flood = shapely.box(*(town.demand_xy[1] - 5), *(town.demand_xy[1] + 5))
    return build_network_costs(
        town.network, town.demand_xy, town.site_xy, cutoff_m=cutoff_m, changes=LinkChanges(under_water=(flood,))
    )


def test_everyone_without_a_site_is_named_with_persons_and_reason() -> None:
    town = town_with_everyone()
    table = unreachable_table(costs(town), town.demand_id, town.persons)
    assert table[["id", "persons", "reason"]].to_numpy().tolist() == [
        ["verdronken", 4, "in_water"],
        ["buiten", 3, "too_far"],
        ["eilander", 2, "island"],
        ["ver weg", 1, "beyond_cutoff"],
    ]
    assert table["reason_nl"].tolist()[1] == "ligt verder dan 500 m van een begaanbare weg"


def test_who_a_closed_bridge_cuts_off_lives_on_an_island_then() -> None:
    town = build_river_town()
    changes = LinkChanges(closed_bridges=("IJsselbrug",), all_ferries_out=True)
    result = build_network_costs(town.network, town.demand_xy, town.site_xy[1:], cutoff_m=5000, changes=changes)
    table = unreachable_table(result, town.demand_id, town.persons)
    assert table["persons"].sum() == 100
    assert set(table["reason"]) == {"island"}
    with pytest.raises(DataError, match="where 0 of 100 persons live"):
        verify_reach(result, town.site_id[1:], town.persons)


def test_a_site_off_the_network_is_named() -> None:
    town = town_with_everyone()
    table = not_connected_table(costs(town).destinations, town.site_id)
    assert table["id"].tolist() == ["los"]


def test_all_sites_on_an_island_is_refused() -> None:
    town = town_with_everyone()
    result = build_network_costs(town.network, town.demand_xy, town.site_xy * 0 + town.demand_xy[3], cutoff_m=5000)
    with pytest.raises(DataError, match="all sites lie on islands of the network, where 2 of 107 persons live"):
        verify_reach(result, town.site_id, town.persons)


def test_no_site_or_nobody_near_the_network_is_refused() -> None:
    town = build_river_town()
    far = np.full((1, 2), 300_000.0)
    with pytest.raises(DataError, match="no site lies within 500 m"):
        verify_reach(build_network_costs(town.network, town.demand_xy, far, cutoff_m=5000), ["x"], town.persons)
    with pytest.raises(DataError, match="no demand point lies within 500 m"):
        verify_reach(build_network_costs(town.network, far, town.site_xy, cutoff_m=5000), town.site_id, [3])


def test_a_town_that_can_be_reached_is_not_refused() -> None:
    town = build_river_town()
    result = build_network_costs(town.network, town.demand_xy, town.site_xy, cutoff_m=5000)
    verify_reach(result, town.site_id, town.persons)
    assert unreachable_table(result, town.demand_id, town.persons).empty
