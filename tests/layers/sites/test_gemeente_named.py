"""The gemeente a list names and the one the map has.

Three gemeenten of 4 km in a row from x = 200,000: Aldorp (GM0001), Bedorp (GM0002), which are the region, and Cedorp
(GM0003)::

    200,000        204,000        208,000        212,000
       |  Aldorp      |  Bedorp      |  Cedorp      |
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.towns.raw_files import faults_of, layers_of, make_world


def write_list(folder: Path, *rows: str, head: str = "naam;x;y;gemeente") -> dict[str, str]:
    (folder / "s.csv").write_text("\n".join([head, "Kerk;201050;501050;", *rows]) + "\n")
    return {"path": str(folder / "s.csv"), "source": "lijst"}


@pytest.mark.slow
@pytest.mark.parametrize("named", ["Bedorp", "gemeente BEDORP", "GM0002", "2"])
def test_within_the_tolerance_of_the_border_the_list_is_believed_and_it_is_said(tmp_path: Path, named: str) -> None:
    layers = layers_of(make_world(tmp_path, sites=[write_list(tmp_path, f"Hal;203801;501050;{named}")]))
    assert layers.sites.set_index("name")["gemeente_code"].to_dict() == {"Kerk": "GM0001", "Hal": "GM0002"}
    (note,) = layers.notes["note"]
    assert note == "ligt volgens de kaart in Aldorp, 199 m van Bedorp; de lijst zegt Bedorp en geldt"


def test_farther_away_it_is_a_fault_with_file_column_rows_and_what_to_do(tmp_path: Path) -> None:
    told = faults_of(make_world(tmp_path, sites=[write_list(tmp_path, "Hal;203799;501050;Bedorp")]))
    assert 'sites: lijst, column gemeente: 1 rows lie in another gemeente than the list says, such as "Hal"' in told
    assert "in Aldorp, 201 m from Bedorp" in told
    assert "ids: row 3" in told
    assert 'columns = { gemeente = "" }' in told
    study = make_world(tmp_path, sites=[write_list(tmp_path, "Hal;203799;501050;Bedorp")], border_tolerance_m=250)
    assert layers_of(study).sites["gemeente_code"].tolist() == ["GM0001", "GM0002"]


def test_the_column_may_be_left_unread_and_then_the_map_counts(tmp_path: Path) -> None:
    source = write_list(tmp_path, "Hal;202000;501050;Bedorp") | {"columns": {"gemeente": ""}}
    assert layers_of(make_world(tmp_path, sites=[source])).sites["gemeente_code"].tolist() == ["GM0001", "GM0001"]


def test_a_row_of_a_gemeente_outside_does_not_become_one_of_ours(tmp_path: Path) -> None:
    told = faults_of(make_world(tmp_path, sites=[write_list(tmp_path, "Hal;206000;501050;Cedorp")]))
    assert "in Bedorp, 2,000 m from Cedorp" in told


def test_one_of_ours_whose_coordinates_lie_outside_is_a_fault_and_not_clipped(tmp_path: Path) -> None:
    source = write_list(tmp_path, "Hal;209000;501050;Bedorp") | {"clip_to_region": True}
    assert "in Cedorp, 1,000 m from Bedorp" in faults_of(make_world(tmp_path, sites=[source]))


def test_a_row_outside_the_region_is_clipped_as_before_whatever_it_names(tmp_path: Path) -> None:
    rows = ["Ver;209000;501050;Cedorp", "Zee;190000;501050;Verweg", "Rand;207900;501050;Cedorp"]
    source = write_list(tmp_path, *rows) | {"clip_to_region": True}
    layers = layers_of(make_world(tmp_path, sites=[source]))
    assert layers.sites["name"].tolist() == ["Kerk"]
    assert layers.left_out[["name", "reason"]].to_numpy().tolist() == [
        [name, "buiten de regio"] for name in ("Ver", "Zee", "Rand")
    ]


def test_a_gemeente_that_is_not_on_the_map_is_a_fault_with_the_nearest_name(tmp_path: Path) -> None:
    told = faults_of(make_world(tmp_path, sites=[write_list(tmp_path, "Hal;206000;501050;Bedrop")]))
    assert 'a gemeente that is not on the map, such as "Bedrop"' in told
    assert 'Did you mean "Bedorp"?' in told
