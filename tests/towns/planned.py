"""Planned studies for tests of the outputs: a toy of 36 squares by hand, and a region of any size by seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.config import Study
from nsp_planner.costs.straight_line import straight_line_costs
from nsp_planner.evaluate.evaluate import evaluate_plan, evaluate_run
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATION_COLUMNS
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import CoordinationInstance, LocalInstance
from nsp_planner.plan.solution import CoordinationPlan, LocalPlan, SolverReport, TracePoint
from nsp_planner.report import RunInfo
from tests.towns.instances import coordination_instance, local_instance
from tests.towns.studies import smallest_tables

RUN = RunInfo(
    created=dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC),
    version="0.1.0",
    seconds=12.5,
    command="nsp-planner plan studie.toml",
)

REPORT = SolverReport(
    engine="exact",
    solver="HiGHS 1.15.1",
    seconds=1.5,
    seed=1,
    threads=2,
    gap_asked=0.005,
    time_limit_s=120.0,
    stopped_by="gap",
    trace=(TracePoint(0.5, 1300.0, 900.0), TracePoint(1.5, 1200.0, 1197.0)),
)

SITE_NAMES = ("Dorpshuis De Toekomst", "Kulturhus & Co", "Kerk", "Kazerne Toystad")


def make_study(**changes: Any) -> Study:
    """A small study; ``changes`` replace top-level keys."""
    tables = smallest_tables(
        title="Noodsteunpunten Toystad",
        region={"name": "Toystad"},
        ratios={"inhabitants_per_lnsp": 200},
        decisions={"fixed": ["gebouwen-2"]},
    )
    tables["inputs"]["totals"] = {"path": "totalen.csv"}
    tables["inputs"]["sites"] = [
        {"path": "gebouwen.csv", "source": "gebouwen", "source_nl": "Gebouwenlijst"},
        {"path": "kazernes.csv", "source": "kazernes", "can_be": ["cnsp"]},
    ]
    return Study.model_validate({**tables, **changes})


def make_sites(names: Sequence[str], xy: np.ndarray, n_stations: int, gemeente: Sequence[str]) -> gpd.GeoDataFrame:
    """Candidate sites, the last ``n_stations`` of them fire stations."""
    n = len(names)
    station = np.arange(n) >= n - n_stations
    columns: dict[str, Any] = {
        "site_id": [f"kazernes-{i}" if s else f"gebouwen-{i}" for i, s in enumerate(station, start=1)],
        "name": list(names),
        "kind": np.where(station, "brandweerkazerne", "gemeenschapshuis"),
        "source": np.where(station, "kazernes", "gebouwen"),
        "gemeente_code": list(gemeente),
        "address": pd.array(["Dorpsstraat 1"] + [pd.NA] * (n - 1), dtype="string"),
        "place": pd.array(["Toystad"] * n, dtype="string"),
        "capacity_persons": pd.array([pd.NA] * n, dtype="Float64"),
        "capacity_present": pd.array([pd.NA] * n, dtype="Float64"),
        "status": ["idee"] * n,
        "status_reason": pd.array([pd.NA] * n, dtype="string"),
        "can_be_lnsp": ~station,
        "can_be_cnsp": station,
        **{name: pd.array([pd.NA] * n, dtype="str") for name in STATION_COLUMNS},
        **{name: ["unknown"] * n for name in GAP_COLUMNS},
        "floor_area_m2": pd.array([120.5] + [pd.NA] * (n - 1), dtype="Float64"),
    }
    columns["toilets"] = ["yes"] + ["unknown"] * (n - 1)
    columns["step_free"] = ["no"] + ["unknown"] * (n - 1)
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs=RD)


def make_layers(
    demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, merged_name: str = "Kerkzaal"
) -> Layers:
    """Layers with the tables that go with demand, sites and areas."""
    persons = demand.groupby("gemeente_code")[["population_persons", "added_persons"]].sum()
    persons = persons.reindex(areas["area_code"], fill_value=0)
    calibration = pd.DataFrame(
        {
            "area_code": areas["area_code"],
            "name": areas["name"],
            "published_persons": (persons["population_persons"] - persons["added_persons"]).to_numpy(),
            "added_persons": persons["added_persons"].to_numpy(),
            "total_persons": persons["population_persons"].to_numpy(),
            "official_persons": pd.array(persons["population_persons"].to_numpy(), dtype="Int64"),
            "n_squares": demand["gemeente_code"].value_counts().reindex(areas["area_code"], fill_value=0).to_numpy(),
            "n_withheld_squares": 0,
        }
    )
    merged = pd.DataFrame(
        {
            "site_id": ["gebouwen-3"],
            "name": [merged_name],
            "source": ["gebouwen"],
            "source_row_id": ["17"],
            "distance_m": [3.5],
        }
    )
    left_out = pd.DataFrame(
        {
            "layer": ["sites: gebouwen", "population"],
            "row_id": ["99", "E9999N9999"],
            "name": pd.array(["Zonder plek", pd.NA], dtype="string"),
            "reason": ["geen coördinaten", "buiten de regio"],
            "persons": pd.array([pd.NA, 7], dtype="Int64"),
        }
    )
    inputs = (InputFile("population", "bevolking.gpkg", 1234, "ab" * 32, len(demand)),)
    return Layers(demand, sites, areas, calibration, merged, left_out, inputs)


def make_demand(
    x: np.ndarray, y: np.ndarray, persons: np.ndarray, gemeente: Sequence[str], resolution_m: int = 100
) -> gpd.GeoDataFrame:
    """Populated squares with the given centres."""
    n = len(x)
    half = resolution_m / 2
    ids = [f"E{int((a - half) // 100):04d}N{int((b - half) // 100):04d}" for a, b in zip(x, y, strict=True)]
    return gpd.GeoDataFrame(
        {
            "demand_id": ids,
            "population_persons": persons.astype(np.int64),
            "published_persons": pd.array(persons.astype(np.int64), dtype="Int64"),
            "added_persons": np.zeros(n, dtype=np.int64),
            "persons_65plus": pd.array([pd.NA] * n, dtype="Int64"),
            "gemeente_code": list(gemeente),
            "area_type": np.where(persons >= 20, "kern", "buitengebied"),
            "resolution_m": np.full(n, resolution_m, dtype=np.int64),
        },
        geometry=gpd.points_from_xy(x, y),
        crs=RD,
    )


def make_toy(
    names: Sequence[str] = SITE_NAMES, *, resolution_m: int = 100, study: Study | None = None, lost: bool = False
) -> tuple[PlannedStudy, Evaluation]:
    """Six by six squares of ten persons and two gemeenten: 2 L-NSPs (left and right), 1 candidate left over, 1 C-NSP.

    The square at the lower left is shared by both L-NSPs, half and half. With ``lost`` the square at the upper right
    is unreachable. ``names`` are those of the two L-NSPs, the candidate and the fire station.
    """
    study = study or make_study()
    step = np.arange(6) * resolution_m
    x, y = (axis.ravel() for axis in np.meshgrid(210_050.0 + step, 500_050.0 + step))
    gemeente = np.where(x < x.mean(), "GM0001", "GM0002")
    demand = make_demand(x, y, np.full(36, 10), gemeente.tolist(), resolution_m)
    left, right = 210_050.0 + resolution_m, 210_050.0 + 4 * resolution_m
    middle = 500_050.0 + 2 * resolution_m
    xy = np.array([[left, middle], [right, middle], [right, middle + resolution_m], [x.mean(), y.mean()]])
    sites = make_sites(names, xy, 1, ["GM0001", "GM0002", "GM0002", "GM0001"])
    edge = x.mean()
    x0, x1, y0, y1 = x.min() - resolution_m, x.max() + resolution_m, y.min() - resolution_m, y.max() + resolution_m
    areas = gpd.GeoDataFrame(
        {"area_code": ["GM0001", "GM0002"], "name": ["Links", "Rechts"]},
        geometry=[shapely.box(x0, y0, edge, y1), shapely.box(edge, y0, x1, y1)],
        crs=RD,
    )
    layers = make_layers(demand, sites, areas, merged_name=names[2])
    costs = straight_line_costs(np.stack([x, y], axis=1), xy[:3], detour_factor=1.3, cutoff_m=10_000)
    if lost:
        costs = costs.keep_arcs(costs.arc_origin != 35)
    ids = tuple(sites["site_id"])
    local = local_instance(
        demand["population_persons"],
        np.full(3, 240.0),
        costs,
        2,
        demand_ids=tuple(demand["demand_id"]),
        demand_gemeente=(gemeente == "GM0002").astype(np.int64),
        service_distance_m=np.where(demand["area_type"] == "kern", 1_000.0, 2_500.0),
        site_ids=ids[:3],
        site_gemeente=np.array([0, 1, 1]),
        fixed=np.array([False, True, False]),
        gemeente_codes=("GM0001", "GM0002"),
    )
    side = (x > x.mean()).astype(np.int64)
    places = np.arange(36)[: 35 if lost else 36]
    plan = LocalPlan(
        open_sites=np.array([0, 1]),
        demand=np.concatenate([places, [0]]),
        site=np.concatenate([side[places], [1]]),
        share=np.where(np.concatenate([places, [0]]) == 0, 0.5, 1.0),
        objective="min_distance",
        value=1200.0,
        bound=1197.0,
        report=REPORT,
    )
    coordination, coordination_plan = make_coordination(sites, local, plan, np.array([3]), np.array([0, 0]))
    planned = PlannedStudy(study, layers, local, [0, 1, 2], plan, coordination, [3], coordination_plan, costs)
    return planned, evaluated(planned)


def evaluated(planned: PlannedStudy, phases: PhasePlan | None = None) -> Evaluation:
    """Every figure that there is."""
    return evaluate_run(planned, phases, reports=True)


def make_coordination(
    sites: gpd.GeoDataFrame, local: LocalInstance, plan: LocalPlan, stations: np.ndarray, coordinator: np.ndarray
) -> tuple[CoordinationInstance, CoordinationPlan]:
    """Level 2 with the given coordinators; ``stations`` are rows of ``sites``."""
    xy = sites.geometry.get_coordinates().to_numpy()
    ids = list(sites["site_id"])
    lnsp_ids = [local.site_ids[j] for j in plan.open_sites]
    rows = [ids.index(i) for i in lnsp_ids]
    costs = straight_line_costs(xy[rows], xy[stations], detour_factor=1.3, cutoff_m=100_000)
    instance = coordination_instance(
        costs,
        len(np.unique(coordinator)),
        lnsp_ids=tuple(lnsp_ids),
        lnsp_gemeente=local.site_gemeente[plan.open_sites],
        station_ids=tuple(ids[k] for k in stations),
        max_lnsp_per_cnsp=len(lnsp_ids),
    )
    return instance, CoordinationPlan(np.unique(coordinator), coordinator, 800.0, 800.0, REPORT)


def make_region(
    demand: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    n_open: int,
    *,
    study: Study,
    seed: int = 1,
) -> tuple[PlannedStudy, Evaluation]:
    """A plan over given tables: open sites spread by persons, everyone to the nearest one, C-NSPs likewise.

    No good plan, but one of the true size: squares, sites and shape of the outputs are those of a real run.
    """
    random = np.random.default_rng(seed)
    lnsp_rows = np.flatnonzero(sites["can_be_lnsp"])
    station_rows = np.flatnonzero(sites["can_be_cnsp"])
    xy, site_xy = demand.geometry.get_coordinates().to_numpy(), sites.geometry.get_coordinates().to_numpy()
    costs = straight_line_costs(xy, site_xy[lnsp_rows], detour_factor=1.3, cutoff_m=20_000, nearest=40)
    persons = demand["population_persons"].to_numpy(dtype=np.float64)
    codes = tuple(areas["area_code"])
    number = {code: n for n, code in enumerate(codes)}
    local = local_instance(
        persons,
        np.full(len(lnsp_rows), 6_000.0),
        costs,
        n_open,
        demand_ids=tuple(demand["demand_id"]),
        demand_gemeente=demand["gemeente_code"].map(number).to_numpy(dtype=np.int64),
        service_distance_m=np.where(demand["area_type"] == "kern", 1_000.0, 2_500.0),
        site_ids=tuple(sites["site_id"].iloc[lnsp_rows]),
        site_gemeente=sites["gemeente_code"].iloc[lnsp_rows].map(number).to_numpy(dtype=np.int64),
        gemeente_codes=codes,
    )
    opened = _spread(xy, persons, site_xy[lnsp_rows], n_open, random)
    arcs = costs.keep_arcs(np.isin(costs.destination, opened))
    first = arcs.indptr[:-1][np.diff(arcs.indptr) > 0]
    plan = LocalPlan(
        open_sites=np.sort(opened),
        demand=arcs.arc_origin[first],
        site=arcs.destination[first],
        share=np.ones(len(first)),
        objective="min_distance",
        value=1_000_000.0,
        bound=997_000.0,
        report=REPORT,
    )
    lnsp_xy = site_xy[lnsp_rows][plan.open_sites]
    chosen = _spread(lnsp_xy, np.ones(len(lnsp_xy)), site_xy[station_rows], -(-n_open // 4), random)
    near = shapely.STRtree(shapely.points(site_xy[station_rows][chosen])).nearest(shapely.points(lnsp_xy))
    coordination, coordination_plan = make_coordination(sites, local, plan, station_rows, chosen[near])
    planned = PlannedStudy(
        study,
        make_layers(demand, sites, areas),
        local,
        lnsp_rows.tolist(),
        plan,
        coordination,
        station_rows.tolist(),
        coordination_plan,
        costs,
    )
    return planned, evaluate_plan(planned)


def _spread(
    xy: np.ndarray, weight: np.ndarray, site_xy: np.ndarray, n_open: int, random: np.random.Generator
) -> np.ndarray:
    """Sites nearest to the middles of weighted k-means."""
    middles = xy[random.choice(len(xy), n_open, replace=False, p=weight / weight.sum())]
    for _ in range(8):
        nearest = shapely.STRtree(shapely.points(middles)).nearest(shapely.points(xy))
        mass = np.maximum(np.bincount(nearest, weight, n_open), 1e-9)
        sums = np.stack([np.bincount(nearest, weight * xy[:, k], n_open) for k in (0, 1)], axis=1)
        middles = np.where(mass[:, None] > 1e-8, sums / mass[:, None], middles)
    taken: list[int] = []
    for middle in middles:
        order = np.argsort(np.hypot(*(site_xy - middle).T), kind="stable")
        taken.append(next(int(j) for j in order if j not in taken))
    return np.array(taken, dtype=np.int64)


def make_synthetic_region(
    n_squares: int, n_sites: int, n_open: int, *, resolution_m: int = 100, seed: int = 1
) -> tuple[PlannedStudy, Evaluation]:
    """A region of towns and farms with exactly ``n_squares`` populated squares, in two rows of gemeenten."""
    random = np.random.default_rng(seed)
    width = 55_000
    towns = random.uniform(4_000, width - 4_000, (60, 2))
    spread = random.uniform(300, 1_700, 60)
    pick = random.integers(0, 60, 6 * n_squares)
    cloud = towns[pick] + random.normal(size=(len(pick), 2)) * spread[pick, None]
    farms = random.uniform(0, width, (2 * n_squares, 2))
    mixed = np.concatenate([cloud[: 2 * n_squares], farms])
    mixed = mixed[(mixed > 0).all(axis=1) & (mixed < width).all(axis=1)]
    cells = np.unique((mixed // resolution_m).astype(np.int64), axis=0)
    cells = cells[random.permutation(len(cells))[:n_squares]]
    cells = cells[np.lexsort((cells[:, 0], cells[:, 1]))]
    assert len(cells) == n_squares
    xy = cells * float(resolution_m) + resolution_m / 2 + np.array([190_000, 480_000])
    persons = random.geometric(0.03, n_squares)
    column = np.minimum((xy[:, 0] - 190_000) // (width / 5), 4).astype(int)
    row = (xy[:, 1] >= 480_000 + width / 2).astype(int)
    codes = [f"GM{n:04d}" for n in range(1, 11)]
    demand = make_demand(xy[:, 0], xy[:, 1], persons, [codes[i] for i in row * 5 + column], resolution_m)
    step = width / 5
    areas = gpd.GeoDataFrame(
        {"area_code": codes, "name": [f"Gemeente {c}" for c in codes]},
        geometry=[
            shapely.box(
                190_000 + c * step, 480_000 + r * width / 2, 190_000 + (c + 1) * step, 480_000 + (r + 1) * width / 2
            )
            for r in range(2)
            for c in range(5)
        ],
        crs=RD,
    )
    n_stations = max(n_open // 3, 2)
    at = np.concatenate([xy[random.choice(n_squares, n_sites)], xy[random.choice(n_squares, n_stations)]])
    in_column = np.minimum((at[:, 0] - 190_000) // step, 4).astype(int)
    in_row = (at[:, 1] >= 480_000 + width / 2).astype(int)
    names = [f"Gebouw {n} aan de Dorpsstraat" for n in range(n_sites)] + [f"Kazerne {n}" for n in range(n_stations)]
    sites = make_sites(names, at, n_stations, [codes[i] for i in in_row * 5 + in_column])
    return make_region(demand, sites, areas, n_open, study=make_study(illustration=True), seed=seed)
