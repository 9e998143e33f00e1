"""What buildings are priced at. In: layers, a study, who is fixed or refused. Out: metres extra per building.

All prices of level 1 come together here, in metres for everybody who goes there: another kind of building than the
gemeente prefers, no agreement of the owner where another building has one, and what circumstances add. They weigh when
buildings are chosen, in every objective; they are never part of a distance that is shown, nor of who has an L-NSP
within the norm.
"""

from __future__ import annotations

import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.layers.sites.standing import Standing
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.circumstances.site_effects import SiteEffects
from nsp_planner.study.prepare.preferred_kinds import kind_penalty_m


def site_prices_m(
    layers: Layers,
    study: Study,
    effects: SiteEffects,
    known: Standing | None,
    rows: IntArray,
    fixed: BoolArray,
    refused: BoolArray,
) -> FloatArray:
    """Metres that count extra on the way to each row of ``layers.sites`` as L-NSP.

    Args:
        layers: The checked tables.
        study: The settings.
        effects: What circumstances do to buildings.
        known: What is decided of every building as L-NSP; None where only the L-NSPs of a plan at hand may open, whose
            owners all agreed.
        rows: Row of each candidate L-NSP, m of them.
        fixed: Shape (m,), as it is in the problem.
        refused: Shape (m,), as it is in the problem.
    """
    price_m = effects.penalty_m + kind_penalty_m(layers, study)
    if known is not None:
        price_m[rows] += _status_penalty_m(layers, study, known.preferred[rows], rows, fixed, refused)
    return price_m


def _status_penalty_m(
    layers: Layers, study: Study, preferred: BoolArray, rows: IntArray, fixed: BoolArray, refused: BoolArray
) -> FloatArray:
    """Metres for each candidate that is neither preferred by its status nor fixed, where it could come instead of one.

    Where each gemeente has its number of L-NSPs, buildings compete within a gemeente, so one agreement there changes
    nothing elsewhere.
    """
    competes = preferred & ~refused & ~fixed
    if study.ratios.quota_per == "gemeente":
        gemeente = layers.sites["gemeente_code"].to_numpy(dtype=object)[rows]
        here = np.isin(gemeente, np.unique(gemeente[competes].astype(str)).astype(object))
    else:
        here = np.full(len(rows), competes.any())
    return np.where(here & ~preferred & ~fixed, study.decisions.preferred_status_m, 0.0)
