"""The steps around OpenStreetMap and the BAG. In: provinces, the area. Out: streets and lists of candidates on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import DataError
from nsp_planner.fetch.attempts import Attempts
from nsp_planner.fetch.bag import add_bag, fetch_bag
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.lockfile import digest
from nsp_planner.fetch.osm_candidates import CANDIDATE_COLUMNS, Candidates, build_candidates
from nsp_planner.fetch.osm_read import read_osm_objects
from nsp_planner.fetch.osm_rules import candidate_rules
from nsp_planner.fetch.osm_streets import write_streets
from nsp_planner.fetch.progress import FetchProgress
from nsp_planner.fetch.store import Store
from nsp_planner.fetch.tables import read_layer, write_csv

LISTS = {
    "sites_osm": "kandidaten_osm.csv",
    "stations_osm": "brandweerkazernes_osm.csv",
    "left_out_osm": "weggelaten_osm.csv",
}


@dataclass
class OsmStep:
    """Everything that comes from the extracts.

    Attributes:
        store: The folder of raw data.
        osm: The source of extracts.
        bag: The source of use and floor area.
        attempts: Where failures go.
        progress: Progress callback.
        national: Where files of the whole country stand.
        folder: Where files of the region go.
        area: Region with its buffer, RD metres.
    """

    store: Store
    osm: Source
    bag: Source
    attempts: Attempts
    progress: FetchProgress
    national: Path
    folder: Path
    area: BaseGeometry
    _candidates: list[Candidates] = field(default_factory=list)

    def run(self, provinces: Iterable[str]) -> dict[str, Path]:
        """Fetch the extracts of provinces (PV codes) and make what comes from them; files by what they are for."""
        wanted = sorted(set(provinces))
        found = [self.attempts.attempt(self.osm, lambda code=code: self._extract(code)) for code in wanted]  # type: ignore[misc]
        extracts = list(dict.fromkeys(path for path in found if path is not None))
        if not extracts or None in found:
            return {}
        key = digest(shapely.to_wkb(self.area).hex(), *(self.store.sha256(path) for path in extracts))
        streets = self.attempts.attempt(self.osm, lambda: self._streets(extracts, key))
        lists = self.attempts.attempt(self.osm, lambda: self._lists(extracts, key))
        return ({} if streets is None else {"streets": streets}) | (lists or {})

    def _extract(self, province: str) -> Path:
        if self.osm.file is not None:
            self.progress.stage(f"OpenStreetMap {self.osm.file.name}")
            return self.store.raw_file(self.osm, self.national / self.osm.file.name, "")
        if province not in self.osm.provinces:
            raise DataError(fault(self.osm, f"no extract is known for the province {province or '(none)'}"))
        name = self.osm.provinces[province]
        self.progress.stage(f"OpenStreetMap {name}")
        address = self.osm.address.format(province=name)
        return self.store.raw_file(self.osm, self.national / Path(address.split("?")[0]).name, address)

    def _streets(self, extracts: list[Path], key: str) -> Path:
        self.progress.stage("streets")
        target = self.folder / "straten.osm.pbf"

        def make() -> None:
            write_streets(extracts, self.area, target, self.progress.stage)

        return self.store.made_file((self.osm,), target, key, make)

    def _lists(self, extracts: list[Path], key: str) -> dict[str, Path]:
        """The lists of candidates, with what the BAG knows of them where it can be had."""

        def candidates() -> Candidates:
            if not self._candidates:
                rules = candidate_rules()
                objects = read_osm_objects(extracts, self.area, rules, self.progress.stage)
                self._candidates.append(build_candidates(objects, rules))
            return self._candidates[0]

        key = digest(key, candidate_rules().digest)
        bag = self.attempts.attempt(self.bag, lambda: self._addresses(candidates, key))
        used = (self.osm,) if bag is None else (self.osm, self.bag)
        key = digest(key, "" if bag is None else self.store.sha256(bag))
        files = {} if bag is None else {"bag": bag}
        for name, file in LISTS.items():
            target = self.folder / file

            def make(name: str = name, target: Path = target) -> None:
                addresses = None if bag is None else read_layer(bag, self.bag, self.bag.collection)
                write_csv(site_list(name, candidates(), addresses), target)

            files[name] = self.store.made_file(used, target, key, make)
        return files

    def _addresses(self, candidates: Callable[[], Candidates], key: str) -> Path:
        self.progress.stage("BAG: use and floor area")
        target = self.folder / "bag_verblijfsobjecten.gpkg"
        address = f"{self.bag.address}/collections/{self.bag.collection}/items around candidates {key}"
        return self.store.raw_table(
            self.bag, target, address, lambda: fetch_bag(self.store.web, self.bag, candidates().table)
        )


def site_list(name: str, candidates: Candidates, bag: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """One of :data:`LISTS`, ready for CSV: an empty floor area is not known."""
    if name == "left_out_osm":
        return candidates.left_out
    table = candidates.table if bag is None else add_bag(candidates.table, bag)
    role = "cnsp" if name == "stations_osm" else "lnsp"
    rows = pd.DataFrame(table[table["role"] == role][list(CANDIDATE_COLUMNS)]).drop(columns="role")
    return rows.assign(floor_area_m2=rows["floor_area_m2"].astype("Float64").round().astype("Int64"))
