"""Tables to and from disk. In: tables. Out: GeoPackage and CSV files, there whole, with the same bytes each time."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from nsp_planner.errors import DataError
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.ogc import snake_case
from nsp_planner.layers.raw.gdal_date import gdal_date
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
        DataError: It cannot be read, or has several layers and none is called as the collection.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            if path.suffix.lower() == ".csv":
                table = pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False)
            else:
                layers = [str(row[0]) for row in pyogrio.list_layers(path)]
                if len(layers) != 1 and source.collection not in layers:
                    shown = ", ".join(layers)
                    fix = f'Give a file with one layer, or with the layer "{source.collection}".'
                    raise DataError(fault(source, f"the file has the layers {shown}", fix, file=path))
                table = pyogrio.read_dataframe(path, layer=layers[0] if len(layers) == 1 else source.collection)
    except DataError:
        raise
    except Exception as error:  # GDAL and pandas raise many classes on a broken file
        message = f"the file cannot be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        raise DataError(fault(source, message, file=path)) from None
    plain = pd.DataFrame(table)
    geometry = gpd.GeoSeries([None] * len(table), crs=RD)
    if isinstance(table, gpd.GeoDataFrame):
        plain = plain.drop(columns=table.geometry.name)
        geometry = table.geometry.set_crs(RD) if table.crs is None else table.geometry.to_crs(RD)
    plain = plain.rename(columns=lambda name: snake_case(str(name)))
    return gpd.GeoDataFrame(plain, geometry=geometry.to_numpy(), crs=RD)
