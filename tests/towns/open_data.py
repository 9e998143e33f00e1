"""What the publishers have of a small country. In: the example region, or open data. Out: files and tables to serve.

Formats are the true ones: the zip of CBS, features of PDOK with their columns, .osm.pbf written by osmium.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pyogrio
import shapely
from pyproj import Transformer

from nsp_planner.example import build_example
from nsp_planner.example.files import GRID_LAYER, write_grid
from tests.towns.server import Playbook

CBS = "/download.cbs.nl/vierkant"
AREAS = "/api.pdok.nl/cbs/gebiedsindelingen/ogc/v1/collections"
WIJKEN = "/api.pdok.nl/cbs/wijken-en-buurten-2024/ogc/v1/collections"
BAG = "/api.pdok.nl/kadaster/bag/ogc/v2/collections/verblijfsobject/items"
FLOOD = "/api.pdok.nl/rws/overstromingen-risicogebied/ogc/v1/collections/risk_zone/items"
OSM = "/download.geofabrik.de/europe/netherlands"
GRID_PATH = f"{CBS}/100/2025-cbs_vk100_2024_v1.zip"
RD_TO_DEGREES = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)

TAGS = {
    "kulturhus": {"amenity": "community_centre"},
    "dorpshuis": {"amenity": "community_centre"},
    "buurthuis": {"amenity": "social_centre"},
    "verenigingsgebouw": {},
    "school": {"amenity": "school"},
    "kerk": {"amenity": "place_of_worship", "religion": "christian"},
    "bibliotheek": {"amenity": "library", "wheelchair": "yes", "toilets": "yes"},
    "sporthal": {"leisure": "sports_hall", "wheelchair": "no"},
    "gemeentehuis": {"amenity": "townhall"},
    "brandweerkazerne": {"amenity": "fire_station"},
}


@dataclass
class PbfBuilder:
    """Collects nodes and ways, writes them as .osm.pbf."""

    nodes: list[tuple[int, float, float, dict[str, str]]] = field(default_factory=list)
    ways: list[tuple[int, list[int], dict[str, str]]] = field(default_factory=list)

    def node(self, x: float, y: float, tags: dict[str, str] | None = None) -> int:
        """A point, RD metres; returns its id."""
        lon, lat = RD_TO_DEGREES.transform(x, y)
        self.nodes.append((len(self.nodes) + 1, lon, lat, tags or {}))
        return len(self.nodes)

    def way(self, points: list[tuple[float, float]], tags: dict[str, str], *, closed: bool = False) -> int:
        """A line or, closed, an outline; returns its id."""
        refs = [self.node(x, y) for x, y in points]
        self.ways.append((len(self.ways) + 1, refs + refs[:1] * closed, tags))
        return len(self.ways)

    def square(self, x: float, y: float, side_m: float, tags: dict[str, str]) -> int:
        """A square outline around a point; returns its id."""
        h = side_m / 2
        return self.way([(x - h, y - h), (x + h, y - h), (x + h, y + h), (x - h, y + h)], tags, closed=True)

    def write(self, path: Path) -> Path:
        """Write the file."""
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for number, lon, lat, tags in self.nodes:
                writer.add_node(osmium.osm.mutable.Node(id=number, location=(lon, lat), tags=tags, version=1))
            for number, refs, tags in self.ways:
                writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags, version=1))
        return path

    def content(self) -> bytes:
        """The bytes of the file."""
        with tempfile.TemporaryDirectory() as folder:
            return self.write(Path(folder) / "part.osm.pbf").read_bytes()


def example_world() -> Playbook:
    """Olst-Wijhe and Raalte of the example as IJsselland, and a made-up neighbour in another region and province."""
    example = build_example(seed=1, scale=0.1)
    with tempfile.TemporaryDirectory() as folder:
        grid_zip = write_grid(example.grid, Path(folder)).read_bytes()
    borders = gpd.GeoDataFrame(
        {"statcode": example.boundaries["code"], "statnaam": example.boundaries["naam"]},
        geometry=example.boundaries.geometry.to_numpy(),
        crs="EPSG:28992",
    )
    east = borders.total_bounds[2]
    beside = shapely.box(east + 50, borders.total_bounds[1], east + 4_050, borders.total_bounds[3])
    far = shapely.box(20_000, 380_000, 30_000, 390_000)
    other = gpd.GeoDataFrame(
        {"statcode": ["GM9001", "GM9002"], "statnaam": ["Buurstad", "Verstad"]},
        geometry=[beside, far],
        crs="EPSG:28992",
    )
    borders = pd.concat([borders, other], ignore_index=True)
    persons = dict(zip(example.region.gemeenten["code"], example.region.gemeenten["inwoners"], strict=True))
    places = pd.concat(
        [
            example.candidates[["naam", "soort", "adres", "plaats", "x", "y"]],
            example.stations.rename(columns={"soort": "x_"})[["naam", "plaats", "x", "y"]].assign(
                soort="brandweerkazerne", adres=""
            ),
        ],
        ignore_index=True,
    )
    regions = dict.fromkeys(example.boundaries["code"], ("VR04", "IJsselland", "PV23"))
    regions |= {"GM9001": ("VR05", "Twente", "PV25"), "GM9002": ("VR19", "Zeeland", "PV29")}
    return _world(borders, regions, {**persons, "GM9001": 40_000, "GM9002": 50_000}, grid_zip, places)


def ijsselland_world(shared: Path) -> Playbook:
    """The true gemeenten of IJsselland and around, official totals, the modelled grid; buildings are polling places."""
    data = shared / "data"
    borders = pyogrio.read_dataframe(data / "cbs-gemeenten-2026" / "gemeente_gegeneraliseerd_2026.gpkg")[
        ["statcode", "statnaam", "geometry"]
    ]
    totals = pd.read_csv(data / "cbs-kwb-2024" / "gemeente_2024_stats.csv")
    totals = totals[totals["water"] == "NEE"]
    persons = dict(zip(totals["gemeentecode"], totals["aantal_inwoners"].astype(int), strict=True))
    ours = pd.read_csv(data / "brandweerkazernes" / "brandweerkazernes_ijsselland.csv", sep=";")
    buildings = pd.read_csv(data / "stemlokalen" / "stemlokalen_tk2025.csv", sep=";", dtype={"gemeentecode": str})
    codes = set(ours["gemeentecode"])
    buildings = buildings[("GM" + buildings["gemeentecode"]).isin(codes)].drop_duplicates(["x", "y"])
    places = pd.concat(
        [
            buildings[["naam", "plaats", "x", "y"]].assign(soort="dorpshuis", adres=""),
            ours[["naam", "plaats", "x", "y"]].assign(soort="brandweerkazerne", adres=""),
        ],
        ignore_index=True,
    )
    package = data / "ijsselland-modelgrid" / "vk100_ijsselland_model.gpkg"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(package, "cbs_vk100_2024_v1.gpkg")
    regions = {
        code: ("VR04", "IJsselland", "PV23") if code in codes else ("VR05", "Twente", "PV25")
        for code in borders["statcode"]
    }
    return _world(borders, regions, persons, packed.getvalue(), places)


def _world(
    borders: gpd.GeoDataFrame,
    regions: dict[str, tuple[str, str, str]],
    persons: dict[str, int],
    grid_zip: bytes,
    places: pd.DataFrame,
) -> Playbook:
    book = Playbook()
    book.files[GRID_PATH] = grid_zip
    by_year = []
    for year in (2023, 2024):  # the service holds all years
        table = borders.assign(
            feature_key=[f"{year}-{code}" for code in borders["statcode"]],
            jaarcode=year,
            jrstatcode=f"{year}" + borders["statcode"],
            rubriek="gemeente",
        )
        by_year.append(table)
    book.collections[f"{AREAS}/gemeente_gegeneraliseerd/items"] = pd.concat(by_year, ignore_index=True)
    register = pd.DataFrame(
        [
            {
                "feature_key": f"{year}-{code}",
                "jaarcode": year,
                "gm_code": code,
                "gm_naam": name,
                "vr_code": regions[code][0],
                "vr_naam": regions[code][1],
                "pv_code": regions[code][2],
                "pv_naam": "x",
                "am_code": "AM01",
                "am_naam": "elders",
                "geometry": None,
            }
            for year in (2023, 2024)
            for code, name in zip(borders["statcode"], borders["statnaam"], strict=True)
        ]
    )
    book.collections[f"{AREAS}/gebiedsindelingen_register/items"] = register  # type: ignore[assignment]
    for collection, position in (("veiligheidsregio_gegeneraliseerd", 0), ("provincie_gegeneraliseerd", 2)):
        code = [regions[each][position] for each in borders["statcode"]]
        name = [regions[each][1] if position == 0 else f"provincie {regions[each][2]}" for each in borders["statcode"]]
        merged = borders.assign(statcode=code, statnaam=name).dissolve("statcode", as_index=False)
        book.collections[f"{AREAS}/{collection}/items"] = merged.assign(
            feature_key=merged["statcode"], jaarcode=2024, jrstatcode="2024" + merged["statcode"]
        )
    # PDOK writes kerncijfers in camelCase in one service and with underscores in another.
    kerncijfers = gpd.GeoDataFrame(
        {
            "feature_key": borders["statcode"],
            "gemeentecode": borders["statcode"],
            "gemeentenaam": borders["statnaam"],
            "water": "NEE",
            "aantalInwoners": [persons[code] for code in borders["statcode"]],
            "percentagePersonen65JaarEnOuder": 21,
        },
        geometry=borders.geometry.to_numpy(),
        crs="EPSG:28992",
    )
    water = kerncijfers.head(1).assign(feature_key="water", water="JA", aantalInwoners=-99997)
    book.collections[f"{WIJKEN}/gemeenten/items"] = pd.concat([kerncijfers, water], ignore_index=True)
    for name, prefix in (("wijken", "WK"), ("buurten", "BU")):
        book.collections[f"{WIJKEN}/{name}/items"] = gpd.GeoDataFrame(
            {
                "feature_key": prefix + borders["statcode"].str[2:] + "00",
                "gemeentecode": borders["statcode"],
                f"{name[:-2]}naam": borders["statnaam"],
                "aantal_inwoners": -99997,
            },
            geometry=borders.geometry.to_numpy(),
            crs="EPSG:28992",
        )
    book.collections[FLOOD] = gpd.GeoDataFrame(
        {"feature_key": ["1"], "local_id": ["NLRNRI1"], "namespace": ["NL"]},
        geometry=[borders.geometry.iloc[0]],
        crs="EPSG:28992",
    )
    book.collections[BAG] = _addresses(places)
    extract = _extract(places)
    # Geofabrik repeats what crosses a border in both extracts.
    book.files |= {f"{OSM}/{name}-latest.osm.pbf": extract for name in ("overijssel", "gelderland")}
    return book


def _extract(places: pd.DataFrame) -> bytes:
    pbf = PbfBuilder()
    for row in places.itertuples():
        tags = {"building": "yes", "name": row.naam, **TAGS.get(row.soort, {})}
        if isinstance(row.plaats, str):
            tags["addr:city"] = row.plaats
        street, _, number = str(row.adres).rpartition(" ")
        if street:
            tags |= {"addr:street": street, "addr:housenumber": number}
        pbf.square(row.x, row.y, 20.0, tags)
    _draw_streets(pbf, places)
    return pbf.content()


def _draw_streets(pbf: PbfBuilder, places: pd.DataFrame, every_m: float = 500.0) -> None:
    """A grid of streets with a crossing every ``every_m`` under all places, so that everyone can walk to them."""
    xs = np.arange(places["x"].min() - 2_000, places["x"].max() + 2_000, every_m)
    ys = np.arange(places["y"].min() - 2_000, places["y"].max() + 2_000, every_m)
    crossing = np.array([[pbf.node(x, y) for x in xs] for y in ys])
    for refs in [*crossing, *crossing.T]:
        pbf.ways.append((len(pbf.ways) + 1, refs.tolist(), {"highway": "residential", "name": "Straat"}))


def _addresses(places: pd.DataFrame) -> gpd.GeoDataFrame:
    n = len(places)
    return gpd.GeoDataFrame(
        {
            "feature_key": [f"vbo{i}" for i in range(n)],
            "identificatie": [f"{i:016d}" for i in range(n)],
            # a string in one edition of the service, a list in another
            "gebruiksdoel": [
                ["bijeenkomstfunctie", "sportfunctie"] if i % 2 else "bijeenkomstfunctie" for i in range(n)
            ],
            "oppervlakte": 500 + np.arange(n),
            "status": "Verblijfsobject in gebruik",
            "openbare_ruimte_naam": "Bagstraat",
            "huisnummer": np.arange(n) + 1,
            "huisletter": None,
            "toevoeging": None,
            "woonplaats_naam": places["plaats"],
        },
        geometry=gpd.points_from_xy(places["x"], places["y"]),
        crs="EPSG:28992",
    )


assert GRID_LAYER  # the layer inside the zip has a name of its own, which nothing here depends on
