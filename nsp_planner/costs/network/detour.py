"""How far the straight-line fallback is off. In: distances over a network. Out: a table with the factor per gemeente.

For every demand point the sites that are nearest in a straight line are compared: s_ij straight, d_ij walked, w_i
persons. The measured factor of a gemeente is sum(w_i d_ij) / sum(w_i s_ij): the one number that makes the fallback
right on average, person by person. Pairs without a path, or with one beyond the cutoff, have no d_ij; they are counted,
because leaving them out flatters the fallback most where it is worst. To make that rare, only pairs are taken whose
straight line is at most half the cutoff.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from nsp_planner.costs.matrix import CostMatrix, FloatArray, IntArray

ALL_AREAS = ""
"""Area code of the row about all areas together."""


def measure_detour(
    costs: CostMatrix,
    origin_xy: npt.ArrayLike,
    destination_xy: npt.ArrayLike,
    persons: npt.ArrayLike,
    area_code: Sequence[str],
    *,
    fallback_factor: float,
    n_nearest: int = 3,
    service_distance_m: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """The measured detour factor per area, and how far the fallback factor is off.

    Args:
        costs: Distances over the network, a row per origin.
        origin_xy: Shape (n, 2), RD metres.
        destination_xy: Shape (m, 2), RD metres.
        persons: Shape (n,), persons.
        area_code: Gemeente of each origin.
        fallback_factor: Factor the fallback uses.
        n_nearest: Sites compared per origin, nearest in a straight line.
        service_distance_m: Shape (n,), norm of each origin; None leaves the last two columns out.

    Returns:
        One row per area, sorted, then one for all with code "":
        area_code · n_pairs · n_without_path (compared pairs that have no distance within the cutoff) · persons ·
        factor (nan without pairs) · factor_median, factor_p90 (of pairs, unweighted) · fallback_factor ·
        fallback_error (fallback / measured - 1: negative = distances are understated) ·
        mean_error_m, mean_absolute_error_m (fallback minus walked, per person) ·
        persons_within_norm_fallback · persons_within_norm_network.
    """
    start, end = np.asarray(origin_xy, dtype=np.float64), np.asarray(destination_xy, dtype=np.float64)
    weight = np.asarray(persons, dtype=np.float64)
    code = np.asarray(area_code, dtype=object)
    if not len(start) == len(weight) == len(code) == costs.n_origins or len(end) != costs.n_destinations:
        raise ValueError("costs, coordinates, persons and area_code must have the same length")
    pairs = _pairs(costs, start, end, n_nearest)
    norm = None if service_distance_m is None else np.asarray(service_distance_m, dtype=np.float64)
    within = None if norm is None else _within(costs, start, end, norm, fallback_factor)
    rows = []
    for area in (*sorted(set(area_code)), ALL_AREAS):
        here = np.ones(len(start), dtype=bool) if area == ALL_AREAS else code == area
        row = {"area_code": area, "persons": weight[here].sum()}
        row |= _figures(pairs[here[pairs["origin"].to_numpy()]], weight, fallback_factor)
        if within is not None:
            row["persons_within_norm_fallback"] = weight[here & within[0]].sum()
            row["persons_within_norm_network"] = weight[here & within[1]].sum()
        rows.append(row)
    return pd.DataFrame(rows)


def _pairs(costs: CostMatrix, start: FloatArray, end: FloatArray, n_nearest: int) -> pd.DataFrame:
    """Compared pairs: origin, destination, straight_m, walked_m (nan without path)."""
    k = max(1, min(n_nearest, len(end)))
    straight, near = cKDTree(end).query(start, k=k)
    straight_m, destination = np.asarray(straight).reshape(-1, k), np.asarray(near).reshape(-1, k)
    origin: IntArray = np.repeat(np.arange(len(start)), k)
    pairs = pd.DataFrame({"origin": origin, "destination": destination.ravel(), "straight_m": straight_m.ravel()})
    pairs = pairs[(pairs["straight_m"] > 0) & (pairs["straight_m"] <= costs.cutoff_m / 2)]
    walked = pd.DataFrame({"origin": costs.arc_origin, "destination": costs.destination, "walked_m": costs.distance_m})
    return pairs.merge(walked, on=["origin", "destination"], how="left", sort=False)


def _figures(pairs: pd.DataFrame, weight: FloatArray, fallback_factor: float) -> dict[str, float]:
    found = pairs[pairs["walked_m"].notna()]
    walked, straight = found["walked_m"].to_numpy(), found["straight_m"].to_numpy()
    w = weight[found["origin"].to_numpy()]
    total = float(w @ straight)
    factor = float(w @ walked) / total if total > 0 else np.nan
    error = fallback_factor * straight - walked
    share = w / w.sum() if w.sum() > 0 else np.full(len(w), np.nan)
    ratio = walked / straight
    return {
        "n_pairs": len(found),
        "n_without_path": len(pairs) - len(found),
        "factor": factor,
        "factor_median": float(np.median(ratio)) if len(ratio) else np.nan,
        "factor_p90": float(np.quantile(ratio, 0.9)) if len(ratio) else np.nan,
        "fallback_factor": fallback_factor,
        "fallback_error": fallback_factor / factor - 1,
        "mean_error_m": float(share @ error) if len(error) else np.nan,
        "mean_absolute_error_m": float(share @ np.abs(error)) if len(error) else np.nan,
    }


def _within(
    costs: CostMatrix, start: FloatArray, end: FloatArray, norm: FloatArray, fallback_factor: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Origins with a site within their norm, by the fallback and over the network."""
    nearest_m = np.full(costs.n_origins, np.inf)
    has_arc = np.diff(costs.indptr) > 0
    nearest_m[has_arc] = costs.distance_m[costs.indptr[:-1][has_arc]]
    straight_m = np.asarray(cKDTree(end).query(start)[0])
    return straight_m * fallback_factor <= norm, nearest_m <= norm
