"""Candidate buildings and fire stations of the example. In: places, squares, boundaries. Out: two tables.

Kinds follow what the gemeenten reported to the board (24-09-2025): kulturhusen in Dalfsen, Raalte and Olst-Wijhe,
churches and verenigingsgebouwen in Staphorst, buurthuizen in Ommen, Zwolle and Deventer. All buildings are invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.agreements import with_agreements
from nsp_planner.example.land import Land
from nsp_planner.example.names import STREETS, building_name
from nsp_planner.example.places import Region
from nsp_planner.example.study_file import PROVISIONS

APART_M = 150.0
"""Least distance between two different buildings, far above the distance within which rows are one building."""
DUPLICATE_EVERY = 45
INVENTED = "verzonnen gebouw, ter illustratie"

_KULTURHUS = ("GM0148", "GM0177", "GM1773")
_BUURTHUIS = ("GM0150", "GM0175", "GM0193")
_MIX: Mapping[str, float] = {"school": 5, "kerk": 4, "sporthal": 3, "verenigingsgebouw": 2, "buurthuis": 2}
_MIX_STAPHORST: Mapping[str, float] = {"kerk": 9, "verenigingsgebouw": 5, "school": 3, "sporthal": 1}
_MIX_BUURTHUIS: Mapping[str, float] = {
    "buurthuis": 5,
    "wijkcentrum": 2,
    "school": 4,
    "kerk": 2,
    "sporthal": 2,
    "verenigingsgebouw": 1,
}
_FLOOR_M2: Mapping[str, tuple[int, int]] = {
    "kulturhus": (600, 2800),
    "dorpshuis": (250, 1200),
    "buurthuis": (180, 900),
    "wijkcentrum": (400, 1600),
    "kerk": (250, 1400),
    "verenigingsgebouw": (150, 700),
    "sporthal": (900, 2600),
    "school": (700, 3200),
    "bibliotheek": (300, 1500),
    "gemeentehuis": (1800, 9000),
}
# how likely a provision is present where it is known
_PRESENT: Mapping[str, float] = {
    "noodstroom": 0.08,
    "internet": 0.9,
    "verwarming": 0.97,
    "toiletten": 0.98,
    "water_en_eten": 0.6,
    "drempelvrij": 0.8,
    "ehbo_ruimte": 0.3,
    "dag_en_nacht_open": 0.15,
    "parkeren": 0.75,
    "hoogwatervrij": 0.7,
}
_UNKNOWN_SHARE = 0.55


def build_candidates(
    region: Region, squares: pd.DataFrame, land: Land, boundaries: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Candidate buildings, Dutch columns: nummer, naam, soort, adres, plaats, gemeentecode, x, y, ... (see code).

    Every building stands in a populated square of its place, in its gemeente. About one row in 45 is a second row of
    a building that is also a polling place, a few metres off, so that merging has something to do.
    """
    planned = _kinds_per_place(region, rng)
    rows = _place_buildings(region, planned, squares, land, boundaries, rng)
    table = pd.DataFrame(rows)
    table = _with_details(table, rng)
    table = _with_duplicates(table, rng)
    table.insert(0, "nummer", [f"VB{i:04d}" for i in range(1, len(table) + 1)])
    of_gemeente = squares["gemeente"].to_numpy()
    xy = land.centre_xy(squares["row"].to_numpy(), squares["column"].to_numpy())
    people = {
        str(code): (xy[of_gemeente == g], squares["persons"].to_numpy()[of_gemeente == g])
        for g, code in enumerate(region.gemeenten["code"])
    }
    return with_agreements(table, people)


