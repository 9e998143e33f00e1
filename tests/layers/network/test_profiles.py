from __future__ import annotations

from dataclasses import replace

import pytest

from nsp_planner.layers.network.nwb import tags_from_nwb
from nsp_planner.layers.network.profiles import PROFILES, WayUse, way_use


def may(profile: str, **tags: str) -> bool:
    return way_use({key.replace("__", ":"): value for key, value in tags.items()}, PROFILES[profile]) is not None


@pytest.mark.parametrize(
    ("tags", "foot", "bicycle", "car"),
    [
        ({"highway": "residential"}, True, True, True),
        ({"highway": "cycleway"}, True, True, False),
        ({"highway": "cycleway", "foot": "no"}, False, True, False),
        ({"highway": "cycleway", "foot": "use_sidepath"}, False, True, False),
        ({"highway": "footway"}, True, False, False),
        ({"highway": "footway", "bicycle": "yes"}, True, True, False),
        ({"highway": "steps"}, True, False, False),
        ({"highway": "path", "foot": "unknown"}, True, True, False),
        ({"highway": "bridleway"}, False, False, False),
        ({"highway": "bridleway", "foot": "designated"}, True, False, False),
        ({"highway": "motorway"}, False, False, True),
        ({"highway": "trunk", "foot": "yes"}, True, False, True),
        ({"highway": "trunk", "access": "yes"}, False, False, True),
        ({"highway": "secondary", "motorroad": "yes"}, False, False, True),
        ({"highway": "service", "access": "private"}, False, False, False),
        ({"highway": "service", "access": "no", "foot": "yes"}, True, False, False),
        ({"highway": "service", "access": "customers"}, True, True, True),
        ({"highway": "residential", "vehicle": "no"}, True, False, False),
        ({"highway": "residential", "motor_vehicle": "no"}, True, True, False),
        ({"highway": "track", "access": "agricultural"}, False, False, False),
        ({"highway": "construction"}, False, False, False),
        ({"highway": "busway"}, False, False, False),
        ({"route": "ferry"}, True, True, False),
        ({"route": "ferry", "foot": "no"}, False, True, False),
        ({"route": "ferry", "motor_vehicle": "yes"}, True, True, True),
        ({"route": "ferry", "access": "no"}, False, False, False),
        ({"route": "bus"}, False, False, False),
        ({"man_made": "pier"}, True, False, False),
        ({"building": "yes"}, False, False, False),
    ],
)
def test_who_may_travel_where(tags: dict[str, str], foot: bool, bicycle: bool, car: bool) -> None:
    assert [may(profile, **tags) for profile in ("foot", "bicycle", "car")] == [foot, bicycle, car]


@pytest.mark.parametrize(
    ("profile", "tags", "forward", "backward"),
    [
        ("car", {"oneway": "yes"}, True, False),
        ("car", {"oneway": "-1"}, False, True),
        ("car", {"oneway": "no"}, True, True),
        ("car", {"junction": "roundabout"}, True, False),
        ("foot", {"oneway": "yes"}, True, True),
        ("foot", {"junction": "roundabout"}, True, True),
        ("foot", {"oneway:foot": "yes"}, True, False),
        ("bicycle", {"oneway": "yes"}, True, False),
        ("bicycle", {"oneway": "yes", "oneway:bicycle": "no"}, True, True),
        ("bicycle", {"oneway": "yes", "cycleway": "opposite_lane"}, True, True),
        ("car", {"oneway": "yes", "oneway:bicycle": "no"}, True, False),
    ],
)
def test_one_way_binds_those_it_is_meant_for(profile: str, tags: dict[str, str], forward: bool, backward: bool) -> None:
    use = way_use({"highway": "residential", **tags}, PROFILES[profile])
    assert use is not None
    assert (use.forward, use.backward) == (forward, backward)


