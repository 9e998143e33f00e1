"""Fetched files that are broken since: had anew with a note; what somebody changed on purpose is left alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from nsp_planner.fetch.formats import damage
from nsp_planner.fetch.lockfile import LOCK_FILE
from nsp_planner.fetch.run import Fetched


def write(path: Path) -> Path:
    """A sound file of each kind."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("grid.csv", "code;inwoners\n" * 500)
    elif path.suffix == ".gpkg":
        points = gpd.GeoDataFrame({"n": range(500)}, geometry=[shapely.Point(n, n) for n in range(500)], crs=28992)
        points.to_file(path)
    else:
        path.write_text("naam;x;y\n" + "Kerk;1;2\n" * 500, encoding="cp1252")
    return path


@pytest.mark.parametrize("name", ["grid.zip", "areas.gpkg", "lijst.csv"])
def test_a_sound_file_is_not_damaged(tmp_path: Path, name: str) -> None:
    assert damage(write(tmp_path / name)) is None


@pytest.mark.parametrize("name", ["grid.zip", "areas.gpkg"])
@pytest.mark.parametrize("how", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b"<html>sorry</html>"])
def test_a_file_that_is_empty_cut_off_or_something_else_is_damaged(
    tmp_path: Path, name: str, how: Callable[[bytes], bytes]
) -> None:
    path = write(tmp_path / name)
    path.write_bytes(how(path.read_bytes()))
    assert damage(path) is not None


def test_a_table_of_zero_bytes_is_damaged_and_one_that_excel_saved_is_not(tmp_path: Path) -> None:
    path = write(tmp_path / "lijst.csv")
    path.write_bytes("naam;x;y\r\nCafé De Brug;1;2\r\n".encode("cp1252"))
    assert damage(path) is None
    path.write_bytes(path.read_bytes() * 200 + bytes(512))
    assert damage(path) == "a table with zero bytes in it"


@pytest.mark.slow
def test_damaged_files_are_had_anew_and_come_out_as_they_were(fetch: Callable[..., Fetched]) -> None:
    fetched = fetch()
    root = fetched.folder.parent
    lock = json.loads((root / LOCK_FILE).read_text(encoding="utf-8"))["files"]
    broken = [fetched.files["population"], next((root / "landelijk").glob("*.zip"))]
    before = [path.read_bytes() for path in broken]
    for path in broken:
        path.write_bytes(path.read_bytes()[:3_000])
    fetch()
    assert [path.read_bytes() for path in broken] == before
    assert all(path.with_name(f"{path.name}.damaged").stat().st_size == 3_000 for path in broken)
    again = json.loads((root / LOCK_FILE).read_text(encoding="utf-8"))["files"]
    assert {name: entry["sha256"] for name, entry in again.items()} == {n: entry["sha256"] for n, entry in lock.items()}
