"""What a map shows is counted on its own squares and buildings; the toy is two gemeenten with an L-NSP each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.crossing import Crossing
from nsp_planner.evaluate.view import view_of_gemeente, whole_view
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.line_town import planned_line_town
from tests.towns.planned import make_toy
from tests.towns.planned_more import with_phases
from tests.towns.river_region import part_of_town, river_layers, river_study


def test_what_is_open_per_phase_is_counted_on_the_squares_and_sites_shown() -> None:
    evaluation = with_phases(make_toy())
    assert evaluation.phases is not None
    first = evaluation.phases.first_within_norm
    whole, left = whole_view(evaluation), view_of_gemeente(evaluation, "GM0001")
    assert [(now.n_lnsp, now.n_cnsp) for now in whole.open_per_phase] == [(1, 1), (2, 1)]
    assert [now.within_norm_persons for now in whole.open_per_phase] == [10.0 * (first <= n).sum() for n in (0, 1)]
    there = first[left.rows]
    assert [now.within_norm_persons for now in left.open_per_phase] == [10.0 * (there <= n).sum() for n in (0, 1)]
    assert whole_view(make_toy()[1]).open_per_phase == []


def test_what_water_and_an_outage_strike_is_counted_where_it_is(tmp_path: Path) -> None:
    water = part_of_town(1300, 250, 1500, 350)
    outage = {"gemeenten": ["GM0002"], "without": "drop"}
    study = river_study(tmp_path, flood={"area": ["water.gpkg"]}, power_outage=outage)
    view = whole_view(evaluate_plan(solve_study(study, river_layers(flood=water), SilentProgress())))
    facts = view.whole.consequences
    assert facts is not None
    assert facts.flood is not None
    assert view.flood is not None
    assert view.outage is not None
    assert view.flood.area_km2 == water.area / 1e6
    assert (view.flood.persons, view.flood.lost_lnsps) == (facts.flood.persons, 0)
    assert (view.outage.persons, view.outage.lost_lnsps, view.outage.lost_cnsps) == (0.0, 1, 0)
    ordinary = whole_view(make_toy()[1])
    assert (ordinary.flood, ordinary.outage) == (None, None)


def test_a_gemeente_shows_who_lives_there_or_comes_and_the_buildings_they_use_and_no_others() -> None:
    """The east: D and E live there, B and C come to s2, B goes to s0 too, s1 serves nobody."""
    evaluation = evaluate_plan(planned_line_town())
    east = view_of_gemeente(evaluation, "GM0002")
    assert east.squares["demand_id"].tolist() == ["B", "C", "D", "E"]
    assert east.sites["site_id"].tolist() == ["s0", "s2", "k"]
    assert east.sites.index.tolist() == [0, 1, 2]
    assert east.tables.lnsps["site_id"].tolist() == ["s2", "s0"]
    assert east.tables.cnsps["site_id"].tolist() == ["k"]
    assert east.areas["name"].tolist() == ["Oostdorp"]
    assert east.tables.value("persons") == 47
    west = view_of_gemeente(evaluation, "GM0001")
    assert west.squares["demand_id"].tolist() == ["A", "B", "C"]
    assert west.sites["site_id"].tolist() == ["s0", "s1", "s2", "k"]
    with pytest.raises(KeyError, match="GM0003"):
        view_of_gemeente(evaluation, "GM0003")


@pytest.mark.parametrize("chosen", [True, False])
def test_open_sites_of_the_neighbours_that_are_shown_are_among_the_lnsps_with_all_who_go_there(chosen: bool) -> None:
    evaluation = evaluate_plan(planned_line_town())
    flows = pd.DataFrame({"site_id": ["s1", "s1"], "persons": [30.0, 10.0], "mean_distance_m": [1000.0, 2000.0]})
    theirs = {
        "name": "Hal",
        "kind": "hal",
        "gemeente_code": "GM0009",
        "gemeente_name": "Over",
        "counted_persons": 100.0,
        "counted_present": 10 / 3,
        "capacity_basis": "persons",
    }
    sites = pd.DataFrame({"site_id": ["s1", "elders"], "own_persons": [5.0, 9.0], "our_persons": 40.0, **theirs})
    crossing = Crossing(flows, flows.iloc[:0], sites, None, 2500.0, chosen, 10.0, 0.0, 0.0)
    lnsps = whole_view(replace(evaluation, crossing=crossing)).tables.lnsps
    assert lnsps.index.tolist() == [0, 1, 2]
    assert lnsps["site_id"].tolist()[-1] == "s1"
    row = lnsps.iloc[-1]
    assert (row["persons"], row["load"], row["mean_distance_m"], bool(row["fixed"])) == (45, 0.45, 1250, not chosen)
    assert row["gemeente_name"] == "Over (buurregio)"
    nowhere = replace(crossing, sites=sites.iloc[1:])
    assert len(whole_view(replace(evaluation, crossing=nowhere)).tables.lnsps) == 2
