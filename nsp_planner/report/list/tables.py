"""The tables of the workbook beside the candidate list. In: an evaluation. Out: Dutch columns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.layers.tables import Layers
from nsp_planner.report.text.coordination import reasons_nl
from nsp_planner.report.text.dutch import certainty_nl, is_missing, norm_rows, row_nl
from nsp_planner.report.text.units import Unit, list_values, unit_of
from nsp_planner.report.workbook.book import Cell

_CALIBRATION = {
    "name": "Gemeente",
    "area_code": "Code",
    "published_persons": "Gepubliceerd in vierkanten",
    "added_persons": "Bijgeteld",
    "total_persons": "Totaal in dit plan",
    "official_persons": "Officieel (CBS)",
    "n_squares": "Bewoonde vierkanten",
    "n_withheld_squares": "Vierkanten zonder gepubliceerd aantal",
}
_MERGED = {
    "site_id": "Id",
    "name": "Naam",
    "source": "Bron",
    "source_row_id": "Rij in de bron",
    "distance_m": "Afstand (m)",
}
_LEFT_OUT = {"layer": "Bestand", "row_id": "Rij", "name": "Naam", "reason": "Reden", "persons": "Inwoners"}

_INPUTS_NL = {
    "sites": "gebouwen",
    "eligibility": "gebouwen",
    "addresses": "adressen",
    "population": "bevolking",
    "neighbours": "buren",
    "totals": "inwoners per gemeente",
    "areas": "grenzen",
    "guests": "gasten",
    "day": "overdag",
    "network": "wegennet",
}
"""What the inputs are called, by the word in front of their name in faults."""
_NOTES = {"layer": "Bestand", "row_id": "Rij", "name": "Naam", "note": "Opmerking"}


def calibration_table(layers: Layers) -> pd.DataFrame:
    """Published, added and total persons per gemeente."""
    return layers.calibration.rename(columns=_CALIBRATION)[list(_CALIBRATION.values())]


def merged_table(layers: Layers) -> pd.DataFrame:
    """Raw rows that became one building."""
    return _in_dutch(layers.merged.rename(columns=_MERGED)[list(_MERGED.values())])


def left_out_table(layers: Layers) -> pd.DataFrame:
    """Raw rows left out, with the reason."""
    return _in_dutch(layers.left_out.rename(columns=_LEFT_OUT)[list(_LEFT_OUT.values())])


def notes_table(layers: Layers) -> pd.DataFrame:
    """What was repaired, chosen or doubted while the sources were read."""
    return _in_dutch(layers.notes.rename(columns=_NOTES)[list(_NOTES.values())])


def _in_dutch(table: pd.DataFrame) -> pd.DataFrame:
    """The table with inputs and rows by their Dutch names: "gebouwen: scholen" and "rij 7"."""
    told = table.copy()
    if "Bestand" in told:
        told["Bestand"] = [_input_nl(name) for name in told["Bestand"]]
    for column in ("Rij", "Rij in de bron"):
        if column in told:
            told[column] = told[column].map(row_nl)
    return told


def _input_nl(name: str) -> str:
    first, colon, rest = name.partition(":")
    return f"{_INPUTS_NL.get(first, first)}{colon}{rest}"


def unreachable_table(evaluation: Evaluation) -> pd.DataFrame:
    """Squares without an L-NSP within reach, with their inhabitants and the reason; most inhabitants first."""
    unreachable = evaluation.unreachable
    demand = evaluation.layers.demand.set_index("demand_id")
    names = evaluation.layers.areas.set_index("area_code")["name"]
    if unreachable.empty:
        return pd.DataFrame(columns=["Vierkant", "Gemeente", "Inwoners", "Reden"])
    codes = demand.loc[unreachable["id"], "gemeente_code"]
    table = pd.DataFrame(
        {
            "Vierkant": unreachable["id"].to_numpy(),
            "Gemeente": codes.map(names).to_numpy(),
            "Inwoners": unreachable["persons"].to_numpy(),
            "Reden": unreachable["reason_nl"].to_numpy(),
        }
    )
    return table.sort_values("Inwoners", ascending=False, kind="stable")


def detour_table(evaluation: Evaluation) -> pd.DataFrame:
    """Measured walking distance over straight line per gemeente, and how far the fallback factor is off."""
    if evaluation.detour is None:
        return pd.DataFrame()
    names = evaluation.layers.areas.set_index("area_code")["name"]
    measured = evaluation.detour
    return pd.DataFrame(
        {
            "Gemeente": measured["area_code"].map(names).fillna(evaluation.premises.region_name),
            "Omwegfactor": measured["factor"].round(2),
            "Mediaan": measured["factor_median"].round(2),
            "90 % is lager dan": measured["factor_p90"].round(2),
            "Factor van de rechte lijn": measured["fallback_factor"],
            "Rechte lijn zit ernaast (m)": measured["mean_error_m"].round(),
            "Vergeleken paren": measured["n_pairs"],
            "Zonder pad": measured["n_without_path"],
        }
    )


def cnsp_table(evaluation: Evaluation) -> pd.DataFrame:
    """Every L-NSP under its C-NSP."""
    lnsps = evaluation.lnsps
    table = lnsps.sort_values(["cnsp_name", "cnsp_id", "gemeente_name", "name"], kind="stable")
    gemeente = evaluation.cnsps.set_index("site_id")["gemeente_name"]
    return pd.DataFrame(
        {
            "C-NSP": table["cnsp_name"],
            "Gemeente": table["cnsp_id"].map(gemeente),
            "Naam": table["name"],
            "Gemeente van het L-NSP": table["gemeente_name"],
            "Inwoners": list_values(table["persons"], "persons"),
            "Afstand tot C-NSP (m)": list_values(table["cnsp_distance_m"], "m"),
            "Rijden (min)": list_values(table["cnsp_minutes"], "minutes"),
            "Verder dan de norm": table["cnsp_beyond_norm"].map({True: "ja", False: "nee"}),
            "Andere gemeente": table["cnsp_elsewhere"].map({True: "ja", False: "nee"}),
            "Open C-NSP's die dichterbij liggen": table["n_nearer_cnsp"],
            "Reden": table["site_id"].map(
                {row["site_id"]: reasons_nl(row) for row in evaluation.nearer.to_dict("records")}
            ),
            "Id": table["site_id"],
            "Id van het C-NSP": table["cnsp_id"],
        }
    ).rename(columns={"Naam": "L-NSP", "Id": "Id van het L-NSP"})


def indicator_table(evaluation: Evaluation) -> pd.DataFrame:
    """A row for the region and each gemeente, a column per indicator."""
    tidy = evaluation.indicators
    rows = []
    for (level, _code, name), group in tidy.groupby(["area_level", "area_code", "area_name"], sort=False, dropna=False):
        values = dict(zip(group["indicator"], group["value"], strict=True))
        row: dict[str, Any] = {"Gebied": name, "Niveau": "regio" if level == "region" else level}
        for indicator, (unit, label) in INDICATORS.items():
            value = values.get(indicator)
            row[label] = None if value is None or is_missing(value) else Cell(float(value), unit_of(unit))
        rows.append(row)
    return pd.DataFrame(rows)


def norm_table(evaluation: Evaluation) -> pd.DataFrame:
    """The norms in force, with source, certainty and whether the study replaced them."""
    rows = norm_rows(evaluation.premises)
    return pd.DataFrame(
        {
            "Norm": [row["text_nl"] for row in rows],
            "Waarde": [Cell(row["value"], _unit_of(row["value"])) for row in rows],
            "Gepubliceerde waarde": [Cell(row["published_value"], _unit_of(row["published_value"])) for row in rows],
            "Vervangen in deze studie": [row["replaced"] for row in rows],
            "Zekerheid": [certainty_nl(row["certainty"]) for row in rows],
            "Herkomst": [row["source"] for row in rows],
            "Datum": [row["date"] for row in rows],
        }
    )


def _unit_of(value: float) -> Unit:
    return "whole" if value == int(value) else "number"
