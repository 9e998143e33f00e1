"""Rows and buildings that are no candidates. In: rows of the lists, the rules of the study. Out: the rule of each.

The rules stand in ``config/unfit.toml`` and in the study ([eligibility]). They judge what may become an L-NSP only.
What is decided already stays, and the contradiction is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from nsp_planner.config import STATUS_RULES, Eligibility, SiteRole, Study, UnfitRule
from nsp_planner.config.eligibility import FLOOR_AREA_RULE, PROVISION_RULE
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.sites.buildings import Buildings
from nsp_planner.layers.sites.vocabulary import GAP_LABELS
from nsp_planner.names import plain_name

UNFIT_COLUMNS = (
    "site_id",
    "building_id",
    "name",
    "kind",
    "source",
    "source_row_id",
    "gemeente_code",
    "address",
    "place",
    "rule",
    "reason",
    "x_m",
    "y_m",
)
LAYER = "eligibility"


def find_rule(name: str, kind: str, rules: Sequence[UnfitRule]) -> UnfitRule | None:
    """The first rule that fits a name or a kind; None where the building is fit."""
    named, called = _spaced(name), _spaced(kind)
    for rule in rules:
        fits = _holds(named, rule.words) or _holds(called, rule.kinds)
        if fits and not _holds(named, rule.unless):
            return rule
    return None


def unfit_rows(names: pd.Series, kinds: pd.Series, eligibility: Eligibility) -> pd.Series:
    """For each row the id of the rule by which it is no building, "" where it is one."""
    rules = [rule for rule in eligibility.rules_in_force if rule.of == "row"]
    found = [find_rule(name, kind, rules) for name, kind in zip(names, kinds, strict=True)]
    return pd.Series(["" if rule is None else rule.id for rule in found], index=names.index, dtype="str")


def keep_decided(table: pd.DataFrame, study: Study, log: InputLog, layer: str) -> pd.Series:
    """The column ``unfit_rule`` with "" for rows that are decided already; each such contradiction is noted."""
    decided = table["status"].isin(_decided_statuses(study)) | table["site_id"].isin(study.decisions.fixed)
    kept = table[decided & (table["unfit_rule"] != "")]
    for row in kept.itertuples():
        _note_contradiction(log, layer, str(row.site_id), str(row.name), str(row.unfit_rule))
    return table["unfit_rule"].where(~decided, "")


def leave_out_rows(rows: pd.DataFrame, rules: pd.Series, reasons: pd.Series, log: InputLog) -> None:
    """Put rows in the tables ``unfit`` and ``left_out``.

    Args:
        rows: As ``source`` reads them.
        rules: Id of the rule per row.
        reasons: Its reason in Dutch per row.
        log: Where the tables grow.
    """
    table = rows.assign(rule=rules, reason=reasons, name=rows["row_name"])
    if "building_id" not in table:
        table["building_id"] = table["site_id"]
    log.unfit.append(table[list(UNFIT_COLUMNS)])
    for row in table.itertuples():
        reason = f"ongeschikt ({row.rule}): {row.reason}"
        log.left_out.add(f"sites: {row.source}", row.source_row_id, str(row.name), reason)


def without_unfit(buildings: Buildings, study: Study, log: InputLog) -> Buildings:
    """The buildings that are candidates; the others go to ``unfit`` and ``left_out``, with all their rows.

    A building goes where a rule fits one of its rows and no row has a word that makes it fit after all, or where it is
    known not to have what the study asks. One that may be a C-NSP too keeps that role only.
    """
    rules = [rule for rule in study.eligibility.rules_in_force if rule.of == "building"]
    sites, rows = buildings.sites, buildings.rows
    by_building = {str(key): group for key, group in rows.groupby("building_id", sort=False)}
    found: dict[str, tuple[str, str]] = {}
    for site in sites[sites["can_be_lnsp"]].itertuples():
        own = by_building[str(site.site_id)]
        verdict = _verdict(own, site, rules, study.eligibility)
        if verdict is None:
            continue
        if site.status in _decided_statuses(study) or own["site_id"].isin(study.decisions.fixed).any():
            _note_contradiction(log, LAYER, str(site.site_id), str(site.name), verdict[0])
        else:
            found[str(site.site_id)] = verdict
    unfit = sites["site_id"].isin(found)
    station = unfit & sites["can_be_cnsp"]
    for site in sites[station].itertuples():
        note = f"geen kandidaat voor L-NSP ({found[site.site_id][0]}), wel voor C-NSP"
        log.notes.add(LAYER, note, row_id=site.site_id, name=str(site.name))
    gone = set(sites["site_id"][unfit & ~station])
    out = rows[rows["building_id"].isin(gone)]
    verdicts = out["building_id"].map(found)
    leave_out_rows(out, verdicts.str[0], verdicts.str[1], log)
    kept = sites[~sites["site_id"].isin(gone)].reset_index(drop=True)
    kept["can_be_lnsp"] &= ~kept["site_id"].isin(found)
    merged = buildings.merged[~buildings.merged["site_id"].isin(gone)].reset_index(drop=True)
    return Buildings(kept, merged, rows[~rows["building_id"].isin(gone)])


def unfit_table(log: InputLog) -> pd.DataFrame:
    """The table ``unfit``: every row that a rule left out, sorted by rule and name."""
    if not log.unfit:
        empty = pd.DataFrame({column: pd.Series(dtype="str") for column in UNFIT_COLUMNS})
        return empty.astype({"x_m": "float64", "y_m": "float64"})
    table = pd.concat(log.unfit, ignore_index=True)
    texts = [column for column in UNFIT_COLUMNS if column not in ("x_m", "y_m")]
    return table.astype(dict.fromkeys(texts, "str")).sort_values(["rule", "name", "site_id"], ignore_index=True)


def judges(source_roles: Sequence[SiteRole]) -> bool:
    """Whether the rules look at rows of a source: at what may become an L-NSP."""
    return SiteRole.LNSP in source_roles


def _verdict(
    own: pd.DataFrame, site: Any, rules: Sequence[UnfitRule], eligibility: Eligibility
) -> tuple[str, str] | None:
    """The rule by which a building is unfit and its reason; None where it is fit."""
    names = " / ".join(map(_spaced, [*own["row_name"], str(site.name)]))
    for rule in rules:
        fits = any(_holds(_spaced(n), rule.words) or _holds(_spaced(k), rule.kinds)
                   for n, k in zip(own["row_name"], own["kind"], strict=True))  # fmt: skip
        if fits and not _holds(names, rule.unless):
            return rule.id, rule.reason
    area_m2, least_m2 = getattr(site, "floor_area_m2", pd.NA), eligibility.min_floor_area_m2
    if not pd.isna(area_m2) and float(area_m2) < least_m2:
        return FLOOR_AREA_RULE, f"{float(area_m2):.0f} m² vloeroppervlak, minder dan {least_m2:.0f}"
    lacking = [GAP_LABELS[name].lower() for name in eligibility.required if getattr(site, name) == "no"]
    return (PROVISION_RULE, f"zonder {' en '.join(lacking)}") if lacking else None


def _decided_statuses(study: Study) -> set[str]:
    """Statuses by which a building must be chosen or comes first: somebody judged it."""
    rules = {**STATUS_RULES, **study.decisions.by_status}
    return {status for status, rule in rules.items() if rule in ("fixed", "preferred")}


def _note_contradiction(log: InputLog, layer: str, site_id: str, name: str, rule: str) -> None:
    note = f'tegenspraak: ongeschikt volgens regel "{rule}", maar al besloten; het gebouw blijft kandidaat'
    log.notes.add(layer, note, row_id=site_id, name=name)


def _spaced(text: str) -> str:
    return f" {plain_name(text, between=' ')} "


def _holds(spaced: str, words: Sequence[str]) -> bool:
    return any(_spaced(word) in spaced for word in words)
