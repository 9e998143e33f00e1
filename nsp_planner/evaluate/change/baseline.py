"""Where we stand today (nulmeting). In: a planned study. Out: what today's points give on their own.

Today's points are those with the status pilot or operationeel.

Everyone goes to the nearest of them, as far as the cutoff reaches; capacity is not looked at, so this is the most that
today's points can give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.evaluate.indicators import SHARE_1_KM_M, SHARE_2_5_KM_M
from nsp_planner.evaluate.solved.nearest import nearest_open
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.sites.buildings import FIRST_STATUS

TODAY = ("pilot", "operationeel")
"""Statuses of a point that is there today."""


@dataclass(frozen=True)
class Baseline:
    """Today's points and what they give.

    Attributes:
        lnsp_names: Names of the L-NSPs of today, in the order of the list of sites.
        n_cnsp: C-NSPs of today.
        known, known_cnsp: Whether the list says the status of any building, of any station; where it does not, what
            is there today is not known, and the figures are NaN.
        share_within_1000m: Share of all inhabitants within 1 km of one.
        share_within_2500m: Share within 2.5 km.
        share_within_norm: Share within the norm of their area type.
        beyond_norm_persons: Inhabitants beyond their norm.
    """

    lnsp_names: tuple[str, ...]
    n_cnsp: int
    known: bool
    known_cnsp: bool
    share_within_1000m: float
    share_within_2500m: float
    share_within_norm: float
    beyond_norm_persons: float


def build_baseline(planned: PlannedStudy) -> Baseline:
    """The nulmeting of a study."""
    sites = planned.layers.sites
    today = sites["status"].isin(TODAY).to_numpy() & planned.is_ours
    at = np.array([j for j, row in enumerate(planned.local_site_rows) if today[row]], dtype=np.int64)
    _, distance_m = nearest_open(planned.distances, at)
    persons = planned.local.population_persons
    total = float(persons.sum())
    told = (sites["status"] != FIRST_STATUS).to_numpy() & planned.is_ours
    known = bool(told[planned.local_site_rows].any())

    def share(limit_m: np.ndarray | float) -> float:
        # A NaN distance (none within the cutoff) compares as false: not within.
        return float(persons[distance_m <= limit_m].sum()) / total if total and known else float("nan")

    within = share(planned.local.service_distance_m)
    return Baseline(
        lnsp_names=tuple(str(sites["name"].iloc[planned.local_site_rows[j]]) for j in at),
        n_cnsp=int((today & sites["can_be_cnsp"].to_numpy(dtype=bool)).sum()),
        known=known,
        known_cnsp=bool((told & sites["can_be_cnsp"].to_numpy(dtype=bool)).any()),
        share_within_1000m=share(SHARE_1_KM_M),
        share_within_2500m=share(SHARE_2_5_KM_M),
        share_within_norm=within,
        beyond_norm_persons=total * (1 - within),
    )
