"""Three villages to be followed from the raw files to everything that is written, with what becomes of them by hand.

Two gemeenten side by side, 12 km tall, from (200,000, 500,000) in RD; their border runs at x = 204,060, through a
square. Everything is buitengebied. Persons as CBS publishes them, ? where it withholds a number:

    Achterlo    25 ?       10 km north of everything: out of reach
    Veldhuizen  300 45 ?   around its hall, which has room for 340
    Grenshoek   30         in a square across the border, its centre in Aldorp; a barn half a kilometre west of it
    Bedorp      90 10      the other gemeente, with a church

Aldorp has 412 inhabitants and 400 are published: the two withheld squares get 4 each (no more can live there), the
four published ones 1 each. Bedorp has what is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import shapely

from tests.towns.raw_files import WITHHELD, square_box, write_grid, write_totals, write_vector

SQUARES = {
    "E2010N5010": ("Veldhuizen", 300, 301),
    "E2011N5010": ("Veldhuizen", 45, 46),
    "E2012N5010": ("Veldhuizen", WITHHELD, 4),
    "E2002N5110": ("Achterlo", 25, 26),
    "E2003N5110": ("Achterlo", WITHHELD, 4),
    "E2040N5020": ("Grenshoek", 30, 31),
    "E2050N5010": ("Bedorp Kern", 90, 90),
    "E2060N5020": ("Bedorp Kern", 10, 10),
}
"""Village, persons as published and persons as planned, of each square."""
TOTALS = {"GM0001": 412, "GM0002": 100}
OUT_OF_REACH = "Achterlo"
GEMEENTEN = {"GM0001": "Aldorp", "GM0002": "Bedorp"}
BORDER_M = 204_060

HALLS = """naam;soort;x;y;plaats;adres;capaciteit_inwoners;status;reden status
Zaal Veldhuizen;dorpshuis;201050;501050;Veldhuizen;Dorpsstraat 1;340;operationeel;
Schuur Grenshoek;gemeenschapshuis;203550;502050;Grenshoek;Grensweg 2;200;akkoord eigenaar;
Kerk Bedorp;kerk;205050;501050;Bedorp;Kerkplein 3;300;in gesprek;wacht op kerkenraad
Oude Gymzaal;sporthal;201350;501050;Veldhuizen;Dorpsstraat 99;900;afgevallen;dak lekt
"""
STATIONS = "naam;x;y;plaats;adres\nKazerne Aldorp;202050;501550;Aldorp;Brandweg 4\n"

STUDY = """title = "Drie dorpen"
output = "runs"
[region]
name = "Dorpenregio"
gemeenten = ["GM0001", "GM0002"]
[inputs]
population.path = "grid.gpkg"
areas.path = "areas.gpkg"
totals.path = "totals.csv"
buurten = { path = "buurten.gpkg", as_places = true }
[[inputs.sites]]
path = "zalen.csv"
source = "zalen"
[[inputs.sites]]
path = "kazernes.csv"
source = "kazernes"
can_be = ["cnsp"]
kind = "brandweerkazerne"
[ratios]
quota = { GM0001 = 2, GM0002 = 1 }
lnsp_per_cnsp = 4
[capacity]
persons = 400
slack = 0
[distances]
cutoff_m = 5000
[solver]
gap = 0
time_limit_s = 20
threads = 1
"""


def village_persons() -> dict[str, int]:
    """Persons per village as planned."""
    persons: dict[str, int] = {}
    for village, _, planned in SQUARES.values():
        persons[village] = persons.get(village, 0) + planned
    return persons


def write_villages(folder: Path, gemeenten: Mapping[str, str] = GEMEENTEN) -> Path:
    """Write the raw files and the study; returns the path of the study."""
    write_grid(folder / "grid.gpkg", {square: published for square, (_, published, _) in SQUARES.items()})
    write_totals(folder / "totals.csv", TOTALS)
    areas = [shapely.box(200_000, 500_000, BORDER_M, 512_000), shapely.box(BORDER_M, 500_000, 208_000, 512_000)]
    table = {"statcode": list(gemeenten), "statnaam": list(gemeenten.values())}
    write_vector(folder / "areas.gpkg", gpd.GeoDataFrame(table, geometry=areas, crs="EPSG:28992"), "gemeenten")
    names = list(dict.fromkeys(village for village, _, _ in SQUARES.values()))
    around = [
        shapely.union_all([square_box(square) for square, (of, _, _) in SQUARES.items() if of == name]).envelope
        for name in names
    ]
    table = {"buurtcode": [f"BU0001000{n}" for n in range(len(names))], "buurtnaam": names}
    write_vector(folder / "buurten.gpkg", gpd.GeoDataFrame(table, geometry=around, crs="EPSG:28992"), "buurten")
    (folder / "zalen.csv").write_text(HALLS, encoding="utf-8")
    (folder / "kazernes.csv").write_text(STATIONS, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path
