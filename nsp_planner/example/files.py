"""Files of the example. In: tables. Out: GeoPackages, CSV files and the study; the same tables give the same bytes."""

from __future__ import annotations

import zipfile
from importlib import resources
from pathlib import Path

import geopandas as gpd
import pandas as pd

from nsp_planner.example.buildings import PROVISIONS
from nsp_planner.layers.raw.gdal_date import gdal_date
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.norms import Norms

GRID_FILE, GRID_LAYER = "2025-cbs_vk100_2024_v1", "vierkant_100m_2024"
AREAS_FILE, AREAS_LAYER = "gemeente_gegeneraliseerd_2024.gpkg", "gemeente_gegeneraliseerd"
TOTALS_FILE = "kerncijfers_gemeenten_2024.csv"
SITES_FILE, STATIONS_FILE = "kandidaten_voorbeeld.csv", "brandweerkazernes_voorbeeld.csv"
STREETS_FILE = "straten_voorbeeld.osm.pbf"
STUDY_FILE = "voorbeeld.toml"
PRESENT_FILES = ("buurten_voorbeeld.gpkg", "campings_voorbeeld.csv", "overdag_voorbeeld.csv")
"""Buurten, guests and people by day; a study may name them (docs/scenarios.md)."""
ACROSS_FILES = ("gemeenten_buren_voorbeeld.gpkg", "buren_vk100_voorbeeld.gpkg", "noodsteunpunten_buren_voorbeeld.csv")
"""Gemeenten, squares and noodsteunpunten around the region."""

SOURCE = "voorbeeld"
"""Source of the candidates; their ids begin with it."""
FILE_DATE = "2025-01-01T00:00:00.000Z"
"""Date written inside the files, always the same."""
_NORMS = {"per_lnsp": "inhabitants_per_lnsp", "lnsp_per_cnsp": "lnsp_per_cnsp", "detour": "detour_factor",
          "kern_m": "service_distance_kern_m", "buitengebied_m": "service_distance_buitengebied_m",
          "preferred_status_m": "preferred_status_m"}  # fmt: skip


def write_layer(table: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write a table as a layer of a GeoPackage."""
    with gdal_date(FILE_DATE):
        table.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", geometry_type=table.geom_type.iloc[0])


def write_csv(
    table: pd.DataFrame, path: Path, sep: str = ";", decimal: str = ",", encoding: str = "utf-8", end: str = "\n"
) -> None:
    """Write a table with semicolons and a decimal comma, unless another way is asked for."""
    table.to_csv(path, sep=sep, decimal=decimal, index=False, encoding=encoding, lineterminator=end)


def write_grid(grid: gpd.GeoDataFrame, folder: Path) -> Path:
    """Write the grid as CBS ships it, a zip with one GeoPackage; returns the zip."""
    package = folder / f"{GRID_FILE}.gpkg"
    write_layer(grid, package, GRID_LAYER)
    entry = zipfile.ZipInfo(package.name, date_time=(2025, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(package.with_suffix(".zip"), "w") as archive:
        archive.writestr(entry, package.read_bytes())
    package.unlink()
    return package.with_suffix(".zip")


def study_text(norms: Norms, data: str = "", output: str = "runs") -> str:
    """The text of the study file.

    Args:
        norms: What the study starts from.
        data: Folder of the data as seen from the study file, with a slash at its end; empty for the same folder.
        output: Folder for the runs as seen from the study file.
    """
    template = (resources.files(__package__) / "study_template.txt").read_text(encoding="utf-8")
    return template.format(
        **{name: norms.value(norm) for name, norm in _NORMS.items()},
        data=data,
        output=output,
        source=SOURCE,
        grid=GRID_FILE,
        totals=TOTALS_FILE,
        areas=AREAS_FILE,
        sites=SITES_FILE,
        stations=STATIONS_FILE,
        streets=STREETS_FILE,
        provisions="\n".join(f'{ours} = "{dutch}"' for ours, dutch in zip(GAP_COLUMNS, PROVISIONS, strict=True)),
    )
