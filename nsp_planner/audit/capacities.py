"""What every building counts for, counted again. In: a run's GeoPackage, manifest and proof. Out: findings.

A hall for so many people at once serves people / (share a day x hours of stay / 24 x peak factor) inhabitants; of that
and the inhabitants that are stated the smaller counts, at most ``largest`` times the norm; unknown is the norm.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from nsp_planner.audit.bound import Arrays
from nsp_planner.audit.findings import Finding, none_wrong, same
from nsp_planner.audit.reading import norms_of, of_region, read_package

COLUMNS = "site_id, capaciteit_inwoners, capaciteit_tegelijk, telt_voor_inwoners"


def audit_capacities(run: Path, problem: Arrays, manifest: dict[str, Any]) -> list[Finding]:
    """What buildings count for, and loads by it; nothing for a run that does not say so.

    Args:
        run: Folder of the run.
        problem: Level 1 of the proof.
        manifest: Of the run.
    """
    section = manifest["settings"]["capacity"]
    if "largest" not in section:
        return []
    norms = norms_of(manifest)
    at_once = norms["share_attending_per_day"] * norms["max_stay_hours"] / 24 * norms["peak_factor"]
    held = dict(zip(problem["site_ids"].tolist(), problem["capacity"].tolist(), strict=True))
    wrong: list[str] = []
    wrong_loads: list[str] = []
    n_assumed = n_checked = 0
    of_lnsps, of_others = f"select {COLUMNS}, belasting, inwoners from lnsp", f"select {COLUMNS}, 0, 0 from kandidaten"
    lnsps, others = read_package(run, of_lnsps, of_others)
    for number, (site, stated, present, counted, load, persons) in enumerate([*lnsps, *others]):
        if counted is None:
            continue
        known = min(stated or math.inf, (present or math.inf) / at_once)
        right = section["persons"] if known == math.inf else min(known, section["persons"] * section["largest"])
        n_checked += 1
        if not (same(counted, right) and same(held.get(site, math.nan), right * (1 + section["slack"]))):
            wrong.append(site)
        if number < len(lnsps):
            n_assumed += known == math.inf
            wrong_loads += [] if same(load, persons / right) else [site]
    told, check = of_region(manifest)["n_lnsp_assumed"], "lnsp: capacities follow from what is known of the buildings"
    return [
        none_wrong(check, wrong, f"{n_checked}"),
        none_wrong("loads are inhabitants by what a building counts for", wrong_loads, ""),
        Finding("L-NSPs of assumed capacity", told == n_assumed, f"{n_assumed}"),
    ]
