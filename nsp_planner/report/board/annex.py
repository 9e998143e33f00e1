"""The annex of the board report. In: an evaluation. Out: tables of gemeenten, sites and norms."""

from __future__ import annotations

from typing import Any

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.paper.document import Table, table
from nsp_planner.report.text.choices import passed_over
from nsp_planner.report.text.coordination import NEARER_TITLE, km_nl, reasons_nl
from nsp_planner.report.text.dutch import (
    certainty_nl,
    date_nl,
    metres_nl,
    norm_rows,
    number_nl,
    percent_nl,
    text_or_dash,
)
from nsp_planner.report.text.to_check import TO_CHECK, chosen_to_check
from nsp_planner.report.text.units import value_text

LNSPS_TITLE = "Lokale noodsteunpunten (L-NSP's). Belasting: van hoeveel inwoners (mensen tegelijk); * is een aanname"


def annex_tables(evaluation: Evaluation) -> list[Table]:
    """Gemeenten, sites, who was passed over, what to check, who passes a nearer C-NSP, no candidates, norms."""
    sites = [_lnsps(evaluation), *_passed_over(evaluation), _cnsps(evaluation), *_to_check(evaluation)]
    nearer = [_nearer(evaluation)] if len(evaluation.nearer) else []
    unfit = [_unfit(evaluation)] if evaluation.unfit else []
    return [_gemeenten(evaluation), *sites, *nearer, *unfit, _norms(evaluation)]


def _gemeenten(evaluation: Evaluation) -> Table:
    columns = ("Gemeente", "Inwoners", "L-NSP's", "C-NSP's", "% binnen 1 km", "% binnen de maat", "Gem. afstand",
               "Langste afstand", "Max. belasting")  # fmt: skip
    areas = sorted((str(a.name), str(a.area_code)) for a in evaluation.layers.areas.itertuples(index=False))
    rows = []
    for name, code in [*areas, (evaluation.premises.region_name, None)]:
        rows.append(
            (
                name,
                number_nl(evaluation.value("persons", code)),
                number_nl(evaluation.value("n_lnsp", code)),
                number_nl(evaluation.value("n_cnsp", code)),
                percent_nl(evaluation.value("share_within_1000m", code)),
                percent_nl(evaluation.value("share_within_norm", code)),
                metres_nl(evaluation.value("mean_distance_m", code)),
                metres_nl(evaluation.value("worst_distance_m", code)),
                percent_nl(evaluation.value("highest_load", code), 0),
            )
        )
    return table("Per gemeente (inwoners geteld waar zij wonen)", columns, rows, columns[1:])


def _unfit(evaluation: Evaluation) -> Table:
    columns = ("Regel", "Waarom geen kandidaat", "Gebouwen")
    rows = [(each.rule, each.reason, number_nl(each.n_buildings)) for each in evaluation.unfit]
    return table("Gebouwen van de lijsten die geen kandidaat zijn", columns, rows, columns[2:])


def _lnsps(evaluation: Evaluation) -> Table:
    columns = ("Gemeente", "L-NSP", "Status", "Inwoners", "Belasting", "Langste afstand", "C-NSP", "Naar C-NSP")
    status = evaluation.layers.sites.set_index("site_id")["status"]
    rows = [
        (
            text_or_dash(row.gemeente_name),
            text_or_dash(row.name_),
            text_or_dash(status[row.site_id]),
            number_nl(row.persons),
            _load(row),
            metres_nl(row.worst_distance_m),
            text_or_dash(row.cnsp_name),
            f"{km_nl(row.cnsp_distance_m)}, {value_text(row.cnsp_minutes, 'minutes')} min",
        )
        for row in evaluation.lnsps.rename(columns={"name": "name_"}).itertuples(index=False)
    ]
    return table(LNSPS_TITLE, columns, rows, (*columns[3:6], columns[7]))


def _passed_over(evaluation: Evaluation) -> list[Table]:
    columns = ("Gebouw", "Waarom niet gekozen")
    rows = [
        (f"{row['name']}, {row['gemeente_name']}", row["why"]) for row in passed_over(evaluation).to_dict("records")
    ]
    return [table("Gebouwen met voorrang door hun status die niet gekozen zijn", columns, rows, ())] if rows else []


def _to_check(evaluation: Evaluation) -> list[Table]:
    columns = ("Gebouw", TO_CHECK, "Rol")
    rows = [
        (f"{row['name']}, {row['gemeente_name']}", str(row["why"]), str(row["role"]))
        for row in chosen_to_check(evaluation).to_dict("records")
    ]
    return [table("Gekozen gebouwen die eerst gecontroleerd moeten worden", columns, rows)] if rows else []


def _load(row: Any) -> str:
    star = "*" if row.capacity_basis == "assumed" else ""
    return f"{percent_nl(row.load, 0)} van {number_nl(row.counted_persons)} ({number_nl(row.counted_present)}){star}"


def _cnsps(evaluation: Evaluation) -> Table:
    columns = ("Gemeente", "C-NSP", "L-NSP's", "Inwoners daarvan", "Gem. afstand", "Langste afstand", "Langste rijden")
    rows = [
        (
            text_or_dash(row.gemeente_name),
            text_or_dash(row.name_),
            number_nl(row.n_lnsp),
            number_nl(row.persons),
            metres_nl(row.mean_distance_m),
            metres_nl(row.worst_distance_m),
            f"{value_text(row.worst_minutes, 'minutes')} min",
        )
        for row in evaluation.cnsps.rename(columns={"name": "name_"}).itertuples(index=False)
    ]
    return table("Coördinerende noodsteunpunten (C-NSP's)", columns, rows, columns[2:])


def _nearer(evaluation: Evaluation) -> Table:
    columns = ("L-NSP", "C-NSP", "Afstand", "Dichterbij", "Afstand daartoe", "Reden")
    rows = [
        (
            str(row["name"]),
            text_or_dash(row["cnsp_name"]),
            km_nl(row["cnsp_distance_m"]),
            text_or_dash(row["nearer_name"]),
            km_nl(row["nearer_distance_m"]),
            reasons_nl(row),
        )
        for row in evaluation.nearer.to_dict("records")
    ]
    return table(NEARER_TITLE, columns, rows, (columns[2], columns[4]))


def _norms(evaluation: Evaluation) -> Table:
    columns = ("Norm", "Zekerheid", "Herkomst", "Datum")
    rows = [
        (
            row["text_nl"] + (" (in deze studie vervangen)" if row["replaced"] else ""),
            certainty_nl(row["certainty"]),
            str(row["source"]),
            date_nl(row["date"]),
        )
        for row in norm_rows(evaluation.premises)
    ]
    return table("Normen en instellingen", columns, rows)
