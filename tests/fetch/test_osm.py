"""Candidates of OpenStreetMap: the Delft extract counted by hand, the rules one by one, and what the BAG adds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError
from nsp_planner.fetch.bag import add_bag, tiles
from nsp_planner.fetch.osm_candidates import Candidates, build_candidates
from nsp_planner.fetch.osm_read import read_osm_objects
from nsp_planner.fetch.osm_rules import (
    candidate_rules,
    find_rule,
    find_unused_rule,
    provisions_of,
    why_unused,
)
from nsp_planner.fetch.osm_streets import write_streets
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from tests.towns.open_data import PbfBuilder

RULES = candidate_rules()
X, Y = 200_000.0, 500_000.0
AREA = shapely.box(X - 2_000, Y - 2_000, X + 2_000, Y + 2_000)
Draw = Callable[[PbfBuilder], Candidates]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Candidates of an extract drawn in the test."""

    def run(pbf: PbfBuilder) -> Candidates:
        objects = read_osm_objects([pbf.write(tmp_path / "part.osm.pbf")], AREA, RULES)
        return build_candidates(objects, RULES)

    return run


@pytest.fixture(scope="module")
def delft(shared_dir: Path) -> Candidates:
    """The box that the extract of TU Delft is complete for."""
    box = gpd.GeoSeries([shapely.box(4.355, 51.995, 4.386, 52.005)], crs="EPSG:4326").to_crs("EPSG:28992").iloc[0]
    objects = read_osm_objects([shared_dir / "data" / "osm-delft" / "tudelft.osm.pbf"], box, RULES)
    return build_candidates(objects, RULES)


def test_the_candidates_of_delft_are_those_counted_by_hand(delft: Candidates) -> None:
    """Every object with a fitting tag in the box was looked up in the file; which ones are one building, on the map."""
    table = delft.table
    found = dict(zip(table["id"], zip(table["kind"], table["name"], table["osm_features"], strict=True), strict=True))
    assert found == {
        # four places of worship are in use: two churches and a mosque with an outline, one point in a building
        "w253648928": ("kerk", "Adelbertkerk", "w253648928"),
        "w253722357": ("kerk", "Immanuëlkerk", "w253722357"),
        "w165208746": ("moskee", "Al Ansaar-moskee", "w165208746"),
        "n617821772": ("kerk", "Levend Water", "n617821772"),
        # schools: two grounds with their building, one ground with two buildings tagged as school, and so on
        "w1201918875": ("school", "PrO Grotius", "w1201918875 w253643908 w253648039"),
        "w1324871972": ("school", "Hogeschool Inholland", "w1324871972 w44386246"),
        "w681476220": ("school", "Hogeschool Inholland", "w681476220 w82488558"),
        "w641737783": ("school", "International School Delft", "w641737783"),
        "w398236971": ("school", "", "w398236971"),
        "n2596097823": ("school", "Dr H. Bavinckschool", "n2596097823"),
        # a student club is a point in the college: one building, and the college gives it its name
        "w681476219": ("school", "Haagse Hogeschool", "n2596100480 w681476219"),
        # a sports centre is grounds and a point; two halls have an outline; a martial arts school is a point
        "w149267243": ("sporthal", "X TU Delft", "n6644799309 w149267243"),
        "w253643709": ("sporthal", "", "w253643709"),
        "w44358471": ("sporthal", "", "w44358471"),
        "n6140723188": ("sporthal", "Tai Chi Chuan", "n6140723188"),
        # recognised by its name alone: a building called Buurthuis without any tag that says so
        "w253723993": ("buurthuis", "Buurthuis", "w253723993"),
        "n5823561924": ("bibliotheek", "TU Delft Library", "n5823561924"),
        "n6644799308": ("cultureel centrum", "X TU Delft", "n6644799308"),
        "w253722340": ("cultureel centrum", "Bacinol 2", "w253722340"),
    }


def test_what_is_left_out_of_delft_is_named_with_its_reason(delft: Candidates) -> None:
    """A church no longer in use (Maerten Trompstraat 29), a school being built; fitness is no sports hall at all."""
    assert dict(zip(delft.left_out["id"], delft.left_out["reason"], strict=True)) == {
        "n548968944": "niet meer in gebruik",
        "w1206615712": "nog niet gebouwd",
    }
    assert "n2595414716" not in delft.table["osm_features"].str.split().explode().to_numpy()


