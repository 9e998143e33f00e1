"""Raw files to raw tables. In: path and layer of one input. Out: a :class:`RawTable`, or faults and ``None``.

Every way a file can be broken (missing, empty, a folder, cut short, another format than its name says, a layer that
is not there) becomes a fault; no exception of GDAL, zipfile, openpyxl or pandas leaves this module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from nsp_planner.config import FileInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.input_file import InputFile, record_file
from nsp_planner.layers.raw.text import read_csv_rows, read_excel_rows, table_from_rows
from nsp_planner.layers.raw.unzip import unzipped
from nsp_planner.layers.raw.vector import first_line, read_vector
from nsp_planner.names import nearest_or_all

VECTOR_SUFFIXES = (".gpkg", ".geojson", ".json")
EXCEL_SUFFIXES = (".xlsx", ".xlsm")
CSV_SUFFIXES = (".csv", ".txt", ".tsv")
ANY_SUFFIXES = (*CSV_SUFFIXES, *EXCEL_SUFFIXES, *VECTOR_SUFFIXES)


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
    if not is_readable_file(layer, path, faults):
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
        table = read_vector(layer, path, source.layer, faults, columns)
    elif suffix == ".zip":
        with unzipped(layer, path, source, faults) as member:
            table = None if member is None else read_vector(layer, member, source.layer, faults, columns, shown=path)
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


def is_readable_file(layer: str, path: Path, faults: Faults) -> bool:
    """Whether a file is there and holds bytes; a fault where not."""
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
        faults.add(layer, f"the file cannot be read: {first_line(error)}", "Export the file again.", file=path)
    return None
