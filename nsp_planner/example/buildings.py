"""Candidate buildings and fire stations of the example. In: places, squares, boundaries. Out: two tables.

All buildings are invented; kinds, names and shares stand in ``buildings.toml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.example.agreements import with_agreements
from nsp_planner.example.geometry import Floats, Ints, length_of
from nsp_planner.example.places import Region, read_facts

APART_M = 150.0
"""Least distance between two different buildings, far above the distance within which rows are one building."""
DUPLICATE_EVERY = 45
INVENTED = "verzonnen gebouw, ter illustratie"
UNKNOWN_SHARE = 0.55

_FACTS = read_facts("buildings.toml")
STREETS: tuple[str, ...] = tuple(_FACTS["streets"])
PROVISIONS: tuple[str, ...] = tuple(_FACTS["provisions"])
"""Dutch columns of the provisions, in the order of ``layers.sites.vocabulary.GAP_COLUMNS``."""
_KINDS: dict[str, dict[str, Any]] = _FACTS["kinds"]


def build_candidates(
    region: Region, squares: pd.DataFrame, boundaries: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Candidate buildings, Dutch columns: nummer, naam, soort, adres, plaats, gemeentecode, x, y, ... (see code).

    Every building stands in a populated square of its place, in its gemeente. About one row in 45 is a second row of
    a building that is also a polling place, a few metres off, so that merging has something to do.
    """
    table = _place_buildings(region, _kinds_per_place(region, rng), squares, boundaries, rng)
    table = _with_duplicates(_with_details(table, rng), rng)
    table.insert(0, "nummer", [f"VB{i:04d}" for i in range(1, len(table) + 1)])
    code = region.gemeenten["code"].to_dict()
    people = {
        str(code[g]): (part[["x", "y"]].to_numpy(), part["persons"].to_numpy())
        for g, part in squares.groupby("gemeente")
    }
    return with_agreements(table, people)


LET_EVERY = 9
"""Of so many fire stations one is let by a private owner, made up like the buildings."""


def build_stations(region: Region) -> pd.DataFrame:
    """Fire stations: naam, plaats, gemeentecode, gemeente, x, y (centre of the place), vernieuwing, eigendom."""
    stations = region.places[region.places["kazerne"].notna()]
    several = stations["plaats"].duplicated(keep=False)
    table = pd.DataFrame(
        {
            "naam": "Brandweerkazerne "
            + stations["plaats"].where(~several, stations["plaats"] + "-" + stations["naam"]),
            "plaats": stations["plaats"],
            "gemeentecode": stations["gemeente"],
            "gemeente": stations["gemeente"].map(region.gemeenten.set_index("code")["naam"]),
            "x": stations["x"],
            "y": stations["y"],
            "vernieuwing": stations["kazerne"],
            "eigendom": np.where(np.arange(len(stations)) % LET_EVERY == 1, "particuliere huur", "veiligheidsregio"),
        }
    )
    return table.reset_index(drop=True)


def _kinds_per_place(region: Region, rng: np.random.Generator) -> list[tuple[int, str]]:
    """Row of the place and kind of each building to make."""
    places = region.places
    largest_of_town = places.loc[places.groupby(["gemeente", "plaats"])["inwoners"].idxmax()]
    main = largest_of_town.sort_values("town_persons").groupby("gemeente").tail(1).index
    library = largest_of_town.query("town_persons >= 4000").index
    planned: list[tuple[int, str]] = []
    for i, place in enumerate(places.to_dict("records")):
        kinds = [_first_kind(place)] + ["gemeentehuis"] * (i in main) + ["bibliotheek"] * (i in library)
        wanted = 1 if place["vorm"] == "buurtschap" else round(place["inwoners"] / 950) + (place["vorm"] != "wijk")
        of_buurthuizen = "buurthuis" if place["gemeente"] in _FACTS["buurthuis"] else "elsewhere"
        mix = _FACTS["mix"].get(place["gemeente"], _FACTS["mix"][of_buurthuizen])
        p = np.array(list(mix.values())) / sum(mix.values())
        kinds += list(rng.choice(list(mix), size=max(wanted - len(kinds), 0), p=p))
        planned += [(i, str(kind)) for kind in kinds]
    return planned


def _first_kind(place: dict[Any, Any]) -> str:
    """The building every place has."""
    if place["vorm"] == "buurtschap":
        return "buurthuis"
    if place["gemeente"] == "GM0180":
        return "verenigingsgebouw"
    if place["gemeente"] in _FACTS["kulturhus"] and place["naam"] == place["plaats"] and place["inwoners"] >= 500:
        return "kulturhus"
    if place["vorm"] == "wijk":
        return "buurthuis" if place["gemeente"] in _FACTS["buurthuis"] else "verenigingsgebouw"
    return "dorpshuis"


