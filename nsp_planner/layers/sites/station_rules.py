"""Rules and wishes by what is known of a station. In: the table of sites, [decisions.stations]. Out: a row per rule.

A station that [decisions] names, or whose status decides, goes by that; the wish of a column still counts. Of two
columns that contradict each other refusing goes before fixing, and metres are added up.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.config import StationDecisions
from nsp_planner.layers.sites.vocabulary import STATION_COLUMNS

RULE_COLUMNS = ("site_id", "column", "value", "rule", "price_m")


def plain_value(value: str) -> str:
    """A value of a column as it is compared: without case and double spaces."""
    return " ".join(value.casefold().split())


def station_rules(sites: pd.DataFrame, decisions: StationDecisions) -> pd.DataFrame:
    """A row for every rule or wish that holds for a station.

    Args:
        sites: The table of sites.
        decisions: A rule or metres per value of a column.

    Returns:
        site_id · column (out of ``STATION_COLUMNS``) · value (as in the list) · rule (``fixed``, ``refused`` or
        ``wish``) · price_m (metres for each L-NSP under it; 0 for a rule); in the order of the sites.
    """
    wanted = {
        column: {plain_value(value): rule for value, rule in getattr(decisions, column).items()}
        for column in STATION_COLUMNS
    }
    rows = []
    if any(wanted.values()):
        stations = sites.loc[sites["can_be_cnsp"].to_numpy(dtype=bool), ["site_id", *STATION_COLUMNS]]
        for station in stations.to_dict("records"):
            for column, rules in wanted.items():
                value = station[column]
                rule = None if pd.isna(value) else rules.get(plain_value(str(value)))
                if rule is not None:
                    name, price_m = ("wish", rule) if isinstance(rule, float) else (rule, 0.0)
                    rows.append((station["site_id"], column, str(value), name, price_m))
    return pd.DataFrame(rows, columns=list(RULE_COLUMNS)).astype({"price_m": np.float64})
