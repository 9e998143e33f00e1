"""Noodsteunpunten in use. In: a plan's tables. Out: visitors at once and per day, staff, water; per L-NSP and gemeente.

Visitors at the busiest moment by :func:`nsp_planner.layers.sites.capacity.share_at_once`, the same rule by which the
people that a hall holds are turned into inhabitants:

    per day = persons x share_attending_per_day        at once, mean = at once, busiest / peak_factor

5,000 persons, 20 % a day, 2 hours, peak factor 2: 1,000 visits a day, 83 at once on average, 167 when busiest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.sites.capacity import HOURS_PER_DAY, share_at_once
from nsp_planner.layers.tables import Layers
from nsp_planner.norms import Norms

WEEK_DAYS = 7
ROUND_OFF = 1e-9
"""So much above a whole number is that number, before rounding up."""


@dataclass(frozen=True)
class SiteStaff:
    """Staff of one noodsteunpunt, rounded up: half a person is a person.

    Attributes:
        at_once: People per shift.
        per_day: People times shifts, on a day.
        in_crisis: The same over the hours in which it must be open.
    """

    at_once: int
    per_day: int
    in_crisis: int


def staff_per_site(role: Literal["lnsp", "cnsp"], norms: Norms) -> SiteStaff:
    """What the norms say of one site in a role."""
    per_shift = norms.value(f"staff_per_{role}")
    per_day = math.ceil(per_shift * norms.value("shifts_per_day") - ROUND_OFF)
    in_crisis = math.ceil(per_day * crisis_days(norms) - ROUND_OFF)
    return SiteStaff(math.ceil(per_shift - ROUND_OFF), per_day, in_crisis)


def crisis_days(norms: Norms) -> float:
    """Days over which staff and water of a crisis are counted: those within which a noodsteunpunt must be open."""
    return norms.value("operational_within_hours") / HOURS_PER_DAY


def visitors_per_day(persons: float, norms: Norms) -> float:
    """Visits on a day."""
    return persons * norms.value("share_attending_per_day")


def visitors_at_once(persons: float, norms: Norms) -> float:
    """Visitors at the busiest moment."""
    return persons * share_at_once(norms)


def use_per_lnsp(sites: pd.DataFrame, lnsps: pd.DataFrame, norms: Norms) -> pd.DataFrame:
    """Use of every L-NSP, in the order of ``lnsps``.

    Columns: site_id, name, gemeente_code, gemeente_name, persons, visitors_per_day, mean_at_once, peak_at_once,
    nearest_peak_at_once (when everybody goes to the nearest one), capacity_present (people it is known to hold at once,
    NaN where not known), floor_area_m2 (NaN where not known), m2_per_visitor
    (at the busiest moment), n_water_points, water_litres_per_day, water_litres_crisis.
    """
    persons = lnsps["persons"].to_numpy(dtype=float)
    litres = persons * norms.value("water_litres_per_person_day")
    of_lnsp = sites.set_index("site_id").reindex(lnsps["site_id"])
    area, present = (of_lnsp[name].astype("Float64") for name in ("floor_area_m2", "capacity_present"))
    peak = share_at_once(norms) * persons
    floor = area.to_numpy(dtype=float, na_value=np.nan)
    return pd.DataFrame(
        {
            "site_id": lnsps["site_id"],
            "name": lnsps["name"],
            "gemeente_code": lnsps["gemeente_code"],
            "gemeente_name": lnsps["gemeente_name"],
            "persons": lnsps["persons"],
            "visitors_per_day": lnsps["persons"] * norms.value("share_attending_per_day"),
            "mean_at_once": peak / norms.value("peak_factor"),
            "peak_at_once": peak,
            "nearest_peak_at_once": share_at_once(norms) * lnsps["nearest_persons"],
            "capacity_present": present.to_numpy(dtype=float, na_value=np.nan),
            "floor_area_m2": floor,
            "m2_per_visitor": np.divide(floor, peak, out=np.full(len(peak), np.nan), where=peak > 0),
            "n_water_points": np.ceil(persons / norms.value("inhabitants_per_water_point") - ROUND_OFF),
            "water_litres_per_day": litres,
            "water_litres_crisis": litres * crisis_days(norms),
        }
    )


def rounded_up(use: pd.DataFrame) -> pd.DataFrame:
    """:func:`use_per_lnsp` with visitors as whole people: one too many is one who must stand somewhere."""
    visitors = ["visitors_per_day", "mean_at_once", "peak_at_once", "nearest_peak_at_once"]
    return use.assign(**{name: np.ceil(use[name].to_numpy(dtype=float) - ROUND_OFF) for name in visitors})


def use_per_area(layers: Layers, tables: PlanTables, premises: Premises, norms: Norms) -> pd.DataFrame:
    """Use, staff and water of the region (first row) and every gemeente.

    Columns: area_level, area_code, area_name, persons (who live there), n_lnsp, n_cnsp (that stand there),
    visitors_per_day and peak_at_once (of its L-NSPs together), highest_peak_at_once (of its busiest L-NSP), lnsp_staff
    and cnsp_staff (people per shift), staff_shifts_per_day, staff_shifts_crisis and staff_shifts_week (people times
    shifts), n_water_points, water_litres_per_day, water_litres_crisis. The points of the region are those of the
    gemeenten together, each rounded up.
    """
    use = use_per_lnsp(layers.sites, tables.lnsps, norms)
    rows = []
    for area in layers.areas.itertuples():
        code = str(area.area_code)
        own = use[use["gemeente_code"] == code]
        n_cnsp = int((tables.cnsps["gemeente_code"] == code).sum())
        persons = tables.value("persons", code)
        rows.append(_area_row("gemeente", code, str(area.name), persons, own, n_cnsp, norms))
    gemeenten = pd.DataFrame(rows)
    region = _area_row(
        "region",
        premises.region_name,
        premises.region_name,
        tables.value("persons"),
        use,
        len(tables.cnsps),
        norms,
    )
    region["n_water_points"] = int(gemeenten["n_water_points"].sum())
    return pd.concat([pd.DataFrame([region]), gemeenten], ignore_index=True)


def _area_row(
    level: str, code: str, name: str, persons: float, use: pd.DataFrame, n_cnsp: int, norms: Norms
) -> dict[str, object]:
    lnsp_staff = math.ceil(len(use) * norms.value("staff_per_lnsp") - ROUND_OFF)
    cnsp_staff = math.ceil(n_cnsp * norms.value("staff_per_cnsp") - ROUND_OFF)
    per_day = (lnsp_staff + cnsp_staff) * norms.value("shifts_per_day")
    litres = persons * norms.value("water_litres_per_person_day")
    return {
        "area_level": level,
        "area_code": code,
        "area_name": name,
        "persons": persons,
        "n_lnsp": len(use),
        "n_cnsp": n_cnsp,
        "visitors_per_day": float(use["visitors_per_day"].sum()),
        "peak_at_once": float(use["peak_at_once"].sum()),
        "highest_peak_at_once": float(use["peak_at_once"].max()) if len(use) else float("nan"),
        "lnsp_staff": lnsp_staff,
        "cnsp_staff": cnsp_staff,
        "staff_shifts_per_day": per_day,
        "staff_shifts_crisis": per_day * crisis_days(norms),
        "staff_shifts_week": per_day * WEEK_DAYS,
        "n_water_points": math.ceil(persons / norms.value("inhabitants_per_water_point") - ROUND_OFF),
        "water_litres_per_day": litres,
        "water_litres_crisis": litres * crisis_days(norms),
    }
