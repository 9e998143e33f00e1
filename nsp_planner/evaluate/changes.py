"""What a plan changes of the one before it, and why. In: nothing. Out: :class:`Changes`, told by every output.

sites (DataFrame, a row per L-NSP that came or went, those that went first): site_id · name · gemeente_code ·
    gemeente_name · change (``came``, ``went``) · persons (in the plan that has it) · cause (:data:`CAUSES`) · detail
    (words of the list or of the study, empty where there are none) · root_id, root_name (for ``follows``: the site that
    set it off) · keep_cost (what keeping a site that went costs, in units of the objective, NaN where it is not known)
    · keep_known (``exchange``, ``impossible``, ``unknown``; empty for a site that came) · instead_id, instead_name (the
    site that would then close, NA for none)
flows (DataFrame, a row per pair of L-NSPs between which people move, most people first): from_id · from_name · to_id ·
    to_name (NA for no L-NSP) · persons · cause (``went``, ``came``, ``makes_room``) · root_id · root_name
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from nsp_planner.evaluate.finished_run import FinishedRun

CAUSES = {
    "withdrawn": "the list says that it is off (status afgevallen)",
    "refused": "the study refuses it",
    "gone": "it is no candidate any more",
    "circumstances": "it drops out in the circumstances of the study",
    "number": "its gemeente gets another number of L-NSPs",
    "new": "it is new in the list",
    "fixed": "the study or its status fixes it",
    "free_again": "it was refused or off, and is not any more",
    "follows": "it follows from another site that came or went",
    "margin": "without it the plan would not lie within the asked gap",
}
"""Why a site came or went, in English, for who reads the code."""
SITE_COLUMNS = (
    "site_id", "name", "gemeente_code", "gemeente_name", "change", "persons", "cause", "detail", "root_id",
    "root_name", "keep_cost", "keep_known", "instead_id", "instead_name",
)  # fmt: skip
FLOW_COLUMNS = ("from_id", "from_name", "to_id", "to_name", "persons", "cause", "root_id", "root_name")
KeepKnown = Literal["exchange", "impossible", "unknown", ""]


@dataclass(frozen=True, eq=False)
class Changes:
    """A plan beside the one before it; see the module's docstring for the tables.

    Attributes:
        previous: The plan before it.
        sites: L-NSPs that came or went.
        flows: People who get another L-NSP.
        n_other: L-NSPs that were not in the plan before.
        n_other_at_least: Proven: no plan that keeps to the lists, decisions and numbers has fewer of them.
        n_persons: Persons on squares that both plans know.
        moved_persons: Of these, who get another L-NSP (the one that most of their square goes to).
        n_new_squares: Squares that the plan before did not know.
        n_gone_squares: Squares of the plan before that are not there any more.
        n_gone_sites: L-NSPs of the plan before that are no candidates any more.
        cnsps_came, cnsps_went: Names of the C-NSPs that came and went.
    """

    previous: FinishedRun
    sites: pd.DataFrame
    flows: pd.DataFrame
    n_other: int
    n_other_at_least: int
    n_persons: float
    moved_persons: float
    n_new_squares: int
    n_gone_squares: int
    n_gone_sites: int
    cnsps_came: tuple[str, ...]
    cnsps_went: tuple[str, ...]

    @property
    def fewest_is_proven(self) -> bool:
        """Whether no plan has fewer other L-NSPs, whatever it costs."""
        return self.n_other == self.n_other_at_least

    def of(self, change: Literal["came", "went"]) -> pd.DataFrame:
        """The sites that came, or those that went."""
        return pd.DataFrame(self.sites[self.sites["change"] == change])
