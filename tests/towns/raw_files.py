"""Tiny worlds drawn by hand, written as the raw files a planner has.

The world: three gemeenten of 4 by 4 km in a row from x = 200,000, y = 500,000 (RD): Aldorp (GM0001), Bedorp (GM0002)
and Cedorp (GM0003). Aldorp has a kern (600 persons in one square) and two farms, Bedorp four farms.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from nsp_planner.config import Study, study_from_dict
from nsp_planner.errors import Faults
from nsp_planner.layers.read import read_layers
from nsp_planner.layers.tables import Layers

WITHHELD = -99997
GEMEENTEN = {"GM0001": "Aldorp", "GM0002": "Bedorp", "GM0003": "Cedorp"}
SQUARES = {
    "E2010N5010": 600,
    "E2030N5010": 10,
    "E2030N5030": 5,
    "E2050N5010": 20,
    "E2070N5010": 10,
    "E2050N5030": 5,
    "E2070N5030": WITHHELD,
}
TOTALS = {"GM0001": 630, "GM0002": 50}
SITES = "naam;x;y;gemeentecode\nDorpshuis;201050;501050;0001\nKerk;205050;501050;0002\n"


def square_box(square: str) -> shapely.Geometry:
    """The polygon of a 100 m square such as E2010N5010."""
    x, y = int(square[1:5]) * 100, int(square[6:]) * 100
    return shapely.box(x, y, x + 100, y + 100)


def write_grid(
    path: Path,
    squares: Mapping[str, float | None] | Sequence[tuple[str, float | None]] = SQUARES,
    *,
    crs: str | None = "EPSG:28992",
    columns: tuple[str, str] = ("crs28992res100m", "aantal_inwoners"),
    geometry: Sequence[shapely.Geometry] | None = None,
    layer: str = "vierkant_100m_2024",
    **more: Sequence[object],
) -> Path:
    """Write squares of 100 m as a GeoPackage in the layout of CBS; returns the path."""
    pairs = list(squares.items()) if isinstance(squares, Mapping) else list(squares)
    boxes = [square_box(square) for square, _ in pairs] if geometry is None else list(geometry)
    table = pd.DataFrame({columns[0]: [s for s, _ in pairs], columns[1]: [n for _, n in pairs], **more})
    return write_vector(path, gpd.GeoDataFrame(table, geometry=boxes, crs=crs), layer)


def write_areas(
    path: Path,
    gemeenten: Mapping[str, str] = GEMEENTEN,
    *,
    crs: str | None = "EPSG:28992",
    to_crs: str | None = None,
    columns: tuple[str, str] = ("statcode", "statnaam"),
) -> Path:
    """Write gemeenten of 4 by 4 km in a row, the first from (200,000, 500,000); returns the path."""
    boxes = [shapely.box(200_000 + 4_000 * n, 500_000, 204_000 + 4_000 * n, 504_000) for n in range(len(gemeenten))]
    table = pd.DataFrame({columns[0]: list(gemeenten), columns[1]: list(gemeenten.values())})
    frame = gpd.GeoDataFrame(table, geometry=boxes, crs=crs)
    return write_vector(path, frame if to_crs is None else frame.to_crs(to_crs), "gemeenten")


def write_vector(path: Path, frame: gpd.GeoDataFrame, layer: str | None = None) -> Path:
    """Write a GeoPackage or GeoJSON, without the warning where there is no CRS; returns the path."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(frame, path, layer=layer if path.suffix == ".gpkg" else None)
    return path


def write_totals(path: Path, totals: Mapping[str, int] = TOTALS) -> Path:
    """Write official inhabitants per gemeente as CSV; returns the path."""
    rows = "".join(f"{code},{persons}\n" for code, persons in totals.items())
    path.write_text("gemeentecode,aantal_inwoners\n" + rows, encoding="utf-8")
    return path


@cache
def _usual_files() -> Path:
    """A folder with the grid and the areas of the world, written once: writing them takes longer than reading them."""
    folder = Path(tempfile.mkdtemp(prefix="wereld-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_grid(folder / "grid.gpkg")
    write_areas(folder / "areas.gpkg")
    return folder


def make_world(folder: Path, sites_csv: str = SITES, **inputs: Any) -> dict[str, Any]:
    """Write the world to a folder and return its study as nested tables, ready to be changed.

    ``inputs`` replace keys of [inputs], such as ``totals=None`` for a study without totals.
    """
    (folder / "sites.csv").write_text(sites_csv, encoding="utf-8")
    tables: dict[str, Any] = {
        "population": {"path": str(shutil.copy(_usual_files() / "grid.gpkg", folder))},
        "areas": {"path": str(shutil.copy(_usual_files() / "areas.gpkg", folder))},
        "totals": {"path": str(write_totals(folder / "totals.csv"))},
        "sites": [{"path": str(folder / "sites.csv"), "source": "lijst"}],
    }
    tables.update(inputs)
    return {
        "title": "Toets",
        "region": {"name": "Toetsregio", "gemeenten": ["GM0001", "GM0002"]},
        "inputs": {key: value for key, value in tables.items() if value is not None},
    }


def both_roles(tables: dict[str, Any]) -> dict[str, Any]:
    """The study with buildings that can be L-NSP and C-NSP, for a world without fire stations."""
    for source in tables["inputs"]["sites"]:
        source["can_be"] = ["lnsp", "cnsp"]
    return tables


def read_world(study: dict[str, Any]) -> tuple[Layers | None, Faults]:
    """Read a study given as nested tables."""
    faults = Faults()
    return read_layers(study_from_dict(study, folder=Path(), file="study.toml"), faults), faults


def read_town(
    folder: Path,
    sites_csv: str,
    people: Mapping[str, float | None],
    stations_csv: str = "naam;x;y\nKazerne;203050;501050\n",
    **sections: Any,
) -> tuple[Study, Layers]:
    """The world with these people, buildings and stations, straight lines as they are, planned to the optimum."""
    tables = make_world(
        folder, sites_csv, totals=None, population={"path": str(write_grid(folder / "wij.gpkg", people))}
    )
    (folder / "kazerne.csv").write_text(stations_csv, encoding="utf-8")
    tables["inputs"]["sites"].append({"path": str(folder / "kazerne.csv"), "source": "kazernes", "can_be": ["cnsp"]})
    tables["distances"] = {"detour_factor": 1.0}
    tables["solver"] = {"gap": 0.0, "time_limit_s": 10}
    tables |= sections
    return study_from_dict(tables, folder=Path(), file="study.toml"), layers_of(tables)


def layers_of(study: dict[str, Any]) -> Layers:
    """Read a study that must be without faults."""
    layers, faults = read_world(study)
    assert layers is not None, "\n".join(fault.as_text() for fault in faults.items)
    assert not faults.items
    return layers


def faults_of(study: dict[str, Any]) -> str:
    """All faults of a study that must have some, as a planner reads them."""
    layers, faults = read_world(study)
    assert layers is None
    assert faults.items
    for fault in faults.items:
        assert fault.fix, fault
    return "\n".join(fault.as_text() for fault in faults.items)
