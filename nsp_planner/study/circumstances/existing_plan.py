"""The plan that exists already. In: a planned study or a finished run. Out: :class:`ExistingPlan`.

A shortage, a flood or a closed bridge meets the noodsteunpunten there are: only those can open. The plan is read from
a finished run, or made from the same study without its circumstances.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nsp_planner.config import Links, Study
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.evaluate.residents.demand import build_demand
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.study.finished_run import read_finished_runs


@dataclass(frozen=True, eq=False)
class ExistingPlan:
    """A plan made for normal circumstances.

    Attributes:
        lnsp_ids: Its L-NSPs.
        cnsp_ids: Its C-NSPs.
        people: demand_id · site_id (L-NSP that most of the square goes to, NA for none) · distance_m.
    """

    lnsp_ids: frozenset[str]
    cnsp_ids: frozenset[str]
    people: pd.DataFrame

    def n_in(self, layers: Layers, gemeente_code: str) -> int:
        """L-NSPs of the plan in one gemeente."""
        sites = layers.sites
        here = (sites["gemeente_code"] == gemeente_code) & sites["site_id"].isin(self.lnsp_ids)
        return int(here.sum())


def existing_plan_of(planned: PlannedStudy) -> ExistingPlan:
    """A planned study as an existing plan."""
    sites = planned.layers.sites["site_id"]
    lnsps = sites.iloc[[planned.local_site_rows[j] for j in planned.local_plan.open_sites]]
    cnsps = sites.iloc[[planned.station_rows[k] for k in planned.coordination_plan.open_stations]]
    people = build_demand(planned)[["demand_id", "site_id", "distance_m"]]
    return ExistingPlan(frozenset(lnsps), frozenset(cnsps), people)


def chooses_among_existing(study: Study) -> bool:
    """Whether only the noodsteunpunten of a plan made before can open."""
    return study.limited_to_existing is not None


def normal_study(study: Study) -> Study:
    """The same study without circumstances."""
    return study.change(power_outage=None, flood=None, staff_shortage=None, plan_at_hand=None, links=Links())


def read_existing_plan(run: Path, layers: Layers) -> ExistingPlan:
    """The plan of a finished run as the existing plan.

    Raises:
        DataError: The folder is no finished run. SettingsError: it holds sites that are no candidates here.
    """
    (record,) = read_finished_runs([run], "plan at hand")
    sites = record.sites
    chosen = {role: frozenset(sites.loc[sites["role"] == role, "site_id"]) for role in ("lnsp", "cnsp")}
    absent = sorted((chosen["lnsp"] | chosen["cnsp"]) - set(layers.sites["site_id"]))
    if absent:
        message = f"{len(absent)} noodsteunpunten of this run are no candidates here"
        fix = "give a run of this region with the same sources of buildings"
        if layers.unfit is not None and layers.unfit["site_id"].isin(absent).any():
            fix += ", or keep what a rule leaves out: off in [eligibility], or fixed in [decisions]"
        raise SettingsError(Fault("plan at hand", message, fix, str(run), "plan_at_hand.run", tuple(absent)))
    return ExistingPlan(chosen["lnsp"], chosen["cnsp"], record.squares[["demand_id", "site_id", "distance_m"]])
