"""Level 2 at one ratio and one way of load. In: nothing. Out: :class:`RatioOutcome`, and what readers call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nsp_planner.errors import Fault
from nsp_planner.evaluate.stations.nearer_cnsp import Passed
from nsp_planner.evaluate.stations.station_failure import StationFailure
from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan
from nsp_planner.report.text.dutch import number_nl

Way = Literal["priced", "hard", "free"]
WAYS: tuple[Way, ...] = ("priced", "hard", "free")
"""What happens above the ratio: the price of the study, nothing is allowed, or nothing is weighed."""
WAYS_NL: dict[Way, str] = {
    "priced": "met een prijs boven de verhouding",
    "hard": "nooit boven de verhouding",
    "free": "vrij: elk naar het dichtstbijzijnde",
}


@dataclass(frozen=True, eq=False)
class RatioOutcome:
    """One ratio in one way of load: the instance, and the plan with what fails, or why there is none.

    Attributes:
        ratio: L-NSPs per C-NSP; None for one coordination point in the region.
        instance: Level 2 at this ratio.
        plan: The verified plan, None where none is possible.
        failures: Every C-NSP that fails, the worst first.
        fault: Why there is no plan.
        way: What happens above the ratio.
        passed: The L-NSPs that pass a nearer open C-NSP.
    """

    ratio: float | None
    instance: CoordinationInstance
    plan: CoordinationPlan | None
    failures: tuple[StationFailure, ...] = ()
    fault: Fault | None = None
    way: Way = "priced"
    passed: tuple[Passed, ...] = ()

    def is_own(self, own: float) -> bool:
        """Whether it is the study's own ratio in the study's own way."""
        return self.way == "priced" and self.ratio == own


def ratio_nl(ratio: float | None, way: Way) -> str:
    """What readers call a ratio; None is one coordination point."""
    if ratio is None:
        return "één coördinatiepunt"
    name = f"1 op {number_nl(ratio, 0 if ratio == int(ratio) else 1)}"
    return {"priced": name, "hard": f"{name}, hard maximum", "free": f"{name} gemiddeld, zonder maximum"}[way]
