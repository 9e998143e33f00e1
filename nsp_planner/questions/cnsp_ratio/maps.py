"""A map per ratio and way of load. In: level 2 at each of them. Out: a page beside the answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np

from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.stations.station_failure import coordinator_distance_m
from nsp_planner.names import counted_nl, lnsps_nl
from nsp_planner.questions.cnsp_ratio.outcome import RatioOutcome, ratio_nl
from nsp_planner.report.answers.answer import Answer, AnswerFile
from nsp_planner.report.answers.maps import RowMap, write_maps
from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.svg.coordination import coordination_picture
from nsp_planner.report.text.coordination import km_nl, norm_km_nl

FILE = "kaarten.html"


def ratio_maps(planned: PlannedStudy, outcomes: Sequence[RatioOutcome], answer: Answer, norm_m: float) -> AnswerFile:
    """The page with a map for every row that has a plan."""
    points = planned.layers.sites.set_index("site_id").geometry
    maps = [_map(planned, points, outcome, norm_m) for outcome in outcomes if outcome.plan is not None]
    caption = (
        "Rond: L-NSP. Vierkant: C-NSP. De lijn gaat van elk L-NSP naar zijn C-NSP; gestreept en dik is verder dan de "
        f"norm van {norm_km_nl(norm_m)}."
    )

    def write(path: Path, run_info: RunInfo) -> None:
        write_maps(
            path,
            run_info,
            title=answer.title,
            caption=caption,
            maps=maps,
            marks=answer.marks,
            attribution=answer.attribution,
        )

    return AnswerFile(FILE, "Een kaart per verhouding: welk L-NSP onder welk C-NSP; opent zonder internet", write)


def _map(planned: PlannedStudy, points: gpd.GeoSeries, outcome: RatioOutcome, norm_m: float) -> RowMap:
    instance, plan = outcome.instance, outcome.plan
    assert plan is not None
    distance_m = coordinator_distance_m(instance, plan)
    lnsp_xy_m, station_xy_m = (
        points.loc[list(ids)].get_coordinates().to_numpy() for ids in (instance.lnsp_ids, instance.station_ids)
    )
    highest = int(np.bincount(plan.coordinator).max())
    n_cnsp = counted_nl(len(plan.open_stations), "C-NSP's")
    text = (
        f"{n_cnsp}, ten hoogste {lnsps_nl(highest)} per C-NSP; gemiddeld "
        f"{km_nl(distance_m.mean())}, ten hoogste {km_nl(distance_m.max())}."
    )
    svg = coordination_picture(planned.layers.areas, lnsp_xy_m, station_xy_m, plan.coordinator, distance_m > norm_m)
    return RowMap(ratio_nl(outcome.ratio, outcome.way), text, svg)
