"""Whether a file may be opened, and as what. In: its path. Out: nothing, or why it is refused.

GDAL chooses a format by what is in a file, not by its name, and some of its formats (VRT, WFS, GML, KML) only say which
other file or which server to read. So what is handed to GDAL begins as the formats that the documentation names do.
Pipes and devices are refused: opening them may wait for ever.
"""

from __future__ import annotations

import json
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from nsp_planner.layers.raw import limits
from nsp_planner.names import nearest_or_all

MAGIC: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".gpkg": ("GeoPackage", (b"SQLite format 3\x00",)),
    ".shp": ("shapefile", (b"\x00\x00\x27\x0a",)),
    ".fgb": ("FlatGeobuf", (b"fgb\x03fgb",)),
    ".parquet": ("GeoParquet", (b"PAR1",)),
    ".geoparquet": ("GeoParquet", (b"PAR1",)),
    ".tif": ("GeoTIFF", (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")),
    ".tiff": ("GeoTIFF", (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")),
    ".xlsx": ("workbook of Excel", (b"PK\x03\x04", b"PK\x05\x06")),
    ".xlsm": ("workbook of Excel", (b"PK\x03\x04", b"PK\x05\x06")),
}
"""Format by the ending of a name, and how such files begin."""
GEOJSON_SUFFIXES = (".geojson", ".json")
READ_WHOLE = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", *GEOJSON_SUFFIXES)
OWN_MODULES = ("rtree", "fts3", "fts4", "fts5")
"""Virtual tables that stay inside the database."""
AGAIN = "The file is damaged or of another format than its name says: download or export it again."


class Refusal(NamedTuple):
    """Why a file is not opened, and what to do."""

    message: str
    fix: str


def refuse_file(path: Path) -> Refusal | None:
    """Why a path cannot be opened as a file: not there, no regular file, empty, too large, not readable."""
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        return _not_there(path, error)
    if stat.S_ISDIR(about.st_mode):
        return Refusal("this is a folder, not a file", "Give the path of the file itself.")
    if not stat.S_ISREG(about.st_mode):
        return Refusal("this is no regular file, but a pipe or a device", "Give the path of a file on disk.")
    if about.st_size == 0:
        return Refusal("the file is empty (0 bytes)", "Download or export the file again.")
    whole = path.suffix.lower() in READ_WHOLE
    most = limits.MAX_TEXT_BYTES if whole else limits.MAX_FILE_BYTES
    if about.st_size > most:
        fix = "Give only the rows and columns of the region" + (", or a GeoPackage." if whole else ".")
        return Refusal(f"the file has {about.st_size / 2**20:,.0f} MiB, more than {most / 2**20:,.0f}", fix)
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        return Refusal(f"the file cannot be read: {error.strerror}", "Check the rights on the file.")
    return None


def refuse_format(path: Path) -> Refusal | None:
    """Why a file is not of the format that its name says, for formats that may be opened by their content."""
    suffix = path.suffix.lower()
    if suffix in GEOJSON_SUFFIXES:
        return _refuse_geojson(path)
    if suffix not in MAGIC:
        return None
    name, beginnings = MAGIC[suffix]
    with path.open("rb") as stream:
        beginning = stream.read(16)
    if not beginning.startswith(beginnings):
        old = ": it is an old .xls, save it as .xlsx first" if beginning.startswith(b"\xd0\xcf\x11\xe0") else ""
        return Refusal(f"this is no {name}{old}", AGAIN)
    return _refuse_geopackage(path) if suffix == ".gpkg" else None


def safe_geojson(path: Path) -> bytes | None:
    """GeoJSON in which no other format can be seen, where its text could be taken for XML; None: open the file itself.

    Formats of GDAL that begin as ``<...>`` are recognised anywhere in the first bytes, also inside a text of JSON.
    """
    raw = path.read_bytes()
    return raw.replace(b"<", b"\\u003c") if b"<" in raw else None


def _not_there(path: Path, error: Exception) -> Refusal:
    if isinstance(error, OSError) and error.strerror == "File name too long":
        return Refusal("the path is too long for this system", "Correct the path.")
    if isinstance(error, PermissionError):
        return Refusal("the folder of the file cannot be read", "Check the rights on the folder.")
    try:
        siblings = sorted(other.name for other in path.parent.iterdir())
    except (OSError, ValueError):
        siblings = []
    hint = nearest_or_all(path.name, siblings) if siblings else "The folder is not there either, or empty."
    return Refusal("the file is not there", f"Put the file there or correct the path. {hint}")


def _refuse_geopackage(path: Path) -> Refusal | None:
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            made = dict(connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'table'"))
    except sqlite3.Error as error:
        return Refusal(f"the file cannot be read: {error}", AGAIN)
    if "gpkg_contents" not in made:
        return Refusal("this is no GeoPackage, but another database", AGAIN)
    for name, sql in made.items():
        module = re.match(r"\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+\"?(\w+)", str(sql), re.IGNORECASE | re.DOTALL)
        if module is not None and module[1].lower() not in OWN_MODULES:
            message = f'the GeoPackage has a virtual table "{name}", which may read elsewhere'
            return Refusal(message, "Export the layer that is needed to a new GeoPackage.")
    return None


def _refuse_geojson(path: Path) -> Refusal | None:
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf").lstrip()
    if not raw.startswith((b"{", b"[")):
        return Refusal("this is no GeoJSON", AGAIN)
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        what = "it is nested too deep" if isinstance(error, RecursionError) else f"this is no JSON: {error}"
        return Refusal(f"the file cannot be read: {what}", AGAIN)
    if not isinstance(content, dict) or content.get("type") not in ("FeatureCollection", "Feature"):
        return Refusal("the file cannot be read: this is no GeoJSON with features", AGAIN)
    crs = content.get("crs")
    if crs is not None and not (isinstance(crs, dict) and str(crs.get("type")).lower() == "name"):
        fix = "Export it again with a CRS by name, or in degrees (EPSG:4326) without one."
        return Refusal("the file states its CRS by a link, which is not followed", fix)
    if content["type"] == "FeatureCollection" and not isinstance(content.get("features"), list):
        return Refusal("the file cannot be read: it has no list of features", AGAIN)
    return None
