"""The plan made before this one. In: the run that a study names. Out: its sites and people, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nsp_planner.config import Study
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.plan.change.previous import PreviousSites, PreviousStations
from nsp_planner.plan.instance import BoolArray, CoordinationInstance, LocalInstance
from nsp_planner.study.finished_run import read_finished_runs


@dataclass(frozen=True, eq=False)
class PreviousPlan:
    """The plan made before, and how long may be looked for the one that changes it least."""

    run: FinishedRun
    search_s: float

    def sites_of(self, instance: LocalInstance, counts: BoolArray | None = None) -> PreviousSites:
        """The plan by positions of an instance; ``counts``, shape (m,), says which sites are those of the region."""
        squares = self.run.squares.dropna(subset=["site_id"])
        site_of = dict(zip(squares["demand_id"].astype(str), squares["site_id"].astype(str), strict=True))
        return PreviousSites.of(instance, self.run.lnsps, site_of, counts=counts, search_s=self.search_s)

    def stations_of(self, instance: CoordinationInstance) -> PreviousStations:
        """The C-NSPs by positions of an instance of level 2."""
        lnsps = self.run.sites[(self.run.sites["role"] == "lnsp") & (self.run.sites["cnsp_id"].astype(str) != "")]
        coordinator_of = dict(zip(lnsps["site_id"].astype(str), lnsps["cnsp_id"].astype(str), strict=True))
        return PreviousStations.of(instance, self.run.cnsps, coordinator_of, search_s=self.search_s)


def read_previous_plan(study: Study) -> PreviousPlan | None:
    """The plan of the run that the study names in [previous]; None where it names none.

    Raises:
        DataError: The folder is no finished run.
    """
    if study.previous is None:
        return None
    (run,) = read_finished_runs([Path(study.previous.run)], "previous plan")
    return PreviousPlan(run, study.previous.search_s)
