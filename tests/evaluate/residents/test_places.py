"""The place of every square and where a place lies, by hand on the town on a line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from nsp_planner.evaluate.residents.places import place_names, place_points
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.rd import RD
from tests.towns.line_town import X0, Y0, planned_line_town
from tests.towns.studies import smallest_study, smallest_tables


def town(places: list[str | None], **layers: Any) -> PlannedStudy:
    """The town on a line with a place for s0, s1, s2 and the station."""
    planned = planned_line_town()
    sites = planned.layers.sites.assign(place=pd.array(places, dtype="string"))
    return replace(planned, layers=replace(planned.layers, sites=sites, **layers))


def test_a_square_has_the_place_of_the_nearest_building_of_its_own_gemeente_that_has_one() -> None:
    """s0 at 0, s1 at 1000 and the station at 500 m in the west; the only building of the east says nothing."""
    assert place_names(town([" West ", "Midden", " ", None])).tolist() == [
        "West", "Midden", "Midden", "Oostdorp", "Oostdorp",
    ]  # fmt: skip
    assert place_names(town([None, "", None, "Kazerne"])).tolist() == ["Kazerne"] * 3 + ["Oostdorp"] * 2
    assert place_names(town([None] * 3 + ["Kazerne"])).name == "place"


@pytest.mark.parametrize("as_places", [True, False])
def test_a_buurt_is_a_place_where_the_study_says_so_only(as_places: bool) -> None:
    buurten = pd.DataFrame({"buurt_code": ["BU1"], "name": ["Hoek"]})
    demand = planned_line_town().layers.demand.assign(buurt_code=pd.array(["BU1", None, "BU9", "BU1", None]))
    planned = town(["West", None, None, None], demand=demand, buurten=buurten)
    inputs = {**smallest_tables()["inputs"], "buurten": {"path": "b.gpkg", "as_places": as_places}}
    named = place_names(replace(planned, study=smallest_study(inputs=inputs))).tolist()
    plain = ["West"] * 3 + ["Oostdorp"] * 2
    assert named == (["Hoek", "West", "West", "Hoek", "Oostdorp"] if as_places else plain)


def test_a_study_whose_buurten_could_not_be_used_falls_back_on_buildings() -> None:
    inputs = {**smallest_tables()["inputs"], "buurten": {"path": "b.gpkg", "as_places": True}}
    planned = replace(town(["West", None, None, None]), study=smallest_study(inputs=inputs))
    assert place_names(planned).tolist() == ["West"] * 3 + ["Oostdorp"] * 2


def test_a_place_lies_at_the_square_nearest_to_the_middle_of_its_people_the_largest_place_first() -> None:
    """Dorp: 10 persons at 0, 100 and 200 m east, 1 at 150 m north; Gat: nobody; two of one name."""
    at = [(0, 0), (100, 0), (200, 0), (100, 150), (900, 0), (1000, 0), (5000, 0), (9000, 0)]
    codes = ["GM0001"] * 6 + ["GM0001", "GM0002"]
    squares = gpd.GeoDataFrame(
        {"gemeente_code": codes}, geometry=[shapely.Point(X0 + x, Y0 + y) for x, y in at], crs=RD
    )
    names = pd.Series(["Dorp"] * 4 + ["Gat"] * 2 + ["Kamp", "Kamp"])
    persons = np.array([10.0, 10, 10, 1, 0, 0, 20, 25])
    assert place_points(squares, persons, names) == [
        ("Dorp", X0 + 100, Y0),
        ("Kamp", X0 + 9000, Y0),
        ("Kamp", X0 + 5000, Y0),
        ("Gat", X0 + 900, Y0),
    ]
