"""Packs as files. In: a planned study, its evaluation and the run. Out: a folder per gemeente, one for the C-NSPs.

Of each gemeente: its own map and a workbook with its figures, its list, the GAP sheet, open actions, staff and means,
and what its own wish for a building would do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.local_wish import local_wishes
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.tables import INDICATORS, Evaluation, PlannedStudy
from nsp_planner.norms import Norms
from nsp_planner.report.file_names import file_slug
from nsp_planner.report.gis.geometry import site_colours
from nsp_planner.report.list.table import candidate_table
from nsp_planner.report.list.tables import Cell, cnsp_table
from nsp_planner.report.list.workbook import write_tables_workbook
from nsp_planner.report.map.write import write_map
from nsp_planner.report.packs import wish
from nsp_planner.report.packs.focus import focus_on
from nsp_planner.report.packs.gap import action_table, gap_table
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.dutch import number_nl
from nsp_planner.report.text.staffing import Means, build_means

PACKS_FOLDER = "gemeenten"
CNSP_PACK = OutputFile("c-nsp/pakket-c-nsp.xlsx", "Pakket voor de projectleider C-NSP: toewijzing, uitval, GAP (Excel)")


def write_packs(
    folder: Path, planned: PlannedStudy, evaluation: Evaluation, run_info: RunInfo, phases: PhasePlan | None = None
) -> tuple[OutputFile, ...]:
    """Write the pack of every gemeente in ``folder/gemeenten`` and that of the C-NSPs in ``folder/c-nsp``.

    With ``phases`` the maps have a slider over the years.
    """
    table, used = candidate_table(planned, evaluation), set[str]()
    wishes, colours = local_wishes(planned, evaluation), site_colours(planned, evaluation)
    written: list[OutputFile] = []
    for area in planned.layers.areas.sort_values("name").itertuples(index=False):
        code, name = str(area.area_code), str(area.name)
        place = f"{PACKS_FOLDER}/{file_slug(name, used)}"
        (folder / place).mkdir(parents=True)
        own, figures = focus_on(planned, evaluation, code)
        write_map(folder / place / "kaart.html", own, figures, run_info, phases=phases, whole=False, colours=colours)
        sheets = _gemeente_sheets(planned, evaluation, code, name, table)
        sheets.append(("Lokale wens", wish.TITLE, wish.wish_table(planned, wishes, code)))
        write_tables_workbook(folder / place / "pakket.xlsx", own, figures, run_info, sheets)
        written += [
            OutputFile(f"{place}/kaart.html", f"Kaart van {name}; opent zonder internet"),
            OutputFile(f"{place}/pakket.xlsx", f"Pakket {name}: lijst, GAP, acties, bemensing, lokale wens (Excel)"),
        ]
    (folder / CNSP_PACK.name).parent.mkdir()
    write_tables_workbook(folder / CNSP_PACK.name, planned, evaluation, run_info, _cnsp_sheets(planned, evaluation))
    return (*written, CNSP_PACK)


def _gemeente_sheets(
    planned: PlannedStudy, evaluation: Evaluation, code: str, name: str, table: pd.DataFrame
) -> list[tuple[str, str, pd.DataFrame]]:
    sites, lnsps, cnsps = planned.layers.sites, evaluation.lnsps, evaluation.cnsps
    own_lnsps = lnsps.loc[lnsps["gemeente_code"] == code, "site_id"]
    own_cnsps = cnsps.loc[cnsps["gemeente_code"] == code, "site_id"]
    gaps = gap_table(sites, own_lnsps, own_cnsps)
    means = build_means(len(own_lnsps), len(own_cnsps), evaluation.value("persons", code), planned.norms)
    in_gemeente = table["Id"].isin(sites.loc[sites["gemeente_code"] == code, "site_id"])
    return [
        ("Cijfers", f"Het plan voor {name}", _figures(evaluation, code)),
        ("Lijst", f"Kandidatenlijst {name}", table[in_gemeente]),
        ("GAP", f"GAP-analyse {name}: onbekend is een vraag, geen nee", gaps),
        ("Acties", f"Open acties {name}", action_table(sites, gaps)),
        ("Bemensing", f"Bemensing en middelen {name}", means_table(means, planned.norms)),
    ]


def _figures(evaluation: Evaluation, code: str) -> pd.DataFrame:
    kinds = {"share": "share", "m": "int", "persons": "int", "sites": "int"}
    tidy, rows = evaluation.indicators, []
    of_area = tidy[(tidy["area_level"] == "gemeente") & (tidy["area_code"] == code)].set_index("indicator")["value"]
    of_region = tidy[tidy["area_level"] == "region"].set_index("indicator")["value"]
    for indicator, (unit, label) in INDICATORS.items():
        values = [float(area.get(indicator, float("nan"))) for area in (of_area, of_region)]
        cells = [None if np.isnan(value) else Cell(value, kinds[unit]) for value in values]
        rows.append({"Cijfer": label, "Deze gemeente": cells[0], "De regio": cells[1]})
    return pd.DataFrame(rows)


def means_table(means: Means, norms: Norms) -> pd.DataFrame:
    """Staff and means as a table: what, how many, how it comes about."""
    day = means.shifts_per_day
    per_lnsp, per_cnsp = (f"{norms.value(f'staff_per_{kind}'):g}" for kind in ("lnsp", "cnsp"))
    rows = [
        ("Mensen per dienst op de L-NSP's", means.lnsp_staff, f"{means.n_lnsp} L-NSP's x {per_lnsp}"),
        ("waarvan EHBO'ers of BHV'ers", means.n_lnsp, "1 per L-NSP"),
        ("waarvan gemeenteambtenaren", means.lnsp_staff - means.n_lnsp, "de andere"),
        ("Mensen per dag op de L-NSP's", means.lnsp_staff * day, f"{day} diensten per dag (eigen instelling)"),
        (
            "Medewerkers veiligheidsregio per dienst op de C-NSP's",
            means.cnsp_staff,
            f"{means.n_cnsp} C-NSP's x {per_cnsp}",
        ),
        ("Medewerkers veiligheidsregio per dag", means.cnsp_staff * day, f"{day} diensten per dag (eigen instelling)"),
        (
            "Punten voor nooddrinkwater",
            means.n_water_points,
            f"1 per {number_nl(norms.value('inhabitants_per_water_point'))} inwoners",
        ),
        (
            "Liter drinkwater per dag",
            round(means.water_litres_per_day),
            f"{norms.value('water_litres_per_person_day'):g} liter per persoon per dag",
        ),
    ]
    return pd.DataFrame(rows, columns=["Middel", "Aantal", "Hoe berekend"])


def _cnsp_sheets(planned: PlannedStudy, evaluation: Evaluation) -> list[tuple[str, str, pd.DataFrame]]:
    sites = planned.layers.sites
    gaps = gap_table(sites, [], evaluation.cnsps["site_id"])
    means = build_means(0, len(evaluation.cnsps), evaluation.value("persons"), planned.norms)
    return [
        ("Toewijzing", "Elk L-NSP onder zijn C-NSP", cnsp_table(evaluation)),
        ("Uitval", "Als een C-NSP uitvalt: welk C-NSP neemt over", failure_table(planned, evaluation)),
        ("GAP", "GAP-analyse C-NSP's: onbekend is een vraag, geen nee", gaps),
        ("Acties", "Open acties C-NSP's", action_table(sites, gaps)),
        ("Bemensing", "Bemensing en middelen C-NSP's", means_table(means, planned.norms)),
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
