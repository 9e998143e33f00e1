"""Stations and L-NSPs counted. In: who is fixed or refused, the numbers of level 2. Out: faults, each proven by counts.

Necessary for any plan of C-NSPs and known before distances are, so ``check`` says it at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from nsp_planner.errors import Faults
from nsp_planner.plan.diagnose.decisions import count_decided
from nsp_planner.plan.instance import BoolArray


def count_stations(
    faults: Faults, fixed: BoolArray, refused: BoolArray, station_ids: Sequence[str], n_coordinators: int
) -> None:
    """(5) against itself and against (4); (4) against the stations that are not refused.

    Args:
        faults: Where faults are added.
        fixed: Shape (k,), station must coordinate.
        refused: Shape (k,), station must not.
        station_ids: Of the k stations.
        n_coordinators: C-NSPs to open.
    """
    usable = int((~refused).sum())
    count_decided(
        faults,
        fixed,
        refused,
        station_ids,
        n_coordinators,
        layer="fixed stations",
        places="stations",
        column="decisions.fixed_cnsp",
        opened=" C-NSPs",
    )
    if not usable and len(station_ids):
        faults.add(
            "refused stations",
            f"all {len(station_ids)} stations are refused, so there is no C-NSP at all",
            "take stations out of decisions.refused_cnsp, change their status afgevallen, or the rules of "
            "decisions.stations",
            column="decisions.refused_cnsp",
            ids=station_ids,
        )
    elif usable < n_coordinators:
        faults.add(
            "number of C-NSPs",
            f"{n_coordinators} C-NSPs are asked for, but only {usable} stations are not refused",
            "add stations, refuse fewer (decisions.refused_cnsp, decisions.stations), or ask for fewer C-NSPs by more "
            "L-NSPs per C-NSP",
            column="ratios.lnsp_per_cnsp",
        )


def count_lnsps(faults: Faults, n_coordinators: int, n_lnsp: int, *, most: int, least: int) -> None:
    """(3) times (4) against the number of L-NSPs.

    Args:
        faults: Where faults are added.
        n_coordinators: C-NSPs to open.
        n_lnsp: L-NSPs that are open.
        most: Most L-NSPs under one C-NSP.
        least: Fewest L-NSPs under one C-NSP.
    """
    n = n_coordinators
    if n * most < n_lnsp:
        faults.add(
            "L-NSPs per C-NSP",
            f"{n} C-NSPs with at most {most} L-NSPs each have place for {n * most} L-NSPs, there are {n_lnsp}",
            "ask for more C-NSPs (ratios.lnsp_per_cnsp), or allow more L-NSPs per C-NSP",
            column="ratios.most_lnsp_per_cnsp",
        )
    if n * least > n_lnsp:
        faults.add(
            "L-NSPs per C-NSP",
            f"{n} C-NSPs with at least {least} L-NSPs each need {n * least} L-NSPs, there are {n_lnsp}",
            "ask for fewer C-NSPs, or lower the minimum",
            column="ratios.min_lnsp_per_cnsp",
        )
