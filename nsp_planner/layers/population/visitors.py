"""Guests and people by day of a study. In: its inputs. Out: the demand table with everybody who is there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.config import PeopleInput, Study
from nsp_planner.layers.population.placed_persons import PlacedPersons, read_placed_persons
from nsp_planner.layers.population.presence import move_persons
from nsp_planner.layers.population.spread import spread_over, spread_persons
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.names import counted_nl


@dataclass(frozen=True, eq=False)
class Visitors:
    """Guests and people by day, as read."""

    guests: tuple[PlacedPersons, ...] = ()
    day: tuple[PlacedPersons, ...] = ()


def read_visitors(
    study: Study, areas: gpd.GeoDataFrame | None, region: gpd.GeoDataFrame | None, log: InputLog
) -> Visitors:
    """Every [[inputs.guests]], and by day every [[inputs.day]]; what could not be read is a fault and left out here."""

    def read(kind: str, sources: tuple[PeopleInput, ...]) -> tuple[PlacedPersons, ...]:
        found = []
        for source in sources:
            log.on_step(f"reading {kind}: {source.label}")
            persons = read_placed_persons(f"{kind}: {source.label}", source, areas, region, log)
            found += [] if persons is None else [persons]
        return tuple(found)

    guests = read("guests", study.inputs.guests)
    by_day = read("day", study.inputs.day) if study.day.time == "day" else ()
    if region is not None:
        known = list(region["area_code"])
        for code in study.tourism.gemeenten:
            if code not in known:
                fix = f"known: {', '.join(known)}"
                log.faults.add("tourism", f"{code} is not a gemeente of the region", fix, column="tourism.gemeenten")
    return Visitors(guests, by_day)


def add_visitors(
    demand: gpd.GeoDataFrame, region: gpd.GeoDataFrame, visitors: Visitors, study: Study, log: InputLog
) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None]:
    """The demand table with guests and people by day, and the table ``presence``.

    Where the study asks for neither, the demand table as it is, and None.
    """
    tourism = study.tourism
    by_day = study.day.time == "day"
    unknown = not set(tourism.gemeenten) <= set(region["area_code"])  # reported where the inputs were read
    if unknown or not (visitors.guests or tourism.persons or by_day):
        return demand, None
    guests = [spread_persons(each, demand, tourism.factor) for each in visitors.guests]
    if tourism.persons:
        guests.append(_spread_unplaced(demand, study, log))
    day = [spread_persons(each, demand) for each in visitors.day]
    presence = move_persons(
        demand,
        region,
        pd.concat(guests, ignore_index=True) if guests else None,
        pd.concat(day, ignore_index=True) if day else None,
        study.day,
        log,
    )
    if presence is None:
        return demand, None
    if guests:
        labels = [each.label for each in visitors.guests]
        season = f", seizoen x {tourism.factor:g}" if tourism.factor != 1 and labels else ""
        where = "; ".join(labels) or "plaats niet bekend"
        text = f"{counted_nl(presence.table['guests'].sum(), 'gasten')} ({where}{season})"
        log.notes.add("guests", f"{text}: geen inwoners, wel meegeteld voor afstand en plaats in de L-NSP's")
    return presence.demand, presence.table


def _spread_unplaced(demand: gpd.GeoDataFrame, study: Study, log: InputLog) -> pd.DataFrame:
    """The guests of [tourism] whose place is not known."""
    tourism = study.tourism
    here = demand["gemeente_code"].isin(tourism.gemeenten).to_numpy(dtype=bool)
    rural = here & (demand["area_type"] == "buitengebied").to_numpy(dtype=bool)
    rows = rural if rural.any() else here
    log.notes.add(
        "tourism",
        f"van {counted_nl(tourism.persons, 'gasten')} is de plek niet bekend: gelijk verdeeld over "
        f"{counted_nl(np.sum(rows), 'bewoonde vierkanten', 'bewoond vierkant')} "
        f"{'buiten de kernen ' if rural.any() else ''}van {', '.join(tourism.gemeenten)}",
    )
    return spread_over(demand, rows, tourism.persons)
