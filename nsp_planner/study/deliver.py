"""What the reports are asked to hold. In: folders of runs as the command line names them. Out: the options, with runs.

Everything is read before solving, so that a wrong folder is told at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nsp_planner.report.options import DeliverOptions
from nsp_planner.study.finished_run import read_finished_runs


def read_deliver_options(*, alternatives: Sequence[Path] = (), public_pilots: bool = False) -> DeliverOptions:
    """The options of the reports.

    Args:
        alternatives: Folders of runs to put beside this one in the board report.
        public_pilots: Whether sites with the status pilot are public.

    Raises:
        DataError: A folder is no finished run.
    """
    runs = read_finished_runs(alternatives, "earlier run")
    return DeliverOptions(alternatives=tuple(runs), public_pilots=public_pilots)
