"""Who counts for what. In: layers and settings. Out: weights of the objective, inhabitants that the ratio counts.

A person of a vulnerable group may weigh more when distances are weighed; persons and capacities stay what they are.
Guests count for distances and capacities, and for the number of L-NSPs only where the study says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.config import Study
from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.layers.population.group_counts import estimated_counts, known_counts, share_at_home
from nsp_planner.layers.population.vulnerable_groups import group_column, group_names
from nsp_planner.layers.tables import Layers
from nsp_planner.names import did_you_mean


def objective_weight(layers: Layers, study: Study) -> FloatArray:
    """Weight of every demand point: its persons, plus (weight - 1) for every person of a weighted group at home.

    Args:
        layers: The checked tables.
        study: The settings; ``vulnerable.weights`` names the groups.

    Raises:
        SettingsError: A weighted group is in none of the inputs, or its number is published nowhere.
    """
    demand, settings = layers.demand, study.vulnerable
    weight: FloatArray = demand["population_persons"].to_numpy(dtype=float).copy()
    known = [name for name in group_names(demand.columns) if demand[group_column(name)].notna().any()]
    faults = Faults()
    for name, factor in settings.weights.items():
        if name in known:
            counts = estimated_counts(demand, name) if settings.unknown == "share" else known_counts(demand, name)
            weight += (factor - 1) * np.nan_to_num(counts) * share_at_home(demand)
            continue
        fix = did_you_mean(name, known, "name its column in vulnerable.columns")
        message = f"the group {name!r} is in none of the inputs (known: {', '.join(known) or 'none'})"
        faults.add("study", message, fix, column=f"vulnerable.weights.{name}")
    faults.raise_if_any(SettingsError)
    return weight


def counted_for_number(layers: Layers, study: Study) -> pd.DataFrame:
    """The calibration table by which L-NSPs are counted: inhabitants, with guests where the study says so."""
    if not study.tourism.count_for_number or layers.presence is None:
        return layers.calibration
    guests = layers.presence.set_index("area_code")["guests"].reindex(layers.calibration["area_code"])
    total = layers.calibration["total_persons"] + guests.fillna(0).to_numpy(dtype="int64")
    return layers.calibration.assign(total_persons=total)
