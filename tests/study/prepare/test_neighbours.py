"""Neighbours: who crosses is told both ways, a price keeps distances true, our number and list stay ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from nsp_planner.config import study_from_dict
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.view import whole_view
from nsp_planner.layers.read import read_layers
from nsp_planner.plan.instance import Divisibility
from nsp_planner.report.columns.layers import LAYERS
from nsp_planner.report.geopackage.write import write_geopackage
from nsp_planner.report.list.table import candidate_table
from nsp_planner.report.map.data import map_data
from nsp_planner.report.packs.write import write_packs
from nsp_planner.report.text.objective import local_proof_nl, reached_nl
from nsp_planner.report.text.presence import presence_data, presence_nl
from nsp_planner.report.write import write_report
from nsp_planner.study.prepare import distances
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.prepare.neighbours import join_neighbours
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.planned import RUN, evaluated
from tests.towns.raw_files import faults_of, make_world, write_grid

SITES = (
    "naam;soort;x;y;gemeentecode\nDorpshuis;lnsp;201050;501050;0001\nKerk;lnsp;205050;501050;0002\n"
    "School;lnsp;206050;503050;0002\n"
)
STATION = "naam;x;y\nKazerne;203050;501050\n"
ABROAD = {"E2085N5010": 100, "E2081N5012": 40, "E2110N5030": 15, "E2190N5010": 900}
"""Cedorp, east of Bedorp: a village, a farm between it and Bedorp, one farther in the buffer, and a far town."""
HALL = "naam;x;y;capaciteit\nHal Cedorp;208550;501050;200\nVerre hal;211050;503050;200\nTe ver;211950;501050;500\n"


def neighbour_study(folder: Path, hall: str = HALL, **settings: Any) -> dict[str, Any]:
    study = make_world(folder, SITES)
    (folder / "kazerne.csv").write_text(STATION, encoding="utf-8")
    (folder / "hallen.csv").write_text(hall, encoding="utf-8")
    study["inputs"]["sites"].append({"path": str(folder / "kazerne.csv"), "source": "kazernes", "can_be": ["cnsp"]})
    study["inputs"]["neighbours"] = {
        "population": {"path": str(write_grid(folder / "buren.gpkg", ABROAD))},
        "sites": [
            {
                "path": str(folder / "hallen.csv"),
                "source": "hallen",
                "columns": {"capacity_persons": "capaciteit"},
                "clip_to_region": True,
            }
        ],
    }
    study["neighbours"] = {"cross_border": "on", "buffer_m": 3500, **settings}
    study["distances"] = {"detour_factor": 1.0}
    return study


def planned_of(tables: dict[str, Any]) -> PlannedStudy:
    study, faults = study_from_dict(tables, folder=Path(), file="study.toml"), Faults()
    layers = read_layers(study, faults)
    assert layers is not None, "\n".join(fault.as_text() for fault in faults.items)
    return solve_study(study, layers, SilentProgress())


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> PlannedStudy:
    return planned_of(neighbour_study(tmp_path_factory.mktemp("vrij")))


def persons_per_flow(flows: Any) -> dict[tuple[str, str], float]:
    columns = (flows["name"], flows["from_name"], flows["persons"])
    return {(name, home): round(persons, 6) for name, home, persons in zip(*columns, strict=True)}


def test_people_go_to_the_nearest_open_site_on_either_side(free: PlannedStudy) -> None:
    crossing = free.crossing
    assert crossing is not None
    # the squares at 207,050 lie 1.5 km from the hall in Cedorp and 2 km from the church
    assert persons_per_flow(crossing.outgoing) == {("Hal Cedorp", "Bedorp"): crossing.out_persons("GM0002")}
    assert crossing.out_persons() > 0
    assert crossing.in_persons() == 0


def test_people_of_the_neighbours_are_conserved(free: PlannedStudy) -> None:
    crossing = free.crossing
    assert crossing is not None
    assert crossing.persons == 155
    theirs = crossing.at_home_persons + crossing.in_persons() + crossing.unreachable_persons
    assert theirs == pytest.approx(crossing.persons)
    assert free.layers.neighbours is not None
    assert free.layers.neighbours.left_out_persons == 0


def test_every_total_of_the_region_is_of_our_own_people(free: PlannedStudy) -> None:
    evaluation = evaluate_plan(free)
    assert evaluation.value("persons") == 680
    assert evaluation.value("served_persons") == 680
    assert evaluation.value("n_lnsp") == 2
    assert evaluation.value("across_out_persons") == free.crossing.out_persons()  # type: ignore[union-attr]
    assert evaluation.lnsps["gemeente_code"].isin(["GM0001", "GM0002"]).all()
    own = evaluation.lnsps["persons"].sum()
    assert own == pytest.approx(680 - free.crossing.out_persons() + free.crossing.in_persons())  # type: ignore[union-attr]


def test_the_value_of_our_own_people_is_told_apart_from_the_joint_one(free: PlannedStudy) -> None:
    walked = free.allocation.persons @ free.allocation.distance_m
    assert free.goal.own_value == pytest.approx(walked)
    assert free.local_plan.value > free.goal.own_value
    own_km, joint_km = (f"{round(value / 1000):d}" for value in (free.goal.own_value, free.local_plan.value))
    assert reached_nl(free.goal) == f"{own_km} persoon-km; met de mensen van de buren {joint_km}"
    assert local_proof_nl(free.goal).endswith("(bewezen van de regio en haar buren samen, niet van de regio alleen)")


def test_what_is_proven_is_of_the_problem_that_was_solved_and_ours_is_a_part_of_its_plan(free: PlannedStudy) -> None:
    assert free.solved is not None
    instance, plan = free.solved
    assert (free.local_plan.value, free.local_plan.bound) == (plan.value, plan.bound)
    assert instance.n_demand == free.local.n_demand + 3, "three squares of the neighbours lie within the buffer"
    here = plan.demand < free.local.n_demand
    ours = plan.persons(instance.population_persons)[here].sum()
    assert free.local_plan.persons(free.local.population_persons).sum() == pytest.approx(ours) == pytest.approx(680)
    assert [free.local.site_ids[j] for j in free.local_plan.open_sites] == [
        instance.site_ids[j] for j in plan.open_sites
    ]


@pytest.mark.slow
def test_distances_across_the_border_are_measured_once_for_all_plans_that_share_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan for a normal day, everybody allocated once more, and the plan with fewer open: three of them."""
    measure, measured = distances.measure_people_distances, []
    monkeypatch.setattr(distances, "measure_people_distances", lambda *given: measured.append(given) or measure(*given))
    tables = neighbour_study(tmp_path)
    tables["staff_shortage"] = {"open_in": {"GM0002": 1}}
    tables["capacity"] = {"slack": 3.0}
    planned = planned_of(tables)
    assert planned.crossing is not None
    assert len(measured) == 3, "ours, all to the neighbours' sites, the neighbours to ours"


