"""What people see of a plan, held against the proof. In: a run's GeoPackage and candidate list. Out: findings."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np

from nsp_planner.audit.bound import Arrays
from nsp_planner.audit.findings import Finding, none_wrong, same
from nsp_planner.audit.plan import SHARE_ROOM
from nsp_planner.audit.reading import of_region, read_package


def audit_tables(run: Path, walk: Arrays, cnsp: Arrays, manifest: dict[str, Any]) -> list[Finding]:
    """L-NSPs, inhabitants, walks and C-NSPs as they are shown; loads and walks only where all of them are ours."""
    lnsps, totals, walks, under, drives, counted = read_package(
        run,
        "select site_id, inwoners from lnsp",
        "select count(*), sum(inwoners) from vierkanten",
        "select demand_id, lnsp_id, afstand_m from vierkanten",
        "select cnsp_id, count(*) from lnsp where cnsp_id is not null group by cnsp_id",
        "select site_id, cnsp_id, cnsp_afstand_m from lnsp where cnsp_id <> ''",
        "select site_id, aantal_lnsp from cnsp where aantal_lnsp > 0",
    )
    with (run / "kandidatenlijst.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {row["Id"] for row in csv.DictReader(file, delimiter=";") if "L-NSP" in row["Rol"].split(" en ")}
    shown, (n_squares, shown_persons) = dict(lnsps), totals[0]
    n_lnsp, everybody = of_region(manifest)["n_lnsp"], math.fsum(walk["persons"])
    differ = sorted(set(shown) ^ listed)
    found = [
        none_wrong("plan.gpkg and the candidate list hold the same L-NSPs", differ, f"{len(shown)}"),
        Finding("the number of L-NSPs of the indicators", n_lnsp == len(shown), f"{n_lnsp:g}"),
        Finding("plan.gpkg holds every square", n_squares == len(walk["persons"]), f"{n_squares} squares"),
        Finding("plan.gpkg holds everybody", same(shown_persons or 0.0, everybody), f"{shown_persons:,.0f}"),
    ]
    if manifest.get("crossing") is not None or manifest.get("across") is not None:
        return found
    ids, at = np.unique(walk["site_ids"], return_inverse=True)
    persons = np.bincount(at, walk["persons"][walk["demand"]] * walk["share"])
    load = dict(zip(ids.tolist(), persons.tolist(), strict=True))
    wrong_loads = [site for site, told in shown.items() if not same(told, load.get(site, 0.0))]
    at_station = zip(cnsp["site_ids"][cnsp["site"]].tolist(), cnsp["metres"].tolist(), strict=True)
    to = dict(zip(cnsp["demand_ids"][cnsp["demand"]].tolist(), at_station, strict=True))
    wrong_drives = [
        lnsp for lnsp, id_, told in drives if lnsp not in to or id_ != to[lnsp][0] or not same(told, to[lnsp][1])
    ]
    wrong_counts = sorted({station for station, _ in set(under) ^ set(counted)})
    return [
        *found,
        none_wrong("inhabitants per L-NSP in plan.gpkg", wrong_loads, f"{len(shown)} L-NSPs"),
        none_wrong("L-NSP and distance per square in plan.gpkg", _wrong_walks(walk, walks), f"{len(walks)}"),
        none_wrong("C-NSP and distance per L-NSP in plan.gpkg", wrong_drives, f"{len(drives)} L-NSPs"),
        none_wrong("L-NSPs per C-NSP in plan.gpkg", wrong_counts, f"{len(counted)} C-NSPs"),
    ]


def _wrong_walks(walk: Arrays, told: list[tuple[Any, ...]]) -> list[str]:
    """The squares that are shown with a site that is not the main one of their inhabitants, or another distance."""
    n = len(walk["persons"])
    mean_m = np.bincount(walk["demand"], walk["share"] * walk["m"], n)
    most = np.zeros(n)
    np.maximum.at(most, walk["demand"], walk["share"])
    pairs = zip(walk["demand"].tolist(), walk["site_ids"].tolist(), walk["share"].tolist(), strict=True)
    main = {(i, site) for i, site, share in pairs if share >= most[i] - SHARE_ROOM}
    position = {str(square): i for i, square in enumerate(walk["demand_ids"].tolist())}
    wrong = []
    for square, site, metres in told:
        i = position.get(square, -1)
        known = i >= 0 and (site is None) == (most[i] == 0)
        if not known or (site is not None and ((i, site) not in main or not same(metres, float(mean_m[i])))):
            wrong.append(square)
    return wrong
