"""What the value of level 2 is made of. In: an instance and its plan. Out: :class:`CoordinationValue`.

Only the metres are distance, and only they are shown as such: what weighed beside them in the choice stands apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.plan.instance import CoordinationInstance
from nsp_planner.plan.solution import CoordinationPlan


@dataclass(frozen=True)
class CoordinationValue:
    """The parts of the value of level 2; they add up to it.

    Attributes:
        distance_m: From every L-NSP to its C-NSP, together.
        other_gemeente_m: Priced for L-NSPs whose C-NSP lies in another gemeente.
        above_ratio_m: Priced for L-NSPs that a C-NSP has above the ratio.
        stations_m: Priced for L-NSPs under stations that are wished for less.
        n_other_gemeente: L-NSPs whose C-NSP lies in another gemeente.
        n_above_ratio: L-NSPs above the ratio.
    """

    distance_m: float
    other_gemeente_m: float
    above_ratio_m: float
    stations_m: float
    n_other_gemeente: int
    n_above_ratio: int

    @classmethod
    def of(cls, instance: CoordinationInstance, plan: CoordinationPlan) -> CoordinationValue:
        """That of a plan."""
        coordinator = plan.coordinator
        distance_m = instance.costs.lookup(np.arange(len(coordinator), dtype=np.int64), coordinator)
        n_other = int((instance.lnsp_gemeente != instance.station_gemeente[coordinator]).sum())
        above = np.maximum(np.bincount(coordinator) - instance.lnsp_per_cnsp, 0)
        wished = instance.station_price_m
        return cls(
            distance_m=float(distance_m.sum()),
            other_gemeente_m=n_other * instance.other_gemeente_penalty_m,
            above_ratio_m=float(instance.load_price_m * (above * (above + 1) // 2).sum()),
            stations_m=0.0 if wished is None else float(wished[coordinator].sum()),
            n_other_gemeente=n_other,
            n_above_ratio=int(above.sum()),
        )

    @property
    def total_m(self) -> float:
        """The value of the plan."""
        return self.distance_m + self.other_gemeente_m + self.above_ratio_m + self.stations_m