def test_the_list_is_ours_and_the_map_shows_theirs_too(free: PlannedStudy) -> None:
    evaluation = evaluate_plan(free)
    names = set(candidate_table(evaluation)["Naam"])
    assert "Hal Cedorp" not in names
    shown = whole_view(evaluation).tables.lnsps.set_index("name")
    assert shown.loc["Hal Cedorp", "gemeente_name"] == "Cedorp (buurregio)"
    assert len(evaluation.lnsps) == 2


@pytest.mark.slow
def test_maps_are_drawn_of_region_and_gemeenten_where_people_cross_the_border(
    tmp_path: Path, free: PlannedStudy
) -> None:
    evaluation = evaluated(free)
    written = (*write_report(tmp_path, evaluation, run_info=RUN), *write_packs(tmp_path, evaluation, RUN))
    assert {"kaart.html", "plan.gpkg", "gemeenten/bedorp/kaart.html"} <= {output.name for output in written}
    header, _ = map_data(whole_view(evaluation))
    assert len(header["site_colours"]) == len(header["lnsps"]) == len(free.local_plan.open_sites)


def test_the_geopackage_has_their_open_sites_in_a_layer_of_their_own(tmp_path: Path, free: PlannedStudy) -> None:
    write_geopackage(tmp_path / "plan.gpkg", evaluate_plan(free), RUN)
    theirs = gpd.read_file(tmp_path / "plan.gpkg", layer="lnsp_buren")
    assert list(theirs.columns) == [*(column.name for column in LAYERS["lnsp_buren"]), "geometry"]
    assert theirs.set_index("naam").loc["Hal Cedorp", "gemeente"] == "Cedorp"
    assert theirs["inwoners_van_hier"].sum() == pytest.approx(free.crossing.out_persons())  # type: ignore[union-attr]
    assert set(theirs["site_id"]).isdisjoint(gpd.read_file(tmp_path / "plan.gpkg", layer="lnsp")["site_id"])