def test_floor_areas_of_delft_are_the_outlines_times_the_storeys(delft: Candidates) -> None:
    table = delft.table.set_index("id")
    # Immanuëlkerk: no storeys given, so its outline; Bacinol 2: an outline of 1,003 m2 and four storeys
    assert table.loc["w253722357", "floor_area_m2"] == pytest.approx(1_245, abs=1)
    assert table.loc["w253722340", "floor_area_m2"] == pytest.approx(4 * 1_003, abs=4)
    # a point in a flat or an office says nothing about the whole building
    assert table.loc[["n6140723188", "n5823561924", "n2596097823"], "floor_area_m2"].isna().all()
    assert table.loc["n5823561924", ["step_free", "internet", "toilets"]].tolist() == ["yes", "yes", "unknown"]
    assert table.loc["n6644799308", "step_free"] == "no"
    assert table.loc["w253722357", "ref_bag"] == "0503100000021164"


def test_features_of_one_building_are_one_candidate_with_the_tags_of_all(draw: Draw) -> None:
    pbf = PbfBuilder()
    pbf.square(X, Y, 30, {"building": "yes", "building:levels": "2"})
    pbf.node(
        X + 5,
        Y,
        {"amenity": "library", "name": "Bieb", "wheelchair": "yes", "addr:street": "Plein", "addr:housenumber": "1"},
    )
    pbf.node(X - 5, Y, {"amenity": "community_centre", "name": "Kulturhus Trefpunt", "toilets": "yes"})
    pbf.node(X + 22, Y, {"amenity": "townhall"})
    table = draw(pbf).table
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["kind"], row["name"], row["address"]) == ("kulturhus", "Kulturhus Trefpunt", "Plein 1")
    assert (row["step_free"], row["toilets"], row["internet"]) == ("yes", "yes", "unknown")
    assert row["floor_area_m2"] == pytest.approx(1_800, abs=4)
    assert len(row["osm_features"].split()) == 3


def test_buildings_apart_stay_apart_and_a_point_away_from_any_building_keeps_its_own_place(draw: Draw) -> None:
    pbf = PbfBuilder()
    pbf.square(X, Y, 30, {"building": "church"})
    pbf.square(X + 40, Y, 30, {"building": "school"})
    pbf.node(X + 500, Y, {"amenity": "community_centre", "name": "Los"})
    table = draw(pbf).table.set_index("kind")
    assert sorted(table.index) == ["gemeenschapshuis", "kerk", "school"]
    assert table.loc["gemeenschapshuis", "x"] == pytest.approx(X + 500, abs=1)
    assert pd.isna(table.loc["gemeenschapshuis", "floor_area_m2"])


def test_a_fire_station_in_a_town_hall_is_a_row_of_its_own(draw: Draw) -> None:
    pbf = PbfBuilder()
    pbf.square(X, Y, 40, {"building": "yes", "amenity": "townhall", "name": "Gemeentehuis"})
    pbf.node(X, Y, {"amenity": "fire_station", "name": "Kazerne"})
    table = draw(pbf).table
    assert sorted(zip(table["kind"], table["role"], strict=True)) == [
        ("brandweerkazerne", "cnsp"),
        ("gemeentehuis", "lnsp"),
    ]


def test_grounds_take_their_main_building_and_grounds_without_one_are_left_out(draw: Draw) -> None:
    pbf = PbfBuilder()
    pbf.square(X, Y, 100, {"amenity": "school", "name": "De Wilg"})
    pbf.square(X + 20, Y, 30, {"building": "yes"})
    pbf.square(X - 30, Y, 12, {"building": "yes"})
    pbf.square(X + 500, Y, 200, {"leisure": "sports_centre", "name": "Sportpark"})
    candidates = draw(pbf)
    assert candidates.table["name"].tolist() == ["De Wilg"]
    assert candidates.table["floor_area_m2"].iloc[0] == pytest.approx(900, abs=2)
    assert candidates.table["x"].iloc[0] == pytest.approx(X + 20, abs=1)
    assert candidates.left_out[["name", "reason"]].to_numpy().tolist() == [["Sportpark", "terrein zonder gebouw"]]


def test_a_wayside_chapel_is_too_small(draw: Draw) -> None:
    pbf = PbfBuilder()
    pbf.square(
        X, Y, 4, {"building": "chapel", "amenity": "place_of_worship", "religion": "christian", "name": "Kapelletje"}
    )
    candidates = draw(pbf)
    assert candidates.table.empty
    assert candidates.left_out["reason"].tolist() == ["kleiner dan 60 m² grondvlak"]


