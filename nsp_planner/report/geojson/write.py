"""GeoJSON for other systems. In: a planned study, its evaluation and the run. Out: files in WGS84 with stable ids.

RFC 7946: longitude and latitude in degrees with six decimals (a decimetre), outer rings anticlockwise, the role and the
id of the site as id of the feature. Two files: the noodsteunpunten as points, and the service areas of the L-NSPs as
polygons.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.report.gis.geometry import service_areas, square_polygons
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP, attribution_nl, is_missing, marks_nl

SITES = OutputFile("noodsteunpunten.geojson", "L-NSP's en C-NSP's als punten (GeoJSON, WGS84)")
AREAS = OutputFile("verzorgingsgebieden.geojson", "Verzorgingsgebieden van de L-NSP's (GeoJSON, WGS84)")
DECIMALS = 6
Feature = dict[str, Any]


def write_geojson(
    folder: Path, planned: PlannedStudy, evaluation: Evaluation, run_info: RunInfo
) -> tuple[OutputFile, ...]:
    """Write both files in an existing folder; the same run gives the same bytes."""
    marks = marks_nl(planned)
    write_features(
        folder / SITES.name, SITES.description_nl, site_features(planned, evaluation), planned, run_info, marks
    )
    areas = area_features(planned, evaluation)
    write_features(folder / AREAS.name, AREAS.description_nl, areas, planned, run_info, marks)
    return (SITES, AREAS)


def write_features(
    path: Path, title: str, features: list[Feature], planned: PlannedStudy, run_info: RunInfo, marks: list[str]
) -> None:
    """Write a collection; beside the features stand title, status, date, version and whose data it shows."""
    collection = {
        "type": "FeatureCollection",
        "titel": f"{planned.premises.title}: {title}",
        "status": marks,
        "datum": run_info.created.date().isoformat(),
        "versie": f"nsp_planner {run_info.version}",
        "bronnen": attribution_nl(planned),
        "features": features,
    }
    path.write_text(json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def site_features(planned: PlannedStudy, evaluation: Evaluation) -> list[Feature]:
    """L-NSPs, then C-NSPs, as points with what the plan says of them."""
    lnsps, cnsps = evaluation.lnsps, evaluation.cnsps
    details: dict[tuple[str, Any], dict[str, Any]] = {
        (ROLE_LNSP, row["site_id"]): {
            "inwoners": whole(row["persons"]),
            "belasting": round(float(row["load"]), 4),
            "gem_afstand_m": whole(row["mean_distance_m"]),
            "max_afstand_m": whole(row["worst_distance_m"]),
            "cnsp_id": none_if_missing(row["cnsp_id"]),
        }
        for row in lnsps.to_dict("records")
    }
    for row in cnsps.to_dict("records"):
        figures = {"inwoners": whole(row["persons"]), "aantal_lnsp": int(row["n_lnsp"])}
        details[(ROLE_CNSP, row["site_id"])] = figures
    chosen = [(ROLE_LNSP, i) for i in lnsps["site_id"]] + [(ROLE_CNSP, i) for i in cnsps["site_id"]]
    common = known_of_sites(planned, {i for _, i in chosen})
    features = []
    for role, site_id in chosen:
        point, known = common[site_id]
        properties = {"site_id": site_id, "rol": role, **known, **details[(role, site_id)]}
        features.append({"type": "Feature", "id": f"{role}:{site_id}", "geometry": point, "properties": properties})
    return features


def known_of_sites(planned: PlannedStudy, ids: Collection[str]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Point in WGS84, and name, kind, address, place, gemeente and status, per id."""
    sites = planned.layers.sites[planned.layers.sites["site_id"].isin(list(ids))]
    names = planned.layers.areas.set_index("area_code")["name"]
    points = sites.geometry.to_crs("EPSG:4326")
    return {
        str(row.site_id): (
            {"type": "Point", "coordinates": [round(point.x, DECIMALS), round(point.y, DECIMALS)]},
            {
                "naam": str(row.name_),
                "soort": none_if_missing(row.kind),
                "adres": none_if_missing(row.address),
                "plaats": none_if_missing(row.place),
                "gemeente_code": str(row.gemeente_code),
                "gemeente": none_if_missing(names.get(row.gemeente_code)),
                "status": str(row.status),
            },
        )
        for row, point in zip(sites.rename(columns={"name": "name_"}).itertuples(), points, strict=True)
    }


def area_features(
    planned: PlannedStudy, evaluation: Evaluation, only: Collection[str] | None = None
) -> list[Feature]:  # fmt: skip
    """The squares allocated to each L-NSP as one (multi)polygon; ``only`` keeps the L-NSPs with these ids."""
    areas = service_areas(square_polygons(planned.layers.demand), evaluation.demand["site_id"])
    ours = evaluation.lnsps["site_id"] if only is None else list(only)
    areas = areas[areas["site_id"].isin(ours)]
    names = planned.layers.sites.set_index("site_id")["name"]
    # Corners that lie on a straight line in RD would only make the file larger.
    shapes = gpd.GeoSeries(shapely.simplify(areas.geometry.to_numpy(), 0.5), crs=areas.crs).to_crs("EPSG:4326")
    return [
        {
            "type": "Feature",
            "id": f"{ROLE_LNSP}:{site_id}",
            "geometry": _polygon(shape),
            "properties": {"site_id": site_id, "naam": str(names[site_id])},
        }
        for site_id, shape in zip(areas["site_id"], shapes, strict=True)
    ]


def _polygon(shape: shapely.Geometry) -> dict[str, Any]:
    parts = []
    for part in shapely.get_parts(shapely.orient_polygons(shape)):
        rings = shapely.get_rings(part)
        parts.append([np.round(shapely.get_coordinates(ring), DECIMALS).tolist() for ring in rings])
    return {"type": "MultiPolygon", "coordinates": parts}


def whole(value: Any) -> int | None:
    """A number in whole units; ``None`` where it is missing."""
    return None if is_missing(value) else round(float(value))


def none_if_missing(value: Any) -> str | None:
    """A text; ``None`` where it is missing."""
    return None if is_missing(value) else str(value)
