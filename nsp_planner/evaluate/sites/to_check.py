"""What somebody must check of a building before it is agreed. In: sites, settings. Out: a row per building and reason.

A building that may be an L-NSP is to be checked where a rule of [eligibility] with ``then = "check"`` fits it, by the
name and the kind that outputs show. A fire station is where the study has a wish (metres) against what is known of it
in ``[decisions.stations]``: the plan may choose it all the same, and then somebody must know why it was not wanted.
"""

from __future__ import annotations

import pandas as pd

from nsp_planner.config import Eligibility
from nsp_planner.layers.sites.unfit import find_rule

COLUMNS = ("site_id", "column", "reason")


def find_to_check(sites: pd.DataFrame, eligibility: Eligibility, station_rules: pd.DataFrame) -> pd.DataFrame:
    """What to check of every building of which there is something, chosen or not.

    Args:
        sites: The table of sites.
        eligibility: The rules that hold.
        station_rules: Rules and wishes of stations that hold (:mod:`nsp_planner.layers.sites.station_rules`).

    Returns:
        site_id · column (of stations, out of ``STATION_COLUMNS``; "" for a building) · reason (in Dutch; of a station
        the value in the words of its list); buildings first, each in the order of the sites.
    """
    rows = []
    for site in sites.loc[sites["can_be_lnsp"], ["site_id", "name", "kind"]].to_dict("records"):
        rule = find_rule(str(site["name"]), str(site["kind"]), eligibility.checks_in_force)
        if rule is not None:
            rows.append((str(site["site_id"]), "", rule.reason))
    wishes = station_rules[(station_rules["rule"] == "wish") & (station_rules["price_m"] > 0)]
    rows += [(str(row["site_id"]), str(row["column"]), str(row["value"])) for row in wishes.to_dict("records")]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
