"""Constraints and objective of a plan, recomputed from the proof. In: the arrays of a level. Out: findings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nsp_planner.audit.bound import Arrays, allowed_beyond, certified_bound, origins, reachable
from nsp_planner.audit.findings import ROUND_OFF, Certified, Finding, none_wrong, same

SHARE_ROOM, CAPACITY_ROOM = 1e-6, 1e-6
"""What a share and, as a part of it, a capacity may be off."""


def audit_constraints(level: str, problem: Arrays) -> list[Finding]:
    """(1) to (5) of docs/model.md."""
    n, m = len(problem["persons"]), len(problem["capacity"])
    demand, site, share = problem["demand"], problem["site"], problem["share"]
    fixed, refused, is_open = problem["fixed"], problem["refused"], np.zeros(m, dtype=bool)
    is_open[problem["open_sites"]] = True
    off = np.abs(np.bincount(demand, share, n) - reachable(problem)) > SHARE_ROOM
    ids, sites = problem["demand_ids"], problem["site_ids"]
    load = np.bincount(site, problem["persons"][demand] * share, m)
    full = load > problem["capacity"] + CAPACITY_ROOM * np.maximum(1.0, problem["capacity"])
    n_open, wanted = int(is_open.sum()), int(problem["n_sites"])
    right = n_open <= wanted if str(problem["objective"]) == "min_sites" else n_open == wanted
    found = [
        none_wrong("(1) everybody reachable is allocated once", ids[off], f"{n} points"),
        none_wrong("(1) shares are positive", ids[demand[~(share > 0)]], f"{len(share)} shares"),
        none_wrong("(2) only to open sites", sites[site[~is_open[site]]], f"{n_open} open"),
        none_wrong("(3) capacities hold", sites[full], f"largest load {float(load.max(initial=0)):,.0f}"),
        none_wrong("(5) fixed sites are open", sites[fixed & ~is_open], f"{int(fixed.sum())} fixed"),
        none_wrong("(5) refused sites are closed", sites[refused & is_open], ""),
        Finding("(4) number of sites", right, f"{n_open} of {wanted}"),
    ]
    codes = problem["group_codes"]
    per_group = np.bincount(problem["group"][is_open], minlength=len(codes))
    for key, which, differs in (("quota", "number", np.not_equal), ("minimum", "fewest", np.less)):
        if key in problem:
            wrong = codes[differs(per_group, problem[key])]
            found.append(none_wrong(f"(4) {which} per gemeente", wrong, f"{len(codes)} gemeenten"))
    return [each._replace(check=f"{level}: {each.check}") for each in found]


def audit_objective(level: str, problem: Arrays, claim: dict[str, Any]) -> tuple[list[Finding], Certified]:
    """The value, its parts, and the bound that the proof certifies beside the one that the manifest claims."""
    name, value, maximised = str(problem["objective"]), float(problem["value"]), bool(problem["maximised"])
    bound, certified, cost = float(problem["bound"]), certified_bound(problem), arc_costs(problem)
    missing = int(np.isnan(cost).sum())
    found = [Finding("every allocation is an arc", not missing, f"{missing} are not")]
    if name == "min_max":
        cost = problem["weight"][problem["demand"]] * (cost > value * (1 + ROUND_OFF))
    total = math.fsum([*np.nan_to_num(cost * problem["share"]).tolist(), *_load_prices(problem)])
    if name in ("min_sites", "min_max"):
        n_open, enough = len(problem["open_sites"]), total <= allowed_beyond(problem) + ROUND_OFF
        found.append(Finding("no more lies beyond than may", enough, f"{total:,.3f}"))
        right = n_open == value or name == "min_max"
        found.append(Finding("the objective is the number of sites", right, f"{n_open}"))
    else:
        again = float(problem["constant"]) - total if maximised else total
        found.append(Finding("the objective is the sum of its parts", same(again, value), f"{again:,.3f}"))
    if "parts" in claim:
        parts = math.fsum(each for key, each in claim["parts"].items() if key.endswith("_m"))
        found.append(Finding("the parts of the value add up to it", same(parts, value), f"{parts:,.3f}"))
    told = same(claim["value"], value) and same(claim["bound"], bound)
    found.append(Finding("the manifest claims what the proof holds", told, f"{claim['value']}, {claim['bound']}"))
    for what, each in (("claimed", bound), ("certified", certified)):
        by = value - each if maximised else each - value
        past = math.isfinite(each) and by > ROUND_OFF * max(1.0, abs(value))
        found.append(Finding(f"the {what} bound does not contradict the plan", not past, f"{each:,.3f}"))
    proof = Certified(level, name, value, bound, certified, maximised)
    return [each._replace(check=f"{level}: {each.check}") for each in found], proof


def _load_prices(problem: Arrays) -> list[float]:
    """What every L-NSP above the ratio costs, station by station; nothing on level 1."""
    n_lnsp = np.bincount(problem["site"]).tolist()
    ratio, price = int(problem.get("ratio", 0)), float(problem.get("load_price_m", 0.0))
    return [price * (number - ratio) for n in n_lnsp if price for number in range(ratio + 1, n + 1)]


def arc_costs(problem: Arrays) -> np.ndarray:
    """Cost of the arc of every allocation; NaN where there is none."""
    m = len(problem["capacity"])
    key = origins(problem) * m + problem["arc_site"]
    order = np.argsort(key, kind="stable")
    wanted = problem["demand"] * m + problem["site"]
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    return np.where(key[order][at] == wanted, problem["arc_cost"][order][at], np.nan)
