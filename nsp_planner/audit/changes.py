"""What a run says it changes of the run before it, counted again. In: both folders. Out: whether each figure holds.

Both plans are read from their GeoPackages; a run before that is not there any more is told, not passed over.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from nsp_planner.audit.findings import Finding, same
from nsp_planner.audit.reading import read_package


def audit_changes(run: Path, manifest: dict[str, Any], root: Path) -> list[Finding]:
    """Other L-NSPs and C-NSPs, and persons who get another L-NSP; nothing for a run that names no run before it."""
    told = manifest.get("changes")
    if told is None:
        return []
    before = root / told["previous"]
    if not (before / "plan.gpkg").is_file():
        return [Finding("changes: the run before is there", False, str(told["previous"]))]
    (then, stations_then, lived), (now, stations_now, lives) = _plan(before), _plan(run)
    counted = {
        (role, site, change)
        for role, old, new in (("lnsp", set(then), set(now)), ("cnsp", stations_then, stations_now))
        for change, sites in (("came", new - old), ("went", old - new))
        for site in sites
    }
    listed = {(row["role"], row["site_id"], row["change"]) for row in told["sites"]}
    n_other, others = (sum(each[::2] == (role, "came") for each in counted) for role in ("lnsp", "cnsp"))
    moved = math.fsum(lives[i][1] for i in lives.keys() & lived.keys() if lives[i][0] != lived[i][0])
    under = sum(now[site] != then[site] for site in now.keys() & then.keys())
    stations = (told["n_other_cnsp"], told["moved_lnsps"]) == (others, under)
    at_least = told["n_other_at_least"]
    checks = (
        ("sites that came and went", listed == counted, f"{len(counted)} sites"),
        ("other L-NSPs", told["n_other"] == n_other, f"{n_other}"),
        ("other C-NSPs, and L-NSPs under another one", stations, f"{others} and {under}"),
        ("never fewer than are proven to be needed", at_least <= n_other, f"at least {at_least}"),
        ("persons who get another L-NSP", same(told["moved_persons"], moved), f"{moved:,.0f}"),
    )
    return [Finding(f"changes: {check}", holds, detail) for check, holds, detail in checks]


def _plan(run: Path) -> tuple[dict[str, str], set[str], dict[str, tuple[str | None, float]]]:
    """The C-NSP of every L-NSP, the C-NSPs, and L-NSP and inhabitants of every square."""
    lnsps, cnsps, squares = read_package(
        run,
        "select site_id, cnsp_id from lnsp",
        "select site_id from cnsp",
        "select demand_id, lnsp_id, inwoners from vierkanten",
    )
    lives = {square: (site or None, float(persons)) for square, site, persons in squares}
    return dict(lnsps), {site for (site,) in cnsps}, lives
