from __future__ import annotations

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
