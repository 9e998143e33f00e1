"""Finished plans side by side. In: finished runs, the first the reference. Out: what differs, came and moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from nsp_planner.evaluate.change.change_reasons import ChangeReason, find_flows, find_reasons, state_of_run
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.evaluate.tables import INDICATORS

SAME_M = 10.0
"""Another distance below this is no change: a square counts as its centre, so nobody's own way is known to a tenth of
its side of 100 m, and coordinates that were written in whole metres shift every distance a little (own choice)."""
BEYOND = "_beyond_norm_"
ROLES = ("lnsp", "cnsp")
Better = Literal["low", "high"] | None


@dataclass(frozen=True, eq=False)
class Moved:
    """What another run changes against the reference.

    Attributes:
        label: The other run.
        sites: Sites that came or went: site_id, name, kind, gemeente_name, role, change (``came``, ``went``), persons
            (in the run that has it), geometry.
        flows: Persons who go elsewhere: from_id, to_id (NA: none), persons.
        n_persons: Persons of squares that both runs have.
        moved_persons: Of these, who have another L-NSP (by the site that most of their square goes to).
        nearer_persons: Of these, who walk at least :data:`SAME_M` less than in the reference.
        farther_persons: Who walk at least so much more.
        n_other_squares: Squares only one of the two has, or with another number of persons.
        reasons: Why each site came or went, in the order of ``find_reasons``.
        coordinators: L-NSPs of both runs with another C-NSP: site_id, name, gemeente_name, from_id, to_id, before_m and
            after_m (to the C-NSP).
    """

    label: str
    sites: gpd.GeoDataFrame
    flows: pd.DataFrame
    n_persons: float
    moved_persons: float
    nearer_persons: float
    farther_persons: float
    n_other_squares: int
    reasons: tuple[ChangeReason, ...]
    coordinators: pd.DataFrame

    @property
    def moved_share(self) -> float | None:
        """Part of the persons of squares that both runs have who have another L-NSP; None without such squares."""
        return self.moved_persons / self.n_persons if self.n_persons else None

    def n_sites(self, role: str, change: str) -> int:
        """How many sites of a role came or went."""
        return int(((self.sites["role"] == role) & (self.sites["change"] == change)).sum())

    def flows_beyond(self, n: int) -> float:
        """Persons of all flows but the ``n`` largest."""
        return float(self.flows["persons"].iloc[n:].sum())


def better_direction(indicator: str) -> Better:
    """Whether few or many of an indicator is good for residents; None where it is no judgement."""
    if indicator in ("persons", "n_lnsp", "n_cnsp", "persons_per_lnsp", "highest_n_lnsp"):
        return None
    if indicator == "served_persons" or indicator.startswith("share_within"):
        return "high"
    if indicator in ("n_beyond_cnsp_norm", "n_cnsp_elsewhere", "n_nearer_cnsp", "n_nearer_unexplained"):
        return "low"
    if (
        indicator.endswith(("distance_m", "_minutes"))
        or indicator.startswith(("highest_", "unreachable"))
        or BEYOND in indicator
    ):
        return "low"
    return None


def indicator_values(runs: Sequence[FinishedRun], area_code: str | None = None) -> pd.DataFrame:
    """Indicators of the region, or of one gemeente: a row each, a column per run's label, NaN where a run has none."""
    columns = {}
    for run in runs:
        table = run.indicators
        own = table["area_level"] == "region" if area_code is None else table["area_code"] == area_code
        columns[run.label] = table[own].set_index("indicator")["value"].astype(float)
    values = pd.DataFrame(columns)
    known = [name for name in INDICATORS if name in values.index]
    ordered: pd.DataFrame = values.loc[[*known, *(name for name in values.index if name not in INDICATORS)]]
    return ordered


