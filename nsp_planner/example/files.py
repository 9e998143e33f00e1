"""Files of the example. In: tables. Out: GeoPackage layers and CSV files; the same table gives the same bytes."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from nsp_planner.layers.raw.gdal_date import gdal_date

FILE_DATE = "2025-01-01T00:00:00.000Z"
"""Date written inside the files, always the same."""


def write_layer(table: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write a table as a layer of a GeoPackage."""
    with gdal_date(FILE_DATE):
        table.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", geometry_type=table.geom_type.iloc[0])


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table with semicolons and a decimal comma."""
    table.to_csv(path, sep=";", decimal=",", index=False, encoding="utf-8", lineterminator="\n")
