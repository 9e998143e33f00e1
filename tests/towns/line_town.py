"""A town on a line, planned by hand, for the indicators.

    x (m)      0        1000       2000              6000            20000
    square     A 100    B 300      C 100             D 40            E 7
    site       s0 ----- s1                 s2 at 3000
    gemeente   GM0001 ........................       GM0002 (D, E and s2)

All distances are straight lines. s0 and s2 are open. A and 200 of B go to s0; 100 of B, C and D go to s2; E lies beyond
the cutoff of 5 km and is unreachable. k at x = 500 coordinates both.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point, box

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATION_COLUMNS
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, SolverReport
from tests.towns.instances import coordination_instance, costs_of, local_instance
from tests.towns.studies import smallest_study

X0, Y0 = 200_000, 500_000
SQUARES = {"A": (0, 100), "B": (1000, 300), "C": (2000, 100), "D": (6000, 40), "E": (20_000, 7)}
SITES = {"s0": 0, "s1": 1000, "s2": 3000, "k": 500}
CUTOFF_M = 5000.0


def _costs(origins: list[int], destinations: list[int], cutoff_m: float) -> CostMatrix:
    distance = np.abs(np.subtract.outer(np.array(origins, float), np.array(destinations, float)))
    return costs_of(distance, cutoff_m)


def planned_line_town() -> PlannedStudy:
    study = smallest_study(title="Lijnstad", region={"name": "Lijnregio"}, capacity={"persons": 250})
    report = SolverReport("exact", "by hand", 0.0, 1, 1, 0.0, 1.0, "gap")
    x = [position for position, _ in SQUARES.values()]
    persons = np.array([persons for _, persons in SQUARES.values()], float)
    gemeente = np.array([0, 0, 0, 1, 1])
    codes = ("GM0001", "GM0002")
    demand = gpd.GeoDataFrame(
        {
            "demand_id": list(SQUARES),
            "population_persons": persons.astype(int),
            "persons_65plus": pd.array([10, 60, None, 4, None], dtype="Int64"),
            "gemeente_code": [codes[g] for g in gemeente],
            "area_type": ["kern", "kern", "kern", "buitengebied", "buitengebied"],
        },
        geometry=[Point(X0 + at, Y0) for at in x],
        crs=RD,
    )
    sites = gpd.GeoDataFrame(
        {
            "site_id": list(SITES),
            "name": ["Zaal nul", "Zaal een", "Zaal twee", "Kazerne"],
            "kind": ["zaal", "zaal", "zaal", "brandweerkazerne"],
            "gemeente_code": ["GM0001", "GM0001", "GM0002", "GM0001"],
            "place": pd.array([None] * 4, dtype="string"),
            "capacity_persons": pd.array([None, None, 200, None], dtype="Float64"),
            "capacity_present": pd.array([None] * 4, dtype="Float64"),
            "floor_area_m2": pd.array([None] * 4, dtype="Float64"),
            "status": "idee",
            "can_be_lnsp": [True, True, True, False],
            "can_be_cnsp": [False, False, False, True],
            **{name: pd.array([pd.NA] * 4, dtype="str") for name in STATION_COLUMNS},
            **dict.fromkeys(GAP_COLUMNS, "unknown"),
        },
        geometry=[Point(X0 + at, Y0) for at in SITES.values()],
        crs=RD,
    )
    areas = gpd.GeoDataFrame(
        {"area_code": codes, "name": ["Westdorp", "Oostdorp"]},
        geometry=[box(X0 - 500, Y0 - 500, X0 + 2500, Y0 + 500), box(X0 + 2500, Y0 - 500, X0 + 21_000, Y0 + 500)],
        crs=RD,
    )
    empty = pd.DataFrame()
    calibration = pd.DataFrame(
        {
            "area_code": codes,
            "name": ["Westdorp", "Oostdorp"],
            "published_persons": [500, 47],
            "added_persons": 0,
            "total_persons": [500, 47],
            "official_persons": pd.array([500, 47], dtype="Int64"),
            "n_squares": [3, 2],
            "n_withheld_squares": 0,
        }
    )
    layers = Layers(demand, sites, areas, calibration, empty, empty, ())
    costs = _costs(x, [SITES["s0"], SITES["s1"], SITES["s2"]], CUTOFF_M)
    local = local_instance(
        persons,
        [300, 300, 240],
        costs,
        2,
        demand_ids=tuple(SQUARES),
        demand_gemeente=gemeente,
        service_distance_m=np.array([1000, 1000, 1000, 2500, 2500.0]),
        site_ids=("s0", "s1", "s2"),
        site_gemeente=np.array([0, 0, 1]),
        fixed=np.array([True, False, False]),
        gemeente_codes=codes,
    )
    share = np.array([1, 2 / 3, 1 / 3, 1, 1])
    local_plan = LocalPlan(
        open_sites=np.array([0, 2]),
        demand=np.array([0, 1, 1, 2, 3]),
        site=np.array([0, 0, 2, 2, 2]),
        share=share,
        objective="min_distance",
        value=200 * 1000 + 100 * 2000 + 100 * 1000 + 40 * 3000.0,
        bound=620_000.0,
        report=report,
    )
    coordination = coordination_instance(
        _costs([SITES["s0"], SITES["s2"]], [SITES["k"]], 1e6),
        1,
        lnsp_ids=("s0", "s2"),
        lnsp_gemeente=np.array([0, 1]),
        station_ids=("k",),
    )
    coordination_plan = CoordinationPlan(np.array([0]), np.array([0, 0]), 3000.0, 3000.0, report)
    return PlannedStudy(
        study, layers, local, [0, 1, 2], local_plan, coordination, [3], coordination_plan, distances=costs
    )