def different_settings(runs: Sequence[FinishedRun]) -> dict[str, tuple[Any, ...]]:
    """Settings that are not the same in all runs, value per run; None where a run has no such key."""
    keys = dict.fromkeys(key for run in runs for key in run.settings)
    values = {key: tuple(run.settings.get(key) for run in runs) for key in keys}
    ignored = ("title", "output")
    return {
        key: given for key, given in values.items() if key not in ignored and any(value != given[0] for value in given)
    }


def sites_by_role(runs: Sequence[FinishedRun], role: str) -> pd.DataFrame:
    """Sites that have a role in some run but not in all: one row each, a column per run with whether it has it."""
    chosen = {run.label: set(run.sites.loc[run.sites["role"] == role, "site_id"]) for run in runs}
    every = set.union(*chosen.values())
    differ = sorted(every - set.intersection(*chosen.values()))
    known = pd.concat([run.sites[["site_id", "name", "kind", "gemeente_name"]] for run in runs])
    known = known.drop_duplicates("site_id").set_index("site_id").loc[differ].reset_index()
    for label, ids in chosen.items():
        known[label] = known["site_id"].isin(ids).to_numpy(dtype=bool)
    ordered: pd.DataFrame = known.sort_values(["gemeente_name", "name", "site_id"], ignore_index=True)
    return ordered


def find_moved(reference: FinishedRun, other: FinishedRun) -> Moved:
    """What came, went and moved between the reference and another run."""
    both = reference.squares.merge(other.squares, on="demand_id", suffixes=("_a", "_b"))
    n_only_one = len(reference.squares) + len(other.squares) - 2 * len(both)
    persons = both["persons_b"].astype(float)
    before, after = state_of_run(reference), state_of_run(other)
    flows = find_flows(before, after)
    difference_m = both["distance_m_b"] - both["distance_m_a"]
    return Moved(
        label=other.label,
        sites=_came_and_went(reference, other),
        flows=flows,
        n_persons=float(persons.sum()),
        moved_persons=float(flows["persons"].sum()),
        nearer_persons=float(persons[difference_m <= -SAME_M].sum()),
        farther_persons=float(persons[difference_m >= SAME_M].sum()),
        n_other_squares=n_only_one + int((both["persons_a"] != both["persons_b"]).sum()),
        reasons=tuple(find_reasons(before, after)),
        coordinators=_other_coordinators(reference, other),
    )


def _other_coordinators(reference: FinishedRun, other: FinishedRun) -> pd.DataFrame:
    columns = ["site_id", "name", "gemeente_name", "cnsp_id", "cnsp_distance_m"]
    here, there = (run.sites.loc[run.sites["role"] == "lnsp", columns] for run in (reference, other))
    both = pd.DataFrame(here).merge(pd.DataFrame(there), on="site_id", suffixes=("_a", ""))
    both = both[both["cnsp_id_a"] != both["cnsp_id"]].sort_values(["gemeente_name", "name", "site_id"])
    named = {"cnsp_id_a": "from_id", "cnsp_id": "to_id", "cnsp_distance_m_a": "before_m", "cnsp_distance_m": "after_m"}
    table: pd.DataFrame = both.rename(columns=named)[
        ["site_id", "name", "gemeente_name", "from_id", "to_id", "before_m", "after_m"]
    ].reset_index(drop=True)
    return table


def _came_and_went(reference: FinishedRun, other: FinishedRun) -> gpd.GeoDataFrame:
    parts = []
    for role in ROLES:
        before, after = (run.sites[run.sites["role"] == role] for run in (reference, other))
        came = after[~after["site_id"].isin(before["site_id"])].assign(change="came")
        went = before[~before["site_id"].isin(after["site_id"])].assign(change="went")
        parts += [came, went]
    columns = ["site_id", "name", "kind", "gemeente_name", "role", "change", "persons", "geometry"]
    every = pd.concat(parts, ignore_index=True)[columns]
    return every.sort_values(["role", "gemeente_name", "change", "name", "site_id"], ascending=[False] + [True] * 4)