@pytest.mark.parametrize("tags", [{"bridge": "yes"}, {"tunnel": "yes"}, {"route": "ferry"}])
def test_no_point_connects_to_a_bridge_tunnel_or_ferry(tags: dict[str, str]) -> None:
    use = way_use({"highway": "residential", **tags}, PROFILES["foot"])
    assert use is not None
    assert not use.connectable


def test_a_passage_through_a_building_is_no_tunnel_and_bridge_no_is_no_bridge() -> None:
    use = way_use({"highway": "footway", "tunnel": "building_passage", "bridge": "no"}, PROFILES["foot"])
    assert use == WayUse(forward=True, backward=True, ferry=False, bridge=False, connectable=True)


def test_other_rules_give_another_digest() -> None:
    assert len({profile.digest() for profile in PROFILES.values()}) == 3


@pytest.mark.parametrize(
    ("row", "foot", "car"),
    [
        ({"bst_code": "FP", "wegbehsrt": "G"}, True, False),
        ({"bst_code": "VP"}, True, False),
        ({"bst_code": "RB", "wegbehsrt": "G"}, True, True),
        ({"bst_code": "HR", "wegbehsrt": "R"}, False, True),
        ({"bst_code": "OPR", "wegbehsrt": "R"}, False, True),
        ({"bst_code": "VD"}, True, True),
        ({"bst_code": "BU"}, False, False),
        ({"bst_code": "VV"}, False, False),
        ({}, True, True),
    ],
)
def test_nwb_codes_are_translated(row: dict[str, str], foot: bool, car: bool) -> None:
    tags = tags_from_nwb(row)
    assert [way_use(tags, PROFILES[p]) is not None for p in ("foot", "car")] == [foot, car]


def test_nwb_against_the_drawing_is_one_way_back() -> None:
    use = way_use(tags_from_nwb({"bst_code": "RB", "wegbehsrt": "G", "rijrichtng": "T"}), PROFILES["car"])
    assert use is not None
    assert (use.forward, use.backward) == (False, True)


@pytest.mark.parametrize(
    ("profile", "tags", "expected"),
    [
        # forward, backward, ferry, bridge, connectable
        ("foot", {"highway": "path"}, (True, True, False, False, True)),
        ("foot", {"highway": "path", "bridge": "viaduct"}, (True, True, False, True, False)),
        ("foot", {"highway": "path", "bridge": "none"}, (True, True, False, False, True)),
        ("foot", {"highway": "path", "tunnel": "culvert"}, (True, True, False, False, False)),
        ("foot", {"highway": "path", "tunnel": "false"}, (True, True, False, False, True)),
        ("foot", {"route": "ferry"}, (True, True, True, False, False)),
        ("foot", {"highway": "ferry"}, (True, True, True, False, False)),
        ("foot", {"highway": "corridor"}, (True, True, False, False, False)),
        ("foot", {"man_made": "pier"}, (True, True, False, False, True)),
        ("car", {"highway": "motorway"}, (True, False, False, False, False)),
        ("car", {"highway": "motorway_link"}, (True, False, False, False, False)),
        ("car", {"highway": "trunk"}, (True, True, False, False, False)),
        ("car", {"highway": "residential", "junction": "circular"}, (True, False, False, False, True)),
        ("car", {"highway": "residential", "junction": "roundabout", "oneway": "no"}, (True, True, False, False, True)),
        ("car", {"highway": "residential", "oneway": "true"}, (True, False, False, False, True)),
        ("car", {"highway": "residential", "oneway": "1"}, (True, False, False, False, True)),
        ("car", {"highway": "residential", "oneway": "reverse"}, (False, True, False, False, True)),
        ("car", {"highway": "residential", "oneway": "yes", "oneway:motorcar": "no"}, (True, True, False, False, True)),
        ("car", {"highway": "residential", "oneway": "yes", "cycleway": "opposite"}, (True, False, False, False, True)),
        ("bicycle", {"highway": "residential", "junction": "roundabout"}, (True, False, False, False, True)),
        ("bicycle", {"highway": "residential", "oneway": "yes", "cycleway:left": "opposite"},
         (True, True, False, False, True)),
        ("bicycle", {"highway": "residential", "oneway": "yes", "cycleway": "lane"}, (True, False, False, False, True)),
        ("bicycle", {"highway": "residential", "oneway:bicycle": "yes", "cycleway": "opposite"},
         (True, False, False, False, True)),
        ("bicycle", {"highway": "residential", "oneway": "-1", "cycleway": "opposite"},
         (False, True, False, False, True)),
        ("foot", {"highway": "residential", "oneway:foot": "-1", "oneway": "yes"}, (False, True, False, False, True)),
    ],
)  # fmt: skip
def test_how_a_line_may_be_used_by_its_tags(profile: str, tags: dict[str, str], expected: tuple[bool, ...]) -> None:
    assert way_use(tags, PROFILES[profile]) == WayUse(*expected)


