"""Raw files to raw tables. In: path and layer of one input. Out: a :class:`RawTable`, or faults and ``None``.

Every way a file can be broken (missing, empty, a folder, cut short, another format than its name says, a layer that
is not there) becomes a fault; no exception of GDAL, zipfile, openpyxl or pandas leaves this module.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyproj import CRS

from nsp_planner.config import FileInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.input_file import InputFile, record_file
from nsp_planner.layers.raw.text import read_csv_rows, read_excel_rows, table_from_rows
from nsp_planner.layers.raw.zips import is_bomb
from nsp_planner.names import nearest_or_all

VECTOR_SUFFIXES = (".gpkg", ".geojson", ".json")
EXCEL_SUFFIXES = (".xlsx", ".xlsm")
CSV_SUFFIXES = (".csv", ".txt", ".tsv")


@dataclass(frozen=True, eq=False)
class RawTable:
    """One table as it stands in the file.

    Attributes:
        frame: The rows; a GeoDataFrame where the file has geometry. CSV and Excel: all columns text, "" is missing.
        crs: CRS of the geometry as the file states it, ``None`` where it states none or has no geometry.
        is_text: Whether all values are text (CSV, Excel).
        record: The file for the manifest.
    """

    frame: pd.DataFrame
    crs: CRS | None
    is_text: bool
    record: InputFile

    @property
    def has_geometry(self) -> bool:
        """Whether the rows have geometry."""
        return isinstance(self.frame, gpd.GeoDataFrame)


def read_table(
    layer: str,
    source: FileInput,
    faults: Faults,
    *,
    suffixes: Sequence[str],
    columns: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> RawTable | None:
    """Read the table of one input.

    Args:
        layer: Name of the input for faults, such as ``population``.
        source: Path and layer.
        faults: Where faults are added.
        suffixes: File name endings this input may have.
        columns: Given all column names, those to read; all when left out. Vector files only.

    Returns:
        The table with at least one row, or ``None`` with one or more faults added.
    """
    path = source.path
    if not _is_readable_file(layer, path, faults):
        return None
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        faults.add(
            layer,
            f'files ending in "{path.suffix}" are not read here',
            f"Give a file that ends in {' or '.join(suffixes)}; save an old .xls as .xlsx first.",
            file=path,
        )
        return None
    if suffix in VECTOR_SUFFIXES:
        table = _read_vector(layer, path, source.layer, faults, columns)
    elif suffix == ".zip":
        with _unzipped(layer, path, source, faults) as member:
            table = None if member is None else _read_vector(layer, member, source.layer, faults, columns, shown=path)
    else:
        table = _read_text(layer, path, source.layer, faults)
    if table is None:
        return None
    frame, crs = table
    if len(frame) == 0:
        faults.add(layer, "the table has no rows", "Give the complete file: download or export it again.", file=path)
        return None
    return RawTable(
        frame,
        crs,
        suffix not in VECTOR_SUFFIXES and suffix != ".zip",
        record_file(layer, path, len(frame)),
    )


def _is_readable_file(layer: str, path: Path, faults: Faults) -> bool:
    if not path.exists():
        siblings = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
        hint = nearest_or_all(path.name, siblings) if siblings else "The folder is not there either."
        faults.add(layer, "the file is not there", f"Put the file there or correct the path. {hint}", file=path)
    elif not path.is_file():
        faults.add(layer, "this is a folder, not a file", "Give the path of the file itself.", file=path)
    elif path.stat().st_size == 0:
        faults.add(layer, "the file is empty (0 bytes)", "Download or export the file again.", file=path)
    else:
        try:
            with path.open("rb") as stream:
                stream.read(1)
        except OSError as error:
            faults.add(layer, f"the file cannot be read: {error.strerror}", "Check the rights on the file.", file=path)
            return False
        return True
    return False


def _read_text(layer: str, path: Path, sheet: str | None, faults: Faults) -> tuple[pd.DataFrame, None] | None:
    try:
        rows = read_excel_rows(path, sheet) if path.suffix.lower() in EXCEL_SUFFIXES else read_csv_rows(path)
        return table_from_rows(rows), None
    except ValueError as error:
        faults.add(layer, str(error), "Repair the file or export it again.", file=path)
    except Exception as error:  # whatever openpyxl and zipfile raise on a broken workbook
        faults.add(layer, f"the file cannot be read: {_first_line(error)}", "Export the file again.", file=path)
    return None


def _read_vector(
    layer: str,
    path: Path,
    name: str | None,
    faults: Faults,
    columns: Callable[[Sequence[str]], Sequence[str]] | None,
    shown: Path | None = None,
) -> tuple[pd.DataFrame, CRS | None] | None:
    shown = shown or path
    again = "The file is damaged or of another format than its name says: download or export it again."
    try:
        if path.suffix.lower() == ".gpkg" and (missing := _missing_bytes(path)) > 0:
            faults.add(layer, f"the file is cut short: {missing:,} bytes are missing", again, file=shown)
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = [(str(row[0]), row[1] is not None) for row in pyogrio.list_layers(path)]
            chosen = _choose_layer(layer, shown, name, layers, faults)
            if chosen is None:
                return None
            info = pyogrio.read_info(path, layer=chosen, force_feature_count=True)
            wanted = None if columns is None else list(columns([str(field) for field in info["fields"]]))
            frame = pyogrio.read_dataframe(path, layer=chosen, columns=wanted)
    except Exception as error:  # GDAL errors come as several classes, some of them bare RuntimeErrors
        faults.add(layer, f"the file cannot be read: {_first_line(error)}", again, file=shown)
        return None
    if len(frame) < info["features"]:
        faults.add(layer, f"only {len(frame):,} of {info['features']:,} rows can be read", again, file=shown)
        return None
    crs = CRS.from_user_input(frame.crs) if isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None else None
    return frame.reset_index(drop=True), crs


def _choose_layer(
    layer: str, path: Path, name: str | None, layers: list[tuple[str, bool]], faults: Faults
) -> str | None:
    names = [each for each, _ in layers]
    if name is not None:
        if name in names:
            return name
        faults.add(layer, f'the file has no layer "{name}"', nearest_or_all(name, names), file=path, column="layer")
        return None
    spatial = [each for each, has_geometry in layers if has_geometry]
    for candidates in (spatial, names):
        if len(candidates) == 1:
            return candidates[0]
    if not names:
        faults.add(layer, "the file has no layers", "Give the complete file: download or export it again.", file=path)
    else:
        shown = ", ".join(f'"{each}"' for each in (spatial or names))
        faults.add(
            layer,
            "the file has more than one layer",
            f"Name one in the study with layer = ...: {shown}.",
            file=path,
            column="layer",
        )
    return None


def _missing_bytes(path: Path) -> int:
    """Bytes a GeoPackage is short of what its SQLite header says (https://www.sqlite.org/fileformat.html, 1.3)."""
    with path.open("rb") as stream:
        header = stream.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3\x00"):
        return 0
    # Offset 28 only counts when it was written by the same change as the one at offset 24.
    if header[24:28] != header[92:96]:
        return 0
    page = int.from_bytes(header[16:18], "big")
    return int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page) - path.stat().st_size


@contextmanager
def _unzipped(layer: str, path: Path, source: FileInput, faults: Faults) -> Iterator[Path | None]:
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
                f"the zip cannot be read: {_first_line(error)}",
                "The download is damaged or cut short: download it again.",
                file=path,
            )
            found = False
        yield target if found else None


def _choose_member(
    layer: str, path: Path, source: FileInput, archive: zipfile.ZipFile, faults: Faults
) -> zipfile.ZipInfo | None:
    members = [each for each in archive.infolist() if each.filename.lower().endswith(".gpkg") and not each.is_dir()]
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


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
