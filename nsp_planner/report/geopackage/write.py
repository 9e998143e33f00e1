"""The GeoPackage of a plan. In: a planned study, its evaluation and the run. Out: ``plan.gpkg`` in EPSG:28992.

Layers: lnsp, cnsp, kandidaten (points), vierkanten and verzorgingsgebieden (polygons), toewijzing_l_c (lines from
L-NSP to C-NSP), gemeenten (polygons with indicators), omstandigheden (polygons, where water or an outage was drawn) and
leeswijzer (a table without shapes: what the plan is and whose data it shows). Styles lie in ``layer_styles``, so QGIS
opens the file drawn. Version 1.3: QGIS 3.22 warns of 1.4.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from nsp_planner.evaluate.crossing import Crossing
from nsp_planner.evaluate.tables import INDICATORS, Evaluation, PlannedStudy
from nsp_planner.layers.raw.gdal_date import gdal_date
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.report.geopackage.styles import layer_styles
from nsp_planner.report.gis.geometry import (
    circumstance_areas,
    lines_between,
    service_areas,
    site_colours,
    square_polygons,
)
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.circumstances import circumstances_nl
from nsp_planner.report.text.dutch import GAP_LABELS, INDICATOR_COLUMNS, YES_NO, attribution_nl, date_nl, marks_nl
from nsp_planner.report.text.key_figures import key_figures
from nsp_planner.report.text.presence import square_columns

FILE = OutputFile("plan.gpkg", "Alle lagen met opmaak voor QGIS (GeoPackage, RD)")

_STYLE_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


def write_geopackage(
    path: Path,
    planned: PlannedStudy,
    evaluation: Evaluation,
    run_info: RunInfo,
    colours: Mapping[str, int] | None = None,
) -> None:
    """Write the file, which must not exist yet; the same run gives the same bytes.

    ``colours`` are those of the service areas (``site_colours``), where they were made before.
    """
    colours = site_colours(planned.layers.demand, evaluation) if colours is None else colours
    moment = run_info.created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    note = " · ".join([*marks_nl(planned), date_nl(run_info.created), planned.local.costs.metric_nl])
    with gdal_date(moment):
        for name, (layer, geometry_type) in _layers(planned, evaluation, colours).items():
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=geometry_type,
                dataset_options={"VERSION": "1.3"},
                layer_options={"IDENTIFIER": name, "DESCRIPTION": note, "GEOMETRY_NAME": "geom"},
            )
        guide = _guide(planned, evaluation, run_info)
        pyogrio.write_dataframe(guide, path, layer="leeswijzer", driver="GPKG", layer_options={"DESCRIPTION": note})
    _store_styles(path, layer_styles(int(planned.layers.demand["resolution_m"].iloc[0])), moment)


def _layers(
    planned: PlannedStudy, evaluation: Evaluation, colours: Mapping[str, int]
) -> dict[str, tuple[gpd.GeoDataFrame, str]]:
    squares = _squares(planned, evaluation)
    return {
        "gemeenten": (_gemeenten(planned, evaluation), "MultiPolygon"),
        "vierkanten": (squares, "Polygon"),
        "verzorgingsgebieden": (_service_areas(evaluation, squares, colours), "MultiPolygon"),
        "toewijzing_l_c": (_coordination_lines(planned, evaluation), "LineString"),
        "kandidaten": (_not_chosen(planned, evaluation), "Point"),
        "lnsp": (_lnsps(planned, evaluation), "Point"),
        "cnsp": (_cnsps(planned, evaluation), "Point"),
        **({"omstandigheden": (where, "MultiPolygon")} if (where := circumstance_areas(planned)) is not None else {}),
        **({} if planned.crossing is None else {"lnsp_buren": (_across(planned, planned.crossing), "Point")}),
    }


def _across(planned: PlannedStudy, crossing: Crossing) -> gpd.GeoDataFrame:
    """Open noodsteunpunten of the neighbours: not on our list, but people of ours may go there."""
    sites = crossing.sites[crossing.sites["site_id"].isin(planned.layers.sites["site_id"])].reset_index(drop=True)
    columns = {
        **_known_of_sites(planned, sites["site_id"]),
        "gemeente": _texts(sites["gemeente_name"]),
        "capaciteit": _floats(sites["capacity_persons"]),
        "inwoners": _floats(sites["own_persons"] + sites["our_persons"]),
        "inwoners_van_hier": _floats(sites["our_persons"]),
    }
    return gpd.GeoDataFrame(columns, geometry=_points(planned, sites["site_id"]), crs=RD)


def _points(planned: PlannedStudy, site_ids: pd.Series) -> gpd.GeoSeries:
    by_id = planned.layers.sites.set_index("site_id").geometry
    return gpd.GeoSeries(by_id.loc[site_ids].array, crs=RD)


def _known_of_sites(planned: PlannedStudy, site_ids: pd.Series) -> dict[str, object]:
    sites = planned.layers.sites.set_index("site_id").loc[site_ids]
    names = planned.layers.areas.set_index("area_code")["name"]
    provisions = {
        f"gap_{GAP_LABELS[name].lower().replace(' ', '_').replace('-', '_').replace('/', '_')}": _texts(
            sites[name].map(YES_NO)
        )
        for name in GAP_COLUMNS
    }
    return {
        "site_id": site_ids.astype(str).to_numpy(),
        "naam": _texts(sites["name"]),
        "soort": _texts(sites["kind"]),
        "gemeente_code": _texts(sites["gemeente_code"]),
        "gemeente": _texts(sites["gemeente_code"].map(names)),
        "adres": _texts(sites["address"]),
        "plaats": _texts(sites["place"]),
        "status": _texts(sites["status"]),
        "reden": _texts(sites["status_reason"]),
        "bron": _texts(sites["source"]),
        **provisions,
    }


def _lnsps(planned: PlannedStudy, evaluation: Evaluation) -> gpd.GeoDataFrame:
    table = evaluation.lnsps
    columns = {
        **_known_of_sites(planned, table["site_id"]),
        "inwoners": _floats(table["persons"]),
        "capaciteit": _floats(table["capacity_persons"]),
        "belasting": _floats(table["load"]),
        "dichtstbij_inwoners": _floats(table["nearest_persons"]),
        "gem_afstand_m": _floats(table["mean_distance_m"]),
        "max_afstand_m": _floats(table["worst_distance_m"]),
        "cnsp_id": _texts(table["cnsp_id"]),
        "cnsp": _texts(table["cnsp_name"]),
        "cnsp_afstand_m": _floats(table["cnsp_distance_m"]),
        "vastgelegd": table["fixed"].to_numpy(dtype=bool),
    }
    return gpd.GeoDataFrame(columns, geometry=_points(planned, table["site_id"]), crs=RD)


def _cnsps(planned: PlannedStudy, evaluation: Evaluation) -> gpd.GeoDataFrame:
    table = evaluation.cnsps
    columns = {
        **_known_of_sites(planned, table["site_id"]),
        "aantal_lnsp": table["n_lnsp"].to_numpy(dtype="int64"),
        "inwoners": _floats(table["persons"]),
        "gem_afstand_m": _floats(table["mean_distance_m"]),
        "max_afstand_m": _floats(table["worst_distance_m"]),
    }
    return gpd.GeoDataFrame(columns, geometry=_points(planned, table["site_id"]), crs=RD)


def _not_chosen(planned: PlannedStudy, evaluation: Evaluation) -> gpd.GeoDataFrame:
    chosen = {*evaluation.lnsps["site_id"], *evaluation.cnsps["site_id"]}
    ids = planned.layers.sites["site_id"]
    ids = ids[~ids.isin(chosen) & planned.is_ours].reset_index(drop=True)
    sites = planned.layers.sites.set_index("site_id").loc[ids]
    columns = {
        **_known_of_sites(planned, ids),
        "kan_lnsp": sites["can_be_lnsp"].to_numpy(dtype=bool),
        "kan_cnsp": sites["can_be_cnsp"].to_numpy(dtype=bool),
        "capaciteit": _floats(sites["capacity_persons"]),
    }
    return gpd.GeoDataFrame(columns, geometry=_points(planned, ids), crs=RD)


def _squares(planned: PlannedStudy, evaluation: Evaluation) -> gpd.GeoDataFrame:
    demand, people = planned.layers.demand, evaluation.demand
    names = planned.layers.sites.set_index("site_id")["name"]
    columns = {
        "demand_id": _texts(demand["demand_id"]),
        "inwoners": demand["population_persons"].to_numpy(dtype="int64"),
        "gepubliceerd": _floats(demand["published_persons"]),
        "bijgeteld": demand["added_persons"].to_numpy(dtype="int64"),
        "inwoners_65plus": _floats(demand["persons_65plus"]),
        "gemeente_code": _texts(demand["gemeente_code"]),
        "gebiedstype": _texts(demand["area_type"]),
        "lnsp_id": _texts(people["site_id"]),
        "lnsp": _texts(people["site_id"].map(names)),
        **square_columns(planned),
        "aantal_lnsp": people["n_sites"].to_numpy(dtype="int64"),
        "afstand_m": _floats(people["distance_m"]),
        "dichtstbij_id": _texts(people["nearest_site_id"]),
        "dichtstbij_m": _floats(people["nearest_distance_m"]),
        "tweede_id": _texts(people["second_site_id"]),
        "tweede_m": _floats(people["second_distance_m"]),
        "norm_m": _floats(people["norm_m"]),
        "binnen_norm": people["within_norm"].to_numpy(dtype=bool),
        "inwoners_buiten_norm": _floats(people["beyond_norm_persons"]),
    }
    return gpd.GeoDataFrame(columns, geometry=square_polygons(demand).array, crs=RD)


def _service_areas(evaluation: Evaluation, squares: gpd.GeoDataFrame, colours: Mapping[str, int]) -> gpd.GeoDataFrame:
    areas = service_areas(squares.geometry, evaluation.demand["site_id"])
    areas = areas[areas["site_id"].isin(evaluation.lnsps["site_id"])].reset_index(drop=True)
    lnsps = evaluation.lnsps.set_index("site_id").reindex(areas["site_id"])
    return gpd.GeoDataFrame(
        {
            "site_id": _texts(areas["site_id"]),
            "naam": _texts(lnsps["name"]),
            "inwoners": _floats(lnsps["persons"]),
            "kleur": areas["site_id"].map(colours).to_numpy(dtype="int64"),
        },
        geometry=areas.geometry.array,
        crs=RD,
    )


def _coordination_lines(planned: PlannedStudy, evaluation: Evaluation) -> gpd.GeoDataFrame:
    table = evaluation.lnsps[evaluation.lnsps["cnsp_id"].notna()]
    columns = {
        "lnsp_id": _texts(table["site_id"]),
        "lnsp": _texts(table["name"]),
        "cnsp_id": _texts(table["cnsp_id"]),
        "cnsp": _texts(table["cnsp_name"]),
        "afstand_m": _floats(table["cnsp_distance_m"]),
    }
    lines = lines_between(_points(planned, table["site_id"]), _points(planned, table["cnsp_id"]))
    return gpd.GeoDataFrame(columns, geometry=lines.array, crs=RD)


def _gemeenten(planned: PlannedStudy, evaluation: Evaluation) -> gpd.GeoDataFrame:
    areas = planned.layers.areas
    tidy = evaluation.indicators
    wide = tidy[tidy["area_level"] == "gemeente"].pivot(index="area_code", columns="indicator", values="value")
    wide = wide.reindex(index=areas["area_code"], columns=list(INDICATORS))
    columns: dict[str, object] = {"gemeente_code": _texts(areas["area_code"]), "naam": _texts(areas["name"])}
    columns |= {INDICATOR_COLUMNS[name]: _floats(wide[name]) for name in INDICATORS}
    return gpd.GeoDataFrame(columns, geometry=areas.geometry.array, crs=RD)


def _guide(planned: PlannedStudy, evaluation: Evaluation, run_info: RunInfo) -> pd.DataFrame:
    rows = [
        ("Titel", planned.premises.title),
        ("Status", " · ".join(marks_nl(planned))),
        ("Datum", date_nl(run_info.created)),
        ("Gemaakt met", f"nsp_planner {run_info.version}"),
        ("Afstand", planned.local.costs.metric_nl),
        *((figure.label, figure.text) for figure in key_figures(planned, evaluation)),
        *((statement.head, statement.text) for statement in circumstances_nl(planned)),
        *(("Bron", line) for line in attribution_nl(planned)),
        *((f"Kolom {INDICATOR_COLUMNS[name]}", label) for name, (_unit, label) in INDICATORS.items()),
    ]
    return pd.DataFrame(rows, columns=["onderwerp", "tekst"])


def _store_styles(path: Path, styles: dict[str, str], moment: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_STYLE_TABLE)
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
            (moment,),
        )
        connection.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, update_time) "
            "VALUES ('', '', ?, 'geom', ?, ?, '', 1, 'nsp_planner', '', ?)",
            [(name, name, qml, moment) for name, qml in styles.items()],
        )


def _texts(column: pd.Series) -> list[str | None]:
    return [None if missing else str(value) for value, missing in zip(column, column.isna(), strict=True)]


def _floats(column: pd.Series) -> object:
    return pd.to_numeric(column).astype("Float64").to_numpy(dtype="float64", na_value=float("nan"))
