"""The GeoPackage of a plan. In: an evaluation and the run. Out: ``plan.gpkg`` in EPSG:28992.

Layers: lnsp, cnsp, kandidaten (points), vierkanten and verzorgingsgebieden (polygons), toewijzing_l_c (lines from
L-NSP to C-NSP), gemeenten (polygons with indicators), ongeschikt (points of the lists that a rule left out),
omstandigheden (polygons, where water or an outage was drawn) and
leeswijzer (a table without shapes: what the plan is and whose data it shows). Styles lie in ``layer_styles``, so QGIS
opens the file drawn. Version 1.3: QGIS 3.22 warns of 1.4.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.crossing import Crossing
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.layers.raw.gdal_date import gdal_date
from nsp_planner.layers.rd import RD
from nsp_planner.report.columns.column import layer_values
from nsp_planner.report.columns.layers import LAYERS
from nsp_planner.report.columns.rows import candidate_rows, cnsp_rows, evaluated_rows, lnsp_rows, site_rows, unfit_rows
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
from nsp_planner.report.text.dutch import INDICATOR_COLUMNS, attribution_nl, date_nl, marks_nl
from nsp_planner.report.text.key_figures import key_figures

FILE = OutputFile("plan.gpkg", "Alle lagen met opmaak voor QGIS (GeoPackage, RD)")

_STYLE_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


def write_geopackage(
    path: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    colours: Mapping[str, int] | None = None,
) -> None:
    """Write the file, which must not exist yet; the same run gives the same bytes.

    ``colours`` are those of the service areas (``site_colours``), where they were made before.
    """
    colours = site_colours(evaluation.layers.demand, evaluation) if colours is None else colours
    moment = run_info.created.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    note = " · ".join([*marks_nl(evaluation), date_nl(run_info.created), evaluation.metric_nl])
    written = set()
    with gdal_date(moment):
        for name, geometry_type, layer in _layers(evaluation, colours):
            written.add(name)
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=geometry_type,
                dataset_options={"VERSION": "1.3"},
                layer_options={"IDENTIFIER": name, "DESCRIPTION": note, "GEOMETRY_NAME": "geom"},
            )
        guide = _guide(evaluation, run_info)
        pyogrio.write_dataframe(guide, path, layer="leeswijzer", driver="GPKG", layer_options={"DESCRIPTION": note})
    styles = layer_styles(int(evaluation.layers.demand["resolution_m"].iloc[0]))
    _store_styles(path, {name: qml for name, qml in styles.items() if name in written}, moment)


def _layers(evaluation: Evaluation, colours: Mapping[str, int]) -> Iterator[tuple[str, str, gpd.GeoDataFrame]]:
    """Name, type of geometry and features of every layer, the one drawn below the others first."""
    demand, lnsps = evaluation.layers.demand, lnsp_rows(evaluation)
    squares = square_polygons(demand)
    areas = _service_areas(evaluation, squares, colours)
    yield "gemeenten", "MultiPolygon", _layer("gemeenten", _gemeenten(evaluation))
    yield "vierkanten", "Polygon", _layer("vierkanten", _squares(evaluation), squares)
    yield "verzorgingsgebieden", "MultiPolygon", _layer("verzorgingsgebieden", areas)
    lines = lnsps[lnsps["cnsp_id"].notna()]
    ends = site_rows(evaluation, lines["cnsp_id"]).geometry
    yield "toewijzing_l_c", "LineString", _layer("toewijzing_l_c", lines, lines_between(lines.geometry, ends))
    yield "kandidaten", "Point", _layer("kandidaten", candidate_rows(evaluation))
    yield "lnsp", "Point", _layer("lnsp", lnsps)
    yield "cnsp", "Point", _layer("cnsp", cnsp_rows(evaluation))
    if evaluation.unfit:
        rows = unfit_rows(evaluation)
        yield "ongeschikt", "Point", _layer("ongeschikt", rows[rows["x_m"].notna()])
    if (where := circumstance_areas(evaluation)) is not None:
        yield "omstandigheden", "MultiPolygon", _layer("omstandigheden", where)
    if evaluation.crossing is not None:
        yield "lnsp_buren", "Point", _layer("lnsp_buren", _across(evaluation, evaluation.crossing))


def _layer(name: str, rows: gpd.GeoDataFrame, geometry: gpd.GeoSeries | None = None) -> gpd.GeoDataFrame:
    shapes = rows.geometry if geometry is None else geometry
    return gpd.GeoDataFrame(layer_values(LAYERS[name], rows), geometry=shapes.array, crs=RD)


def _across(evaluation: Evaluation, crossing: Crossing) -> gpd.GeoDataFrame:
    """Open noodsteunpunten of the neighbours: not on our list, but people of ours may go there."""
    return evaluated_rows(evaluation, crossing.shown_sites(evaluation.layers.sites["site_id"]).reset_index(drop=True))


def _squares(evaluation: Evaluation) -> gpd.GeoDataFrame:
    demand, people = evaluation.layers.demand, evaluation.demand
    names = evaluation.layers.sites.set_index("site_id")["name"]
    told = {str(name): people[name].array for name in people.columns if name not in demand}
    return demand.assign(**told, site_name=people["site_id"].map(names).array)


def _service_areas(evaluation: Evaluation, squares: gpd.GeoSeries, colours: Mapping[str, int]) -> gpd.GeoDataFrame:
    areas = service_areas(squares, evaluation.demand["site_id"])
    lnsps = evaluation.lnsps[["site_id", "name", "persons"]]
    areas = areas[areas["site_id"].isin(lnsps["site_id"])].merge(lnsps, on="site_id", how="left")
    return areas.assign(colour=areas["site_id"].map(colours))


def _gemeenten(evaluation: Evaluation) -> gpd.GeoDataFrame:
    areas, tidy = evaluation.layers.areas, evaluation.indicators
    wide = tidy[tidy["area_level"] == "gemeente"].pivot(index="area_code", columns="indicator", values="value")
    wide = wide.reindex(index=areas["area_code"], columns=list(INDICATORS))
    return areas.assign(**{str(name): wide[name].array for name in wide.columns})


def _guide(evaluation: Evaluation, run_info: RunInfo) -> pd.DataFrame:
    rows = [
        ("Titel", evaluation.premises.title),
        ("Status", " · ".join(marks_nl(evaluation))),
        ("Datum", date_nl(run_info.created)),
        ("Gemaakt met", f"nsp_planner {run_info.version}"),
        ("Afstand", evaluation.metric_nl),
        *((figure.label, figure.text) for figure in key_figures(evaluation)),
        *((statement.head, statement.text) for statement in circumstances_nl(evaluation)),
        *(("Bron", line) for line in attribution_nl(evaluation)),
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
