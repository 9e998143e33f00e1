"""A finished run without its folder. In: halls, squares and what a test is about. Out: :class:`FinishedRun`.

One road in Dalfsen with halls a, b, c at 0, 1 and 2 km and stations k and m. Every square has its hall by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.evaluate.solved.goal import Proof
from nsp_planner.layers.rd import RD

PLACES = {"a": 0.0, "b": 1000.0, "c": 2000.0, "k": 500.0, "m": 1500.0}


def finished_run(
    squares: Mapping[str, tuple[float, str | None, float]],
    halls: Mapping[str, str],
    *,
    label: str = "A",
    study: Mapping[str, Any] | None = None,
    indicators: Mapping[tuple[str, str, str], float] | None = None,
    **changes: Any,
) -> FinishedRun:
    """A run with squares (persons, hall, metres) and open halls (the C-NSP of each)."""
    names = {site: f"Hal {site.upper()}" if site in "abc" else f"Kazerne {site.upper()}" for site in PLACES}
    role = {site: "lnsp" if site in halls else "cnsp" if site in halls.values() else "none" for site in PLACES}
    sites = gpd.GeoDataFrame(
        {
            "site_id": list(PLACES),
            "name": list(names.values()),
            "kind": ["zaal"] * 3 + ["brandweerkazerne"] * 2,
            "gemeente_name": "Dalfsen",
            "role": list(role.values()),
            "persons": [sum(p for p, hall, _ in squares.values() if hall == site) for site in PLACES],
            "counted_persons": 500.0,
            "status": "idee",
            "status_reason": "",
            "decision": "nee",
            "cnsp_id": [halls.get(site, "") for site in PLACES],
            "cnsp_distance_m": [
                abs(PLACES[site] - PLACES[halls[site]]) if site in halls else float("nan") for site in PLACES
            ],
        },
        geometry=[shapely.Point(200_000 + x, 500_000) for x in PLACES.values()],
        crs=RD,
    )
    table = pd.DataFrame(
        [(square, *row) for square, row in squares.items()], columns=["demand_id", "persons", "site_id", "distance_m"]
    )
    tidy = [(level, code, "", name, value, "") for (level, code, name), value in (indicators or {}).items()]
    proof = Proof(0.004, 0.005, 60.0, "gap")
    given: dict[str, Any] = {
        "folder": Path("runs") / f"run-{label}",
        "label": label,
        "title": "Toets",
        "scenarios": (),
        "created": dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC),
        "region": "Toetsregio",
        "metric_nl": "hemelsbreed",
        "illustration": False,
        "attribution": (),
        "study": study or {"title": "Toets", "ratios": {"quota_per": "region"}},
        "inputs": {"population": "1"},
        "indicators": pd.DataFrame(
            tidy, columns=["area_level", "area_code", "area_name", "indicator", "value", "unit"]
        ),
        "proofs": {"lnsp": proof, "cnsp": proof},
        "candidates": (),
        "lnsps": {site: names[site] for site in PLACES if role[site] == "lnsp"},
        "cnsps": {site: names[site] for site in PLACES if role[site] == "cnsp"},
        "sites": sites,
        "squares": table,
        "areas": gpd.GeoDataFrame({"name": ["Dalfsen"]}, geometry=[shapely.box(2e5, 5e5, 2.1e5, 5.1e5)], crs=RD),
        "backdrop": None,
    }
    return FinishedRun(**{**given, **changes})
