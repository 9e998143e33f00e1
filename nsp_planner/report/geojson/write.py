"""GeoJSON for other systems. In: an evaluation and the run. Out: files in WGS84 with stable ids.

RFC 7946: longitude and latitude in degrees with six decimals (a decimetre), outer rings anticlockwise, the role and the
id of the site as id of the feature. Two files: the noodsteunpunten as points, and the service areas of the L-NSPs as
polygons.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.columns.column import Column, json_records
from nsp_planner.report.columns.rows import cnsp_rows, lnsp_rows, site_rows
from nsp_planner.report.columns.sites import AREA_FEATURE, CNSP_FEATURE, ID, LNSP_FEATURE
from nsp_planner.report.gis.geometry import service_areas, square_polygons
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP, attribution_nl, marks_nl

SITES = OutputFile("noodsteunpunten.geojson", "L-NSP's en C-NSP's als punten (GeoJSON, WGS84)")
AREAS = OutputFile("verzorgingsgebieden.geojson", "Verzorgingsgebieden van de L-NSP's (GeoJSON, WGS84)")
DECIMALS = 6
Feature = dict[str, Any]


def write_geojson(folder: Path, evaluation: Evaluation, run_info: RunInfo) -> tuple[OutputFile, ...]:
    """Write both files in an existing folder; the same run gives the same bytes."""
    marks = marks_nl(evaluation)
    write_features(folder / SITES.name, SITES.description_nl, site_features(evaluation), evaluation, run_info, marks)
    areas = area_features(evaluation)
    write_features(folder / AREAS.name, AREAS.description_nl, areas, evaluation, run_info, marks)
    return (SITES, AREAS)


def write_features(
    path: Path, title: str, features: list[Feature], evaluation: Evaluation, run_info: RunInfo, marks: list[str]
) -> None:
    """Write a collection; beside the features stand title, status, date, version and whose data it shows."""
    collection = {
        "type": "FeatureCollection",
        "titel": f"{evaluation.premises.title}: {title}",
        "status": marks,
        "datum": run_info.created.date().isoformat(),
        "versie": f"nsp_planner {run_info.version}",
        "bronnen": attribution_nl(evaluation),
        "features": features,
    }
    path.write_text(json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def site_features(evaluation: Evaluation) -> list[Feature]:
    """L-NSPs, then C-NSPs, as points with what the plan says of them."""
    return [
        *point_features(lnsp_rows(evaluation), LNSP_FEATURE, prefix=f"{ROLE_LNSP}:"),
        *point_features(cnsp_rows(evaluation), CNSP_FEATURE, prefix=f"{ROLE_CNSP}:"),
    ]


def point_features(rows: gpd.GeoDataFrame, columns: Sequence[Column], *, prefix: str = "") -> list[Feature]:
    """Rows as points in WGS84 with these columns; the id of a feature is that of its site behind ``prefix``."""
    points = rows.geometry.to_crs("EPSG:4326")
    coordinates = zip(points.x.round(DECIMALS), points.y.round(DECIMALS), strict=True)
    return [
        _feature(prefix, {"type": "Point", "coordinates": list(at)}, properties)
        for at, properties in zip(coordinates, json_records(columns, rows), strict=True)
    ]


def _feature(prefix: str, geometry: dict[str, Any], properties: dict[str, Any]) -> Feature:
    site_id = f"{prefix}{properties[ID.name]}"
    return {"type": "Feature", "id": site_id, "geometry": geometry, "properties": properties}


def area_features(
    evaluation: Evaluation, only: Collection[str] | None = None
) -> list[Feature]:  # fmt: skip
    """The squares allocated to each L-NSP as one (multi)polygon; ``only`` keeps the L-NSPs with these ids."""
    areas = service_areas(square_polygons(evaluation.layers.demand), evaluation.demand["site_id"])
    ours = evaluation.lnsps["site_id"] if only is None else list(only)
    rows = site_rows(evaluation, areas.loc[areas["site_id"].isin(ours), "site_id"])
    areas = areas.set_index("site_id").loc[rows["site_id"]]
    # Corners that lie on a straight line in RD would only make the file larger.
    shapes = gpd.GeoSeries(shapely.simplify(areas.geometry.to_numpy(), 0.5), crs=areas.crs).to_crs("EPSG:4326")
    return [
        _feature(f"{ROLE_LNSP}:", _polygon(shape), properties)
        for shape, properties in zip(shapes, json_records(AREA_FEATURE, rows), strict=True)
    ]


def _polygon(shape: shapely.Geometry) -> dict[str, Any]:
    parts = []
    for part in shapely.get_parts(shapely.orient_polygons(shape)):
        rings = shapely.get_rings(part)
        parts.append([np.round(shapely.get_coordinates(ring), DECIMALS).tolist() for ring in rings])
    return {"type": "MultiPolygon", "coordinates": parts}
