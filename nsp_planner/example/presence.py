"""Buurten, campsites and places with people by day of the example, all made up. In: an example. Out: tables.

Buurten are what lies nearest to each place within its gemeente, in the columns of the CBS wijk- en buurtkaart; figures
per buurt are sums of what the grid publishes. Campsites stand in the holiday parks and in Giethoorn.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import ndimage

from nsp_planner.example.build import Example
from nsp_planner.example.cbs import WITHHELD
from nsp_planner.example.geometry import polygons_of
from nsp_planner.layers.rd import RD

_PARKS = ("De Heidebloem", "Het Zwarte Schaar", "De Vechtstroom", "De Boshoek", "'t Eikenhof", "De Zandstuve")
_CALM = 0.5
_BUSY = {"GM0175": 1.6, "GM0160": 1.3, "GM1708": 1.3}
"""How full campsites are made: more in Ommen, Hardenberg and Steenwijkerland, as gemeenten reported to the board."""
WORKERS_PER_INHABITANT = 0.18
SMALLEST_TOWN = 2_000


def build_buurten(example: Example) -> gpd.GeoDataFrame:
    """Buurten in the columns of CBS: code, name, gemeente, water, inhabitants and shares per buurt."""
    region, rows, shapes = example.region, list[tuple[str, str, str, str]](), list[shapely.MultiPolygon]()
    for polygon, code, gemeente in zip(
        example.boundaries.geometry, region.gemeenten["code"], region.gemeenten["naam"], strict=True
    ):
        places = region.places[region.places["gemeente"] == code]
        points = shapely.points(places[["x", "y"]].to_numpy(float))
        cells = np.array([polygon], dtype=object)
        if len(points) > 1:
            around = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=polygon, ordered=True)
            cells = shapely.get_parts(around)
        shapes += [shapely.MultiPolygon(polygons_of(shapely.intersection(cell, polygon))) for cell in cells]
        rows += [(f"BU{code[2:]}{n:04d}", name, code, gemeente) for n, name in enumerate(places["naam"])]
    table = pd.DataFrame(rows, columns=["buurtcode", "buurtnaam", "gemeentecode", "gemeentenaam"])
    table = table.assign(water="NEE", **_figures(example, shapes), jaar=2024)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=RD)


def _figures(example: Example, buurten: list[shapely.MultiPolygon]) -> dict[str, pd.Series]:
    """Inhabitants (multiples of five) and shares of 65+ and of one-person households, from published squares."""
    grid = example.grid
    point, buurt = shapely.STRtree(buurten).query(grid.geometry.centroid.to_numpy(), predicate="intersects")
    first = pd.Series(buurt, index=point).groupby(level=0).min()
    names = {
        "all": "aantal_inwoners",
        "old": "aantal_inwoners_65_jaar_en_ouder",
        "households": "aantal_part_huishoudens",
        "alone": "aantal_eenpersoonshuishoudens",
    }
    counts = pd.DataFrame({name: grid[column] for name, column in names.items()})
    shown = counts.where(counts > 0).loc[first.index]
    shown["with_age"] = shown["all"].where(shown["old"].notna())
    sums = shown.groupby(first.to_numpy()).sum().reindex(range(len(buurten))).fillna(0)

    def share(part: str, whole: str, least: int) -> pd.Series:
        percent = 100 * sums[part] / sums[whole].where(sums[whole] >= least)
        return percent.round().clip(upper=100).fillna(WITHHELD).astype("int32")

    return {
        "aantal_inwoners": (np.rint(sums["all"] / 5) * 5).astype("int32"),
        "percentage_personen_65_jaar_en_ouder": share("old", "with_age", 50),
        "percentage_eenpersoonshuishoudens": share("alone", "households", 25),
    }


def build_campsites(example: Example, rng: np.random.Generator) -> pd.DataFrame:
    """Campsites with guests on a summer night: naam, soort, gemeentecode, x, y, personen_zomer."""
    land, squares = example.land, example.squares
    park = np.zeros(land.shape, dtype=bool)
    rows = squares[squares["holiday_park"]]
    park[rows["row"], rows["column"]] = True
    labels, n = ndimage.label(park, structure=np.ones((3, 3)))
    records: list[tuple[object, ...]] = []
    codes = example.region.gemeenten["code"].to_numpy()
    for number in range(1, n + 1):
        cells = np.argwhere(labels == number)
        row, column = cells[np.hypot(*(cells - cells.mean(axis=0)).T).argmin()].tolist()
        code = str(codes[land.gemeente[row, column]])
        persons = round(rng.integers(120, 700) * _BUSY.get(code, _CALM) / 10) * 10
        name = f"{('Camping', 'Vakantiepark')[int(rng.integers(2))]} {_PARKS[int(rng.integers(len(_PARKS)))]} {number}"
        records.append((name, "camping", code, *land.centre_xy(row, column)[0].tolist(), persons))
    for place in example.region.places.query("naam == 'Giethoorn'").itertuples():
        records.append(("Giethoorn, pensions en huisjes", "logies", "GM1708", place.x, place.y, 2_400))
    return pd.DataFrame(records, columns=["naam", "soort", "gemeentecode", "x", "y", "personen_zomer"])


def build_day_places(example: Example, rng: np.random.Generator) -> pd.DataFrame:
    """Schools with pupils and business parks with workers: naam, soort, gemeentecode, x, y, personen_overdag."""
    columns = ["naam", "soort", "gemeentecode", "x", "y"]
    schools = example.candidates.loc[example.candidates["soort"] == "school", columns]
    schools = schools.assign(personen_overdag=rng.integers(8, 40, len(schools)) * 10)
    places, squares = example.region.places, example.squares
    records = []
    towns = places[places["town_persons"] >= SMALLEST_TOWN].groupby(["gemeente", "plaats"], sort=True)
    for (code, town), parts in towns:
        here = squares[squares["place"].isin(parts.index)]
        if len(here):
            square = here.iloc[int(rng.integers(len(here)))]
            workers = round(float(parts["town_persons"].iloc[0]) * WORKERS_PER_INHABITANT / 10) * 10
            records.append((f"Bedrijventerrein {town}", "bedrijventerrein", code, square["x"], square["y"], workers))
    return pd.concat([schools, pd.DataFrame(records, columns=[*schools])], ignore_index=True)
