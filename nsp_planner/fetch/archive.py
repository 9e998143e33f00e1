"""Zips from outside. In: a zip. Out: its one GeoPackage in a temporary folder, or why the zip is refused.

:mod:`nsp_planner.layers.raw.zips` says what is refused; a member never gives more bytes than its header says,
since ``zipfile`` stops there and the checksum fails.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nsp_planner.errors import DataError
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.layers.raw.zips import geopackages_of, refuse_zip


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
                (member,) = geopackages_of(archive.infolist())
                with archive.open(member) as stream, target.open("wb") as out:
                    shutil.copyfileobj(stream, out, 2**20)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            message = f"the zip is damaged: {error}"
            fix = f"Remove the file and run again. {source.by_hand()}"
            raise DataError(fault(source, message, fix, file=path)) from None
        yield target
