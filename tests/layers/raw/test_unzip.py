"""The grid in a zip of CBS: which member is read, and what is said where there is none or more than one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from nsp_planner.config import FileInput, PopulationInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw import zips
from nsp_planner.layers.raw.unzip import unzipped


def unpack(folder: Path, members: dict[str, bytes], source: FileInput | None = None) -> tuple[bytes | None, Faults]:
    """What is in the member that is read; its file is gone afterwards."""
    path, faults = folder / "vk.zip", Faults()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with unzipped("population", path, source or PopulationInput(path=path), faults) as member:
        content = None if member is None else member.read_bytes()
    assert member is None or not member.exists()
    return content, faults


def test_the_only_geopackage_is_read_whatever_stands_beside_it(tmp_path: Path) -> None:
    content, faults = unpack(tmp_path, {"leesmij.txt": b"x", "map/CBS.GPKG": b"grid"})
    assert (content, faults.items) == (b"grid", [])


@pytest.mark.parametrize(("resolution_m", "expected"), [(100, b"one"), (500, b"five")])
def test_of_two_grids_the_side_of_the_study_decides(tmp_path: Path, resolution_m: int, expected: bytes) -> None:
    members = {"cbs_vk100_2024.gpkg": b"one", "cbs_VK500_2024.gpkg": b"five"}
    source = PopulationInput(path=tmp_path / "vk.zip", resolution_m=resolution_m)
    assert unpack(tmp_path, members, source)[0] == expected


def test_two_grids_and_no_side_and_a_zip_without_grid_are_told_with_their_members(tmp_path: Path) -> None:
    content, faults = unpack(tmp_path, {"a.gpkg": b"", "b.gpkg": b""})
    assert (content, faults.items[0].message) == (None, "the zip holds 2 GeoPackages: a.gpkg, b.gpkg")
    source = PopulationInput(path=tmp_path / "vk.zip", resolution_m=500)
    content, faults = unpack(tmp_path, {"vk100.gpkg": b"", "b.gpkg": b""}, source)
    assert (content, faults.items[0].message) == (None, "the zip holds 2 GeoPackages: vk100.gpkg, b.gpkg")
    names = [f"{k:02d}.txt" for k in range(11)]
    content, faults = unpack(tmp_path, dict.fromkeys(names, b""))
    assert (content, faults.items[0].message) == (None, f"the zip holds no GeoPackage: {', '.join(names[:10])}")


def test_a_bomb_and_a_file_that_is_no_zip_are_one_fault_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_RATIO_FREE_BYTES", 2**20)
    content, faults = unpack(tmp_path, {"a.gpkg": bytes(2 * 2**20)})
    assert (content, len(faults.items)) == (None, 1)
    assert faults.items[0].message == "a.gpkg unpacks to 2 MiB: refused as a zip bomb"
    path, faults = tmp_path / "no.zip", Faults()
    path.write_bytes(b"no zip")
    with unzipped("population", path, PopulationInput(path=path), faults) as member:
        assert member is None
    assert faults.items[0].message.startswith("the zip cannot be read: ")
    assert faults.items[0].file == str(path)
