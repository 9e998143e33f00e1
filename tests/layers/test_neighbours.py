"""The neighbours of a region: who lies within the buffer, what is counted and told, and what is missing.

Cedorp (GM0003) begins at x = 208,000, where the region of Aldorp and Bedorp ends.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nsp_planner.config import study_from_dict
from nsp_planner.errors import Faults
from nsp_planner.layers.areas.gemeenten import read_areas, select_region
from nsp_planner.layers.neighbours import read_neighbours
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.tables import NeighbourLayers
from tests.towns.raw_files import make_world, write_areas, write_grid

HALLS = "naam;x;y;gemeentecode\nHal;209000;501050;0003\nVer;209100;501050;0003\nOns;207000;501050;0002\n"
PEOPLE = "naam;x;y;personen\nHof;209000;501000;7\nLeeg;208500;501000;0\nOns;207000;501000;9\nVer;209001;501000;11\n"


def read(folder: Path, source: dict[str, Any], **settings: Any) -> tuple[NeighbourLayers | None, InputLog]:
    """The neighbours of the small world within 1000 m, or as ``settings`` say."""
    (folder / "hallen.csv").write_text(HALLS, encoding="utf-8")
    (folder / "mensen.csv").write_text(PEOPLE, encoding="utf-8")
    tables = make_world(folder, neighbours=source)
    tables["neighbours"] = {"cross_border": "on", "buffer_m": 1000, **settings}
    study, log = study_from_dict(tables, folder=folder), InputLog()
    areas = read_areas(study.inputs.areas, log)
    assert areas is not None
    return read_neighbours(study, areas, select_region(areas, study.region, log.faults, Path()), log), log


SITES = {"sites": [{"path": "hallen.csv", "source": "hallen"}]}


def people(**settings: Any) -> dict[str, Any]:
    return {
        "people": {
            "path": "mensen.csv",
            "persons_column": "personen",
            "label": "inwoners",
            "clip_to_region": True,
            **settings,
        }
    }


def texts(faults: Faults) -> str:
    return "\n".join(fault.as_text() for fault in faults.items)


def test_what_lies_exactly_at_the_buffer_counts_and_a_metre_farther_is_left_out_and_counted(tmp_path: Path) -> None:
    found, log = read(tmp_path, {**SITES, **people()})
    assert found is not None
    assert found.sites["site_id"].tolist() == ["buren:hallen:209000-501050"]
    assert found.sites["can_be_cnsp"].tolist() == [False]
    assert found.demand["demand_id"].tolist() == ["buren:rij1"]
    assert found.demand["population_persons"].tolist() == [7]
    assert found.demand["area_type"].tolist() == ["buitengebied"]
    assert (found.left_out_persons, found.areas["area_code"].tolist()) == (11, ["GM0003"])
    left = log.left_out.table().set_index("reason")["persons"]
    assert left["buren op meer dan 1000 m van de regio"] == 11
    assert "gebouwen van buren op meer dan 1000 m van de regio, of geen L-NSP (1)" in left.index


def test_what_lies_within_the_buffer_leaves_nothing_out(tmp_path: Path) -> None:
    found, log = read(tmp_path, {**SITES, **people()}, buffer_m=1100)
    assert found is not None
    assert (found.left_out_persons, len(found.sites), len(found.demand)) == (0, 2, 2)
    assert not [row for row in log.left_out.rows if row[0] == "neighbours"]


def test_neighbours_may_have_halls_and_no_people_or_people_and_no_halls(tmp_path: Path) -> None:
    halls, _ = read(tmp_path, SITES)
    assert halls is not None
    assert (len(halls.sites), len(halls.demand), halls.left_out_persons) == (1, 0, 0)
    assert halls.areas["area_code"].tolist() == ["GM0003"]
    residents, _ = read(tmp_path, people())
    assert residents is not None
    assert (len(residents.sites), residents.demand["population_persons"].tolist()) == (0, [7])


def test_halls_of_our_own_only_are_none_of_the_neighbours(tmp_path: Path) -> None:
    (tmp_path / "ons.csv").write_text("naam;x;y;gemeentecode\nOns;207000;501050;0002\n", encoding="utf-8")
    found, _ = read(tmp_path, {**people(), "sites": [{"path": "ons.csv", "source": "ons"}]})
    assert found is not None
    assert len(found.sites) == 0


def test_nobody_and_nothing_within_the_buffer_is_a_fault(tmp_path: Path) -> None:
    found, log = read(tmp_path, {**SITES, **people()}, buffer_m=100)
    assert found is None
    assert "nobody and nothing lies within 100 m of the region" in texts(log.faults)
    assert "Make buffer_m larger" in texts(log.faults)


def test_squares_of_the_neighbours_count_with_what_is_published_and_make_a_kern_together(tmp_path: Path) -> None:
    squares = {"E2081N5010": 300, "E2082N5010": 200, "E2081N5030": 499, "E2083N5010": -99997, "E2070N5010": 60}
    squares |= {"E2084N5010": 0}
    source = {"population": {"path": str(write_grid(tmp_path / "buren.gpkg", squares))}}
    found, log = read(tmp_path, source)
    assert found is not None
    rows = found.demand.set_index("demand_id")
    assert rows["population_persons"].to_dict() == {
        "buren:E2081N5010": 300, "buren:E2082N5010": 200, "buren:E2081N5030": 499,
    }  # fmt: skip
    assert rows["area_type"].tolist() == ["kern", "kern", "buitengebied"]
    assert rows["gemeente_code"].unique().tolist() == ["GM0003"]
    assert [note[3] for note in log.notes.rows] == [
        "1 vierkant van het bestand van de buren zonder gepubliceerd aantal telt niet mee"
    ]


def test_a_single_square_is_a_kern_by_its_own_inhabitants(tmp_path: Path) -> None:
    for persons, kind in ((500, "kern"), (499, "buitengebied")):
        source = {"population": {"path": str(write_grid(tmp_path / f"{persons}.gpkg", {"E2081N5010": persons}))}}
        found, log = read(tmp_path, source)
        assert found is not None
        assert found.demand["area_type"].tolist() == [kind]
        assert not log.notes.rows


def test_people_of_a_gemeente_as_a_whole_have_no_place_and_are_refused_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("gemeentecode;personen\nGM0003;700\n", encoding="utf-8")
    found, log = read(tmp_path, people(path="codes.csv"))
    assert found is None
    assert "the people of the neighbours have no coordinates" in texts(log.faults)
    assert str(tmp_path / "codes.csv") in texts(log.faults)


def test_boundaries_of_their_own_are_added_and_those_of_the_region_stay(tmp_path: Path) -> None:
    own = {"path": str(write_areas(tmp_path / "eigen.gpkg", {"GM0001": "A", "GM0002": "B", "GM0003": "Nieuw"}))}
    found, _ = read(tmp_path, {**people(), "areas": own})
    assert found is not None
    assert found.areas[["area_code", "name"]].to_numpy().tolist() == [["GM0003", "Nieuw"]]
    assert found.demand["population_persons"].tolist() == [7]


@pytest.mark.parametrize("own", [True, False])
def test_where_no_gemeente_lies_outside_the_region_its_file_is_named(tmp_path: Path, own: bool) -> None:
    two = str(write_areas(tmp_path / "twee.gpkg", {"GM0001": "A", "GM0002": "B"}))
    if own:
        found, log = read(tmp_path, {**SITES, "areas": {"path": two}})
        assert two in texts(log.faults)
    else:
        tables = make_world(tmp_path, neighbours=SITES, areas={"path": two})
        tables["neighbours"] = {"cross_border": "on"}
        study, log = study_from_dict(tables, folder=tmp_path), InputLog()
        areas = read_areas(study.inputs.areas, log)
        found = read_neighbours(study, areas, areas, log)
        assert two in texts(log.faults)
    assert found is None
    assert "the areas file has no gemeenten outside the region" in texts(log.faults)


def test_nothing_is_read_where_nobody_may_cross_or_nothing_is_given_and_a_broken_file_is_a_fault(
    tmp_path: Path,
) -> None:
    assert read(tmp_path, {"population": {"path": "weg.gpkg"}}, cross_border="off")[0] is None
    assert not read(tmp_path, {"population": {"path": "weg.gpkg"}}, cross_border="off")[1].faults.items
    assert "weg.gpkg" in texts(read(tmp_path, {"population": {"path": "weg.gpkg"}})[1].faults)
    found, log = read(tmp_path, {})
    assert found is None
    (fault,) = log.faults.items
    assert fault.message == "the neighbours have neither people nor noodsteunpunten"
    assert fault.column == "inputs.neighbours"


def test_reading_the_neighbours_is_told_as_a_step(tmp_path: Path) -> None:
    tables = make_world(tmp_path, neighbours={})
    tables["neighbours"] = {"cross_border": "on"}
    steps: list[str] = []
    read_neighbours(study_from_dict(tables, folder=tmp_path), None, None, InputLog(on_step=steps.append))
    assert steps == ["reading neighbours"]


def test_who_lives_more_than_half_a_kilometre_east_of_a_kern_is_not_in_it(tmp_path: Path) -> None:
    squares = {"E2081N5010": 500, "E2087N5010": 499}
    found, _ = read(tmp_path, {"population": {"path": str(write_grid(tmp_path / "buren.gpkg", squares))}})
    assert found is not None
    assert found.demand["area_type"].tolist() == ["kern", "buitengebied"]


def test_a_single_person_across_the_border_counts_and_nobody_does_not(tmp_path: Path) -> None:
    (tmp_path / "een.csv").write_text("naam;x;y;personen\nEen;208500;501000;1\nLeeg;208600;501000;0\n")
    found, _ = read(tmp_path, people(path="een.csv"))
    assert found is not None
    assert found.demand["population_persons"].tolist() == [1]
