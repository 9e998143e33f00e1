"""Indicators of who is served: vulnerable residents, guests, people by day. In: a planned study. Out: tidy rows.

They stand beside the indicators of everybody, never in them. A count that is not published is missing: known persons,
the inhabitants of squares where nobody knows, and an estimate that fills them in, are three figures and three names.
Who has no L-NSP counts as farther than the norm. Guests go where the inhabitants of their square go.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.layers.population.group_counts import estimated_counts, known_counts, residents
from nsp_planner.layers.population.vulnerable_groups import group_column, group_label, group_names

GROUP_INDICATORS: dict[str, tuple[str, str]] = {
    "persons": ("persons", "{Group} (waar bekend)"),
    "unknown_persons": ("persons", "Inwoners van vierkanten zonder opgave van {group}"),
    "mean_distance_m": ("m", "Gemiddelde loopafstand van {group}"),
    "beyond_norm_persons": ("persons", "{Group} verder dan de norm (waar bekend)"),
    "beyond_norm_estimate": ("persons", "{Group} verder dan de norm (schatting voor iedereen)"),
}
"""Unit and Dutch label per indicator of a group; the name is ``vulnerable_GROUP_`` and the key."""
PRESENCE_INDICATORS: dict[str, tuple[str, str]] = {
    "residents_persons": ("persons", "Waarvan inwoners (ook wie overdag weg is)"),
    "away_persons": ("persons", "Inwoners die overdag niet thuis zijn"),
    "day_persons": ("persons", "Mensen op school of werk"),
    "guest_persons": ("persons", "Gasten"),
    "guests_mean_distance_m": ("m", "Gemiddelde loopafstand van gasten"),
    "guests_beyond_norm_persons": ("persons", "Gasten verder dan de norm"),
}
"""Where people were moved or added."""

Row = tuple[str, str, str, str, float, str]


def describe_indicator(name: str) -> tuple[str, str]:
    """Unit and Dutch label of any indicator, those of groups included; its own name where it is not known."""
    known = INDICATORS.get(name) or PRESENCE_INDICATORS.get(name) or CROSSING_INDICATORS.get(name)
    if known is not None:
        return known
    for key, (unit, label) in GROUP_INDICATORS.items():
        if name.startswith("vulnerable_") and name.endswith(f"_{key}"):
            group = name.removeprefix("vulnerable_").removesuffix(f"_{key}")
            if key == "persons" and group.endswith(("_unknown", "_beyond_norm")):
                continue
            text = group_label(group)
            return unit, label.replace("{group}", text).replace("{Group}", text[0].upper() + text[1:])
    return "number", name


CROSSING_INDICATORS: dict[str, tuple[str, str]] = {
    "across_out_persons": ("persons", "Mensen van hier naar een L-NSP van de buren"),
    "across_in_persons": ("persons", "Mensen van de buren naar een L-NSP hier"),
}
"""Where people may cross the border of the region."""


def who_indicators(planned: PlannedStudy) -> pd.DataFrame:
    """Rows for the table of indicators, for the region and every gemeente, in its columns."""
    region = planned.study.region.name
    codes = planned.layers.demand["gemeente_code"].to_numpy(dtype=object)
    areas = [("region", region, region, np.ones(len(codes), dtype=bool))]
    for area in planned.layers.areas.itertuples():
        areas.append(("gemeente", str(area.area_code), str(area.name), codes == area.area_code))
    rows: list[Row] = []
    for level, code, name, here in areas:
        for indicator, value in _values(planned, here, None if level == "region" else code):
            rows.append((level, code, name, indicator, value, describe_indicator(indicator)[0]))
    return pd.DataFrame(rows, columns=["area_level", "area_code", "area_name", "indicator", "value", "unit"])


def known_groups(demand: pd.DataFrame) -> list[str]:
    """The groups of which some square says how many there are."""
    return [name for name in group_names(demand.columns) if demand[group_column(name)].notna().any()]


def _values(planned: PlannedStudy, here: np.ndarray, code: str | None) -> Iterator[tuple[str, float]]:
    demand, allocation = planned.layers.demand, planned.allocation
    distance, served, beyond = allocation.mean_m, allocation.served_share, allocation.beyond_norm_share
    lived = residents(demand)
    for group in known_groups(demand):
        known, estimate = known_counts(demand, group), estimated_counts(demand, group)
        says = ~np.isnan(known)
        counts = np.where(says, known, 0.0)
        name = f"vulnerable_{group}"
        yield f"{name}_persons", float(counts[here].sum())
        yield f"{name}_unknown_persons", float(lived[here & ~says].sum())
        yield f"{name}_mean_distance_m", _mean(distance, counts * served, here)
        yield f"{name}_beyond_norm_persons", float((counts * beyond)[here].sum())
        yield f"{name}_beyond_norm_estimate", float((estimate * beyond)[here].sum())
    presence = planned.layers.presence
    if presence is not None and "guest_persons" in demand:
        account = presence if code is None else presence[presence["area_code"] == code]
        for column in ("residents", "away", "day"):
            yield f"{column}_persons", float(account[column].sum())
        guests = demand["guest_persons"].to_numpy(dtype=float)
        yield "guest_persons", float(account["guests"].sum())
        yield "guests_mean_distance_m", _mean(distance, guests * served, here)
        yield "guests_beyond_norm_persons", float((guests * beyond)[here].sum())
    crossing = planned.crossing
    if crossing is not None:
        yield "across_out_persons", crossing.out_persons(code)
        yield "across_in_persons", crossing.in_persons(code)


def _mean(distance_m: FloatArray, weight: FloatArray, here: np.ndarray) -> float:
    total = float(weight[here].sum())
    return float(np.dot(distance_m[here], weight[here]) / total) if total > 0 else float("nan")
