"""Raw files to raw tables. In: path and layer of one input. Out: a :class:`RawTable`, or faults and ``None``.

Every way a file can be broken (missing, empty, a folder, cut short, another format than its name says, a layer that
is not there) becomes a fault; no exception of GDAL, zipfile, openpyxl or pandas leaves this module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from nsp_planner.config import FileInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.header import find_header, title_above
from nsp_planner.layers.raw.input_file import InputFile, record_file
from nsp_planner.layers.raw.opening import refuse_file, refuse_format
from nsp_planner.layers.raw.text import filled_rows, read_csv_text, table_from_rows
from nsp_planner.layers.raw.unzip import unzipped
from nsp_planner.layers.raw.vector import first_line, read_vector
from nsp_planner.layers.raw.workbook import OddCell, read_sheet

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
        encoding: Of a CSV, such as ``cp1252``; "" where the format says.
        odd_cells: Cells of a workbook that do not hold what people see, by name of their column.
        hidden_rows: Rows of a workbook with values that are hidden, the header is row 1 or higher.
        numbers: The number of each row in a text file or sheet, the first is 1; none where rows have no number.
        title: What stands above the header, "" where nothing does.
    """

    frame: pd.DataFrame
    crs: CRS | None
    is_text: bool
    record: InputFile
    encoding: str = ""
    odd_cells: Mapping[str, Sequence[OddCell]] = field(default_factory=dict)
    hidden_rows: Sequence[int] = ()
    numbers: Sequence[int] = ()
    title: str = ""

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
    known: Collection[str] = (),
) -> RawTable | None:
    """Read the table of one input.

    Args:
        layer: Name of the input for faults, such as ``population``.
        source: Path and layer.
        faults: Where faults are added.
        suffixes: File name endings this input may have.
        columns: Given all column names, those to read; all when left out. Vector files only.
        known: Names that columns go by, folded, by which the header is found below a title. CSV and Excel only.

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
    if suffix not in VECTOR_SUFFIXES and suffix != ".zip":
        return _read_text(layer, path, source.layer, faults, known)
    if suffix in VECTOR_SUFFIXES:
        table = read_vector(layer, path, source.layer, faults, columns)
    else:
        with unzipped(layer, path, source, faults) as member:
            table = None if member is None else read_vector(layer, member, source.layer, faults, columns, shown=path)
    if table is None or not _has_rows(layer, path, table[0], faults):
        return None
    frame, crs = table
    return RawTable(frame, crs, False, record_file(layer, path, len(frame)))


def _has_rows(layer: str, path: Path, frame: pd.DataFrame, faults: Faults) -> bool:
    if len(frame) == 0:
        faults.add(layer, "the table has no rows", "Give the complete file: download or export it again.", file=path)
    return len(frame) > 0


def is_readable_file(layer: str, path: Path, faults: Faults) -> bool:
    """Whether a file is there and holds bytes; a fault where not."""
    refusal = refuse_file(path)
    if refusal is not None:
        faults.add(layer, refusal.message, refusal.fix, file=path)
    return refusal is None


def _read_text(layer: str, path: Path, sheet: str | None, faults: Faults, known: Collection[str]) -> RawTable | None:
    refusal = refuse_format(path)
    if refusal is not None:
        faults.add(layer, refusal.message, refusal.fix, file=path)
        return None
    odd_cells: dict[str, list[OddCell]] = {}
    hidden: list[int] = []
    try:
        if path.suffix.lower() in EXCEL_SUFFIXES:
            read, encoding = read_sheet(path, sheet), ""
            rows = read.rows
        else:
            read = None
            rows, encoding = read_csv_text(path, known)
        numbers = filled_rows(rows)
        header = find_header(rows, known) if numbers else 0
        frame = table_from_rows(rows, header)
        numbers = [number for number in numbers if number > header + 1]
        title = title_above(rows, header)
        if read is not None:
            for cell in read.odd_cells:
                if cell.row > header + 1 and cell.column < len(frame.columns):
                    odd_cells.setdefault(str(frame.columns[cell.column]), []).append(cell)
            hidden = [number for number in numbers if number in read.hidden_rows]
    except ValueError as error:
        faults.add(layer, str(error), "Repair the file or export it again.", file=path)
        return None
    except Exception as error:  # whatever openpyxl, expat and zipfile raise on a broken workbook
        faults.add(layer, f"the file cannot be read: {first_line(error)}", "Export the file again.", file=path)
        return None
    if not _has_rows(layer, path, frame, faults):
        return None
    return RawTable(
        frame, None, True, record_file(layer, path, len(frame)), encoding, odd_cells, hidden, numbers, title
    )
