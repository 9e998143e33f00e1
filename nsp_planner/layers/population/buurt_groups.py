"""Vulnerable residents by buurt. In: squares with a buurt, figures per buurt. Out: an estimated count per square.

A number per buurt (or a percentage of its inhabitants) is spread over the squares of the buurt by inhabitants, in whole
persons: an estimate, and reported as one. A buurt without the figure, or a square without a buurt, gives no number,
never 0.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from nsp_planner.config.people import Vulnerable
from nsp_planner.layers.areas.buurten import LAYER, Buurten
from nsp_planner.layers.population.calibrate import apportion
from nsp_planner.layers.population.spread import round_half_up
from nsp_planner.layers.population.vulnerable_groups import group_column, group_label
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.names import counted_nl


def add_buurt_groups(
    demand: gpd.GeoDataFrame, buurten: Buurten, settings: Vulnerable, log: InputLog
) -> gpd.GeoDataFrame:
    """The demand table with a column for every group that the study reads per buurt; it needs ``buurt_code``."""
    for key, columns in (("buurt_columns", settings.buurt_columns), ("buurt_percentages", settings.buurt_percentages)):
        for group, column in columns.items():
            values = buurten.numbers(column, f"vulnerable.{key}.{group}", log.faults)
            if values is None:
                continue
            percent = key == "buurt_percentages"
            if percent and (values > 100).any():
                message = f"percentages are above 100, such as {values[values > 100].iloc[0]:g}"
                fix = "Name numbers in buurt_columns, percentages in buurt_percentages."
                log.faults.add(LAYER, message, fix, file=buurten.file, column=column, ids=values.index[values > 100])
                continue
            counts = _spread(demand, values, percent)
            demand = demand.assign(**{group_column(group): counts})
            unknown = int(demand.loc[counts.isna(), "population_persons"].sum())
            text = f"{group_label(group)}: geschat per vierkant uit {column} per buurt"
            log.notes.add(LAYER, text + (f"; niet bekend voor {counted_nl(unknown, 'mensen')}" if unknown else ""))
    return demand


def _spread(demand: gpd.GeoDataFrame, values: pd.Series, percent: bool) -> pd.Series:
    residents = demand.get("residents_persons", demand["population_persons"]).to_numpy(dtype=np.int64)
    order = pd.util.hash_array(demand["demand_id"].to_numpy(dtype=object))
    counts = pd.Series(pd.array([pd.NA] * len(demand), dtype="Int64"), index=demand.index)
    known = values.dropna()
    for code, rows in demand.groupby(demand["buurt_code"].astype("object")).indices.items():
        n_there = int(residents[rows].sum())
        if code not in known.index or n_there == 0:
            continue
        value = float(known[code])
        n = round_half_up(value / 100 * n_there if percent else value)
        # more than live there is another year or another rounding: nobody counts twice
        counts.iloc[rows] = apportion(min(n, n_there), residents[rows], order[rows])
    return counts
