"""Guests and people by day of a study. In: its inputs. Out: the demand table with everybody who is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.config import PeopleInput, Study
from nsp_planner.errors import Faults
from nsp_planner.layers.population.presence import place_people
from nsp_planner.layers.population.spread import People, read_people, spread_over, spread_people
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import LeftOut, Notes


@dataclass(frozen=True, eq=False)
class ExtraPeople:
    """Guests and people by day as read; ``inputs`` are the files."""

    guests: tuple[People, ...] = ()
    day: tuple[People, ...] = ()
    inputs: list[InputFile] = field(default_factory=list)


def read_extra_people(
    study: Study,
    areas: gpd.GeoDataFrame | None,
    region: gpd.GeoDataFrame | None,
    faults: Faults,
    left_out: LeftOut,
    say: Callable[[str], None],
) -> ExtraPeople:
    """Every [[inputs.guests]], and by day every [[inputs.day]]; what could not be read is a fault and left out here."""
    files: list[InputFile] = []

    def read(kind: str, sources: tuple[PeopleInput, ...]) -> tuple[People, ...]:
        found = []
        for source in sources:
            say(f"reading {kind}: {source.label}")
            people, record = read_people(f"{kind}: {source.label}", source, areas, region, faults, left_out)
            files.extend([] if record is None else [record])
            found += [] if people is None else [people]
        return tuple(found)

    guests = read("guests", study.inputs.guests)
    by_day = read("day", study.inputs.day) if study.day.time == "day" else ()
    if region is not None:
        known = list(region["area_code"])
        for code in study.tourism.gemeenten:
            if code not in known:
                fix = f"known: {', '.join(known)}"
                faults.add("tourism", f"{code} is not a gemeente of the region", fix, column="tourism.gemeenten")
    return ExtraPeople(guests, by_day, files)


def add_extra_people(
    demand: gpd.GeoDataFrame, region: gpd.GeoDataFrame, extra: ExtraPeople, study: Study, faults: Faults, notes: Notes
) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None]:
    """The demand table with guests and people by day, and the table ``presence``.

    Where the study asks for neither, the demand table as it is, and None.
    """
    tourism = study.tourism
    by_day = study.day.time == "day"
    unknown = not set(tourism.gemeenten) <= set(region["area_code"])  # told already, where the inputs were read
    if unknown or not (extra.guests or tourism.persons or by_day):
        return demand, None
    guests = [spread_people(people, demand, tourism.factor) for people in extra.guests]
    if tourism.persons:
        guests.append(_spread_unplaced(demand, study, notes))
    day = [spread_people(people, demand) for people in extra.day]
    presence = place_people(
        demand,
        region,
        pd.concat(guests, ignore_index=True) if guests else None,
        pd.concat(day, ignore_index=True) if day else None,
        study.day,
        faults,
        notes,
    )
    if presence is None:
        return demand, None
    if guests:
        labels = [people.label for people in extra.guests]
        season = f", seizoen x {tourism.factor:g}" if tourism.factor != 1 and labels else ""
        told = f"{int(presence.table['guests'].sum())} gasten ({'; '.join(labels) or 'plaats niet bekend'}{season})"
        notes.add("guests", "", "", f"{told}: geen inwoners, wel meegeteld voor afstand en plaats in de L-NSP's")
    return presence.demand, presence.table


def _spread_unplaced(demand: gpd.GeoDataFrame, study: Study, notes: Notes) -> pd.DataFrame:
    """The guests of [tourism] whose place is not known."""
    tourism = study.tourism
    here = demand["gemeente_code"].isin(tourism.gemeenten).to_numpy(dtype=bool)
    rural = here & (demand["area_type"] == "buitengebied").to_numpy(dtype=bool)
    rows = rural if rural.any() else here
    notes.add(
        "tourism",
        "",
        "",
        f"van {tourism.persons} gasten is de plek niet bekend: gelijk verdeeld over {int(np.sum(rows))} bewoonde "
        f"vierkanten {'buiten de kernen ' if rural.any() else ''}van {', '.join(tourism.gemeenten)}",
    )
    return spread_over(demand, rows, tourism.persons)
