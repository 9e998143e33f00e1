"""Why a building is chosen or not, in Dutch. In: an evaluation. Out: a sentence per building, and what status did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.report.text.dutch import is_missing, metres_nl, number_nl

SIMPLE = {
    "fixed_by_kind": "ligt vast: de gemeente wil eerst deze soort gebouw",
    "chosen": "gekozen door de berekening",
    "of_plan_at_hand": "hoort bij het plan dat er al is",
    "dropped": "valt uit in deze omstandigheden",
    "other_kind": "niet gekozen: de gemeente wil eerst een andere soort gebouw",
    "not_in_plan_at_hand": "hoort niet bij het plan dat er al is, of valt uit",
    "not_needed": "",
}
DECIDED = {"fixed": "ligt vast", "refused": "doet niet mee"}
PLACES_GO_TO = {"places_fixed": "wat vastligt", "others_agreed": "wat vastligt of ook voorrang heeft"}
DECISION = "een besluit in de studie"
RULE = "een regel voor kazernes in de studie"


def why_nl(evaluation: Evaluation, site_ids: Iterable[str] | None = None) -> pd.Series:
    """Why buildings of the region (all, or these) are chosen or not, by site_id; "" for one that was not needed."""
    sites = evaluation.layers.sites.set_index("site_id")
    names = evaluation.layers.areas.set_index("area_code")["name"]
    texts = {}
    choices = evaluation.choices
    asked = choices if site_ids is None else choices[choices.index.isin(list(site_ids))]
    for row in asked.reset_index().to_dict("records"):
        if row["reason"] in SIMPLE:
            texts[str(row["site_id"])] = SIMPLE[row["reason"]]
            continue
        site = sites.loc[row["site_id"]]
        code = site["gemeente_code"]
        n = int(evaluation.value("n_lnsp", str(code)))
        where = f"{'de enige plaats' if n == 1 else f'de {number_nl(n)} plaatsen'} in {names.get(code, code)}"
        where += " gaat" if n == 1 else " gaan"
        texts[str(row["site_id"])] = _sentence(evaluation, row, str(site["status"]), sites, where)
    return pd.Series(texts, dtype="str")


def status_rules_nl(premises: Premises) -> str:
    """What each status does to a plan by the settings, in one sentence per rule."""
    texts = []
    preferred = f"gaat voor een ander gebouw in de gemeente, tot {metres_nl(premises.preferred_status_m)} extra lopen"
    words = (("fixed", "ligt vast"), ("preferred", preferred), ("refused", "doet niet mee"), ("free", "kan meedoen"))
    for rule, told in words:
        named = [name for name, own in premises.by_status.items() if own == rule]
        if named:
            texts.append(f"{', '.join(named)}: {told}.")
    return " ".join(texts)


def status_nl(evaluation: Evaluation) -> list[str]:
    """What the status of buildings did to the plan, in sentences; nothing where it did nothing."""
    choices, texts = evaluation.choices, []
    counts = evaluation.status_counts
    for status in (each for each in counts if each.standing == "preferred"):
        text = f"Gebouwen met de status {status.status}: {number_nl(status.n)}, gekozen: {number_nl(status.n_chosen)}."
        if status.n > status.n_chosen:
            text += " Waarom de andere niet gekozen zijn, staat in de bijlage en in de kandidatenlijst."
        texts.append(text)
    for status in (each for each in counts if each.standing == "fixed"):
        text = f"Gebouwen die vastliggen door de status {status.status}: {number_nl(status.n)}"
        texts.append(text + ("." if status.n == status.n_chosen else f", waarvan open: {number_nl(status.n_chosen)}."))
    against = choices[choices["against"]]
    if len(against):
        listed = evaluation.layers.sites.set_index("site_id").loc[against.index].sort_values("name")
        told = "; ".join(f"{row.name_} ({row.status})" for row in listed.rename(columns={"name": "name_"}).itertuples())
        texts.append(f"Tegen de status in besloten: {told}.")
    return texts


def passed_over(evaluation: Evaluation) -> pd.DataFrame:
    """Preferred buildings that are not chosen: site_id · name · gemeente_code · status · why, by gemeente and name."""
    choices = evaluation.choices
    ids = choices.index[(choices["standing"] == "preferred") & ~choices["chosen"]]
    sites = evaluation.layers.sites.set_index("site_id").loc[ids]
    table = sites.assign(why=why_nl(evaluation, ids))[["name", "gemeente_code", "status", "why"]]
    names = evaluation.layers.areas.set_index("area_code")["name"]
    table = table.assign(gemeente_name=table["gemeente_code"].map(names))
    return pd.DataFrame(table.reset_index().sort_values(["gemeente_name", "name", "site_id"], ignore_index=True))


def _sentence(evaluation: Evaluation, row: dict[Any, Any], status: str, sites: pd.DataFrame, where: str) -> str:
    reason = row["reason"]
    by = {"decision": DECISION, "rule": RULE}.get(row["by"], f"status {status}")
    against = f", tegen status {status} in" if row["against"] else ""
    if reason in DECIDED:
        return f"{DECIDED[reason]} door {by}{against}"
    if reason == "preferred":
        return f"gekozen; had voorrang door status {status}"
    told = f"status {status}, maar niet gekozen: "
    near = f"{_named(evaluation, sites, row['other_id'])} ligt op {metres_nl(row['other_m'])}"
    if reason == "out_of_reach":
        return f"{told}binnen {metres_nl(evaluation.premises.cutoff_m)} lopen woont niemand"
    if reason in PLACES_GO_TO:
        return f"{told}{where} naar {PLACES_GO_TO[reason]}; {near}"
    km = float(row["swap_person_km"])
    swap, walk = _name(sites, row["swap_id"]), f"{number_nl(abs(km), 1 if abs(km) < 10 else 0)} persoon-km"
    change = f"met dit gebouw in plaats van {swap} lopen de inwoners samen {walk} {'meer' if km >= 0 else 'minder'}"
    if reason == "costs_little":
        change += "; dat scheelt zo weinig dat ruilen te verdedigen is, als er plaats voor allen is"
    if reason == "other_goal":
        change += "; het doel van deze studie weegt zwaarder"
    return f"{told}{near}; {change}"


def _name(sites: pd.DataFrame, site_id: Any) -> str:
    return "" if is_missing(site_id) else str(sites.loc[site_id, "name"])


def _named(evaluation: Evaluation, sites: pd.DataFrame, site_id: Any) -> str:
    """A chosen building, with the status that speaks for it."""
    counts = evaluation.choices["standing"].get(site_id) in ("fixed", "preferred")
    return _name(sites, site_id) + (f" ({sites.loc[site_id, 'status']})" if counts else "")
