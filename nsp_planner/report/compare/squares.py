"""The squares of compared runs as packed numbers. In: the runs. Out: each square, its site and metres in each run.

A square that a run does not have has no site in it. Where the runs have squares of different sizes nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.solved.finished_run import DrawnLines, FinishedRun
from nsp_planner.report import palette
from nsp_planner.report.page.backdrop import backdrop_looks, drawn_columns
from nsp_planner.report.page.packing import NO_SITE
from nsp_planner.report.page.projection import fit_web_mercator


def compare_squares(
    runs: Sequence[FinishedRun], backdrop: DrawnLines | None = None
) -> tuple[dict[str, Any], dict[str, IntArray]]:
    """Header and columns for the packed data: ``ix``, ``iy``, ``persons``, per run ``site_0``, ``metres_0``, backdrop.

    The header has the names of the sites that the columns number, and the projection; empty where the runs have
    squares of different sizes.
    """
    sides = {float(side) for run in runs for side in run.squares["side_m"].unique()}
    if len(sides) != 1:
        return {}, {}
    side = sides.pop()
    every = pd.concat([run.squares[["demand_id", "x_m", "y_m", "persons"]] for run in runs])
    every = every.drop_duplicates("demand_id")
    every = every.sort_values(["y_m", "x_m"], ignore_index=True)
    x, y = every["x_m"].to_numpy(dtype=float), every["y_m"].to_numpy(dtype=float)
    low, high = (np.min([run.areas.total_bounds[:2] for run in runs], axis=0),
                 np.max([run.areas.total_bounds[2:] for run in runs], axis=0))  # fmt: skip
    low, high = np.minimum(low, [x.min(), y.min()]), np.maximum(high, [x.max(), y.max()])
    fit = fit_web_mercator((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    names: dict[str, str] = {}
    for run in reversed(runs):
        names |= dict(zip(run.sites["site_id"].astype(str), run.sites["name"].astype(str), strict=True))
    used = sorted({str(site) for run in runs for site in run.squares["site_id"].dropna()})
    number = {site: n for n, site in enumerate(used)}
    columns: dict[str, IntArray] = {
        "ix": np.rint((x - x.min()) / side).astype(np.int64),
        "iy": np.rint((y - y.min()) / side).astype(np.int64),
        "persons": np.rint(every["persons"].to_numpy(dtype=float)).astype(np.int64),
    }
    for n, run in enumerate(runs):
        own = run.squares.set_index("demand_id").reindex(every["demand_id"])
        site = own["site_id"].map(number).astype("Float64").fillna(NO_SITE)
        columns[f"site_{n}"] = site.to_numpy(dtype=float).astype(np.int64)
        columns[f"metres_{n}"] = np.rint(own["distance_m"].astype("Float64").fillna(0).to_numpy(dtype=float)).astype(
            np.int64
        )
    columns |= drawn_columns(backdrop, fit)
    header = {
        "resolution_m": side,
        "square_origin_m": [float(x.min()), float(y.min())],
        "fit": fit.as_header(),
        "site_names": [names.get(site, site) for site in used],
        "distance_breaks_m": list(palette.SECOND_BREAKS_M),
        "distance_colours": list(palette.SECOND_COLOURS),
        "backdrop": backdrop_looks(),
    }
    return header, columns
