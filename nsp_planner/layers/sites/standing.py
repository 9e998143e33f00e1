"""What is decided of a building before a plan is made. In: the tables, [decisions]. Out: fixed, preferred, refused.

The rule, the same on both levels: what [decisions] says of a building goes before its status; for all others the status
decides by ``decisions.by_status``, and of stations that it leaves free the rules of ``decisions.stations``. A building
that may be both is meant as L-NSP by its status, and one that must be a C-NSP is no L-NSP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nsp_planner.config import STATUS_RULES, Decisions, SiteRole
from nsp_planner.errors import Faults
from nsp_planner.layers.sites.station_rules import station_rules
from nsp_planner.layers.tables import Layers
from nsp_planner.names import did_you_mean

BoolArray = NDArray[np.bool_]
By = Literal["decision", "rule", "status"]


@dataclass(frozen=True, eq=False)
class Standing:
    """What is decided of every building as L-NSP, or as C-NSP; arrays have an entry per row of ``layers.sites``.

    Attributes:
        fixed, refused: It must, or must not be one.
        preferred: It counts as nearer than a building that is not.
        by_decision: [decisions] names it; others that are fixed, preferred or refused are so by their status.
        by_rule: A rule of ``decisions.stations`` fixes or refuses it.
        against_status: [decisions] says otherwise than its status does by itself.
    """

    fixed: BoolArray
    preferred: BoolArray
    refused: BoolArray
    by_decision: BoolArray
    by_rule: BoolArray
    against_status: BoolArray

    def by(self, row: int) -> By:
        """What decided of the building in a row."""
        return "decision" if self.by_decision[row] else "rule" if self.by_rule[row] else "status"


def standing(layers: Layers, decisions: Decisions, role: SiteRole) -> Standing:
    """The standing of every building in a role; all false for buildings that cannot have it."""
    sites, rules = layers.sites, {**STATUS_RULES, **decisions.by_status}
    can = sites[f"can_be_{role.value}"].to_numpy(dtype=bool)
    as_lnsp = sites["can_be_lnsp"].to_numpy(dtype=bool)
    meant = as_lnsp if role is SiteRole.LNSP else ~as_lnsp
    fixed_cnsp = _named(layers, decisions.fixed_cnsp)
    if role is SiteRole.LNSP:
        fixed, refused = _named(layers, decisions.fixed), _named(layers, decisions.refused) | fixed_cnsp
    else:
        fixed, refused = fixed_cnsp, _named(layers, decisions.refused_cnsp)
    rule = np.array([rules[status] for status in sites["status"]], dtype=object)
    named = fixed | refused
    by_status = can & ~named
    wanted = can & meant & np.isin(rule, ["fixed", "preferred"])
    as_fixed, as_refused = by_status & meant & (rule == "fixed"), by_status & (rule == "refused")
    by_rule = np.zeros(len(sites), dtype=bool)
    if role is SiteRole.CNSP:
        ruled = station_rules(sites, decisions.stations).groupby("rule")["site_id"].agg(set)
        fixes, refuses = (sites["site_id"].isin(ruled.get(name, set())) for name in ("fixed", "refused"))
        loose = by_status & ~as_fixed & ~as_refused
        by_rule = loose & (refuses.to_numpy(dtype=bool) | meant & fixes.to_numpy(dtype=bool))
        as_refused |= loose & refuses.to_numpy(dtype=bool)
        as_fixed |= loose & meant & fixes.to_numpy(dtype=bool) & ~as_refused
    return Standing(
        fixed=can & fixed | as_fixed,
        preferred=by_status & meant & (rule == "preferred"),
        refused=can & refused | as_refused,
        by_decision=can & named,
        by_rule=by_rule,
        against_status=can & (fixed & (rule == "refused") | refused & ~fixed & wanted),
    )


def standing_counts(layers: Layers, decisions: Decisions) -> dict[str, Any]:
    """How many buildings are fixed, preferred and refused, each by what; and those that are so against their status."""
    both = [standing(layers, decisions, role) for role in (SiteRole.LNSP, SiteRole.CNSP)]
    status = layers.sites["status"].to_numpy(dtype=object)
    as_lnsp = layers.sites["can_be_lnsp"].to_numpy(dtype=bool)
    counts: dict[str, Any] = {}
    for rule in ("fixed", "preferred", "refused"):
        found: dict[str, int] = {}
        for known, counted in zip(both, (as_lnsp, ~as_lnsp), strict=True):
            for row in np.flatnonzero(getattr(known, rule) & counted):
                by = {"decision": "[decisions]", "rule": "[decisions.stations]"}
                what = by.get(known.by(int(row)), f"status {status[row]}")
                found[what] = found.get(what, 0) + 1
        counts[rule] = found
    against = layers.sites[np.logical_or.reduce([known.against_status for known in both])]
    counts["against_status"] = against.sort_values("name")[["site_id", "name", "status"]].astype(str).to_dict("records")
    return counts


def check_named(layers: Layers, wanted: tuple[str, ...], known: tuple[str, ...], key: str, faults: Faults) -> None:
    """Add a fault for every id of a list of decisions that is none of the known sites, nor a row merged into one."""
    aliases = merged_ids(layers) if wanted else {}
    for given in wanted:
        if aliases.get(given, given) not in known:
            fix = did_you_mean(given, known, "take the id from the candidate list of a run")
            faults.add("study", f"site {given!r} is no candidate here", fix, column=key)


def check_not_both(layers: Layers, decisions: Decisions, role: SiteRole, faults: Faults) -> None:
    """Add a fault for every building that one of its rows fixes in a role and another one refuses."""
    fixed, refused = (
        (decisions.fixed, decisions.refused)
        if role is SiteRole.LNSP
        else (decisions.fixed_cnsp, decisions.refused_cnsp)
    )
    aliases = merged_ids(layers) if fixed and refused else {}
    fixes = {aliases.get(given, given): given for given in fixed}
    for given in refused:
        site_id = aliases.get(given, given)
        if site_id in fixes:
            message = f"{fixes[site_id]!r} is fixed and {given!r} is refused, and both are one building"
            faults.add("study", message, "choose one of the two", column="decisions", ids=(site_id,))


def merged_ids(layers: Layers) -> dict[str, str]:
    """The site's id per id of a raw row that became one building with others."""
    if layers.merged.empty:
        return {}
    row_ids = layers.merged["source"] + ":" + layers.merged["source_row_id"]
    return dict(zip(row_ids, layers.merged["site_id"], strict=True))


def _named(layers: Layers, ids: tuple[str, ...]) -> BoolArray:
    """Which sites these ids mean, their own or that of a row that was merged into them."""
    aliases = merged_ids(layers) if ids else {}
    own = {aliases.get(site_id, site_id) for site_id in ids}
    named: BoolArray = layers.sites["site_id"].isin(own).to_numpy(dtype=bool)
    return named