def test_only_the_area_counts_and_an_extract_read_twice_counts_once(tmp_path: Path) -> None:
    pbf = PbfBuilder()
    pbf.square(X, Y, 30, {"amenity": "library", "building": "yes"})
    pbf.square(X + 5_000, Y, 30, {"amenity": "library", "building": "yes"})
    path = pbf.write(tmp_path / "part.osm.pbf")
    objects = read_osm_objects([path, path], AREA, RULES)
    assert len(objects.features) == 1
    assert len(build_candidates(objects, RULES).table) == 1


def test_an_area_without_anything_gives_an_empty_list(draw: Draw) -> None:
    pbf = PbfBuilder()
    pbf.way([(X, Y), (X + 10, Y)], {"highway": "path"})
    candidates = draw(pbf)
    assert candidates.table.empty
    assert candidates.left_out.empty


def test_a_file_that_is_no_extract_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.osm.pbf"
    path.write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader cut off")
    with pytest.raises(DataError, match="cannot be read"):
        read_osm_objects([path], AREA, RULES)
    with pytest.raises(DataError, match="cannot be read"):
        write_streets([path], AREA, tmp_path / "streets.osm.pbf")


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "community_centre"}, "gemeenschapshuis"),
        ({"amenity": "community_centre", "name": "Dorpshuis De Schakel"}, "dorpshuis"),
        ({"building": "yes", "name": "MFA De Hoeve"}, "multifunctionele accommodatie"),
        ({"building": "yes", "name": "Kulturhus Olst"}, "kulturhus"),
        ({"amenity": "school", "name": "School in Kulturhus De Bijenkorf"}, "kulturhus"),
        ({"amenity": "place_of_worship", "religion": "christian"}, "kerk"),
        ({"amenity": "place_of_worship", "religion": "muslim"}, "moskee"),
        ({"amenity": "place_of_worship", "religion": "hindu"}, "gebedshuis"),
        ({"amenity": "place_of_worship"}, "gebedshuis"),
        ({"building": "church"}, "kerk"),
        ({"leisure": "sports_hall"}, "sporthal"),
        ({"leisure": "sports_centre", "sport": "multi;fitness"}, None),
        ({"amenity": "townhall"}, "gemeentehuis"),
        ({"amenity": "events_venue"}, "evenementenlocatie"),
        ({"amenity": "fire_station"}, "brandweerkazerne"),
        ({"highway": "bus_stop", "name": "Dorpshuis"}, None),
        ({"building": "yes", "name": "Amfabriek"}, None),
        ({"amenity": "kindergarten"}, None),
        ({"building": "no", "name": "Dorpshuis"}, None),
    ],
)
def test_each_rule_fits_what_it_is_meant_for(tags: dict[str, str], kind: str | None) -> None:
    rule = find_rule(tags, RULES)
    assert (rule.kind if rule is not None else None) == kind


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"amenity": "place_of_worship", "disused": "yes"}, "niet meer in gebruik"),
        ({"building": "church", "disused:amenity": "place_of_worship"}, "niet meer in gebruik"),
        ({"building": "church", "disused:amenity": "place_of_worship", "amenity": "community_centre"}, None),
        ({"building": "church", "abandoned": "no"}, None),
        ({"building": "ruins", "amenity": "school"}, "niet meer in gebruik"),
        ({"building": "construction", "amenity": "school"}, "nog niet gebouwd"),
        ({"amenity": "library", "disused:shop": "yes"}, None),
    ],
)
def test_what_is_not_in_use_is_told_from_what_became_something_else(tags: dict[str, str], reason: str | None) -> None:
    assert why_unused(tags, RULES) == reason


def test_an_object_with_former_tags_only_is_known_by_them() -> None:
    rule = find_unused_rule({"disused:amenity": "place_of_worship", "religion": "christian"}, RULES)
    assert rule is not None
    assert rule.kind == "kerk"
    assert find_unused_rule({"disused:shop": "yes"}, RULES) is None


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["wheelchair", "toilets", "toilets:wheelchair", "internet_access", "opening_hours"]),
        st.sampled_from(["yes", "no", "limited", "wlan", "24/7", "customers", ""]),
    )
)
def test_tags_that_do_not_say_yes_or_no_leave_a_provision_unknown(tags: dict[str, str]) -> None:
    found = provisions_of(tags, RULES)
    assert set(found.values()) <= {"yes", "no"}
    assert set(found) <= set(GAP_COLUMNS)
    if tags.get("wheelchair") == "limited":
        assert "step_free" not in found
    if "no" not in tags.values():
        assert "no" not in found.values()


