"""The header below a title: where it is found, what is said, how rows are called then."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from nsp_planner.layers.raw.header import find_header
from tests.towns.raw_files import faults_of, layers_of, make_world

TABLE = [["naam", "x", "y"], ["Kerk", 201050, 501050], ["Hal", 205050, 501050]]
TITLES = {
    "none": [],
    "a title": [["Kandidaten gemeente Aldorp, versie 3"]],
    "a title with separators": [["Kandidaten; versie 3; concept"], ["naam invuller: Jansen"]],
    "empty rows and a date": [[], ["Lijst"], [], ["datum", "3 mei"], []],
}


def list_of(folder: Path, suffix: str, above: list[list[str]], table: list[list[object]] = TABLE) -> dict[str, str]:
    path = folder / f"s.{suffix}"
    if suffix == "csv":
        path.write_text("".join(";".join(map(str, row)) + "\n" for row in [*above, *table]))
    else:
        workbook = openpyxl.Workbook()
        assert workbook.active is not None
        for row in [*above, *table]:
            workbook.active.append(row)
        if above and above[0]:
            workbook.active.merge_cells("A1:C1")
        workbook.save(path)
    return {"path": str(path), "source": "lijst"}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("above", TITLES.values(), ids=TITLES)
def test_the_header_is_found_below_a_title_and_it_is_said(tmp_path: Path, suffix: str, above: list[list[str]]) -> None:
    layers = layers_of(make_world(tmp_path, sites=[list_of(tmp_path, suffix, above)]))
    assert sorted(layers.sites["name"]) == ["Hal", "Kerk"]
    said = [note for note in layers.notes["note"] if note.startswith("de kop staat onder een titel")]
    assert len(said) == bool(above)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_rows_are_called_by_their_number_in_the_file(tmp_path: Path, suffix: str) -> None:
    table = [["naam", "x", "y"], ["Kerk", 201050, 501050], ["Hal", "zuid", 501050]]
    told = faults_of(make_world(tmp_path, sites=[list_of(tmp_path, suffix, [["Lijst"], []], table)]))
    assert "ids: row 5" in told


def test_the_first_row_stays_the_header_where_it_holds_names_or_no_other_row_does() -> None:
    known = {"naam", "x", "y", "plaats"}
    assert find_header([["naam", "x"], ["naam", "x", "y", "plaats"]], known) == 0
    assert find_header([["onbekend", "b"], ["Kerk", "naam"]], known) == 0
    assert find_header([[""], ["titel", "naam"], ["naam", "x"]], known) == 2
    far = [["titel"], *[["1"]] * 40, ["naam", "x", "y"]]
    assert find_header(far, known) == 0, "not looked for farther down"
