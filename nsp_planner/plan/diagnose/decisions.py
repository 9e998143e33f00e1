"""Fixed and refused places counted, on either level. In: which are fixed and refused. Out: faults where they clash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from nsp_planner.errors import Faults
from nsp_planner.plan.instance import BoolArray


def ids_at(ids: Sequence[str], positions: Iterable[int]) -> list[str]:
    """The ids at these positions."""
    return [ids[k] for k in positions]


def count_decided(
    faults: Faults,
    fixed: BoolArray,
    refused: BoolArray,
    ids: Sequence[str],
    most: int,
    *,
    layer: str,
    places: str,
    column: str,
    opened: str = "",
) -> None:
    """(5) against itself, and against the number of (4).

    Args:
        faults: Where faults are added.
        fixed: True where a place must open.
        refused: True where it may not.
        ids: Of the places, as long as both.
        most: How many may open.
        layer: Name of the constraint in a fault.
        places: What the places are called.
        column: The setting that fixes them.
        opened: What they are once open, with a space before it, where that has a name of its own.
    """
    both, all_fixed = np.flatnonzero(fixed & refused), np.flatnonzero(fixed)
    if len(both):
        faults.add(
            layer,
            f"{len(both)} {places} are fixed and refused at the same time",
            "choose one of the two",
            column="decisions",
            ids=ids_at(ids, both),
        )
    if len(all_fixed) > most:
        faults.add(
            layer,
            f"{len(all_fixed)} {places} are fixed, but only {most}{opened} may open",
            f"fix fewer {places}, or ask for more{opened}",
            column=column,
            ids=ids_at(ids, all_fixed),
        )
