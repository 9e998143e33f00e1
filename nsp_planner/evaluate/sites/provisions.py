"""What is asked of a noodsteunpunt and what is known (GAP). In: sites and which are chosen. Out: two tables.

The basic norms follow the board paper (algemeen bestuur 24-09-2025, chapter 3.1: functions and provisions of L-NSP and
C-NSP). Unknown is a question, never a no.

gaps (DataFrame, a row per chosen building, role and provision): site_id · role (``lnsp``, ``cnsp``) · provision (column
    of the sites) · is_basic (whether the norm is a basic one; else a wish) · known (``yes``, ``no``, ``unknown``)
basics (DataFrame, a row per chosen building and role): site_id · role · n_met (basic norms) · arrange, ask (tuples of
    provisions of basic norms that are not there, or of which it is not known)
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

LNSP, CNSP = "lnsp", "cnsp"
LNSP_BASIC = ("emergency_power", "heat", "toilets", "water_food", "first_aid_room", "access_24_7")
"""What an L-NSP needs: food and water, warmth, basic care and hygiene, power, open always; the rest is a wish."""
CNSP_BASIC = ("emergency_power", "internet", "access_24_7")
"""What a C-NSP needs: power and internet, open day and night."""
LNSP_WISHES = ("step_free", "flood_safe", "parking", "internet")
CNSP_WISHES = ("flood_safe", "parking")


def build_gaps(sites: pd.DataFrame, lnsp_ids: Iterable[str], cnsp_ids: Iterable[str]) -> pd.DataFrame:
    """The table ``gaps``, L-NSPs first, in the order of the ids."""
    known = sites.set_index("site_id")
    asked = ((LNSP, lnsp_ids, LNSP_BASIC, LNSP_WISHES), (CNSP, cnsp_ids, CNSP_BASIC, CNSP_WISHES))
    rows = [
        (site_id, role, provision, provision in basic, str(known.at[site_id, provision]))
        for role, ids, basic, wishes in asked
        for site_id in ids
        for provision in (*basic, *wishes)
    ]
    return pd.DataFrame(rows, columns=["site_id", "role", "provision", "is_basic", "known"])


def build_basics(gaps: pd.DataFrame) -> pd.DataFrame:
    """The table ``basics``, in the order of ``gaps``."""
    rows = []
    for (site_id, role), asked in gaps[gaps["is_basic"].astype(bool)].groupby(["site_id", "role"], sort=False):
        of = {answer: tuple(asked.loc[asked["known"] == answer, "provision"]) for answer in ("yes", "no", "unknown")}
        rows.append((site_id, role, of["no"], of["unknown"], *(len(of[answer]) for answer in ("yes", "no", "unknown"))))
    return pd.DataFrame(rows, columns=["site_id", "role", "arrange", "ask", "n_met", "n_arrange", "n_ask"])
