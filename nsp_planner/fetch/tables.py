"""Tables to and from disk. In: tables. Out: GeoPackage and CSV files, there whole, with the same bytes each time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from nsp_planner.errors import DataError
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.ogc import snake_case
from nsp_planner.layers.raw.files import VECTOR_SUFFIXES
from nsp_planner.layers.raw.gdal_date import gdal_date
from nsp_planner.layers.raw.opening import refuse_file, refuse_format
from nsp_planner.layers.raw.text import read_csv_rows, table_from_rows
from nsp_planner.layers.raw.vector import first_line
from nsp_planner.layers.rd import RD
from nsp_planner.storage import fresh_file

FILE_DATE = "2025-01-01T00:00:00.000Z"
"""Date GDAL writes inside the files, always the same: the real date stands in the lock file."""


def write_geopackage(table: gpd.GeoDataFrame, target: Path, layer: str) -> None:
    """Write a table as a GeoPackage with one layer."""
    with fresh_file(target) as draft, gdal_date(FILE_DATE):
        pyogrio.write_dataframe(table, draft, layer=layer, driver="GPKG", promote_to_multi=False)


def write_csv(table: pd.DataFrame, target: Path) -> None:
    """Write a table as CSV that Dutch Excel opens: semicolons, UTF-8 with a byte order mark."""
    text = table.copy()
    for column in text.columns[[not pd.api.types.is_numeric_dtype(text[name]) for name in text.columns]]:
        # A cell that starts with = + or @ is a formula to a spreadsheet, and these names come from outside.
        text[column] = text[column].astype("str").str.replace(r"\s+", " ", regex=True).str.strip().str.lstrip("=+@")
    with fresh_file(target) as draft:
        text.to_csv(draft, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")


def read_any_table(path: Path, source: Source) -> gpd.GeoDataFrame:
    """A table given by hand for a service: GeoPackage, GeoJSON or CSV, columns in snake_case, geometry in RD.

    Raises:
        DataError: It is of another format, cannot be read, or has several layers and none is called as the collection.
    """
    is_text = path.suffix.lower() == ".csv"
    if not is_text and path.suffix.lower() not in VECTOR_SUFFIXES:
        fix = "Give a GeoPackage, GeoJSON or CSV."
        raise DataError(fault(source, f'files ending in "{path.suffix}" are not read here', fix, file=path))
    table = read_csv(path, source) if is_text else read_layer(path, source, source.collection)
    plain = pd.DataFrame(table)
    geometry = gpd.GeoSeries([None] * len(table), crs=RD)
    if isinstance(table, gpd.GeoDataFrame):
        plain = plain.drop(columns=table.geometry.name)
        geometry = table.geometry.set_crs(RD) if table.crs is None else table.geometry.to_crs(RD)
    plain = plain.rename(columns=lambda name: snake_case(str(name)))
    return gpd.GeoDataFrame(plain, geometry=geometry.to_numpy(), crs=RD)


def read_csv(path: Path, source: Source) -> pd.DataFrame:
    """A CSV, all columns text, "" where empty; raises ``DataError``."""
    with _explained(path, source):
        return table_from_rows(read_csv_rows(path))


def read_layer(
    path: Path, source: Source, collection: str | None = None, *, shown: Path | None = None, **options: Any
) -> gpd.GeoDataFrame:
    """The only layer of a vector file, or that of a name; nothing that makes GDAL read elsewhere is opened.

    Args:
        path: GeoPackage or GeoJSON.
        source: What it is, for faults.
        collection: Layer of a file with more than one; the first where there is no name.
        shown: The file a planner knows, where ``path`` was unpacked from it.
        options: For ``pyogrio.read_dataframe``.

    Raises:
        DataError: It is no such file, cannot be read, or has several layers and none is called as the collection.
    """
    with _explained(shown or path, source):
        if (refusal := refuse_file(path) or refuse_format(path)) is not None:
            raise DataError(fault(source, refusal.message, refusal.fix, file=shown or path))
        with warnings.catch_warnings(action="ignore"):
            layers = [str(row[0]) for row in pyogrio.list_layers(path)]
            several = len(layers) != 1 and collection is not None
            if several and collection not in layers:
                fix = f'Give a file with one layer, or with the layer "{collection}".'
                raise DataError(fault(source, f"the file has the layers {', '.join(layers)}", fix, file=path))
            return pyogrio.read_dataframe(path, layer=collection if several else layers[0], **options)


@contextmanager
def _explained(path: Path, source: Source) -> Iterator[None]:
    """Turns what GDAL and the reader of CSV raise on a broken file into a ``DataError``."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:  # GDAL raises many classes on a broken file
        raise DataError(fault(source, f"the file cannot be read: {first_line(error)}", file=path)) from None