def _place_buildings(
    region: Region,
    planned: Sequence[tuple[int, str]],
    squares: pd.DataFrame,
    boundaries: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One row per building with name, kind, address and position."""
    gemeente_name = region.gemeenten.set_index("code")["naam"].to_dict()
    area = dict(zip(boundaries["code"], boundaries.geometry, strict=True))
    shapely.prepare(boundaries.geometry.to_numpy())
    by_place = {
        place: (part[["x", "y"]].to_numpy(), part["persons"].to_numpy())
        for place, part in squares[squares["place"] >= 0].groupby("place")
    }
    places = region.places.to_dict("records")
    turns: Counter[tuple[str, str, str]] = Counter()
    taken = np.empty((0, 2))
    addresses: set[tuple[str, str]] = set()
    rows = []
    for i, kind in planned:
        place = places[i]
        xy = _free_spot(*by_place[i], taken, area[place["gemeente"]], rng)
        taken = np.vstack([taken, xy])
        key = (kind, place["naam"], place["gemeente"])
        if turns[key] == 0 and "names" in _KINDS[kind]:
            turns[key] = int(rng.integers(0, 10))
        called = place["plaats" if kind in ("kulturhus", "bibliotheek") else "naam"]
        name = _building_name(kind, called, gemeente_name[place["gemeente"]], turns[key])
        turns[key] += 1
        address = _address(place["plaats"], addresses, rng)
        rows.append((name, kind, address, place["plaats"], place["gemeente"], *np.round(xy, 2).tolist()))
    return pd.DataFrame(rows, columns=["naam", "soort", "adres", "plaats", "gemeentecode", "x", "y"])


def _building_name(kind: str, place: str, gemeente: str, turn: int) -> str:
    """The ``turn``-th name (0 and up, each another) for a building of a kind in a place, wijk or buurtschap."""
    label, names = _KINDS[kind]["label"], _FACTS["names"].get(_KINDS[kind].get("names"))
    again, pick = divmod(turn, len(names)) if names else (turn, 0)
    name = f"{label} {names[pick]} {place}".strip() if names else label.format(place=place, gemeente=gemeente)
    return name if again == 0 else f"{name} {again + 1}"


def _free_spot(
    centres: Floats, persons: Ints, taken: Floats, polygon: BaseGeometry, rng: np.random.Generator
) -> Floats:
    """A point in a populated square, by persons, within the gemeente and apart from other buildings."""
    weight = persons / persons.sum()
    best, best_m = centres[int(weight.argmax())], -1.0
    for _ in range(60):
        spot = centres[rng.choice(len(centres), p=weight)] + rng.uniform(-40, 40, 2)
        if not shapely.contains_xy(polygon, spot[0], spot[1]):
            continue
        nearest_m = float(length_of(taken - spot).min(initial=np.inf))
        if nearest_m > best_m:
            best, best_m = spot, nearest_m
        if nearest_m >= APART_M:
            break
    return np.asarray(best)


def _address(place: str, used: set[tuple[str, str]], rng: np.random.Generator) -> str:
    while True:
        address = f"{STREETS[int(rng.integers(len(STREETS)))]} {int(rng.integers(1, 160))}"
        if (place, address) not in used:
            used.add((place, address))
            return address


def _with_details(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add capacity, floor area, status and provisions: mostly unknown, as at the start of a real search."""
    n = len(table)
    capacity = rng.choice([60, 120, 200, 300, 800], size=n, p=[0.15, 0.25, 0.3, 0.2, 0.1])
    table["capaciteit_tegelijk"] = pd.Series(capacity, dtype="Int64").mask(rng.random(n) > 0.15)
    low, high = np.array([_KINDS[kind]["floor_m2"] for kind in table["soort"]], dtype=float).T
    floor = pd.Series(np.round(rng.uniform(low, high), 1))
    table["vloeroppervlak_m2"] = floor.mask(rng.random(n) > 0.6)
    status = np.where(rng.random(n) < 0.08, "in gesprek", "idee")
    community = table.index[table["soort"].isin(["kulturhus", "dorpshuis", "verenigingsgebouw", "buurthuis"])]
    status[rng.choice(community, size=max(n // 130, 1), replace=False)] = "pilot"
    table["status"] = status
    table["toelichting"] = INVENTED
    for name, share in _FACTS["provisions"].items():
        known = rng.random(n) > UNKNOWN_SHARE
        table[name] = np.where(known, np.where(rng.random(n) < share, "ja", "nee"), "onbekend")
    return table


def _with_duplicates(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add second rows for buildings that are also a polling place, a few metres off and less well known."""
    suitable = table.index[table["soort"].isin(["school", "sporthal", "buurthuis", "dorpshuis"])]
    n = min(max(len(table) // DUPLICATE_EVERY, 1), len(suitable))
    double = table.loc[np.sort(rng.choice(suitable, size=n, replace=False))].copy()
    double["naam"] = "Stembureau " + double["naam"]
    double["soort"] = "stemlokaal"
    for axis in ("x", "y"):
        double[axis] = (double[axis] + rng.uniform(-4, 4, n)).round(2)
    double["status"] = "idee"
    double["capaciteit_tegelijk"] = pd.array([pd.NA] * n, dtype="Int64")
    double["vloeroppervlak_m2"] = np.nan
    double[list(PROVISIONS)] = "onbekend"
    return pd.concat([table, double], ignore_index=True)
