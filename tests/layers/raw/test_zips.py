"""What a zip may hold: every limit at its border."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from nsp_planner.layers.raw import zips


def member(name: str, size: int = 0, packed: int = 0, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.file_size, info.compress_size, info.external_attr = size, packed, mode << 16
    return info


@pytest.mark.parametrize(
    ("size", "packed", "expected"),
    [
        (64 * 2**20, 1, False),  # small ones may pack as well as they like
        (64 * 2**20 + 200, (64 * 2**20 + 200) // 200, True),
        (100 * 2**20, 2**19, False),  # exactly 200 to one
        (100 * 2**20, 2**19 - 1, True),
        (16 * 2**30, 2**30, False),
        (16 * 2**30 + 1, 2**30, True),
        (65 * 2**20, 0, True),
    ],
)
def test_a_bomb_is_what_unpacks_past_the_limits(size: int, packed: int, *, expected: bool) -> None:
    assert zips.is_bomb(member("a.gpkg", size, packed)) is expected


@pytest.mark.parametrize("name", ["../a.gpkg", "/a.gpkg", "C:/a.gpkg", "map/../../a.gpkg", "..\\a.gpkg"])
def test_a_member_that_points_outside_its_folder_climbs_out(name: str) -> None:
    assert zips.climbs_out(member(name))


def test_a_link_climbs_out_and_a_plain_file_in_a_folder_does_not() -> None:
    assert zips.climbs_out(member("a.gpkg", mode=0o120777))
    assert not zips.climbs_out(member("map/a..b.gpkg", mode=0o100644))


@pytest.mark.parametrize(("n", "refused"), [(1_000, False), (1_001, True)])
def test_a_thousand_members_are_allowed(tmp_path: Path, n: int, *, refused: bool) -> None:
    path = tmp_path / "cbs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(n):
            archive.writestr(f"{k}.gpkg" if k == 0 else f"{k}.txt", b"")
    assert (zips.refuse_zip(path) is not None) is refused


def test_all_members_together_have_a_limit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cbs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.gpkg", b"x" * 60)
        archive.writestr("b.txt", b"x" * 40)
    monkeypatch.setattr(zips, "MAX_UNZIPPED_BYTES", 100)
    assert zips.refuse_zip(path) is None
    monkeypatch.setattr(zips, "MAX_UNZIPPED_BYTES", 99)
    assert "more than 16 GiB" in str(zips.refuse_zip(path))


def test_folders_and_other_files_are_no_geopackage() -> None:
    members = [member("A.GPKG"), member("b.gpkg/"), member("c.txt")]
    assert [one.filename for one in zips.geopackages_of(members)] == ["A.GPKG"]
