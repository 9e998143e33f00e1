"""The steps of fetching one region. In: the folder of raw data, sources, settings. Out: :class:`Fetched`.

A source that fails does not stop the others: all faults come at the end, together, and what was fetched stays for the
next run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError, Fault
from nsp_planner.fetch.attempts import Attempts
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.cbs import clip_grid
from nsp_planner.fetch.fetch_grid import grid_file
from nsp_planner.fetch.fetch_osm import OsmStep
from nsp_planner.fetch.lockfile import digest
from nsp_planner.fetch.ogc import read_collection, snake_case
from nsp_planner.fetch.overrides import FetchSettings
from nsp_planner.fetch.progress import FetchProgress
from nsp_planner.fetch.regions import (
    AREA_COLUMNS,
    VeiligheidsRegio,
    fetch_members,
    find_region,
    members_of,
    need_columns,
    of_year,
)
from nsp_planner.fetch.store import Store
from nsp_planner.fetch.tables import read_csv, read_layer, write_csv, write_geopackage
from nsp_planner.layers.rd import RD
from nsp_planner.storage import write_atomically

NATIONAL = "landelijk"
REGION_FILE = "regio.json"
TOTALS_COLUMNS = ("gemeentecode", "aantal_inwoners")


@dataclass(frozen=True)
class Fetched:
    """What a run brought.

    Attributes:
        region: The veiligheidsregio.
        folder: Its folder.
        year: Year of grid, boundaries and totals.
        files: What there is, by what it is for: ``population``, ``areas``, ``totals``, ``sites_osm``, ``stations_osm``,
            ``polling_places``, ``streets``, ``wijken``, ``buurten``, ``flood_zones``, ``bag``, ``left_out_osm``.
        skipped: Why sources a plan can do without are not there.
        n_requests: Requests sent; 0 when everything was on disk.
    """

    region: VeiligheidsRegio
    folder: Path
    year: int
    files: Mapping[str, Path]
    skipped: tuple[Fault, ...]
    n_requests: int


@dataclass
class RegionFetch:
    """The steps of one run, in order."""

    store: Store
    sources: Mapping[str, Source]
    settings: FetchSettings
    progress: FetchProgress
    attempts: Attempts = field(default_factory=Attempts)
    files: dict[str, Path] = field(default_factory=dict)

    def fetch(self, name: str) -> Fetched:
        """All steps; faults of needed sources are raised together at the end."""
        attempt, national = self.attempts.attempt, self.store.root / NATIONAL
        squares = self.sources[f"grid_{self.settings.resolution_m}m"]
        self.progress.stage("population grid")
        grid = attempt(squares, lambda: grid_file(self.store, squares, self.settings, national))
        # Without a grid the other sources are tried all the same, for the year a grid is known of.
        year = grid[1] if grid is not None else self.settings.year or squares.year
        self.progress.stage("gemeenten and veiligheidsregio's")
        members = attempt(self.sources["register"], lambda: self._members(national, year))
        if members is None:
            raise DataError(self.attempts.faults.items)
        region = find_region(name, members)
        folder = self.store.root / region.slug
        borders = attempt(self.sources["gemeenten"], lambda: self._borders(national, year))
        area = None if borders is None else attempt(self.sources["gemeenten"], lambda: self._area(borders, region))
        self.progress.stage("kerncijfers per gemeente")
        totals = attempt(self.sources["kerncijfers"], lambda: self._totals(national, year))
        if borders is not None and area is not None:
            around = _touching(self._gemeenten(borders), area)
            self.progress.stage(f"clipping to {region.name}")
            place = digest(shapely.to_wkb(area).hex())
            gemeenten, kerncijfers = self.sources["gemeenten"], self.sources["kerncijfers"]
            target = folder / f"gemeenten_{year}.gpkg"
            write = partial(write_geopackage, around, target, gemeenten.collection)
            self._clip("areas", gemeenten, target, borders, place, write)
            if grid is not None:
                target = folder / f"cbs_vk{self.settings.resolution_m}_{year}.gpkg"
                cut = partial(clip_grid, grid[0], squares, area, target, target.stem)
                attempt(squares, partial(self._clip, "population", squares, target, grid[0], place, cut))
            if totals is not None:
                target = folder / f"kerncijfers_gemeenten_{year}.csv"
                pick = partial(write_csv, self._totals_of(totals, around), target)
                self._clip("totals", kerncijfers, target, totals, place, pick)
            for source in self._kept(is_collection=True):
                self._keep(source, partial(self._cut, source, folder, area, year))
            step = OsmStep(
                self.store,
                self.sources["osm"],
                self.sources["bag"],
                self.attempts,
                self.progress,
                national,
                folder,
                area,
            )
            self.files |= step.run(members.loc[members["gm_code"].isin(around["statcode"]), "pv_code"])
        for source in self._kept(is_collection=False):
            self._keep(source, partial(self._whole_file, source, folder, year))
        self.attempts.faults.raise_if_any(DataError)
        self._write_region_file(region, folder, year)
        skipped, n_requests = tuple(self.attempts.skipped), self.store.web.n_requests
        return Fetched(region, folder, year, dict(self.files), skipped, n_requests)

    def _members(self, national: Path, year: int) -> pd.DataFrame:
        source = self.sources["register"]
        target = national / f"{source.collection}_{year}.csv"

        def read() -> gpd.GeoDataFrame:
            members = fetch_members(self.store.web, self.sources, year)
            return gpd.GeoDataFrame(members, geometry=gpd.GeoSeries([None] * len(members), crs=RD))

        path = self.store.raw_table(source, target, _items(source), read, year)
        return members_of(read_csv(path, source).rename(columns=snake_case), source)

    def _borders(self, national: Path, year: int) -> Path:
        source, web = self.sources["gemeenten"], self.store.web
        target = national / f"{source.collection}_{year}.gpkg"
        return self.store.raw_table(source, target, _items(source), lambda: of_year(web, source, year), year)

    def _totals(self, national: Path, year: int) -> Path:
        source = self.sources["kerncijfers"]
        address = source.address.format(year=year)

        def read() -> gpd.GeoDataFrame:
            table = read_collection(self.store.web, source, address=address)
            need_columns(table, TOTALS_COLUMNS, source, address)
            return table

        target = national / f"kerncijfers_gemeenten_{year}.csv"
        return self.store.raw_table(source, target, _items(source, address), read, year)

    def _gemeenten(self, borders: Path) -> gpd.GeoDataFrame:
        """The boundaries on disk, also those given by hand."""
        source = self.sources["gemeenten"]
        table = read_layer(borders, source, source.collection)
        need_columns(table, AREA_COLUMNS, source, borders)
        return table.assign(statcode=table["statcode"].astype("str").str.strip())

    def _area(self, borders: Path, region: VeiligheidsRegio) -> BaseGeometry:
        """The region with its buffer, RD metres."""
        table, source = self._gemeenten(borders), self.sources["gemeenten"]
        missing = sorted(set(region.gemeenten) - set(table["statcode"]))
        if missing:
            message = f"{len(missing)} gemeenten of {region.name} are not in the boundaries"
            raise DataError(Fault(source.layer, message, source.by_hand(), str(borders), "statcode", tuple(missing)))
        ours = table[table["statcode"].isin(list(region.gemeenten))]
        return shapely.union_all(shapely.make_valid(ours.geometry.to_numpy())).buffer(self.settings.buffer_m)

    def _clip(self, name: str, source: Source, target: Path, raw: Path, place: str, make: Callable[[], object]) -> None:
        """Make a file of the region out of one of the country, unless it is there."""
        self.files[name] = self.store.made_file((source,), target, digest(place, self.store.sha256(raw)), make)

    def _totals_of(self, totals: Path, around: gpd.GeoDataFrame) -> pd.DataFrame:
        source = self.sources["kerncijfers"]
        table = read_csv(totals, source)
        need_columns(table, TOTALS_COLUMNS, source, totals)
        return table[table["gemeentecode"].isin(around["statcode"])]

    def _kept(self, *, is_collection: bool) -> list[Source]:
        """The sources that need no step of their own."""
        return [each for each in self.sources.values() if each.kept_as and (each.format == "ogc") == is_collection]

    def _keep(self, source: Source, bring: Callable[[], Path]) -> None:
        self.progress.stage(source.name.replace("_", " "))
        path = self.attempts.attempt(source, bring)
        if path is not None:
            self.files[source.name] = path

    def _cut(self, source: Source, folder: Path, area: BaseGeometry, year: int) -> Path:
        """A table of a service, cut to the area."""
        target, address = folder / source.kept_as.format(year=year), source.address.format(year=year)
        bounds = area.bounds

        def read() -> gpd.GeoDataFrame:
            return _touching(read_collection(self.store.web, source, address=address, bounds=bounds), area)

        wanted = f"{_items(source, address)} bbox {','.join(f'{side:.0f}' for side in bounds)}"
        return self.store.raw_table(source, target, wanted, read, year)

    def _whole_file(self, source: Source, folder: Path, year: int) -> Path:
        target, address = folder / source.kept_as.format(year=year), source.address.format(year=year)
        if not address and source.file is None and not target.exists():
            what = source.name.replace("_", " ")
            message = f"{what} have a new address for each edition, so they are not fetched by themselves"
            fix = f"Download the file at {source.page} and give it with --file {source.name}=PATH."
            raise DataError(fault(source, message, fix))
        return self.store.raw_file(source, target, address)

    def _write_region_file(self, region: VeiligheidsRegio, folder: Path, year: int) -> None:
        ours = [entry for name, entry in self.store.lock.entries.items() if name.startswith(f"{folder.name}/")]
        content = {
            "code": region.code,
            "name": region.name,
            "gemeenten": dict(region.gemeenten),
            "year": year,
            "resolution_m": self.settings.resolution_m,
            "buffer_m": self.settings.buffer_m,
            "files": {name: path.name for name, path in sorted(self.files.items())},
            "attributions": sorted({line for entry in ours for line in entry.attribution.split("; ")}),
        }
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        target = folder / REGION_FILE
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            write_atomically(target, text.encode())


def _items(source: Source, address: str | None = None) -> str:
    return f"{address or source.address}/collections/{source.collection}/items"


def _touching(table: gpd.GeoDataFrame, area: BaseGeometry) -> gpd.GeoDataFrame:
    """Rows that touch an area, kept whole."""
    shapely.prepare(area)
    return table[shapely.intersects(area, table.geometry.to_numpy())].reset_index(drop=True)
