"""Which constraints an engine keeps. In: an instance. Out: nothing, or an error: no engine leaves a constraint out.

Every entry of an engine says what it keeps; what can differ between them are the constraints here. Those that all keep
((1) to (3), fixed and refused sites, minima, and numbers of sites) are not asked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.plan.instance import Divisibility, LocalInstance

KEPT_BY_ALL = frozenset(
    {
        *("demand_ids", "population_persons", "weight", "demand_gemeente", "service_distance_m"),
        *("site_ids", "capacity_persons", "site_gemeente", "fixed", "refused", "gemeente_codes", "costs", "n_sites"),
        *("min_sites", "objective", "group", "group_ids", "percentile", "share", "beyond_share", "cost_per_arc"),
    }
)
"""Fields of an instance that every engine reads, or that belong to an objective or to what is asked for here."""
ASKED_FOR = frozenset({"divisibility", "max_beyond", "quota"})


@dataclass(frozen=True)
class Supports:
    """What one entry of an engine keeps.

    Attributes:
        engine: Its name in messages.
        divisibility: The kinds of (6).
        beyond: Whether it keeps (7), at most so much weight beyond the norm.
        quota: Whether it keeps a number of sites per gemeente.
    """

    engine: str
    divisibility: frozenset[Divisibility]
    beyond: bool = False
    quota: bool = True

    def require(self, instance: LocalInstance) -> None:
        """Refuse an instance with a constraint that would be left out.

        Raises:
            SettingsError: It has one; the message names it.
        """
        left_out = []
        if instance.divisibility not in self.divisibility:
            left_out.append(f"(6) {instance.divisibility.value}")
        if math.isfinite(instance.max_beyond) and not self.beyond:
            left_out.append("(7) at most so much weight beyond the norm")
        if instance.quota is not None and not self.quota:
            left_out.append("(4) sites per gemeente")
        if left_out:
            message = f"{self.engine} does not keep {' and '.join(left_out)}"
            raise SettingsError(Fault("plan", message, 'take the other engine (solver.method = "exact")'))


POINTS = frozenset({Divisibility.DIVISIBLE, Divisibility.WHOLE_POINTS})
"""Groups that stay whole must be merged before."""
EVERYTHING = frozenset(Divisibility)
