"""Who is where at a moment. In: squares with inhabitants, guests, people by day. Out: squares with the people present.

``population_persons`` of a square becomes its residents, minus those who left for the day, plus the people at its
schools and workplaces, plus its guests. Nobody vanishes: the table ``presence`` has all four per gemeente, and what
leaves or enters the region by day stands in it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nsp_planner.config.people import Day
from nsp_planner.layers.population.calibrate import KERN_RADIUS_M, apportion
from nsp_planner.layers.population.spread import round_half_up
from nsp_planner.layers.population.vulnerable_groups import PERSONS_65PLUS, PREFIX
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.rd import RD
from nsp_planner.names import agreeing_nl, counted_nl, inhabitants_nl

COLUMNS = ("residents_persons", "away_persons", "day_persons", "guest_persons")
"""Columns of the demand table where people were moved or added: all int64, per square."""

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Presence:
    """Squares with the people present, and what became of everybody.

    Attributes:
        demand: The demand table with :data:`COLUMNS`; squares without anybody left are not in it.
        table: area_code · name · residents · away · day · guests · present, int64, one row per gemeente.
    """

    demand: gpd.GeoDataFrame
    table: pd.DataFrame


def move_persons(
    demand: gpd.GeoDataFrame,
    region: gpd.GeoDataFrame,
    guests: pd.DataFrame | None,
    by_day: pd.DataFrame | None,
    day: Day,
    log: InputLog,
) -> Presence | None:
    """Add guests and move people to where they are by day; ``None`` with a fault added.

    Args:
        demand: The demand table of the inhabitants.
        region: Gemeenten of the region: area_code, name.
        guests: Guests per square as ``spread.spread_persons`` gives them; ``None`` for none.
        by_day: People at schools and workplaces likewise; ``None`` by night.
        day: Who leaves home by day; not looked at by night.
        log: Where faults are added, and how persons were moved is noted.
    """
    table = _with_new_squares(demand, [part for part in (guests, by_day) if part is not None])
    residents = table["population_persons"].to_numpy(dtype=np.int64)
    at_day, at_guests = _per_square(table, by_day), _per_square(table, guests)
    away = np.zeros(len(table), dtype=np.int64)
    if by_day is not None or day.time == "day":
        left = _leaving(table, residents, int(at_day.sum()), day, region, log)
        if left is None:
            return None
        away = left
    present = residents - away + at_day + at_guests
    table = table.assign(
        residents_persons=residents,
        away_persons=away,
        day_persons=at_day,
        guest_persons=at_guests,
        population_persons=present,
    )
    account = _account(table, region)
    if day.time == "day":
        _note_day(account, log)
    empty = present == 0
    if empty.any():
        log.notes.add("day", f"overdag niemand in {counted_nl(empty.sum(), 'vierkanten')}: doet niet mee")
    kept = table[~empty].sort_values("demand_id").reset_index(drop=True)
    return Presence(gpd.GeoDataFrame(kept, geometry="geometry", crs=RD), account)


def _with_new_squares(demand: gpd.GeoDataFrame, added: list[pd.DataFrame]) -> gpd.GeoDataFrame:
    """The demand table with a row, without residents, for every square that only others are in."""
    there = pd.MultiIndex.from_arrays([demand.geometry.x, demand.geometry.y])
    squares = pd.concat([part[["x_m", "y_m", "gemeente_code"]] for part in added]) if added else pd.DataFrame()
    if squares.empty:
        return demand
    squares = squares.drop_duplicates(["x_m", "y_m"])
    new = squares[~pd.MultiIndex.from_arrays([squares["x_m"], squares["y_m"]]).isin(there)]
    side = int(demand["resolution_m"].iloc[0])
    x, y = new["x_m"].to_numpy(), new["y_m"].to_numpy()
    far_m, near = cKDTree(demand.geometry.get_coordinates().to_numpy()).query(np.column_stack([x, y]))
    types = np.where(far_m <= KERN_RADIUS_M, demand["area_type"].to_numpy(dtype=object)[near], "buitengebied")
    corner = [
        f"E{a:04d}N{b:04d}"
        for a, b in zip(*((np.floor((v - side / 2) / 100)).astype(int) for v in (x, y)), strict=True)
    ]
    columns: dict[str, object] = {
        "demand_id": corner,
        "population_persons": np.int64(0),
        "published_persons": pd.array([pd.NA] * len(new), dtype="Int64"),
        "added_persons": np.int64(0),
        "gemeente_code": new["gemeente_code"].to_numpy(),
        "area_type": types.astype("str"),
        "resolution_m": np.int64(side),
    }
    for name in demand.columns:
        if name == PERSONS_65PLUS or str(name).startswith(PREFIX):
            columns[str(name)] = pd.array([0] * len(new), dtype="Int64")
    rows = gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(x, y), crs=RD, index=range(len(new)))
    both = pd.concat([pd.DataFrame(demand), pd.DataFrame(rows)[list(demand.columns)]], ignore_index=True)
    text = dict.fromkeys(("demand_id", "gemeente_code", "area_type"), "str")
    return gpd.GeoDataFrame(both.astype(text), geometry="geometry", crs=RD)


def _per_square(table: gpd.GeoDataFrame, people: pd.DataFrame | None) -> IntArray:
    """Persons of ``people`` in each square of the table."""
    if people is None or people.empty:
        return np.zeros(len(table), dtype=np.int64)
    summed = people.groupby(["x_m", "y_m"])["persons"].sum()
    squares = pd.MultiIndex.from_arrays([table.geometry.x, table.geometry.y])
    return np.asarray(summed.reindex(squares).fillna(0), dtype=np.int64)


def _leaving(
    table: gpd.GeoDataFrame, residents: IntArray, n_elsewhere: int, day: Day, region: gpd.GeoDataFrame, log: InputLog
) -> IntArray | None:
    order = pd.util.hash_array(table["demand_id"].to_numpy(dtype=object))
    if day.leaving == "conserve":
        if n_elsewhere > residents.sum():
            message = f"{n_elsewhere:,} persons are at school or work, the region has {residents.sum():,} residents"
            fix = 'Correct [[inputs.day]], or say with leaving = "share" how many leave home: others come from outside.'
            log.faults.add("day", message, fix, column="day.leaving")
            return None
        return apportion(n_elsewhere, residents, order) if n_elsewhere else np.zeros_like(residents)
    codes = table["gemeente_code"].to_numpy(dtype=object)
    known = list(region["area_code"])
    for code in day.leaving_share_of:
        if code not in known:
            fix = f"known: {', '.join(known)}"
            log.faults.add("day", f"{code} is not a gemeente of the region", fix, column="day.leaving_share_of")
            return None
    away = np.zeros_like(residents)
    for code in known:
        here = codes == code
        n_away = round_half_up(day.leaving_share_of.get(code, day.leaving_share) * int(residents[here].sum()))
        if n_away:
            away[here] = apportion(n_away, residents[here], order[here])
    return away


def _account(table: gpd.GeoDataFrame, region: gpd.GeoDataFrame) -> pd.DataFrame:
    columns = [*COLUMNS, "population_persons"]
    sums = table.groupby("gemeente_code")[columns].sum().reindex(region["area_code"]).fillna(0).astype("int64")
    names = ("residents", "away", "day", "guests", "present")
    account = pd.DataFrame({"area_code": region["area_code"].to_numpy(), "name": region["name"].to_numpy()})
    return account.assign(**{name: sums[column].to_numpy() for name, column in zip(names, columns, strict=True)})


def _note_day(account: pd.DataFrame, log: InputLog) -> None:
    away, there = int(account["away"].sum()), int(account["day"].sum())
    text = f"overdag: {inhabitants_nl(away)} niet thuis, {counted_nl(there, 'mensen')} op school of werk"
    if there > away:
        text += f"; {there - away} van hen {agreeing_nl(there - away, 'komt', 'komen')} van buiten de regio"
    elif away > there:
        text += f"; {inhabitants_nl(away - there)} buiten de regio of op een plek die niet is opgegeven"
    log.notes.add("day", text)