def build_stations(region: Region) -> pd.DataFrame:
    """Fire stations: naam, plaats, gemeentecode, gemeente, x, y (centre of the place), vernieuwing."""
    stations = region.places[region.places["kazerne"].notna()]
    several = stations["plaats"].duplicated(keep=False)
    name = stations["plaats"].where(~several, stations["plaats"] + "-" + stations["naam"])
    gemeente = region.gemeenten.set_index("code")["naam"]
    return pd.DataFrame(
        {
            "naam": "Brandweerkazerne " + name,
            "plaats": stations["plaats"],
            "gemeentecode": stations["gemeente"],
            "gemeente": stations["gemeente"].map(gemeente),
            "x": stations["x"],
            "y": stations["y"],
            "vernieuwing": stations["kazerne"],
        }
    ).reset_index(drop=True)


def _kinds_per_place(region: Region, rng: np.random.Generator) -> list[tuple[int, str]]:
    """Row of the place and kind of each building to make."""
    places = region.places
    largest_of_town = places.groupby(["gemeente", "plaats"])["inwoners"].idxmax()
    main = places.loc[largest_of_town].sort_values("town_persons").groupby("gemeente").tail(1).index
    library = places.loc[largest_of_town].query("town_persons >= 4000").index
    planned: list[tuple[int, str]] = []
    for i, place in enumerate(_records(places)):
        kinds = _first_kinds(place) + ["gemeentehuis"] * (i in main) + ["bibliotheek"] * (i in library)
        wanted = 1 if place["vorm"] == "buurtschap" else round(place["inwoners"] / 950) + (place["vorm"] != "wijk")
        mix = _mix(place["gemeente"])
        p = np.array(list(mix.values())) / sum(mix.values())
        kinds += list(rng.choice(list(mix), size=max(wanted - len(kinds), 0), p=p))
        planned += [(i, str(kind)) for kind in kinds]
    return planned


def _first_kinds(place: Mapping[str, Any]) -> list[str]:
    """The building every place has."""
    if place["vorm"] == "buurtschap":
        return ["buurthuis"]
    if place["gemeente"] == "GM0180":
        return ["verenigingsgebouw"]
    if place["gemeente"] in _KULTURHUS and place["naam"] == place["plaats"] and place["inwoners"] >= 500:
        return ["kulturhus"]
    if place["vorm"] == "wijk":
        return ["buurthuis" if place["gemeente"] in _BUURTHUIS else "verenigingsgebouw"]
    return ["dorpshuis"]


def _mix(gemeente: str) -> Mapping[str, float]:
    if gemeente == "GM0180":
        return _MIX_STAPHORST
    return _MIX_BUURTHUIS if gemeente in _BUURTHUIS else _MIX


