"""Buildings that stand twice on the lists, apart. In: rows in buildings by distance. Out: one building per address.

A register gives the point of an address, another the middle of the building or its parking: 25 to 84 m apart on the
lists of IJsselland. A row without an address is known by its name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from nsp_planner.layers.raw.addresses import Address, read_address
from nsp_planner.names import plain_name


def addresses_of(rows: pd.DataFrame) -> list[Address]:
    """The address of every row; without street and number where the row has none."""
    postcodes = rows["postcode"] if "postcode" in rows else pd.Series("", index=rows.index)
    texts = (column.fillna("").astype("str") for column in (rows["address"], postcodes, rows["place"]))
    return [read_address(*parts) for parts in zip(*texts, strict=True)]


def plain_names(names: pd.Series) -> list[str]:
    """Names closed up, without capitals and accents."""
    return [plain_name(name, between="") for name in names]


def join_addresses(
    first: NDArray[np.int64],
    xy_m: NDArray[np.float64],
    same_address_m: float,
    roles: NDArray[np.bool_],
    addresses: Sequence[Address],
    names: Sequence[str],
) -> NDArray[np.int64]:
    """For each row the row that started its building, after buildings with one address or name are joined.

    A building joins the nearest earlier one that has a role in common, and an address in common or, where not both have
    an address, a name. Its point is then that of the earlier one.

    Args:
        first: As :func:`~nsp_planner.layers.sites.buildings.assign_buildings` gives it, shape (n,).
        xy_m: RD coordinates in metres, shape (n, 2).
        same_address_m: Largest distance between the points of the two buildings.
        roles: Shape (n, number of roles), what each row can be.
        addresses: Of each row.
        names: Of each row, in plain form.
    """
    starts = np.unique(first)
    keys: dict[int, set[str]] = {start: set() for start in starts.tolist()}
    known: dict[int, set[str]] = {start: set() for start in starts.tolist()}
    can_be = {start: np.zeros(roles.shape[1], dtype=bool) for start in starts.tolist()}
    for row, start in enumerate(first.tolist()):
        keys[start] |= set(addresses[row].keys)
        known[start].add(names[row])
        can_be[start] |= roles[row]
    near = cKDTree(xy_m[starts])
    joined = first.copy()
    gone: set[int] = set()
    for position, later in enumerate(starts.tolist()):
        around = [int(starts[each]) for each in near.query_ball_point(xy_m[starts[position]], same_address_m)]
        same = [
            earlier
            for earlier in around
            if earlier < later
            and earlier not in gone
            and (can_be[earlier] & can_be[later]).any()
            and (keys[earlier] & keys[later] or (_may_be_one(keys, earlier, later) and known[earlier] & known[later]))
        ]
        if not same:
            continue
        nearest = min(same, key=lambda start: (float(np.hypot(*(xy_m[start] - xy_m[later]))), start))
        joined[joined == later] = nearest
        gone.add(later)
        keys[nearest] |= keys[later]
        known[nearest] |= known[later]
        can_be[nearest] |= can_be[later]
    return joined


def _may_be_one(keys: dict[int, set[str]], one: int, other: int) -> bool:
    """Whether no two addresses contradict that they are one building."""
    return not keys[one] or not keys[other]


def far_addresses(rows: pd.DataFrame, same_address_m: float) -> list[tuple[str, list[str]]]:
    """Addresses that rows of different buildings have, farther apart than that: one of the points is wrong.

    Args:
        rows: With ``address``, ``place``, ``postcode``, ``name``, ``x_m``, ``y_m`` and ``building_id``.
        same_address_m: Distance in metres up to which one address is one building.

    Returns:
        Per address its text and the names of the buildings.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for position, address in enumerate(addresses_of(rows)):
        if address.keys and address.place:
            found.setdefault((address.keys[-1], address.place), []).append(position)
    told = []
    for positions in found.values():
        own = rows.iloc[positions].drop_duplicates("building_id")
        xy = own[["x_m", "y_m"]].to_numpy()
        if len(own) > 1 and np.hypot(*(xy.max(axis=0) - xy.min(axis=0))) > same_address_m:
            first = own.iloc[0]
            told.append((f"{first['address']}, {first['place']}", own["name"].tolist()))
    return told
