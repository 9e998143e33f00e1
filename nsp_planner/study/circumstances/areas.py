"""Where a flood and an outage are. In: layers and points. Out: which of the points lie in them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.layers.hazards.area import HazardArea
from nsp_planner.layers.hazards.shapes import FLOOD, OUTAGE
from nsp_planner.layers.tables import Layers
from nsp_planner.names import nearest_names
from nsp_planner.plan.instance import BoolArray


def xy_m(points: gpd.GeoDataFrame) -> FloatArray:
    """Coordinates in RD metres, shape (n, 2)."""
    return np.column_stack([points.geometry.x.to_numpy(), points.geometry.y.to_numpy()])


def hazard_area(layers: Layers, key: str) -> HazardArea:
    """The land a hazard strikes, by its key in :mod:`nsp_planner.layers.hazards.shapes`; empty without any."""
    area = layers.link_shapes.get(key, ())
    return area if isinstance(area, HazardArea) else HazardArea(area)


def in_flood(layers: Layers, points: gpd.GeoDataFrame) -> BoolArray:
    """Which points, n of them, lie under water in the study's flood; its edge counts."""
    return hazard_area(layers, FLOOD).contains_points(xy_m(points))


def power_is_out(layers: Layers, study: Study, points: gpd.GeoDataFrame) -> BoolArray:
    """Which points, n of them with a ``gemeente_code`` each, are without electricity.

    Raises:
        SettingsError: A gemeente that is not in the region.
    """
    outage = study.power_outage
    if outage is None:
        return np.zeros(len(points), dtype=bool)
    check_gemeenten(outage.gemeenten, gemeente_names(layers), "power_outage.gemeenten")
    if outage.whole_region:
        return np.ones(len(points), dtype=bool)
    dark: BoolArray = points["gemeente_code"].isin(outage.gemeenten).to_numpy(dtype=bool)
    return dark | hazard_area(layers, OUTAGE).contains_points(xy_m(points))


def gemeente_names(layers: Layers) -> dict[str, str]:
    """Name per code of the gemeenten of the region."""
    return dict(zip(layers.areas["area_code"], layers.areas["name"], strict=True))


def check_gemeenten(codes: object, known: dict[str, str], key: str) -> None:
    """Refuse codes that are not of the region, each with the nearest one that is (``SettingsError``)."""
    faults = Faults()
    for code in codes:  # type: ignore[attr-defined]
        if code not in known:
            near = nearest_names(code, known)
            listed = ", ".join(f"{each} {name}" for each, name in known.items())
            fix = f"did you mean {near[0]} ({known[near[0]]})? Known: {listed}" if near else f"known: {listed}"
            faults.add("study", f"{code} is not a gemeente of the region", fix, column=key)
    faults.raise_if_any(SettingsError)