def _place_buildings(
    region: Region,
    planned: Sequence[tuple[int, str]],
    squares: pd.DataFrame,
    land: Land,
    boundaries: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """One record per building with name, kind, address and position."""
    gemeente_name = region.gemeenten.set_index("code")["naam"].to_dict()
    area = dict(zip(boundaries["code"], boundaries.geometry, strict=True))
    for polygon in area.values():
        shapely.prepare(polygon)
    by_place = {
        place: (land.centre_xy(part["row"].to_numpy(), part["column"].to_numpy()), part["persons"].to_numpy())
        for place, part in squares[squares["place"] >= 0].groupby("place")
    }
    places = _records(region.places)
    turns: Counter[tuple[str, str, str]] = Counter()
    taken = np.empty((0, 2))
    used_addresses: set[tuple[str, str]] = set()
    rows: list[dict[str, Any]] = []
    for i, kind in planned:
        place = places[i]
        xy = _free_spot(*by_place[i], taken, area[place["gemeente"]], rng)
        taken = np.vstack([taken, xy])
        key = (kind, place["naam"], place["gemeente"])
        if turns[key] == 0:
            turns[key] = 0 if kind in ("kulturhus", "bibliotheek", "gemeentehuis") else int(rng.integers(0, 10))
        of_the_town = kind in ("kulturhus", "bibliotheek")
        called = place["plaats"] if of_the_town else place["naam"]
        name = building_name(kind, called, gemeente_name[place["gemeente"]], turns[key])
        turns[key] += 1
        address = _address(place["plaats"], used_addresses, rng)
        rows.append(
            {
                "naam": name,
                "soort": kind,
                "adres": address,
                "plaats": place["plaats"],
                "gemeentecode": place["gemeente"],
                "x": round(float(xy[0]), 2),
                "y": round(float(xy[1]), 2),
            }
        )
    return rows


def _free_spot(
    centres: NDArray[np.float64],
    persons: NDArray[np.int64],
    taken: NDArray[np.float64],
    polygon: BaseGeometry,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """A point in a populated square, by persons, within the gemeente and apart from other buildings."""
    weight = persons / persons.sum()
    best: NDArray[np.float64] = centres[int(weight.argmax())]
    best_m = -1.0
    for _ in range(60):
        spot: NDArray[np.float64] = centres[rng.choice(len(centres), p=weight)] + rng.uniform(-40, 40, 2)
        if not shapely.contains_xy(polygon, spot[0], spot[1]):
            continue
        nearest_m = float(np.hypot(*(taken - spot).T).min()) if len(taken) else np.inf
        if nearest_m >= APART_M:
            return spot
        if nearest_m > best_m:
            best, best_m = spot, nearest_m
    return best


def _address(place: str, used: set[tuple[str, str]], rng: np.random.Generator) -> str:
    while True:
        address = f"{STREETS[int(rng.integers(len(STREETS)))]} {int(rng.integers(1, 160))}"
        if (place, address) not in used:
            used.add((place, address))
            return address


def _with_details(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add capacity, floor area, status and provisions: mostly unknown, as at the start of a real search."""
    n = len(table)
    capacity = rng.choice([3_000, 4_000, 5_000, 6_000, 7_500], size=n, p=[0.15, 0.25, 0.3, 0.2, 0.1])
    table["capaciteit_personen"] = pd.Series(capacity, dtype="Int64").mask(rng.random(n) > 0.15)
    low = table["soort"].map({kind: m2[0] for kind, m2 in _FLOOR_M2.items()}).to_numpy(float)
    high = table["soort"].map({kind: m2[1] for kind, m2 in _FLOOR_M2.items()}).to_numpy(float)
    floor = pd.Series(np.round(rng.uniform(low, high), 1))
    table["vloeroppervlak_m2"] = floor.mask(rng.random(n) > 0.6)
    status = np.where(rng.random(n) < 0.08, "in gesprek", "idee")
    community = table.index[table["soort"].isin(["kulturhus", "dorpshuis", "verenigingsgebouw", "buurthuis"])]
    status[rng.choice(community, size=max(n // 130, 1), replace=False)] = "pilot"
    table["status"] = status
    table["toelichting"] = INVENTED
    for name in PROVISIONS:
        known = rng.random(n) > _UNKNOWN_SHARE
        present = rng.random(n) < _PRESENT[name]
        table[name] = np.where(known, np.where(present, "ja", "nee"), "onbekend")
    return table


def _with_duplicates(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add second rows for buildings that are also a polling place, a few metres off and less well known."""
    suitable = table.index[table["soort"].isin(["school", "sporthal", "buurthuis", "dorpshuis"])]
    n = min(max(len(table) // DUPLICATE_EVERY, 1), len(suitable))
    double = table.loc[np.sort(rng.choice(suitable, size=n, replace=False))].copy()
    double["naam"] = "Stembureau " + double["naam"]
    double["soort"] = "stemlokaal"
    double["x"] = (double["x"] + rng.uniform(-4, 4, n)).round(2)
    double["y"] = (double["y"] + rng.uniform(-4, 4, n)).round(2)
    double["status"] = "idee"
    double["capaciteit_personen"] = pd.array([pd.NA] * n, dtype="Int64")
    double["vloeroppervlak_m2"] = np.nan
    double[list(PROVISIONS)] = "onbekend"
    return pd.concat([table, double], ignore_index=True)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in record.items()} for record in table.to_dict("records")]
