"""Buurten, campsites and places with people by day of the example, all made up. In: an example. Out: tables and files.

Buurten are what lies nearest to each place within its gemeente, in the columns of the CBS wijk- en buurtkaart; figures
per buurt are sums of what the grid publishes. Campsites stand in the holiday parks and in Giethoorn.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from nsp_planner.example.build import Example
from nsp_planner.example.cbs import WITHHELD
from nsp_planner.example.files import write_csv, write_layer
from nsp_planner.example.geometry import polygons_of
from nsp_planner.layers.rd import RD

BUURTEN_FILE = "buurten_voorbeeld.gpkg"
CAMPSITES_FILE = "campings_voorbeeld.csv"
DAY_FILE = "overdag_voorbeeld.csv"
PRESENT_FILES = (BUURTEN_FILE, CAMPSITES_FILE, DAY_FILE)

_PARKS = ("De Heidebloem", "Het Zwarte Schaar", "De Vechtstroom", "De Boshoek", "'t Eikenhof", "De Zandstuve")
_CALM = 0.5
_BUSY = {"GM0175": 1.6, "GM0160": 1.3, "GM1708": 1.3}
"""How full campsites are made: more in Ommen, Hardenberg and Steenwijkerland, as gemeenten reported to the board."""
WORKERS_PER_INHABITANT = 0.18
SMALLEST_TOWN = 2_000


def build_buurten(example: Example) -> gpd.GeoDataFrame:
    """Buurten in the columns of CBS: code, name, gemeente, water, inhabitants and shares per buurt."""
    parts, codes = [], example.region.gemeenten["code"]
    for polygon, code in zip(example.boundaries.geometry, codes, strict=True):
        places = example.region.places[example.region.places["gemeente"] == code]
        points = shapely.points(places[["x", "y"]].to_numpy(float))
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=polygon))
        if len(points) < 2:
            cells = np.array([polygon], dtype=object)
        nearest = shapely.STRtree(cells).query(points, predicate="intersects")
        cell_of = dict(zip(nearest[0].tolist(), nearest[1].tolist(), strict=True))
        shapes = [shapely.intersection(cells[cell_of[n]], polygon) for n in range(len(points))]
        parts.append(
            gpd.GeoDataFrame(
                {
                    "buurtcode": [f"BU{code[2:]}{n:04d}" for n in range(len(points))],
                    "buurtnaam": places["naam"].to_numpy(),
                    "gemeentecode": code,
                },
                geometry=shapes,
                crs=RD,
            )
        )
    table = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=RD)
    table["geometry"] = [shapely.MultiPolygon(polygons_of(shape)) for shape in table.geometry]
    names = dict(zip(codes, example.region.gemeenten["naam"], strict=True))
    figures = _figures(example, table)
    columns = {
        "buurtcode": table["buurtcode"],
        "buurtnaam": table["buurtnaam"],
        "gemeentecode": table["gemeentecode"],
        "gemeentenaam": table["gemeentecode"].map(names),
        "water": "NEE",
        **{str(name): figures[name].to_numpy() for name in figures},
        "jaar": 2024,
    }
    return gpd.GeoDataFrame(columns, geometry=table.geometry, crs=RD)


def _figures(example: Example, buurten: gpd.GeoDataFrame) -> pd.DataFrame:
    """Inhabitants (multiples of five) and shares of 65+ and of one-person households, from published squares."""
    grid = example.grid
    points = grid.geometry.centroid
    point, buurt = shapely.STRtree(buurten.geometry.to_numpy()).query(points.to_numpy(), predicate="intersects")
    first = pd.Series(buurt, index=point).groupby(level=0).min()
    names = ("aantal_inwoners", "aantal_inwoners_65_jaar_en_ouder", "aantal_part_huishoudens",
             "aantal_eenpersoonshuishoudens")  # fmt: skip
    shown = pd.DataFrame({name: grid[name].where(grid[name] > 0) for name in names}).loc[first.index]
    both = shown["aantal_inwoners_65_jaar_en_ouder"].notna()
    shown["persons_told"] = shown["aantal_inwoners"].where(both)
    sums = shown.groupby(first.to_numpy()).sum().reindex(range(len(buurten))).fillna(0)
    old = 100 * sums["aantal_inwoners_65_jaar_en_ouder"] / sums["persons_told"].where(sums["persons_told"] >= 50)
    alone = 100 * sums["aantal_eenpersoonshuishoudens"]
    alone = alone / sums["aantal_part_huishoudens"].where(sums["aantal_part_huishoudens"] >= 25)
    return pd.DataFrame(
        {
            "aantal_inwoners": (np.rint(sums["aantal_inwoners"] / 5) * 5).astype("int32"),
            "percentage_personen_65_jaar_en_ouder": old.round().clip(upper=100).fillna(WITHHELD).astype("int32"),
            "percentage_eenpersoonshuishoudens": alone.round().clip(upper=100).fillna(WITHHELD).astype("int32"),
        }
    )


def build_campsites(example: Example, rng: np.random.Generator) -> pd.DataFrame:
    """Campsites with guests on a summer night: naam, soort, gemeentecode, x, y, personen_zomer."""
    land, squares = example.land, example.squares
    park = np.zeros(land.shape, dtype=bool)
    rows = squares[squares["holiday_park"]]
    park[rows["row"], rows["column"]] = True
    labels, n = ndimage.label(park, structure=np.ones((3, 3)))
    middle = ndimage.center_of_mass(park, labels, range(1, n + 1)) if n else []
    records: list[tuple[object, ...]] = []
    codes = example.region.gemeenten["code"].to_numpy()
    for number, at in enumerate(middle):
        row, column = _nearest_of(labels == number + 1, float(at[0]), float(at[1]))
        code = str(codes[land.gemeente[row, column]])
        persons = round(rng.integers(120, 700) * _BUSY.get(code, _CALM) / 10) * 10
        name = f"{('Camping', 'Vakantiepark')[int(rng.integers(2))]} {_PARKS[int(rng.integers(len(_PARKS)))]}"
        records.append((f"{name} {number + 1}", "camping", code, *land.centre_xy(row, column)[0].tolist(), persons))
    village = example.region.places[example.region.places["naam"] == "Giethoorn"]
    for place in village.itertuples():
        records.append(("Giethoorn, pensions en huisjes", "logies", "GM1708", place.x, place.y, 2_400))
    columns = ["naam", "soort", "gemeentecode", "x", "y", "personen_zomer"]
    return pd.DataFrame(records, columns=columns)


def build_day_places(example: Example, rng: np.random.Generator) -> pd.DataFrame:
    """Schools with pupils and business parks with workers: naam, soort, gemeentecode, x, y, personen_overdag."""
    schools = example.candidates[example.candidates["soort"] == "school"]
    pupils = rng.integers(8, 40, len(schools)) * 10
    table = schools[["naam", "gemeentecode", "x", "y"]].assign(soort="school", personen_overdag=pupils)
    records = []
    places, squares = example.region.places, example.squares
    codes = example.region.gemeenten["code"].to_numpy()
    towns = places[places["town_persons"] >= SMALLEST_TOWN].groupby(["gemeente", "plaats"], sort=True)
    for (code, town), parts in towns:
        here = squares[squares["place"].isin(parts.index)]
        if here.empty:
            continue
        square = here.iloc[int(rng.integers(len(here)))]
        workers = round(float(parts["town_persons"].iloc[0]) * WORKERS_PER_INHABITANT / 10) * 10
        at = example.land.centre_xy(square["row"], square["column"])[0].tolist()
        records.append((f"Bedrijventerrein {town}", code, *at, "bedrijventerrein", workers))
    work = pd.DataFrame(records, columns=["naam", "gemeentecode", "x", "y", "soort", "personen_overdag"])
    both = pd.concat([table, work], ignore_index=True) if len(work) else table.reset_index(drop=True)
    # the list of candidates writes codes its own way; here they are as CBS has them
    both["gemeentecode"] = "GM" + both["gemeentecode"].astype("str").str.extract(r"(\d+)", expand=False).str.zfill(4)
    assert set(both["gemeentecode"]) <= set(codes), "a place with people by day lies in the region"
    return both[["naam", "soort", "gemeentecode", "x", "y", "personen_overdag"]]


def write_present(example: Example, folder: Path, seed: int) -> None:
    """Write buurten, campsites and places with people by day; the same seed gives the same bytes."""
    write_layer(build_buurten(example), folder / BUURTEN_FILE, "buurten")
    write_csv(build_campsites(example, np.random.default_rng([seed, 101])), folder / CAMPSITES_FILE)
    write_csv(build_day_places(example, np.random.default_rng([seed, 102])), folder / DAY_FILE)


def _nearest_of(mask: NDArray[np.bool_], row: float, column: float) -> tuple[int, int]:
    rows, columns = np.nonzero(mask)
    best = int(np.hypot(rows - row, columns - column).argmin())
    return int(rows[best]), int(columns[best])