def test_what_is_told_names_both_ways_and_the_manifest_has_the_numbers(free: PlannedStudy) -> None:
    ((head, text),) = presence_nl(evaluate_plan(free))
    assert head == "Over de regiogrens"
    assert "Hal Cedorp" in text
    data = presence_data(evaluate_plan(free))
    assert data is not None
    assert data["across"]["persons"] == 155


@pytest.mark.slow
def test_a_priced_crossing_keeps_people_home_and_distances_true(tmp_path: Path, free: PlannedStudy) -> None:
    priced = planned_of(neighbour_study(tmp_path, cross_border="priced", crossing_penalty_m=600))
    assert priced.crossing is not None
    assert free.crossing is not None
    assert priced.crossing.out_persons() == 0
    assert priced.crossing.priced_m == 600
    some = planned_of(neighbour_study(tmp_path, cross_border="priced", crossing_penalty_m=100))
    assert some.crossing is not None
    assert some.crossing.out_persons() == free.crossing.out_persons()
    np.testing.assert_allclose(some.crossing.outgoing["mean_distance_m"], free.crossing.outgoing["mean_distance_m"])
    people = evaluate_plan(some).demand
    abroad = people["site_id"].str.startswith("buren:").to_numpy(dtype=bool)
    np.testing.assert_allclose(people.loc[abroad, "distance_m"].min(), 1_500)
    assert free.extra_m is None
    assert some.extra_m is not None
    assert some.extra_m.tolist() == [0.0] * (len(some.extra_m) - 2) + [100.0] * 2


@pytest.mark.slow
def test_off_is_the_plan_without_neighbours(tmp_path: Path) -> None:
    off = planned_of(neighbour_study(tmp_path, cross_border="off"))
    assert off.crossing is None
    assert off.layers.neighbours is None
    tables = neighbour_study(tmp_path)
    del tables["inputs"]["neighbours"], tables["neighbours"]
    alone = planned_of(tables)
    assert off.local_plan.open_sites.tolist() == alone.local_plan.open_sites.tolist()
    assert off.local_plan.value == alone.local_plan.value


@pytest.mark.slow
def test_neighbours_without_a_site_of_their_own_come_to_ours(tmp_path: Path) -> None:
    far = "naam;x;y;capaciteit\nVerre hal;211050;503050;30\n"
    planned = planned_of(neighbour_study(tmp_path, far))
    crossing = planned.crossing
    assert crossing is not None
    assert crossing.in_persons("GM0002") == pytest.approx(crossing.in_persons())
    assert crossing.in_persons() >= 100
    lnsps = evaluate_plan(planned).lnsps.set_index("name")
    own = planned.local_plan.persons(planned.local.population_persons)
    assert lnsps["persons"].sum() == pytest.approx(own.sum() - crossing.out_persons() + crossing.in_persons())


def test_neighbours_without_any_list_of_buildings_come_to_ours(tmp_path: Path) -> None:
    tables = neighbour_study(tmp_path)
    del tables["inputs"]["neighbours"]["sites"]
    crossing = planned_of(tables).crossing
    assert crossing is not None
    assert (crossing.in_persons(), crossing.persons, crossing.at_home_persons) == (155, 155, 0)
    assert len(crossing.sites) == 0


@pytest.mark.slow
def test_sites_of_the_neighbours_may_be_chosen_with_a_number_of_their_own(tmp_path: Path) -> None:
    planned = planned_of(neighbour_study(tmp_path, sites="chosen", inhabitants_per_lnsp=100))
    assert planned.crossing is not None
    assert len(planned.crossing.sites) == 2
    one = planned_of(neighbour_study(tmp_path, sites="chosen", inhabitants_per_lnsp=5000))
    assert one.crossing is not None
    assert one.crossing.sites["name"].tolist() == ["Hal Cedorp"]


