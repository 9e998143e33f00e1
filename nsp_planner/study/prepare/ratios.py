"""How many noodsteunpunten. In: inhabitants per gemeente and the ratios of a study. Out: L-NSPs per gemeente, C-NSPs.

The ratios are the norms ``inhabitants_per_lnsp`` and ``lnsp_per_cnsp``. Each gemeente has at least one.
"""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from nsp_planner.config import Ratios
from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Faults, SettingsError

ROUND_OFF = 1e-9


def round_sites(sites: float, rounding: Literal["up", "nearest"]) -> int:
    """Whole sites, at least 1; a half is rounded up."""
    whole = math.ceil(sites - ROUND_OFF) if rounding == "up" else math.floor(sites + 0.5)
    return max(1, whole)


def lnsps_per_gemeente(calibration: pd.DataFrame, ratios: Ratios) -> IntArray:
    """Quota per gemeente, in the order of the calibration table; ``SettingsError`` for an unknown gemeente."""
    faults = Faults()
    for code in ratios.quota:
        if code not in set(calibration["area_code"]):
            known = ", ".join(calibration["area_code"])
            faults.add("study", f"{code} is not a gemeente of the region", f"known: {known}", column="ratios.quota")
    faults.raise_if_any(SettingsError)
    wanted = [
        ratios.quota.get(code, round_sites(persons / ratios.inhabitants_per_lnsp, ratios.rounding))
        for code, persons in zip(calibration["area_code"], calibration["total_persons"], strict=True)
    ]
    return pd.array(wanted, dtype="int64").to_numpy()


def lnsps_in_region(calibration: pd.DataFrame, ratios: Ratios) -> int:
    """L-NSPs of the whole region when only the total counts: at least one per gemeente."""
    persons = float(calibration["total_persons"].sum())
    return max(len(calibration), round_sites(persons / ratios.inhabitants_per_lnsp, ratios.rounding))


def n_cnsps(n_lnsps: int, ratios: Ratios) -> int:
    """C-NSPs: L-NSPs divided by the ratio, rounded up."""
    return math.ceil(n_lnsps / ratios.lnsp_per_cnsp - ROUND_OFF)


def lnsps_per_cnsp(ratios: Ratios) -> int:
    """L-NSPs that a C-NSP carries without a price: the ratio rounded up."""
    return math.ceil(ratios.lnsp_per_cnsp - ROUND_OFF)


def max_lnsps_per_cnsp(ratios: Ratios) -> int:
    """Most L-NSPs under one C-NSP; never fewer than the ratio, so that there is always place for all."""
    return max(lnsps_per_cnsp(ratios), ratios.most_lnsp_per_cnsp)
