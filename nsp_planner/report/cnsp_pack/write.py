"""The pack of the C-NSPs as a file. In: a planned study, its evaluation and the run. Out: a workbook.

Which C-NSP coordinates what, who takes over when one fails, the GAP sheet, open actions, staff and means.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.report.list.tables import cnsp_table
from nsp_planner.report.list.workbook import write_tables_workbook
from nsp_planner.report.packs.gap import action_table, gap_table
from nsp_planner.report.packs.staff import means_table
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.staffing import build_means

FILE = OutputFile("c-nsp/pakket-c-nsp.xlsx", "Pakket voor de projectleider C-NSP: toewijzing, uitval, GAP (Excel)")


def write_cnsp_pack(
    folder: Path, planned: PlannedStudy, evaluation: Evaluation, run_info: RunInfo
) -> tuple[OutputFile, ...]:
    """Write the pack in ``folder/c-nsp``."""
    (folder / FILE.name).parent.mkdir()
    write_tables_workbook(folder / FILE.name, planned, evaluation, run_info, _sheets(planned, evaluation))
    return (FILE,)


def _sheets(planned: PlannedStudy, evaluation: Evaluation) -> list[tuple[str, str, pd.DataFrame]]:
    sites = planned.layers.sites
    gaps = gap_table(sites, [], evaluation.cnsps["site_id"])
    means = build_means(0, len(evaluation.cnsps), evaluation.value("persons"), planned.premises)
    return [
        ("Toewijzing", "Elk L-NSP onder zijn C-NSP", cnsp_table(evaluation)),
        ("Uitval", "Als een C-NSP uitvalt: welk C-NSP neemt over", failure_table(planned, evaluation)),
        ("GAP", "GAP-analyse C-NSP's: onbekend is een vraag, geen nee", gaps),
        ("Acties", "Open acties C-NSP's", action_table(sites, gaps)),
        ("Bemensing", "Bemensing en middelen C-NSP's", means_table(means, planned.premises)),
    ]


def failure_table(planned: PlannedStudy, evaluation: Evaluation) -> pd.DataFrame:
    """For every L-NSP the nearest other C-NSP, and how many L-NSPs that one would then coordinate."""
    instance, plan = planned.coordination, planned.coordination_plan
    costs = instance.costs
    is_open = np.zeros(costs.n_destinations, dtype=bool)
    is_open[plan.open_stations] = True
    own: IntArray = plan.coordinator[costs.arc_origin]
    others = costs.keep_arcs(is_open[costs.destination] & (costs.destination != own))
    names = planned.layers.sites.set_index("site_id")["name"]
    counts = np.bincount(plan.coordinator, minlength=costs.n_destinations)
    takes_over: dict[tuple[int, int], int] = {}
    first = [others.indptr[i] if others.indptr[i] < others.indptr[i + 1] else -1 for i in range(others.n_origins)]
    for i, arc in enumerate(first):
        if arc >= 0:
            key = (int(plan.coordinator[i]), int(others.destination[arc]))
            takes_over[key] = takes_over.get(key, 0) + 1
    persons = dict(zip(evaluation.lnsps["site_id"], evaluation.lnsps["persons"], strict=True))
    rows = []
    for i, arc in enumerate(first):
        lnsp_id, station = instance.lnsp_ids[i], int(plan.coordinator[i])
        other = None if arc < 0 else int(others.destination[arc])
        rows.append(
            {
                "C-NSP": names[instance.station_ids[station]],
                "L-NSP": names[lnsp_id],
                "Inwoners": round(float(persons[lnsp_id])),
                "Neemt over": None if other is None else names[instance.station_ids[other]],
                "Afstand (m)": None if other is None else float(others.distance_m[arc]),
                "L-NSP's dan onder dat C-NSP": None
                if other is None
                else int(counts[other]) + takes_over[(station, other)],
            }
        )
    return pd.DataFrame(rows).sort_values(["C-NSP", "L-NSP"], kind="stable", ignore_index=True)
