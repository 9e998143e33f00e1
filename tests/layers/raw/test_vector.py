"""Vector files: which layer is read, and what is said of a file that is broken or asks for a choice."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from nsp_planner.errors import Faults
from nsp_planner.layers.raw.vector import first_line, read_vector

HERE = gpd.GeoDataFrame({"naam": ["a", "b"]}, geometry=[shapely.Point(0, 0), shapely.Point(1, 1)], crs="EPSG:28992")
TABLE = pd.DataFrame({"naam": ["a", "b", "c"]})


def add(path: Path, layer: str, frame: pd.DataFrame = HERE) -> Path:
    pyogrio.write_dataframe(frame, path, layer=layer, append=path.exists())
    return path


def read(path: Path, name: str | None = None, shown: Path | None = None) -> tuple[int | None, Faults]:
    """Number of rows, or None, and the faults."""
    faults = Faults()
    found = read_vector("lijst", path, name, faults, shown=shown)
    return (None if found is None else len(found[0])), faults


def test_the_only_layer_with_shapes_is_read_where_tables_stand_beside_it(tmp_path: Path) -> None:
    path = add(add(tmp_path / "x.gpkg", "tabel", TABLE), "punten")
    assert read(path) == (2, Faults())
    assert read(path, "tabel")[0] == 3


def test_the_only_table_is_read_where_nothing_has_shapes(tmp_path: Path) -> None:
    assert read(add(tmp_path / "x.gpkg", "tabel", TABLE))[0] == 3


def test_of_two_layers_those_with_shapes_are_named_and_of_two_tables_both(tmp_path: Path) -> None:
    path = add(add(add(tmp_path / "x.gpkg", "tabel", TABLE), "punten"), "plekken")
    n, faults = read(path)
    (fault,) = faults.items
    assert (n, fault.message, fault.column, fault.file) == (
        None, "the file has more than one layer", "layer", str(path),
    )  # fmt: skip
    assert '"punten", "plekken"' in fault.fix
    assert "tabel" not in fault.fix
    n, faults = read(add(add(tmp_path / "y.gpkg", "een", TABLE), "twee", TABLE))
    assert n is None
    assert '"een", "twee"' in faults.items[0].fix


def test_a_layer_that_is_not_there_is_a_fault_that_names_the_file_a_planner_knows(tmp_path: Path) -> None:
    path = add(tmp_path / "x.gpkg", "punten")
    n, faults = read(path, "punt", shown=tmp_path / "ingepakt.zip")
    (fault,) = faults.items
    assert n is None
    assert (fault.message, fault.column) == ('the file has no layer "punt"', "layer")
    assert fault.file == str(tmp_path / "ingepakt.zip")
    assert "punten" in fault.fix


@pytest.mark.parametrize("missing", [1, 5000])
def test_a_file_that_is_cut_short_says_by_how_many_bytes(tmp_path: Path, missing: int) -> None:
    path = add(tmp_path / "x.gpkg", "punten")
    path.write_bytes(path.read_bytes()[:-missing])
    n, faults = read(path)
    assert n is None
    assert faults.items[0].message == f"the file is cut short: {missing:,} bytes are missing"


def test_a_file_of_other_bytes_or_of_none_cannot_be_read_and_says_why_on_one_line(tmp_path: Path) -> None:
    for content in (b"", b"geen database" * 20, b"SQLite format 3\x00"):
        path = tmp_path / "x.gpkg"
        path.write_bytes(content)
        n, faults = read(path)
        (fault,) = faults.items
        assert n is None
        assert fault.message.startswith(("the file ", "this is no GeoPackage"))
        assert "\n" not in fault.message


def test_an_error_is_told_by_its_first_line_and_one_without_words_by_its_name() -> None:
    assert first_line(ValueError("  een\ntwee")) == "een"
    assert first_line(RuntimeError("")) == "RuntimeError"
    assert first_line(RuntimeError(" \n ")) == "RuntimeError"


def test_a_stated_crs_is_given_and_a_table_has_none(tmp_path: Path) -> None:
    faults = Faults()
    found = read_vector("lijst", add(tmp_path / "x.gpkg", "punten"), None, faults)
    assert found is not None
    assert found[1] is not None
    assert found[1].to_epsg() == 28992
    found = read_vector("lijst", add(tmp_path / "y.gpkg", "tabel", TABLE), None, faults)
    assert found is not None
    assert found[1] is None
