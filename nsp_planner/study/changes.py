"""What a plan changes of the one before it, with what keeping sites would cost. In: both plans. Out: ``Changes``."""

from __future__ import annotations

from nsp_planner.evaluate.changes import Changes, find_changes
from nsp_planner.evaluate.evaluate import build_tables
from nsp_planner.evaluate.planned import PlannedStudy
from nsp_planner.study.build.distances import DistancesOnce
from nsp_planner.study.previous import PreviousPlan
from nsp_planner.study.progress import Progress


def explain_changes(
    planned: PlannedStudy, previous: PreviousPlan, distances: DistancesOnce, progress: Progress
) -> Changes:
    """Every change with its cause, and what keeping each site that goes would cost."""
    del distances
    progress.stage("why it differs from the plan before")
    return find_changes(planned, build_tables(planned), previous.run)
