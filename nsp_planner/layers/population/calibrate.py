"""Calibration to official totals. In: published persons per square, official persons per gemeente. Out: persons added.

CBS leaves out 100 m squares with fewer than 5 inhabitants and hides small counts, so the squares of a gemeente add up
to less than its inhabitants, most of all on farms (CBS, "Statistische gegevens per vierkant", 2023, chapter 2). The
missing persons of a gemeente are placed by this rule:

1. on its withheld squares in the buitengebied, evenly, at most :data:`MAX_WITHHELD_PERSONS` each;
2. the rest on its published squares in the buitengebied, evenly: hidden farms lie around villages and around hamlets
   alike, so the published number of a square says nothing of how many are hidden beside it;
3. without published squares in the buitengebied: on its withheld squares in the kern, evenly, at most as many each;
   the rest on all published squares in proportion to their persons; without any, evenly on the withheld squares.

Where the squares hold more than the official total, they are scaled down in proportion. Persons are whole: largest
remainders first (Hare), ties by a fixed shuffle of the ids, so that the order of rows does not matter and no corner
of a gemeente gains.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

IntArray = NDArray[np.int64]

MAX_WITHHELD_PERSONS = 4
"""CBS publishes a square from 5 inhabitants, so a withheld one has at most 4 (same source, chapter 2)."""
KERN_RADIUS_M = 500.0
"""Radius of the setting ``kern_persons_within_500m``."""


def apportion(total: int, weights: IntArray, order: NDArray[np.uint64]) -> IntArray:
    """Divide ``total`` whole persons in proportion to ``weights`` (>= 0, sum > 0) by largest remainders.

    Args:
        total: Persons to divide, >= 0.
        weights: Shape (n,); a row of weight 0 gets nobody.
        order: Shape (n,), who goes first among equal remainders: the lowest.

    Returns:
        Persons per row, shape (n,), summing to ``total`` exactly.
    """
    all_weights = int(weights.sum())
    shares = weights * total // all_weights
    remainders = weights * total % all_weights
    n_left = total - int(shares.sum())
    shares[np.lexsort((order, -remainders))[:n_left]] += 1
    return shares


def place_missing_persons(squares: pd.DataFrame, official: pd.Series) -> IntArray:
    """Persons to add to each square, by the rule of this module; negative where scaled down.

    Args:
        squares: ``demand_id``, ``gemeente_code``, ``area_type``, ``published_persons`` (Int64, NA where withheld).
        official: Official persons (whole) per gemeente code; gemeenten not in it are left as published.

    Returns:
        Shape (n,), int64, in the order of ``squares``; per gemeente published plus added equals official exactly.
    """
    withheld = squares["published_persons"].isna().to_numpy(dtype=bool)
    published = squares["published_persons"].fillna(0).to_numpy(dtype=np.int64)
    rural = (squares["area_type"] == "buitengebied").to_numpy(dtype=bool)
    order = pd.util.hash_array(squares["demand_id"].to_numpy(dtype=object))
    added = np.zeros(len(squares), dtype=np.int64)
    totals = {str(code): int(persons) for code, persons in official.items()}
    for code, rows in squares.groupby("gemeente_code", sort=True).indices.items():
        if str(code) in totals:
            added[rows] = _place(totals[str(code)], published[rows], withheld[rows], rural[rows], order[rows])
    return added


def _place(
    official: int,
    published: IntArray,
    withheld: NDArray[np.bool_],
    rural: NDArray[np.bool_],
    order: NDArray[np.uint64],
) -> IntArray:
    missing = official - int(published.sum())
    if missing <= 0:
        return published * 0 if missing == 0 else apportion(official, published, order) - published
    added = np.zeros(len(published), dtype=np.int64)

    def spread(persons: int, weights: IntArray) -> int:
        if persons > 0 and weights.any():
            added[:] += apportion(persons, weights, order)
            return persons
        return 0

    def spread_withheld(persons: int, rows: NDArray[np.bool_]) -> int:
        return spread(min(persons, MAX_WITHHELD_PERSONS * int(rows.sum())), rows.astype(np.int64))

    missing -= spread_withheld(missing, withheld & rural)
    missing -= spread(missing, (rural & (published > 0)).astype(np.int64))
    missing -= spread_withheld(missing, withheld & ~rural)
    missing -= spread(missing, published)
    spread(missing, np.ones_like(published))
    return added


def persons_within(x_m: NDArray[np.float64], y_m: NDArray[np.float64], persons: IntArray) -> IntArray:
    """Persons within :data:`KERN_RADIUS_M` of each centre, itself included; shape (n,)."""
    pairs = cKDTree(np.column_stack([x_m, y_m])).query_pairs(KERN_RADIUS_M, output_type="ndarray")
    left, right = pairs[:, 0], pairs[:, 1]
    n = len(persons)
    # Sums of whole numbers far below 2**53 are exact in float64.
    around = np.bincount(left, persons[right], minlength=n) + np.bincount(right, persons[left], minlength=n)
    return persons + around.astype(np.int64)
