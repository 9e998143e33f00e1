"""Zips from outside. In: a zip. Out: its one GeoPackage in a temporary folder, or why the zip is refused.

Refused are members that climb out of the folder (``../``, absolute paths, drive letters, links) and members that
unpack to far more than a file of CBS does; bytes are counted while unpacking, since a header can lie.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from nsp_planner.errors import DataError
from nsp_planner.layers.sources.catalogue import Source, fault

MAX_MEMBERS = 1_000
MAX_UNZIPPED_BYTES = 16 * 2**30
MAX_RATIO = 200
"""A GeoPackage of CBS packs to a tenth; a bomb of one deflated layer reaches 1,000."""
MAX_RATIO_FREE_BYTES = 64 * 2**20
"""Small members may pack as well as they like."""


def refuse_zip(path: Path) -> str | None:
    """Why a zip is not unpacked, as the end of a sentence ("... gave"), or ``None`` when it is fine."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        return f"a zip that cannot be read ({error})"
    if len(members) > MAX_MEMBERS:
        return f"a zip with {len(members):,} members: refused"
    for member in members:
        if climbs_out(member):
            return f'a zip with the member "{member.filename}", which points outside its folder: refused'
        size, packed = member.file_size, max(member.compress_size, 1)
        if size > MAX_UNZIPPED_BYTES or (size > MAX_RATIO_FREE_BYTES and size / packed > MAX_RATIO):
            return f'a zip in which "{member.filename}" unpacks to {size / 2**20:,.0f} MiB: refused as a zip bomb'
    if sum(member.file_size for member in members) > MAX_UNZIPPED_BYTES:
        return "a zip that unpacks to more than 16 GiB: refused as a zip bomb"
    packages = _geopackages(members)
    if len(packages) != 1:
        return f"a zip with {len(packages)} GeoPackages, where one is expected"
    return None


def climbs_out(member: zipfile.ZipInfo) -> bool:
    """Whether unpacking a member could write outside the folder, on any system."""
    posix, windows = PurePosixPath(member.filename), PureWindowsPath(member.filename)
    link = stat.S_ISLNK(member.external_attr >> 16)
    return posix.is_absolute() or bool(windows.drive or windows.root) or ".." in {*posix.parts, *windows.parts} or link


@contextmanager
def unzipped_geopackage(path: Path, source: Source) -> Iterator[Path]:
    """The one GeoPackage of a zip in a temporary folder, under a name of our own.

    Raises:
        DataError: The zip is refused or damaged.
    """
    if (reason := refuse_zip(path)) is not None:
        raise DataError(fault(source, f"this is {reason}", file=path))
    with tempfile.TemporaryDirectory(prefix="nsp-planner-") as folder:
        target = Path(folder) / "member.gpkg"
        try:
            with zipfile.ZipFile(path) as archive:
                (member,) = _geopackages(archive.infolist())
                with archive.open(member) as stream, target.open("wb") as out:
                    done = 0
                    while chunk := stream.read(2**20):
                        done += len(chunk)
                        if done > member.file_size:
                            raise zipfile.BadZipFile("a member is longer than it says")
                        out.write(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            message = f"the zip is damaged: {error}"
            fix = f"Remove the file and run again. {source.by_hand()}"
            raise DataError(fault(source, message, fix, file=path)) from None
        yield target


def _geopackages(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    return [each for each in members if each.filename.lower().endswith(".gpkg") and not each.is_dir()]
