"""Persons, indicators and ways to the C-NSP, recomputed. In: arrays of the proof, the manifest. Out: findings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nsp_planner.audit.bound import Arrays
from nsp_planner.audit.findings import ROUND_OFF, Finding, figures_told, none_wrong, same
from nsp_planner.audit.plan import arc_costs
from nsp_planner.audit.reading import norms_of, of_region

NEAR_M, FAR_M = 1_000.0, 2_500.0


def audit_persons(walk: Arrays, manifest: dict[str, Any]) -> list[Finding]:
    """Served and unreachable are everybody; per gemeente as in the calibration, and as CBS has published."""
    served = math.fsum(walk["persons"][walk["demand"]] * walk["share"])
    everybody = math.fsum(walk["persons"])
    claimed = manifest["persons"]
    both = claimed["served"] + claimed["unreachable"]
    found = [
        Finding("persons: served and unreachable are everybody", same(both, everybody), f"{everybody:,.0f}"),
        Finding("persons: those served", same(claimed["served"], served), f"{served:,.0f}"),
    ]
    for row in manifest.get("calibration", ()):
        here = math.fsum(walk["persons"][walk["gemeente"] == row["area_code"]])
        found.append(Finding(f"persons: {row['name']}", same(row["total_persons"], here), f"{here:,.0f}"))
        official = row.get("official_persons")
        if official is not None:
            right = same(official, row["total_persons"])
            found.append(Finding(f"persons: {row['name']} as published by CBS", right, f"{official:,.0f}"))
    return found


def audit_indicators(walk: Arrays, manifest: dict[str, Any]) -> Finding:
    """Every indicator of every area that follows from the allocation alone."""
    lives = walk["gemeente"]
    told = {
        (row["indicator"], row["area_level"] if row["area_level"] == "region" else row["area_code"]): row["value"]
        for row in manifest["indicators"]
    }
    recomputed = {
        (name, area): value
        for area in ["region", *dict.fromkeys(lives.tolist())]
        for name, value in _area_values(walk, (lives == area) | (area == "region")).items()
    }
    return figures_told("indicators, recomputed from the allocation", told, recomputed)


def _area_values(walk: Arrays, here: np.ndarray) -> dict[str, float]:
    of_area = here[walk["demand"]]
    metres, norm_m = walk["m"][of_area], walk["norm_m"][walk["demand"]][of_area]
    persons = (walk["persons"][walk["demand"]] * walk["share"])[of_area]
    total, served = math.fsum(walk["persons"][here]), math.fsum(persons)
    order = np.argsort(metres, kind="stable")
    reached = np.cumsum(persons[order]) >= 0.95 * served * (1 - 1e-12)
    nothing = served <= 0
    return {
        "persons": total,
        "served_persons": served,
        "unreachable_persons": total - served,
        "share_within_1000m": math.fsum(persons[metres <= NEAR_M]) / total if total else math.nan,
        "share_within_2500m": math.fsum(persons[metres <= FAR_M]) / total if total else math.nan,
        "share_within_norm": math.fsum(persons[metres <= norm_m]) / total if total else math.nan,
        "mean_distance_m": math.nan if nothing else math.fsum(metres * persons) / served,
        "p95_distance_m": math.nan if nothing else float(metres[order][np.argmax(reached)]),
        "worst_distance_m": math.nan if nothing else float(metres[persons > 0].max()),
    }


def audit_ways(cnsp: Arrays, manifest: dict[str, Any]) -> list[Finding]:
    """The metres to the station of each L-NSP are what its allocation costs, less the prices of that station.

    And the kilometres and minutes, who lies beyond the norm, in another gemeente, most under one C-NSP.
    """
    metres, lnsp, station, norms = cnsp["metres"], cnsp["demand"], cnsp["site"], norms_of(manifest)
    elsewhere = cnsp["lnsp_gemeente"][lnsp] != cnsp["station_gemeente"][station]
    price = cnsp["penalty_m"] * elsewhere
    if "station_price_m" in cnsp:
        price = price + cnsp["station_price_m"][station]
    right = abs(arc_costs(cnsp) - price - metres) <= ROUND_OFF * np.maximum(1.0, metres + price)
    wrong = cnsp["demand_ids"][lnsp[~right]]
    minutes = metres / (norms["driving_km_per_hour"] * 1000 / 60)
    recomputed = {
        "cnsp_mean_distance_m": math.fsum(metres) / len(metres),
        "cnsp_worst_distance_m": float(metres.max()),
        "cnsp_mean_minutes": math.fsum(minutes) / len(metres),
        "cnsp_worst_minutes": float(minutes.max()),
        "n_beyond_cnsp_norm": float((metres > norms["cnsp_distance_m"]).sum()),
        "n_cnsp_elsewhere": float(elsewhere.sum()),
        "highest_n_lnsp": float(np.bincount(station).max()),
    }
    way = "the way from L-NSP to C-NSP, recomputed from the allocation"
    return [
        none_wrong("cnsp: distances are those of the objective", wrong, f"{len(right)} L-NSPs"),
        figures_told(way, of_region(manifest), recomputed),
    ]
