"""How far the talks with owners are in the example. In: candidate buildings, squares. Out: the buildings agreed on.

The gemeenten began with a building in the middle of some 5,000 people: one community building with its owner's
agreement, and one more per 60,000 inhabitants; where none stands there, they have not begun. In the gemeenten that took
two steps or more the first of them is in operation and equipped. Nothing is drawn here, so that the buildings stay what
their seed made them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from nsp_planner.example.geometry import Floats, Ints, length_of
from nsp_planner.example.places import read_facts

People = tuple[Floats, Ints]

AGREED, OPERATIONAL = "akkoord eigenaar", "operationeel"
PERSONS_PER_AGREEMENT = 60_000
PERSONS_PER_GROUP = 5_000
ROUNDS = 30
MOST_APART_M = 250.0
"""Farther from the middle a building is not what a gemeente begins with."""
NEAR_M = 1_000.0
LEAST_AT_ONCE = 167
"""People a hall must hold at once where 5,000 inhabitants come, by the norms of use."""
KINDS = ("kulturhus", "dorpshuis", "verenigingsgebouw", "buurthuis", "wijkcentrum")
EQUIPPED = tuple(read_facts("buildings.toml")["provisions"])[:-2]
"""What a noodsteunpunt in operation has: all but parking and land that stays dry."""


def with_agreements(table: pd.DataFrame, people: Mapping[str, People]) -> pd.DataFrame:
    """The candidates with the status of those that are agreed on or in operation.

    Args:
        table: Candidates with nummer, soort, gemeentecode, x, y, capaciteit_tegelijk, status and provisions.
        people: By code of the gemeente, centres of its squares (metres, shape (n, 2)) and their inhabitants (n,).
    """
    table = table.copy()
    for code, own in table.groupby("gemeentecode", sort=True):
        may = own[own["soort"].isin(KINDS) & own["status"].isin(["idee", "in gesprek"])]
        may = may[may["capaciteit_tegelijk"].fillna(LEAST_AT_ONCE) >= LEAST_AT_ONCE]
        xy, persons = people[str(code)]
        n = 1 + int(persons.sum()) // PERSONS_PER_AGREEMENT
        rows = may.index[_in_the_middle(may[["x", "y"]].to_numpy(dtype=float), xy, persons, n)]
        table.loc[rows, "status"] = AGREED
        if len(rows) > 1:
            table.loc[rows[:1], "status"] = OPERATIONAL
            table.loc[rows[:1], list(EQUIPPED)] = "ja"
    return table


def _in_the_middle(buildings: Floats, xy: Floats, persons: Ints, n: int) -> list[int]:
    """At most ``n`` buildings near the middle of a group of some 5,000 people, the nearest first, each once."""
    apart = cdist(buildings, _middles(xy, persons, max(1, math.ceil(persons.sum() / PERSONS_PER_GROUP))))
    chosen: list[int] = []
    for _ in range(min(n, *apart.shape)):
        building, group = np.unravel_index(int(apart.argmin()), apart.shape)
        if apart[building, group] > MOST_APART_M:
            break
        chosen.append(int(building))
        apart[building], apart[:, group] = np.inf, np.inf
    return chosen


def _middles(xy: Floats, persons: Ints, n: int) -> Floats:
    """Middles of ``n`` groups of people (Lloyd's k-means, begun where most people live who no group has yet)."""
    left, middles = persons.astype(np.float64), np.empty((0, 2))
    for _ in range(n):
        middles = np.vstack([middles, xy[int(left.argmax())]])
        left[length_of(xy - middles[-1]) <= NEAR_M] *= 0.01
    for _ in range(ROUNDS):
        group = cdist(xy, middles).argmin(axis=1)
        weight = np.bincount(group, persons, n)[:, None]
        moved = np.column_stack([np.bincount(group, persons * xy[:, axis], n) for axis in (0, 1)])
        middles = np.where(weight > 0, moved / np.maximum(weight, 1), middles)
    return middles
