"""The population grid of CBS. In: a year or "newest". Out: the zip's address; the squares of the region from the zip.

CBS publishes a year three times (v1, v2, v3, one a year) under ``<publication>-cbs_vk<100|500>_<year>_v<n>.zip``.
There is no list to read, so the few names that can exist are asked for, the newest first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError
from nsp_planner.fetch.archive import unzipped_geopackage
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.ogc import snake_case
from nsp_planner.fetch.tables import read_layer, write_geopackage
from nsp_planner.fetch.web import Web, WebError
from nsp_planner.layers.population.grid import ID_PATTERN
from nsp_planner.layers.raw.columns import fold

MAX_VERSION = 3
MAX_YEARS_AHEAD = 3
"""How many years after the newest edition known here are asked for: a program of years ago stays polite."""


def find_grid(web: Web, source: Source, year: int | None, today: dt.date | None = None) -> tuple[str, int]:
    """Address and year of the newest edition there is, or of the newest version of the year asked for.

    Raises:
        WebError: No edition of that year is there, or the server does not answer.
    """
    if "{" not in source.address:
        return source.address, year or year_in_name(source.address) or source.year
    this_year = (today or dt.datetime.now(dt.UTC).date()).year
    tried = list[str]()
    for publication, of_year, version in _editions(source, year, this_year):
        address = source.address.format(publication=publication, year=of_year, version=version)
        # Asking first costs little and keeps a name that never existed from looking like a failure.
        if web.exists(address, source):
            return address, of_year
        tried.append(address)
    which = f"of {year}" if year is not None else "of any recent year"
    message = f"there is no grid {which}; tried {', '.join(tried) or 'no address, since that year is still to come'}"
    fix = f"Choose another year with --year ({source.year} was there when this was written). {source.by_hand()}"
    raise WebError(fault(source, message, fix))


def _editions(source: Source, year: int | None, this_year: int) -> Iterator[tuple[int, int, int]]:
    """Publication, year and version of editions that can exist, the best first."""
    newest = min(this_year - 1, source.year + MAX_YEARS_AHEAD)
    years = range(max(newest, source.year), source.year - 1, -1) if year is None else (year,)
    for each in years:
        for version in range(MAX_VERSION, 0, -1):
            known = (source.publication, source.year, source.version)
            edition = (each + version, each, version)
            if edition[0] <= this_year or edition == known:
                yield edition


def year_in_name(name: str) -> int | None:
    """The year of the data in a file name such as ``2025-cbs_vk100_2024_v1.zip``."""
    found = re.search(r"vk[15]00_(\d{4})", Path(name).name)
    return None if found is None else int(found[1])


def clip_grid(path: Path, source: Source, area: BaseGeometry, target: Path, layer: str) -> int:
    """Write the squares whose centre lies in an area as a GeoPackage; columns as CBS names them, in snake_case.

    Args:
        path: The zip of CBS, or a GeoPackage given by hand.
        source: The source, for faults.
        area: Region with its buffer, RD metres.
        target: Where the GeoPackage goes.
        layer: Name of its layer.

    Returns:
        Squares written.

    Raises:
        DataError: The file is damaged, refused or no grid, or has no square in the area.
    """
    if path.suffix.lower() == ".zip":
        with unzipped_geopackage(path, source) as package:
            squares = _read_squares(package, path, source, area)
    else:
        squares = _read_squares(path, path, source, area)
    centre = shapely.centroid(squares.geometry.to_numpy())
    shapely.prepare(area)
    squares = squares[np.asarray(shapely.intersects(area, centre), dtype=bool)]
    if squares.empty:
        raise DataError(fault(source, "the grid has no square in this region", file=path))
    write_geopackage(squares.reset_index(drop=True), target, layer)
    return len(squares)


def _read_squares(package: Path, shown: Path, source: Source, area: BaseGeometry) -> gpd.GeoDataFrame:
    # Names of file and layer differ per year: the first layer is the grid.
    squares = read_layer(package, source, shown=shown, bbox=area.bounds)
    squares = squares.rename(columns=lambda name: name if name == squares.geometry.name else snake_case(str(name)))
    if not any(ID_PATTERN.fullmatch(fold(str(name))) for name in squares.columns):
        raise DataError(
            fault(source, "this is no grid: no column such as crs28992res100m holds the squares", file=shown)
        )
    return squares