def test_chosen_sites_need_a_number_per_gemeente_of_ours(tmp_path: Path) -> None:
    tables = neighbour_study(tmp_path, sites="chosen")
    tables["ratios"] = {"quota_per": "region"}
    with pytest.raises(SettingsError, match="cannot be chosen where only the total"):
        planned_of(tables)


def test_only_what_lies_within_the_buffer_counts_and_the_rest_is_counted(tmp_path: Path) -> None:
    study = study_from_dict(neighbour_study(tmp_path, buffer_m=1000), folder=Path())
    layers = read_layers(study, Faults())
    assert layers is not None
    assert layers.neighbours is not None
    assert layers.neighbours.demand["population_persons"].sum() == 140
    assert layers.neighbours.sites["name"].tolist() == ["Hal Cedorp"]
    left = layers.left_out[layers.left_out["layer"] == "neighbours"]
    assert left["persons"].sum() == 15


def test_what_is_missing_across_the_border_is_told(tmp_path: Path) -> None:
    tables = neighbour_study(tmp_path)
    tables["inputs"]["neighbours"] = {}
    assert "neither people nor noodsteunpunten" in faults_of(tables)
    tables = neighbour_study(tmp_path)
    tables["region"]["gemeenten"] = ["GM0001", "GM0002", "GM0003"]
    told = faults_of(tables)
    assert "no gemeenten outside the region" in told


def test_nobody_crosses_where_nobody_may_leave_the_gemeente(tmp_path: Path) -> None:
    tables = neighbour_study(tmp_path)
    tables["distances"]["cross_border"] = False
    with pytest.raises(SettingsError, match="nobody reaches neighbours"):
        study_from_dict(tables, folder=Path())


@pytest.mark.slow
def test_a_joint_problem_keeps_our_numbers(tmp_path: Path) -> None:
    study = study_from_dict(neighbour_study(tmp_path), folder=Path())
    layers = read_layers(study, Faults())
    assert layers is not None
    problem = build_local_problem(layers, study)
    joint = join_neighbours(problem, layers, study)
    assert joint is not None
    assert problem.instance.quota is not None
    assert joint.instance.quota is not None
    n_own = len(problem.instance.quota)
    assert joint.instance.quota[:n_own].tolist() == problem.instance.quota.tolist()
    assert joint.instance.quota[n_own:].tolist() == [len(joint.neighbours.sites)]
    assert joint.instance.fixed[problem.instance.n_candidates :].all()


@pytest.mark.slow
def test_a_buurt_that_stays_whole_keeps_a_site_that_all_of_it_reaches_on_either_side(tmp_path: Path) -> None:
    """The two squares in the east of Bedorp, 14 and 4 persons, are nearest to the hall of Cedorp and to the school.

    One site is kept: for both together the hall (1.5 and 2.5 km), before the school (2.2 and 1 km) and the church.
    """
    study = study_from_dict(neighbour_study(tmp_path), folder=Path())
    study = study.change(distances={"nearest_sites": 1})
    layers = read_layers(study, Faults())
    assert layers is not None
    problem = build_local_problem(layers, study)
    east = [problem.instance.demand_ids.index(square) for square in ("E2070N5010", "E2070N5030")]
    group = np.full(problem.instance.n_demand, -1, dtype=np.int64)
    group[east] = 0
    whole = replace(problem.instance, divisibility=Divisibility.WHOLE_GROUPS, group=group, group_ids=("BU00020000",))
    joint = join_neighbours(replace(problem, instance=whole), layers, study)
    assert joint is not None
    costs = joint.metres
    kept = [
        [joint.instance.site_ids[j] for j in costs.destination[costs.indptr[i] : costs.indptr[i + 1]]]
        for i in range(problem.instance.n_demand)
    ]
    assert [kept[i] for i in east] == [["buren:hallen:208550-501050"]] * 2
    assert all(len(sites) == 1 for sites in kept)
    school = "lijst:206050-503050"
    assert kept[problem.instance.demand_ids.index("E2050N5030")] == [school]
