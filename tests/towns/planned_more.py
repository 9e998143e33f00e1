"""Phases and a backdrop for the toy of :mod:`tests.towns.planned`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.phases import PhasePlan, first_phase_within_norm
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.network.backdrop import MAIN_ROAD, MOTORWAY, STREET, Backdrop


def with_backdrop(evaluation: Evaluation) -> Evaluation:
    """The toy with a motorway, a main road, a street, a lake and a river across it."""
    x, y = 210_000.0, 500_000.0
    lines = [shapely.LineString([(x - 500, y + at), (x + 1_500, y + at + 50)]) for at in (100, 300, 450)]
    backdrop = Backdrop(
        source="proef.osm.pbf",
        roads=np.array(lines, dtype=object),
        road_class=np.array([MOTORWAY, MAIN_ROAD, STREET]),
        water=np.array([shapely.box(x + 100, y + 100, x + 300, y + 250)], dtype=object),
        waterways=np.array([shapely.LineString([(x, y - 500), (x + 300, y + 900)])], dtype=object),
    )
    return replace(evaluation, layers=replace(evaluation.layers, backdrop=backdrop))


def with_phases(toy: tuple[PlannedStudy, Evaluation]) -> Evaluation:
    """The evaluation of a toy with :func:`make_phases`."""
    return replace(toy[1], phases=make_phases(*toy))


def make_phases(planned: PlannedStudy, evaluation: Evaluation, years: tuple[int, ...] = (2027, 2028)) -> PhasePlan:
    """The first L-NSP and every C-NSP in the first year, the other L-NSPs one a year after it."""
    lnsps = [str(site_id) for site_id in evaluation.lnsps["site_id"]]
    opens = {str(site_id): years[0] for site_id in evaluation.cnsps["site_id"]}
    opens |= {site_id: years[min(n, len(years) - 1)] for n, site_id in enumerate(lnsps)}
    table = pd.DataFrame(
        {
            "year": years,
            "n_lnsp_new": 1,
            "n_lnsp": range(1, len(years) + 1),
            "n_cnsp_new": [1, *[0] * (len(years) - 1)],
            "n_cnsp": 1,
            "persons": 360,
            "within_norm_persons": [180.0, *[360.0] * (len(years) - 1)],
            "share_within_norm": [0.5, *[1.0] * (len(years) - 1)],
            "nearest_within_norm_persons": [200.0, *[360.0] * (len(years) - 1)],
            "vulnerable_persons": pd.NA,
            "nearest_within_norm_vulnerable_persons": pd.NA,
            "budget_eur": 100_000.0,
            "once_low_eur": 50_000.0,
            "once_high_eur": 80_000.0,
            "per_year_low_eur": 5_000.0,
            "per_year_high_eur": 8_000.0,
            "spent_eur": 65_000.0,
            "best_possible_persons": 200.0,
        }
    )
    local = planned.local
    phase = np.array([years.index(opens[local.site_ids[j]]) for j in planned.local_plan.open_sites])
    return PhasePlan(years, opens, table, first_phase_within_norm(planned, phase))
