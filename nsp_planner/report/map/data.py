"""What a map shows, as plain data. In: a view of a plan. Out: a header and integer columns.

Sites are numbered L-NSPs first, then C-NSPs, then the sites not chosen; a building that is both L-NSP and C-NSP has
two numbers. ``NO_SITE`` stands for none. Texts are ready to read; the page shows them as text, never as HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.view import View
from nsp_planner.layers.sites.vocabulary import STATION_COLUMNS
from nsp_planner.names import inhabitants_nl
from nsp_planner.report import palette
from nsp_planner.report.columns.rows import unfit_rows
from nsp_planner.report.gis.geometry import site_colours
from nsp_planner.report.map.circumstances import (
    circumstance_columns,
    drawn_circumstances,
    lost_sites,
)
from nsp_planner.report.map.phases import phase_header
from nsp_planner.report.page.backdrop import backdrop_columns, backdrop_looks
from nsp_planner.report.page.packing import NO_SITE, STEP_M
from nsp_planner.report.page.projection import WebMercatorFit, fit_web_mercator
from nsp_planner.report.page.signs import site_signs
from nsp_planner.report.text.capacity import counts_nl
from nsp_planner.report.text.choices import why_nl
from nsp_planner.report.text.coordination import drive_nl, norm_km_nl, reasons_nl, station_rules_nl
from nsp_planner.report.text.dutch import (
    ROLE_CNSP,
    ROLE_LNSP,
    ROLE_NONE,
    STATION_LABELS,
    is_missing,
    measured_nl,
    number_nl,
    percent_nl,
    text_or_dash,
)
from nsp_planner.report.text.to_check import TO_CHECK, to_check_nl
from nsp_planner.report.text.walking_time import how_far_nl

ROLES = {
    "lnsp": ROLE_LNSP,
    "cnsp": ROLE_CNSP,
    "candidate": f"kandidaat, {ROLE_NONE}",
    "refused": "afgewezen",
    "unfit": "geen kandidaat",
}
FLAG_BUITENGEBIED, FLAG_BEYOND_NORM, FLAG_UNDER_WATER, FLAG_NO_POWER = 1, 2, 4, 8


def map_data(view: View, colours: Mapping[str, int] | None = None) -> tuple[dict[str, Any], dict[str, IntArray]]:
    """Header and columns for :func:`nsp_planner.report.page.packing.pack`."""
    whole, tables, demand, areas = view.whole, view.tables, view.squares, view.areas
    resolution_m = view.resolution_m
    bounds = np.stack([demand.total_bounds, areas.total_bounds, view.sites.total_bounds])
    # a gemeente may have no square on its map: nobody lives there and nobody goes there
    low, high = np.nanmin(bounds[:, :2], axis=0), np.nanmax(bounds[:, 2:], axis=0)
    bounds_m = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    fit = fit_web_mercator(bounds_m)
    breaks = palette.population_breaks(resolution_m)
    site_ids, unfit = site_numbers(view), _unfit_rows(view)
    drawn = drawn_circumstances(whole)
    hazards, hazard_columns = circumstance_columns(drawn, fit, bounds_m)
    colours = site_colours(demand, tables) if colours is None else colours
    rings, ring_columns = _borders(areas, fit)
    header = {
        "resolution_m": resolution_m,
        "square_origin_m": _square_origin(demand),
        "fit": fit.as_header(),
        "breaks": list(breaks),
        "population_colours": list(palette.POPULATION_COLOURS),
        "area_colours": list(palette.AREA_COLOURS),
        "colours": {
            "lnsp": palette.LNSP_COLOUR,
            "cnsp": palette.CNSP_COLOUR,
            "candidate": palette.CANDIDATE_COLOUR,
            "border": palette.BORDER_COLOUR,
            "beyond": palette.BEYOND_NORM_COLOUR,
        },
        "flags": {
            "buitengebied": FLAG_BUITENGEBIED,
            "beyond": FLAG_BEYOND_NORM,
            "under_water": FLAG_UNDER_WATER,
            "no_power": FLAG_NO_POWER,
        },
        "metric": measured_nl(whole),
        "site_colours": [colours[str(site_id)] for site_id in tables.lnsps["site_id"]],
        "lnsps": _lnsp_records(view),
        "cnsps": _cnsp_records(view),
        "candidates": _candidate_records(whole, site_ids[len(tables.lnsps) + len(tables.cnsps) :]),
        "refused": _refused(view, site_ids),
        "unfit": _unfit_records(unfit),
        "circumstances": hazards,
        "places": _places(view),
        "distance_breaks_m": list(palette.SECOND_BREAKS_M),
        "distance_colours": list(palette.SECOND_COLOURS),
        "backdrop": backdrop_looks(),
        "signs": site_signs(),
        "roles": ROLES,
        "gemeenten": [
            {"name": str(name), "rings": n_rings, "label": label}
            for name, n_rings, label in zip(areas["name"], rings, _label_points(areas), strict=True)
        ],
    }
    columns = {
        **_square_columns(view),
        **_shared_squares(view),
        **_site_columns(whole, site_ids, unfit),
        **ring_columns,
        **backdrop_columns(whole.layers.backdrop, fit, bounds_m),
        **hazard_columns,
    }
    phases = whole.phases
    if phases is not None:
        header["phases"] = phase_header(view, phases, site_ids)
        columns["norm_phase"] = phases.first_within_norm[view.rows]
    return header, columns


def site_numbers(view: View) -> list[str]:
    """Ids of the sites in the order in which the map numbers them: L-NSPs, C-NSPs, not chosen."""
    tables = (view.tables.lnsps, view.tables.cnsps)
    lnsps, cnsps = (table["site_id"].astype(str).tolist() for table in tables)
    chosen = {*lnsps, *cnsps}
    return [*lnsps, *cnsps, *(str(i) for i in view.sites["site_id"] if str(i) not in chosen)]


def _square_origin(demand: gpd.GeoDataFrame) -> list[float]:
    return [0.0, 0.0] if demand.empty else demand.total_bounds[:2].tolist()


def _square_columns(view: View) -> dict[str, IntArray]:
    demand, tables = view.squares, view.tables
    people, resolution_m = tables.demand, view.resolution_m
    x_min, y_min = _square_origin(demand)
    flags = (demand["area_type"] == "buitengebied").to_numpy() * FLAG_BUITENGEBIED
    flags = flags + (~people["within_norm"].to_numpy(dtype=bool)) * FLAG_BEYOND_NORM
    hazards = view.whole.hazards
    flags = flags + hazards.is_under_water[view.rows] * FLAG_UNDER_WATER
    flags = flags + hazards.is_without_power[view.rows] * FLAG_NO_POWER
    lnsp = pd.Series(range(len(tables.lnsps)), index=tables.lnsps["site_id"].astype(str))
    return {
        "ix": np.rint((demand.geometry.x.to_numpy() - x_min) / resolution_m).astype(np.int64),
        "iy": np.rint((demand.geometry.y.to_numpy() - y_min) / resolution_m).astype(np.int64),
        "persons": demand["population_persons"].to_numpy(dtype=np.int64),
        "flags": flags.astype(np.int64),
        "site": _positions(people["site_id"], lnsp),
        "distance_m": _metres(people["distance_m"]),
        "nearest": _positions(people["nearest_site_id"], lnsp),
        "nearest_m": _metres(people["nearest_distance_m"]),
        "second": _positions(people["second_site_id"], lnsp),
        "second_m": _metres(people["second_distance_m"]),
    }


def _shared_squares(view: View) -> dict[str, IntArray]:
    """The allocation of squares whose persons are spread over several sites: square, site, persons, beyond the norm."""
    allocation, site_ids = view.whole.allocation, view.whole.site_ids
    position = {str(i): n for n, i in enumerate(view.tables.lnsps["site_id"])}
    of_candidate = np.array([position.get(i, NO_SITE) for i in site_ids], dtype=np.int64)
    n_sites = np.zeros(allocation.n_demand, dtype=np.int64)
    n_sites[view.rows] = view.tables.demand["n_sites"].to_numpy(dtype=np.int64)
    spread = np.flatnonzero((n_sites > 1)[allocation.demand])
    return {
        "shared_square": np.searchsorted(view.rows, allocation.demand[spread]),
        "shared_site": of_candidate[allocation.site[spread]],
        "shared_persons": np.rint(allocation.persons[spread]).astype(np.int64),
        "shared_beyond": (~allocation.within_norm[spread]).astype(np.int64),
    }


def _site_columns(evaluation: Evaluation, site_ids: list[str], unfit: gpd.GeoDataFrame) -> dict[str, IntArray]:
    """Where the sites lie, and behind them the buildings that a rule left out."""
    points = evaluation.layers.sites.set_index("site_id").geometry.loc[site_ids]
    return {
        "site_x": np.rint(np.concatenate([points.x.to_numpy(), unfit.geometry.x.to_numpy()])).astype(np.int64),
        "site_y": np.rint(np.concatenate([points.y.to_numpy(), unfit.geometry.y.to_numpy()])).astype(np.int64),
    }


def _unfit_rows(view: View) -> gpd.GeoDataFrame:
    """The buildings of this map that a rule left out, those that lie somewhere."""
    rows = unfit_rows(view.whole)
    return rows[rows["x_m"].notna() & rows["gemeente_code"].isin(view.areas["area_code"])]


def _unfit_records(rows: gpd.GeoDataFrame) -> list[list[str]]:
    """Name, kind, gemeente and address, the rule and its reason."""
    columns = ("name", "kind", "gemeente_name", "address", "rule", "reason")
    return [[text_or_dash(row[name]) for name in columns] for row in rows.to_dict("records")]


def _lnsp_records(view: View) -> list[dict[str, Any]]:
    whole, tables = view.whole, view.tables
    n_lnsp, counts, why, check = len(tables.lnsps), counts_nl(whole), why_nl(whole), to_check_nl(whole)
    reasons = {str(row["site_id"]): reasons_nl(row) for row in tables.nearer.to_dict("records")}
    station = {i: n_lnsp + n for n, i in enumerate(tables.cnsps["site_id"].astype(str))}
    return [
        {
            "name": str(row.name_),
            "gemeente": str(row.gemeente_name),
            "cnsp": station.get(str(row.cnsp_id), NO_SITE),
            "cnsp_distance": _drive(row, whole.premises),
            "nearer": reasons.get(str(row.site_id), ""),
            "fixed": bool(row.fixed),
            "persons": number_nl(row.persons),
            "facts": [
                ["Soort", text_or_dash(row.kind)],
                ["Gemeente", text_or_dash(row.gemeente_name)],
                ["Inwoners", number_nl(row.persons)],
                ["Telt voor", counts[str(row.site_id)]],
                ["Belasting", f"{percent_nl(row.load, 0)} van {inhabitants_nl(row.counted_persons)}"],
                ["Gemiddelde loopafstand", how_far_nl(row.mean_distance_m, whole.premises)],
                ["Grootste loopafstand", how_far_nl(row.worst_distance_m, whole.premises)],
                ["Wonen hier het dichtst bij", inhabitants_nl(row.nearest_persons)],
                ["Waarom hier", why.get(str(row.site_id), "")],
                *_check_facts(check.get(str(row.site_id))),
            ],
        }
        for row in tables.lnsps.rename(columns={"name": "name_"}).itertuples()
    ]


def _refused(view: View, site_ids: list[str]) -> list[int]:
    """Numbers of the sites not chosen that were refused, by the study or by their status, or drop out now."""
    whole, tables = view.whole, view.tables
    refused = {*whole.choices.index[whole.choices["standing"] == "refused"], *lost_sites(whole)}
    n_chosen = len(tables.lnsps) + len(tables.cnsps)
    return [n for n, site_id in enumerate(site_ids) if n >= n_chosen and site_id in refused]


def _cnsp_records(view: View) -> list[dict[str, Any]]:
    whole, tables = view.whole, view.tables
    standing, why, rules = whole.choices["standing"], why_nl(whole), station_rules_nl(whole)
    check = to_check_nl(whole)
    stations = whole.layers.sites.set_index("site_id")
    members = tables.lnsps.assign(number=range(len(tables.lnsps))).groupby("cnsp_id")["number"].agg(list)
    return [
        {
            "name": str(row.name_),
            "gemeente": str(row.gemeente_name),
            "lnsps": members.get(row.site_id, []),
            "fixed": standing.get(row.site_id) == "fixed",
            "facts": [
                ["Gemeente", text_or_dash(row.gemeente_name)],
                ["Aantal L-NSP's", number_nl(row.n_lnsp)],
                ["Inwoners van die L-NSP's", number_nl(row.persons)],
                ["Gemiddelde afstand tot L-NSP", drive_nl(row.mean_distance_m, whole.premises)],
                ["Grootste afstand tot L-NSP", drive_nl(row.worst_distance_m, whole.premises)],
                *_station_facts(stations.loc[row.site_id], rules.get(str(row.site_id))),
                ["Waarom hier", why.get(str(row.site_id), "")],
                *_check_facts(check.get(str(row.site_id))),
            ],
        }
        for row in tables.cnsps.rename(columns={"name": "name_"}).itertuples()
    ]


def _drive(row: Any, premises: Premises) -> str:
    """Metres and minutes to the C-NSP of an L-NSP; said where it is farther than the norm."""
    far = f"; verder dan de norm van {norm_km_nl(premises.cnsp_norm_m)}" if row.cnsp_beyond_norm else ""
    return drive_nl(row.cnsp_distance_m, premises) + far


def _station_facts(site: Mapping[Any, Any], rule: str | None) -> list[list[str]]:
    """What is known of a station in the words of its list, and what the study says of it for that."""
    known = [[STATION_LABELS[name], str(site[name])] for name in STATION_COLUMNS if not is_missing(site[name])]
    return [*known, *([["Regel", rule]] if rule else [])]


def _check_facts(told: str | None) -> list[list[str]]:
    return [[TO_CHECK, told]] if told else []


def _candidate_records(evaluation: Evaluation, site_ids: list[str]) -> list[list[Any]]:
    """Name, kind, gemeente and status of the sites not chosen, and what else is known as pairs."""
    sites = evaluation.layers.sites.set_index("site_id").loc[site_ids]
    names = evaluation.layers.areas.set_index("area_code")["name"]
    gemeente = sites["gemeente_code"].map(names).fillna(sites["gemeente_code"])
    columns = (sites["name"], sites["kind"], gemeente, sites["status"])
    counted = sites["capacity_persons"].notna() | sites["capacity_present"].notna()
    why = why_nl(evaluation, site_ids)
    rules, check = station_rules_nl(evaluation), to_check_nl(evaluation)
    counts, known = counts_nl(evaluation), sites[list(STATION_COLUMNS)].to_dict("records")
    facts = [
        [
            *([["Telt voor", counts[i]]] if says else []),
            *_station_facts(station, rules.get(i)),
            *([["Waarom niet", why[i]]] if why.get(i) else []),
            *_check_facts(check.get(i)),
        ]
        for i, says, station in zip(site_ids, counted, known, strict=True)
    ]
    texts = ([text_or_dash(value) for value in row] for row in zip(*columns, strict=True))
    return [[*row, more] if more else row for row, more in zip(texts, facts, strict=True)]


def _places(view: View) -> list[list[Any]]:
    """Name and middle of every place that is not called as its gemeente, by name."""
    gemeenten = set(view.whole.layers.areas["name"].astype(str))
    return sorted([name, round(x), round(y)] for name, x, y in view.places if name not in gemeenten)


def _borders(areas: gpd.GeoDataFrame, fit: WebMercatorFit) -> tuple[list[int], dict[str, IntArray]]:
    """Rings of every gemeente on a coarse raster, as steps from vertex to vertex: a few bytes per vertex."""
    shapes = shapely.coverage_simplify(areas.geometry.to_numpy(), tolerance=2 * STEP_M)
    n_rings, lengths, steps_x, steps_y = [], [], [], []
    for shape in shapes:
        rings = shapely.get_rings(shapely.get_parts(shape))
        n_rings.append(len(rings))
        for ring in rings:
            xy = np.rint((shapely.get_coordinates(ring) - fit.origin_m) / STEP_M).astype(np.int64)
            lengths.append(len(xy))
            steps_x.append(np.diff(xy[:, 0], prepend=0))
            steps_y.append(np.diff(xy[:, 1], prepend=0))
    return n_rings, {
        "ring_length": np.array(lengths, dtype=np.int64),
        "ring_x": np.concatenate(steps_x),
        "ring_y": np.concatenate(steps_y),
    }


def _label_points(areas: gpd.GeoDataFrame) -> list[list[int]]:
    points = areas.geometry.representative_point()
    return [[round(x), round(y)] for x, y in zip(points.x, points.y, strict=True)]


def _positions(site_id: pd.Series, positions: pd.Series) -> IntArray:
    found = site_id.astype("string").map(positions)
    return np.asarray(pd.to_numeric(found).astype("Int64").fillna(NO_SITE), dtype=np.int64)


def _metres(distance_m: pd.Series) -> IntArray:
    values: FloatArray = np.asarray(pd.to_numeric(distance_m).astype("Float64").fillna(0.0), dtype=np.float64)
    return np.rint(values).astype(np.int64)
