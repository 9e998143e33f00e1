"""What a run says it changes of the run before it, counted again. In: both folders. Out: whether each figure holds.

Both plans are read from their GeoPackages; a run before that is not there any more is told, not passed over.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

CHANGES = "changes"
ROUND_OFF = 1e-6
Check = tuple[str, bool, str]
"""What is checked, whether it holds, and a detail."""


def audit_changes(run: Path, manifest: dict[str, Any], root: Path) -> list[Check]:
    """Other L-NSPs and C-NSPs, and persons who get another L-NSP; nothing for a run that names no run before it."""
    told = manifest.get(CHANGES)
    if told is None:
        return []
    before = root / told["previous"]
    if not (before / "plan.gpkg").is_file():
        return [("changes: the run before is there", False, str(told["previous"]))]
    then, now = _plan(before), _plan(run)
    came = {(role, site) for role in ("lnsp", "cnsp") for site in now[role] - then[role]}
    went = {(role, site) for role in ("lnsp", "cnsp") for site in then[role] - now[role]}
    listed = {(row["role"], row["site_id"], row["change"]) for row in told["sites"]}
    counted = {(*each, "came") for each in came} | {(*each, "went") for each in went}
    n_other = sum(role == "lnsp" for role, _ in came)
    both = now["squares"].keys() & then["squares"].keys()
    moved = math.fsum(now["squares"][i][1] for i in both if now["squares"][i][0] != then["squares"][i][0])
    same = abs(moved - told["moved_persons"]) <= ROUND_OFF * max(1.0, moved)
    at_least = told["n_other_at_least"]
    others = sum(role == "cnsp" for role, _ in came)
    under = sum(now["under"][site] != then["under"][site] for site in now["under"].keys() & then["under"].keys())
    stations = (told["n_other_cnsp"], told["moved_lnsps"]) == (others, under)
    return [
        ("changes: sites that came and went", listed == counted, f"{len(counted)} sites"),
        ("changes: other L-NSPs", told["n_other"] == n_other, f"{n_other}"),
        ("changes: other C-NSPs, and L-NSPs under another one", stations, f"{others} and {under}"),
        ("changes: never fewer than are proven to be needed", at_least <= n_other, f"at least {at_least}"),
        ("changes: persons who get another L-NSP", same, f"{moved:,.0f}"),
    ]


def _plan(run: Path) -> dict[str, Any]:
    """Ids of the L-NSPs and C-NSPs, the C-NSP of every L-NSP, and L-NSP and inhabitants of every square."""
    with closing(sqlite3.connect(f"file:{(run / 'plan.gpkg').as_posix()}?mode=ro", uri=True)) as package:
        squares = package.execute("select demand_id, lnsp_id, inwoners from vierkanten").fetchall()
        return {
            "under": dict(package.execute("select site_id, cnsp_id from lnsp")),
            "lnsp": {site for (site,) in package.execute("select site_id from lnsp")},
            "cnsp": {site for (site,) in package.execute("select site_id from cnsp")},
            "squares": {square: (site or None, float(persons)) for square, site, persons in squares},
        }
