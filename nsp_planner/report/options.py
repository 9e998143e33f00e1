"""What the reports are asked to hold. In: the command line. Out: :class:`DeliverOptions`, checked at once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.solved.finished_run import FinishedRun


@dataclass(frozen=True)
class DeliverOptions:
    """What goes into the deliverables beside the plan itself.

    Attributes:
        decisions_asked: The decisions the board is asked for; made from the plan when empty.
        alternatives: Runs to put beside this one in the board report.
        public_pilots: Whether sites with the status pilot are public.
    """

    decisions_asked: tuple[str, ...] = ()
    alternatives: tuple[FinishedRun, ...] = ()
    public_pilots: bool = False

    def check(self) -> None:
        """Raise now what the reports would raise after a long solve: a package that is not there."""
        faults = Faults()
        for package, why in (("typst", "PDFs are set with"), ("pypdf", "the publish gate reads PDFs with")):
            if find_spec(package) is None:
                fix = f"install it (pip install {package}), or leave the reports out"
                faults.add("report", f"{why} the package {package}, which is not installed", fix)
        faults.raise_if_any(SettingsError)
