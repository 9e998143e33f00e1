"""The grid in a zip of CBS. In: a zip. Out: its one GeoPackage, unpacked for as long as it is read, or a fault."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nsp_planner.config import FileInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.vector import first_line
from nsp_planner.layers.raw.zips import geopackages_of, is_bomb


@contextmanager
def unzipped(layer: str, path: Path, source: FileInput, faults: Faults) -> Iterator[Path | None]:
    """The one GeoPackage in a zip, unpacked to a temporary folder under a name of our own; no other member is read."""
    with tempfile.TemporaryDirectory(prefix="nsp-planner-") as folder:
        target = Path(folder) / "member.gpkg"
        found = False
        try:
            with zipfile.ZipFile(path) as archive:
                member = _choose_member(layer, path, source, archive, faults)
                if member is not None:
                    with archive.open(member) as stream, target.open("wb") as out:
                        shutil.copyfileobj(stream, out, 2**20)
                    found = True
        except Exception as error:  # BadZipFile, zlib.error, EOFError, RuntimeError (password), NotImplementedError
            faults.add(
                layer,
                f"the zip cannot be read: {first_line(error)}",
                "The download is damaged or cut short: download it again.",
                file=path,
            )
            found = False
        yield target if found else None


def _choose_member(
    layer: str, path: Path, source: FileInput, archive: zipfile.ZipFile, faults: Faults
) -> zipfile.ZipInfo | None:
    members = geopackages_of(archive.infolist())
    resolution = getattr(source, "resolution_m", None)
    if len(members) > 1 and resolution is not None:
        members = [each for each in members if f"vk{resolution}" in Path(each.filename).name.lower()] or members
    if len(members) != 1:
        names = ", ".join(each.filename for each in (members or archive.infolist()[:10]))
        count = "no GeoPackage" if not members else f"{len(members)} GeoPackages"
        faults.add(layer, f"the zip holds {count}: {names}", "Unpack it and give the one file.", file=path)
        return None
    if is_bomb(members[0]):
        faults.add(
            layer,
            f"{members[0].filename} unpacks to {members[0].file_size / 2**20:,.0f} MiB: refused as a zip bomb",
            "This is no CBS file: download it again from CBS.",
            file=path,
        )
        return None
    return members[0]
