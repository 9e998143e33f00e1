"""What zips may hold. In: a zip or a member of one. Out: why it is refused.

Refused are members that climb out of the folder (``../``, absolute paths, drive letters, links) and members that
unpack to far more than a file of CBS does.
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

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
        if is_bomb(member):
            size_mib = member.file_size / 2**20
            return f'a zip in which "{member.filename}" unpacks to {size_mib:,.0f} MiB: refused as a zip bomb'
    if sum(member.file_size for member in members) > MAX_UNZIPPED_BYTES:
        return "a zip that unpacks to more than 16 GiB: refused as a zip bomb"
    packages = geopackages_of(members)
    if len(packages) != 1:
        return f"a zip with {len(packages)} GeoPackages, where one is expected"
    return None


def is_bomb(member: zipfile.ZipInfo) -> bool:
    """Whether a member unpacks to far more than a file of CBS does."""
    size, packed = member.file_size, max(member.compress_size, 1)
    return size > MAX_UNZIPPED_BYTES or (size > MAX_RATIO_FREE_BYTES and size / packed > MAX_RATIO)


def climbs_out(member: zipfile.ZipInfo) -> bool:
    """Whether unpacking a member could write outside the folder, on any system."""
    posix, windows = PurePosixPath(member.filename), PureWindowsPath(member.filename)
    link = stat.S_ISLNK(member.external_attr >> 16)
    return posix.is_absolute() or bool(windows.drive or windows.root) or ".." in {*posix.parts, *windows.parts} or link


def geopackages_of(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The members that are GeoPackages."""
    return [each for each in members if each.filename.lower().endswith(".gpkg") and not each.is_dir()]