@pytest.mark.parametrize(
    ("tags", "foot", "bicycle", "car"),
    [
        ({"route": "ferry", "access": "yes"}, True, True, False),  # a general yes says nothing of cars
        ({"route": "ferry", "motorcar": "yes", "foot": "no"}, False, True, True),
        ({"route": "ferry", "vehicle": "yes"}, True, True, True),
        ({"man_made": "pier", "foot": "no"}, False, False, False),
        ({"man_made": "pier", "bicycle": "yes"}, True, False, False),
        ({"man_made": "pier", "highway": "footway"}, True, False, False),
        ({"highway": "secondary", "motorroad": "yes", "foot": "yes"}, True, False, True),
        ({"highway": "secondary", "motorroad": "yes", "bicycle": "yes"}, False, True, True),
        ({"highway": "track", "motor_vehicle": "yes"}, True, True, True),
        ({"highway": "track", "access": "yes"}, True, True, False),
        ({"highway": "pedestrian", "motorcar": "destination"}, True, False, True),
        ({"highway": "footway", "vehicle": "yes"}, True, True, False),
        ({"highway": "trunk_link", "bicycle": "yes"}, False, True, True),
        ({"highway": "residential", "foot": ""}, True, True, True),
        ({"highway": "residential", "access": "no", "motorcar": "permit", "bicycle": "no"}, False, False, True),
    ],
)
def test_the_most_specific_key_decides_who_may_travel(
    tags: dict[str, str], foot: bool, bicycle: bool, car: bool
) -> None:
    assert [way_use(tags, PROFILES[name]) is not None for name in ("foot", "bicycle", "car")] == [foot, bicycle, car]


def test_a_kept_network_is_of_its_own_rules_and_only_a_bicycle_has_a_speed() -> None:
    assert {name: profile.speed_kmh for name, profile in PROFILES.items()} == {
        "foot": None, "bicycle": 15.0, "car": None,
    }  # fmt: skip
    for change in ({"implied_oneway": True}, {"ferry_default": False}, {"oneway_keys": ()}):
        assert replace(PROFILES["foot"], **change).digest() != PROFILES["foot"].digest()
    assert len(PROFILES["foot"].digest()) == 12


@pytest.mark.parametrize(
    ("row", "tags"),
    [
        ({"bst_code": "VD"}, {"route": "ferry", "motor_vehicle": "yes"}),
        ({"bst_code": " nrb ", "rijrichtng": "h"},
         {"highway": "residential", "oneway": "yes", "junction": "roundabout"}),
        ({"bst_code": "MRB", "wegbehsrt": "P", "rijrichtng": "T"},
         {"highway": "secondary", "oneway": "-1", "junction": "roundabout"}),
        ({"bst_code": "RB", "wegbehsrt": "p", "rijrichtng": "B"}, {"highway": "secondary"}),
    ],
)  # fmt: skip
def test_a_wegvak_of_nwb_is_told_in_tags(row: dict[str, str], tags: dict[str, str]) -> None:
    assert tags_from_nwb(row) == tags
