"""What every building counts for, counted again. In: a run's GeoPackage, manifest and proof. Out: findings.

A hall for so many people at once serves people / (share a day x hours of stay / 24 x peak factor) inhabitants; of that
and the inhabitants that are stated the smaller counts, at most ``largest`` times the norm; unknown is the norm.
"""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from nsp_planner.audit.bound import Arrays

ROOM = 1e-6
LAYERS = ("lnsp", "kandidaten")


def audit_capacities(run: Path, problem: Arrays, manifest: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Checks as (what, whether it holds, detail); none for a run that does not say what buildings count for.

    Args:
        run: Folder of the run.
        problem: Level 1 of the proof.
        manifest: Of the run.
    """
    section = manifest["settings"]["capacity"]
    if "largest" not in section:
        return []
    norms = {row["name"]: float(row["value"]) for row in manifest["norms"]}
    at_once = norms["share_attending_per_day"] * norms["max_stay_hours"] / 24 * norms["peak_factor"]
    held = dict(zip(problem["site_ids"].tolist(), problem["capacity"].tolist(), strict=True))
    wrong: list[str] = []
    wrong_loads: list[str] = []
    n_assumed = n_checked = 0
    for layer, site, stated, present, counted, load, persons in _rows(run):
        if counted is None:
            continue
        known = min(stated or math.inf, (present or math.inf) / at_once)
        right = section["persons"] if known == math.inf else min(known, section["persons"] * section["largest"])
        n_checked += 1
        if not (_same(counted, right) and _same(held.get(site, math.nan), right * (1 + section["slack"]))):
            wrong.append(site)
        if layer == "lnsp":
            n_assumed += known == math.inf
            wrong_loads += [] if _same(load, persons / right) else [site]
    told = {row["indicator"]: row["value"] for row in manifest["indicators"] if row["area_level"] == "region"}
    return [
        ("lnsp: capacities follow from what is known of the buildings", not wrong, ", ".join(wrong) or f"{n_checked}"),
        ("loads are inhabitants by what a building counts for", not wrong_loads, ", ".join(wrong_loads)),
        ("L-NSPs of assumed capacity", told["n_lnsp_assumed"] == n_assumed, f"{n_assumed}"),
    ]


def _rows(run: Path) -> list[tuple[Any, ...]]:
    columns = "site_id, capaciteit_inwoners, capaciteit_tegelijk, telt_voor_inwoners"
    with closing(sqlite3.connect(f"file:{(run / 'plan.gpkg').as_posix()}?mode=ro", uri=True)) as package:
        return [
            (layer, *row)
            for layer in LAYERS
            for row in package.execute(
                f"select {columns}, {'belasting, inwoners' if layer == 'lnsp' else 'null, null'} from {layer}"
            )
        ]


def _same(told: float | None, right: float) -> bool:
    return told is not None and abs(told - right) <= ROOM * max(1.0, abs(right))
