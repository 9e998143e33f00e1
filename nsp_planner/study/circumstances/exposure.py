"""What a flood and an outage reach. In: layers and a study. Out: :class:`Exposure`, found once for all who ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.config import Study
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.circumstances.areas import in_flood, power_is_out


@dataclass(frozen=True, eq=False)
class Exposure:
    """Which rows of ``layers.sites`` and of ``layers.demand`` lie under water, and which are without electricity."""

    sites_flooded: BoolArray
    sites_dark: BoolArray
    demand_flooded: BoolArray
    demand_dark: BoolArray


def find_exposure(layers: Layers, study: Study) -> Exposure:
    """Where the circumstances of a study are.

    Raises:
        SettingsError: A gemeente that is not in the region.
    """
    dry = study.flood is None
    return Exposure(
        sites_flooded=np.zeros(len(layers.sites), dtype=bool) if dry else in_flood(layers, layers.sites),
        sites_dark=power_is_out(layers, study, layers.sites),
        demand_flooded=np.zeros(len(layers.demand), dtype=bool) if dry else in_flood(layers, layers.demand),
        demand_dark=power_is_out(layers, study, layers.demand),
    )
