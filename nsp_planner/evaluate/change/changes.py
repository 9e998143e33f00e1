"""What a plan changes of the one before it, and why. In: both plans. Out: :class:`Changes`, told by every output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from nsp_planner.evaluate.change.change_reasons import (
    ChangeReason,
    find_flows,
    find_reasons,
    state_of_plan,
    state_of_run,
)
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.tables import PlanTables

KeepKnown = Literal["exchange", "impossible", "unknown"]


@dataclass(frozen=True)
class Kept:
    """What keeping a site that went would cost.

    Attributes:
        known: ``exchange``: computed for the plan as it is with this site open instead of another, everybody allocated
            again; ``impossible``: the site may not open, or no exchange has room for everybody; ``unknown``: not
            computed in the time there was.
        cost: Units of the objective more than the plan; below 0 where keeping it is better. NaN where not known. The
            best plan with the site may cost less than the exchange.
        instead: The site that closes in the exchange.
    """

    known: KeepKnown = "unknown"
    cost: float = float("nan")
    instead: str | None = None


@dataclass(frozen=True, eq=False)
class Changes:
    """A plan beside the one before it.

    Attributes:
        previous: The plan before it.
        reasons: Why every noodsteunpunt came or went; L-NSPs first.
        kept: What keeping each L-NSP that went would cost, by id.
        flows: Persons who get another L-NSP: from_id, to_id ("" for none), persons; the most first.
        names: Names of the sites of both plans by id.
        n_lnsp: L-NSPs of the plan.
        n_other: L-NSPs that were not in the plan before.
        n_other_at_least: Proven: no plan within the asked gap has fewer of them.
        n_cnsp: C-NSPs of the plan.
        n_other_cnsp: C-NSPs that were none in the plan before.
        n_other_cnsp_at_least: Proven: no plan within the asked gap has fewer of them for these L-NSPs.
        moved_lnsps: L-NSPs of both plans that have another C-NSP.
        n_persons: Persons on squares that both plans know.
        n_new_squares: Squares that the plan before did not know.
        n_gone_squares: Squares of the plan before that are not there any more.
        n_gone_sites: L-NSPs of the plan before that are on no list any more.
        stopped_by: Why the search for fewer changes stopped: ``gap`` (came to its end), ``time`` or ``interrupt``.
    """

    previous: FinishedRun
    reasons: tuple[ChangeReason, ...]
    kept: Mapping[str, Kept]
    flows: pd.DataFrame
    names: Mapping[str, str]
    n_lnsp: int
    n_other: int
    n_other_at_least: int
    n_cnsp: int
    n_other_cnsp: int
    n_other_cnsp_at_least: int
    moved_lnsps: int
    n_persons: float
    n_new_squares: int
    n_gone_squares: int
    n_gone_sites: int
    stopped_by: str

    @property
    def moved_persons(self) -> float:
        """Persons who get another L-NSP, the one that most of their square goes to."""
        return float(self.flows["persons"].sum())

    @property
    def fewest_is_proven(self) -> bool:
        """Whether no plan within the asked gap has fewer other L-NSPs."""
        return self.n_other == self.n_other_at_least

    @property
    def fewest_cnsp_is_proven(self) -> bool:
        """Whether no plan within the asked gap has fewer other C-NSPs for these L-NSPs."""
        return self.n_other_cnsp == self.n_other_cnsp_at_least

    @property
    def is_same(self) -> bool:
        """Whether no noodsteunpunt came or went and nobody moves."""
        return not self.reasons and self.flows.empty and not self.moved_lnsps

    def of(self, role: Literal["lnsp", "cnsp"], change: Literal["came", "went"]) -> list[ChangeReason]:
        """The noodsteunpunten of a role that came, or those that went."""
        return [reason for reason in self.reasons if (reason.role, reason.change) == (role, change)]


def find_changes(
    planned: PlannedStudy, tables: PlanTables, before: FinishedRun, kept: Mapping[str, Kept] | None = None
) -> Changes:
    """What a plan with its tables changes of a run; ``kept`` says what keeping each site would cost."""
    then, now = state_of_run(before), state_of_plan(planned, tables)
    least, least_cnsp = planned.local_plan.least_change, planned.coordination_plan.least_change
    reasons = tuple(find_reasons(then, now))
    n_other, n_other_cnsp = (
        sum((reason.role, reason.change) == (role, "came") for reason in reasons) for role in ("lnsp", "cnsp")
    )
    under_then, under_now = (
        dict(zip(table["site_id"].astype(str), table["cnsp_id"].astype(str), strict=True))
        for table in (before.sites[before.sites["role"] == "lnsp"], tables.lnsps)
    )
    both = np.isin(tables.demand["demand_id"], before.squares["demand_id"])
    return Changes(
        previous=before,
        reasons=reasons,
        kept=kept or {},
        flows=find_flows(then, now),
        names={
            str(site): str(name)
            for state in (then, now)
            for site, name in zip(state.sites["site_id"], state.sites["name"], strict=True)
        },
        n_lnsp=len(tables.lnsps),
        n_other=n_other,
        n_other_at_least=0 if least is None else min(least.n_other_at_least, n_other),
        n_cnsp=len(tables.cnsps),
        n_other_cnsp=n_other_cnsp,
        n_other_cnsp_at_least=0 if least_cnsp is None else min(least_cnsp.n_other_at_least, n_other_cnsp),
        moved_lnsps=sum(under_then[site] != station for site, station in under_now.items() if site in under_then),
        n_persons=float(planned.local.population_persons[both].sum()),
        n_new_squares=int((~both).sum()),
        n_gone_squares=int((~before.squares["demand_id"].isin(tables.demand["demand_id"])).sum()),
        n_gone_sites=sum(site not in set(planned.layers.sites["site_id"]) for site in before.lnsps),
        stopped_by="gap" if least is None else least.stopped_by,
    )
