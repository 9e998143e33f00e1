"""What outputs print of the settings: speeds, sources, and what is said of them, by hand."""

from __future__ import annotations

from typing import Any

from nsp_planner.evaluate.solved.premises import Premises, premises_of
from tests.towns.studies import smallest_study, smallest_tables


def premises(**sections: Any) -> Premises:
    return premises_of(smallest_study(**sections))


def with_inputs(**inputs: Any) -> dict[str, Any]:
    return {**smallest_tables()["inputs"], **inputs}


def test_who_walks_goes_at_the_norm_and_others_at_the_speed_of_their_profile() -> None:
    on_foot = premises()
    assert on_foot.metres_per_minute == on_foot.norms.value("walking_metres_per_minute")
    inputs = with_inputs(network={"path": "streets.osm.pbf"})
    cycling = premises(inputs=inputs, distances={"method": "network", "profile": "bicycle"})
    assert cycling.metres_per_minute == 15 * 1000 / 60
    driving = premises(inputs=inputs, distances={"method": "network", "profile": "car"})
    assert driving.metres_per_minute == driving.driving_metres_per_minute == on_foot.driving_metres_per_minute
    assert driving.driving_metres_per_minute == driving.norms.value("driving_km_per_hour") * 1000 / 60
    assert (cycling.profile, cycling.straight_line) == ("bicycle", False)
    assert on_foot.straight_line


def test_openstreetmap_is_named_where_distances_follow_its_streets_only() -> None:
    def named(file: str, method: str = "network") -> bool:
        inputs = with_inputs(network={"path": file})
        return premises(inputs=inputs, distances={"method": method}).network_of_openstreetmap

    assert named("NL.OSM.PBF")
    assert named("streets.graphml")
    assert not named("nwb.gpkg")
    assert not named("streets.graphml", "straight_line")
    assert not premises().network_of_openstreetmap


def test_what_is_made_up_is_told_and_no_source_is_named_where_all_of_it_is() -> None:
    real, made_up, modelled = (
        premises(),
        premises(illustration=True),
        premises(illustration=True, illustration_nl="Model."),
    )
    assert (real.illustration_nl, real.all_made_up) == (None, False)
    assert made_up.illustration_nl
    assert made_up.all_made_up
    assert (modelled.illustration_nl, modelled.all_made_up) == ("Model.", False)


def test_a_source_is_named_once_by_what_it_is_called_else_by_its_own_name() -> None:
    lists = [("a", "Lijst"), ("b", None), ("c", "Lijst")]
    sites = [{"path": "s.csv", "source": key} | ({"source_nl": name} if name else {}) for key, name in lists]
    assert premises(inputs=with_inputs(sites=sites)).site_sources_nl == ("Lijst", "b")


def test_what_is_chosen_in_the_study_is_what_is_told() -> None:
    plain = premises()
    assert (plain.calibrated, plain.by_day, plain.buurten_are_places) == (False, False, False)
    assert plain.unknown_vulnerable_estimated is (smallest_study().vulnerable.unknown != "none")
    inputs = with_inputs(totals={"path": "t.csv"}, buurten={"path": "b.gpkg", "as_places": True})
    told = premises(inputs=inputs, vulnerable={"unknown": "none"})
    assert (told.calibrated, told.buurten_are_places, told.unknown_vulnerable_estimated) == (True, True, False)
    inputs = with_inputs(buurten={"path": "b.gpkg", "as_places": False})
    assert not premises(inputs=inputs).buurten_are_places
