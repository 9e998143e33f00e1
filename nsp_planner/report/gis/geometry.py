"""Shapes made from tables. In: layers and the table of people. Out: squares, service areas and lines in EPSG:28992."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.rd import RD
from nsp_planner.report.palette import AREA_COLOURS

NEIGHBOUR_REACH_SQUARES = 10
"""Service areas with squares within this many sides of each other get different colours."""


def square_polygons(demand: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The squares themselves, from their centres and ``resolution_m``; same index as ``demand``."""
    half = demand["resolution_m"].to_numpy(dtype=float) / 2
    x, y = demand.geometry.x.to_numpy(), demand.geometry.y.to_numpy()
    return gpd.GeoSeries(shapely.box(x - half, y - half, x + half, y + half), index=demand.index, crs=RD)


def service_areas(squares: gpd.GeoSeries, site_id: pd.Series) -> gpd.GeoDataFrame:
    """One (multi)polygon per site, the squares allocated to it dissolved; squares without a site are left out.

    Returns:
        GeoDataFrame with ``site_id`` and geometry, sorted by ``site_id``.
    """
    known = site_id.notna().to_numpy()
    frame = gpd.GeoDataFrame({"site_id": site_id[known].astype(str).to_numpy()}, geometry=squares[known].array, crs=RD)
    if frame.empty:
        return frame
    return frame.dissolve("site_id", method="coverage").reset_index()[["site_id", "geometry"]]


def lines_between(start: gpd.GeoSeries, end: gpd.GeoSeries) -> gpd.GeoSeries:
    """A straight line from each point of ``start`` to the point of ``end`` at the same position."""
    coordinates = np.stack([shapely.get_coordinates(start.to_numpy()), shapely.get_coordinates(end.to_numpy())], axis=1)
    return gpd.GeoSeries(shapely.linestrings(coordinates), crs=RD)


def colours_of_neighbours(xy_m: np.ndarray, site: IntArray, n_sites: int, reach_m: float) -> IntArray:
    """A colour number per site such that sites with squares within ``reach_m`` of each other differ.

    Args:
        xy_m: Centres of the squares, shape (n, 2), RD metres.
        site: Site of each square, shape (n,), in 0..n_sites - 1.
        n_sites: Number of sites.
        reach_m: Squares nearer than this to each other count as neighbours.

    Returns:
        Colour of each site, shape (n_sites,), from 0; few numbers, by the DSATUR heuristic (Brélaz 1979).
    """
    colours = np.zeros(n_sites, dtype=np.int64)
    if len(xy_m) == 0:
        return colours
    pairs = cKDTree(xy_m).query_pairs(reach_m, output_type="ndarray")
    # millions of pairs of squares, hundreds of sites: marking is far cheaper than sorting
    touching = np.zeros((n_sites, n_sites), dtype=bool)
    touching[site[pairs[:, 0]], site[pairs[:, 1]]] = True
    touching |= touching.T
    np.fill_diagonal(touching, False)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n_sites))
    graph.add_edges_from((a, b) for a, b in np.argwhere(np.triu(touching)).tolist())
    for node, colour in nx.greedy_color(graph, strategy="DSATUR").items():
        colours[node] = colour
    return colours


def site_colours(squares: gpd.GeoDataFrame, tables: PlanTables) -> dict[str, int]:
    """Colour number of the service area of each L-NSP, in the range of the palette; neighbours differ."""
    ids = [str(i) for i in tables.lnsps["site_id"]]
    position = pd.Series(range(len(ids)), index=ids)
    site_id = tables.demand["site_id"]
    # people may go to a noodsteunpunt of the neighbours, which has no area here
    known = site_id.isin(ids).to_numpy(dtype=bool)
    xy_m = squares.geometry.get_coordinates().to_numpy()[known]
    reach_m = NEIGHBOUR_REACH_SQUARES * float(squares["resolution_m"].max())
    sites = site_id[known].astype(str).map(position)
    colours = colours_of_neighbours(xy_m, np.asarray(sites, dtype=np.int64), len(ids), min(reach_m, 2_000.0))
    return dict(zip(ids, (colours % len(AREA_COLOURS)).tolist(), strict=True))


def circumstance_areas(evaluation: Evaluation) -> gpd.GeoDataFrame | None:
    """Where water and outages were drawn, in RD: soort, geometry (one row each); None where nothing was."""
    if evaluation.consequences is None:
        return None
    struck = evaluation.hazards
    drawn = {"onder water": struck.under_water, "zonder stroom": struck.without_power}
    rows = {name: shapely.multipolygons(parts) for name, parts in drawn.items() if len(parts)}
    if not rows:
        return None
    return gpd.GeoDataFrame({"soort": list(rows)}, geometry=list(rows.values()), crs=RD)
