"""The river town of ``tests.towns.networks`` as a region of two gemeenten, small enough to plan by hand.

North of the water GM0001 with A 40, B 30, C 20 and D 10 persons, the L-NSP NOORD and station K-NOORD; south of it
GM0002 with the L-NSPs ZUID and VEER and station K-ZUID, and nobody. One L-NSP is asked for in GM0001 and two in
GM0002: all three. Emergency power: NOORD yes, ZUID no, VEER unknown, K-NOORD yes, K-ZUID unknown.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point, box

from nsp_planner.config import Study, study_from_dict
from nsp_planner.layers.hazards.area import HazardArea
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATION_COLUMNS
from nsp_planner.layers.tables import Layers
from tests.towns.networks import X0, Y0, build_river_town
from tests.towns.studies import smallest_tables

CODES = ("GM0001", "GM0002")
SITES = {
    "NOORD": (0, 310, "GM0001", "yes", True),
    "ZUID": (600, -10, "GM0002", "no", True),
    "VEER": (1400, -10, "GM0002", "unknown", True),
    "K-NOORD": (400, 310, "GM0001", "yes", False),
    "K-ZUID": (400, -10, "GM0002", "unknown", False),
}


def river_layers(**shapes: Any) -> Layers:
    """The checked tables; ``shapes`` are polygons by their key in ``layers.link_shapes``."""
    town = build_river_town()
    demand = gpd.GeoDataFrame(
        {
            "demand_id": [name.removeprefix("bij ") for name in town.demand_id],
            "population_persons": town.persons,
            "published_persons": pd.array(list(town.persons), dtype="Int64"),
            "added_persons": 0,
            "persons_65plus": pd.array([None] * 4, dtype="Int64"),
            "gemeente_code": "GM0001",
            "area_type": "kern",
            "resolution_m": 100,
        },
        geometry=[Point(xy) for xy in town.demand_xy],
        crs=RD,
    )
    rows = list(SITES.values())
    sites = gpd.GeoDataFrame(
        {
            "site_id": list(SITES),
            "name": [f"Gebouw {name}" for name in SITES],
            "kind": ["zaal" if row[4] else "brandweerkazerne" for row in rows],
            "source": "proef",
            "gemeente_code": [row[2] for row in rows],
            "address": pd.NA,
            "place": pd.NA,
            "capacity_persons": pd.array([None] * len(rows), dtype="Float64"),
            "capacity_present": pd.array([None] * len(rows), dtype="Float64"),
            "status": "idee",
            "status_reason": pd.NA,
            "can_be_lnsp": [row[4] for row in rows],
            "can_be_cnsp": [not row[4] for row in rows],
            **{name: pd.array([pd.NA] * len(rows), dtype="str") for name in STATION_COLUMNS},
            **dict.fromkeys(GAP_COLUMNS, "unknown"),
            "floor_area_m2": pd.array([None] * len(rows), dtype="Float64"),
        },
        geometry=[Point(X0 + row[0], Y0 + row[1]) for row in rows],
        crs=RD,
    )
    sites["emergency_power"] = [row[3] for row in rows]
    areas = gpd.GeoDataFrame(
        {"area_code": CODES, "name": ["Noorderoever", "Zuideroever"]},
        geometry=[
            box(X0 - 100, Y0 + 150, X0 + 1500, Y0 + 500),
            box(X0 - 100, Y0 - 200, X0 + 1500, Y0 + 150),
        ],
        crs=RD,
    )
    calibration = pd.DataFrame(
        {
            "area_code": CODES,
            "name": areas["name"],
            "published_persons": [100, 0],
            "added_persons": 0,
            "total_persons": [100, 0],
            "official_persons": [100, 0],
            "n_squares": [4, 0],
            "n_withheld_squares": 0,
        }
    )
    nothing = pd.DataFrame(columns=["layer", "row_id", "name", "reason", "persons"])
    return Layers(
        demand=demand,
        sites=sites,
        areas=areas,
        calibration=calibration,
        merged=pd.DataFrame(columns=["site_id", "name", "source", "source_row_id", "distance_m"]),
        left_out=nothing,
        inputs=(),
        networks={"foot": town.network, "car": replace(town.network, profile="car")},
        link_shapes={key: HazardArea([shape]) for key, shape in shapes.items()},
    )


def river_study(folder: Path, **sections: Any) -> Study:
    """The study; ``sections`` are added to it."""
    given = smallest_tables(
        title="Rivierstad",
        region={"name": "Rivierregio"},
        ratios={"quota": {"GM0001": 1, "GM0002": 2}, "lnsp_per_cnsp": 3},
        distances={"method": "network", "other_gemeente_penalty_m": 0},
        capacity={"persons": 100},
        solver={"method": "exact", "gap": 0, "time_limit_s": 10, "threads": 1},
    )
    given["inputs"]["network"] = {"path": "n.osm.pbf", "store": str(folder)}
    for name, section in sections.items():
        given[name] = {**given.get(name, {}), **section}
    return study_from_dict(given)


def part_of_town(x_min: float, y_min: float, x_max: float, y_max: float) -> Any:
    """A rectangle in the drawing's metres."""
    return box(X0 + x_min, Y0 + y_min, X0 + x_max, Y0 + y_max)


def allocation(planned: Any) -> dict[str, tuple[str | None, float]]:
    """Where each square goes and how far: demand_id to (site_id or None, metres)."""
    from nsp_planner.evaluate.residents.demand import build_demand

    people = build_demand(planned)
    return {
        row.demand_id: (None if pd.isna(row.site_id) else row.site_id, round(float(np.nan_to_num(row.distance_m)), 1))
        for row in people.itertuples()
    }