def _candidates(*shapes: BaseGeometry, floor_area_m2: float = 100.0, address: str = "") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "floor_area_m2": floor_area_m2,
            "floor_area_source": "omtrek OSM",
            "use_bag": "",
            "address": address,
            "place": "",
        },
        index=range(len(shapes)),
        geometry=list(shapes),
        crs="EPSG:28992",
    )


def _addresses(*rows: tuple[float, float, str, float, str, int]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        [
            {
                "gebruiksdoel": use,
                "oppervlakte": area,
                "status": status,
                "openbare_ruimte_naam": "Plein",
                "huisnummer": number,
                "woonplaats_naam": "Olst",
                "geometry": shapely.Point(x, y),
            }
            for x, y, use, area, status, number in rows
        ],
        crs="EPSG:28992",
    )


IN_USE = "Verblijfsobject in gebruik"


def test_the_bag_adds_up_what_is_in_use_in_the_outline_but_dwellings() -> None:
    candidates = _candidates(shapely.box(X, Y, X + 30, Y + 30))
    bag = _addresses(
        (X + 5, Y + 5, "bijeenkomstfunctie", 400, IN_USE, 1),
        (X + 9, Y + 5, "sportfunctie,bijeenkomstfunctie", 200, IN_USE, 2),
        (X + 5, Y + 9, "woonfunctie", 90, IN_USE, 3),
        (X + 5, Y + 9, "kantoorfunctie", 80, "Verblijfsobject ingetrokken", 4),
        (X + 99, Y + 9, "kantoorfunctie", 70, IN_USE, 5),
        (X + 6, Y + 6, "overige gebruiksfunctie", 999_999, IN_USE, 6),
    )
    (row,) = add_bag(candidates, bag).itertuples()
    assert row.floor_area_m2 == 600
    assert row.floor_area_source == "BAG"
    assert row.use_bag == "bijeenkomstfunctie,overige gebruiksfunctie,sportfunctie"
    assert (row.address, row.place) == ("Plein 1", "Olst")


def test_a_building_of_dwellings_only_keeps_that_use() -> None:
    candidates = _candidates(shapely.box(X, Y, X + 30, Y + 30))
    (row,) = add_bag(candidates, _addresses((X + 5, Y + 5, "woonfunctie", 90, IN_USE, 3))).itertuples()
    assert (row.floor_area_m2, row.use_bag) == (90, "woonfunctie")


def test_a_room_in_a_building_of_many_users_gets_the_area_of_its_own_address_or_none() -> None:
    bag = _addresses(
        (X + 5, Y + 5, "bijeenkomstfunctie", 120, IN_USE, 1), (X + 9, Y + 5, "kantoorfunctie", 900, IN_USE, 2)
    )
    known = _candidates(shapely.box(X, Y, X + 30, Y + 30), floor_area_m2=float("nan"), address="Plein 1")
    assert add_bag(known, bag)["floor_area_m2"].tolist() == [120]
    unknown = _candidates(shapely.box(X, Y, X + 30, Y + 30), floor_area_m2=float("nan"))
    assert add_bag(unknown, bag)["floor_area_m2"].isna().all()


def test_without_addresses_candidates_stay_as_they_are() -> None:
    candidates = _candidates(shapely.Point(X, Y))
    nothing = gpd.GeoDataFrame({"gebruiksdoel": []}, geometry=[], crs="EPSG:28992")
    assert add_bag(candidates, nothing).equals(candidates)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 3_000), st.floats(0, 3_000), st.floats(1, 400)), min_size=1, max_size=20))
def test_tiles_cover_every_candidate_and_never_overlap(squares: list[tuple[float, float, float]]) -> None:
    shapes = [shapely.box(X + x, Y + y, X + x + side, Y + y + side) for x, y, side in squares]
    boxes = [shapely.box(*box) for box in tiles(_candidates(*shapes))]
    together = shapely.union_all(boxes)
    assert all(together.covers(shape) for shape in shapes)
    assert sum(box.area for box in boxes) == pytest.approx(together.area)
    assert max(box.area for box in boxes) <= 250 * 250 * 20
