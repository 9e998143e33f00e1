"""What a plan changes of the one before it, and why. In: a planned study, the run before it. Out: :class:`Changes`.

A site that the list, the study or its circumstances take away, or give, has a cause of its own. Any other follows from
one of these: from the one it is tied to by the most people, step by step along those who get another L-NSP; else from
one in its own gemeente, where the number of L-NSPs is given. What is tied to none is there for the asked gap alone.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from nsp_planner.evaluate.changes import FLOW_COLUMNS, SITE_COLUMNS, Changes, KeepKnown
from nsp_planner.evaluate.demand import build_demand
from nsp_planner.evaluate.finished_run import FinishedRun
from nsp_planner.evaluate.planned import PlannedStudy

OWN_CAUSES = ("withdrawn", "refused", "gone", "circumstances", "number", "new", "fixed", "free_again")
WITHDRAWN_STATUS = "afgevallen"


@dataclass(frozen=True)
class Kept:
    """What keeping a site would cost: units of the objective, how that is known, and which site would then close."""

    cost: float = float("nan")
    known: KeepKnown = "unknown"
    instead: str | None = None


@dataclass(frozen=True)
class _Cause:
    cause: str
    detail: str = ""
    root: str | None = None


def find_changes(planned: PlannedStudy, before: FinishedRun, kept: Mapping[str, Kept] | None = None) -> Changes:
    """What a plan changes of the run before it; ``kept`` says per site what keeping it would cost."""
    people = build_demand(planned)
    persons = pd.Series(planned.local.population_persons)
    squares = before.squares.set_index("demand_id").reindex(people["demand_id"])
    both = squares["persons"].notna().to_numpy()
    had = squares["site_id"].fillna("").to_numpy(dtype=object)
    has = people["site_id"].fillna("").to_numpy(dtype=object)
    moved = both & (had != has)
    going = pd.DataFrame({"from_id": had, "to_id": has, "persons": persons})[moved]
    flows = going.groupby(["from_id", "to_id"], as_index=False)["persons"].sum()
    flows = flows.sort_values(["persons", "from_id", "to_id"], ascending=[False, True, True], ignore_index=True)

    opened = [planned.local.site_ids[j] for j in planned.own_lnsps]
    went = [site for site in before.lnsps if site not in set(opened)]
    came = [site for site in opened if site not in before.lnsps]
    causes = _own_causes(planned, before, went, came)
    gemeente = _gemeente_of(planned, before)
    roots = _roots(flows, [*went, *came], causes, gemeente)
    causes |= {
        site: _Cause("follows", root=roots[site]) for site in (*went, *came) if site not in causes and site in roots
    }
    name = _names(planned, before)
    rows = []
    load = planned.allocation.site_persons
    now_persons = {planned.local.site_ids[j]: float(load[j]) for j in planned.own_lnsps}
    then_persons = dict(zip(before.sites["site_id"], before.sites["persons"], strict=True))
    for change, sites in (("went", went), ("came", came)):
        for site in sites:
            why = causes.get(site, _Cause("margin"))
            keep = (kept or {}).get(site, Kept()) if change == "went" else Kept(known="")
            rows.append(
                {
                    "site_id": site,
                    "name": name.get(site, site),
                    "gemeente_code": gemeente[site][0],
                    "gemeente_name": gemeente[site][1],
                    "change": change,
                    "persons": (then_persons if change == "went" else now_persons).get(site, float("nan")),
                    "cause": why.cause,
                    "detail": why.detail,
                    "root_id": why.root,
                    "root_name": None if why.root is None else name.get(why.root, why.root),
                    "keep_cost": keep.cost,
                    "keep_known": keep.known,
                    "instead_id": keep.instead,
                    "instead_name": None if keep.instead is None else name.get(keep.instead, keep.instead),
                }
            )
    table = pd.DataFrame(rows, columns=list(SITE_COLUMNS))
    table = table.sort_values(["change", "gemeente_name", "name"], ascending=[False, True, True], ignore_index=True)
    least = planned.local_plan.least_change
    stations = [planned.coordination.station_ids[k] for k in planned.coordination_plan.open_stations]
    return Changes(
        previous=before,
        sites=table,
        flows=_told(flows, set(went), set(came), roots, name),
        n_other=len(came),
        n_other_at_least=0 if least is None else min(least.n_other_at_least, len(came)),
        n_persons=float(persons[both].sum()),
        moved_persons=float(persons[moved].sum()),
        n_new_squares=int((~both).sum()),
        n_gone_squares=int((~before.squares["demand_id"].isin(people["demand_id"])).sum()),
        n_gone_sites=sum(site not in set(planned.layers.sites["site_id"]) for site in before.lnsps),
        cnsps_came=tuple(name.get(site, site) for site in stations if site not in before.cnsps),
        cnsps_went=tuple(text for site, text in before.cnsps.items() if site not in stations),
    )


def _own_causes(planned: PlannedStudy, before: FinishedRun, went: list[str], came: list[str]) -> dict[str, _Cause]:
    """The sites that came or went by the list, the study or its circumstances."""
    instance, decisions = planned.local, planned.study.decisions
    position = {site: j for j, site in enumerate(instance.site_ids)}
    sites = planned.layers.sites.set_index("site_id")
    dropped = set()
    if planned.consequences is not None:
        touched = planned.consequences.sites
        dropped = set(touched.loc[(touched["role"] == "lnsp") & (touched["effect"] == "dropped"), "site_id"])
    causes: dict[str, _Cause] = {}
    for site in went:
        if site not in position:
            causes[site] = _Cause("gone")
        elif site in dropped:
            causes[site] = _Cause("circumstances")
        elif instance.refused[position[site]]:
            withdrawn = str(sites.at[site, "status"]) == WITHDRAWN_STATUS
            reason = sites.at[site, "status_reason"]
            causes[site] = _Cause("withdrawn" if withdrawn else "refused", "" if pd.isna(reason) else str(reason))
    listed = {row["Id"]: row for row in before.candidates}
    refused_before = set(before.study.get("decisions", {}).get("refused", ()))
    for site in came:
        if site not in listed:
            causes[site] = _Cause("new")
        elif instance.fixed[position[site]] or site in decisions.fixed:
            causes[site] = _Cause("fixed")
        elif site in refused_before or listed[site].get("Status") == WITHDRAWN_STATUS:
            causes[site] = _Cause("free_again")
    return causes | _by_number(planned, before, went, came, causes)


def _by_number(
    planned: PlannedStudy, before: FinishedRun, went: list[str], came: list[str], causes: dict[str, _Cause]
) -> dict[str, _Cause]:
    """Sites that came or went because their gemeente gets another number of L-NSPs."""
    gemeente = _gemeente_of(planned, before)
    open_now = [planned.local.site_ids[j] for j in planned.own_lnsps]
    found: dict[str, _Cause] = {}
    for code in sorted({gemeente[site][0] for site in (*went, *came)}):
        then, now = (sum(gemeente[site][0] == code for site in sites) for sites in (before.lnsps, open_now))
        for sites, more in ((went, then - now), (came, now - then)):
            mine = [site for site in sites if gemeente[site][0] == code and site not in causes]
            own = sum(gemeente[site][0] == code and site in causes for site in sites)
            found |= {site: _Cause("number", f"{then} > {now}") for site in mine[: max(0, more - own)]}
    return found


def _roots(
    flows: pd.DataFrame, changed: list[str], causes: Mapping[str, _Cause], gemeente: Mapping[str, tuple[str, str]]
) -> dict[str, str]:
    """The site with a cause of its own that every other site in the flows, or that changed, follows from."""
    tied: dict[str, dict[str, float]] = defaultdict(dict)
    for here, there, persons in zip(flows["from_id"], flows["to_id"], flows["persons"], strict=True):
        if here and there:
            tied[here][there] = tied[there][here] = tied[here].get(there, 0.0) + float(persons)
    root = {site: site for site in changed if site in causes}
    waiting = [(-persons, near, site) for site in root for near, persons in tied[site].items()]
    heapq.heapify(waiting)
    while waiting:
        _, site, by = heapq.heappop(waiting)
        if site in root:
            continue
        root[site] = root[by]
        for near, persons in tied[site].items():
            heapq.heappush(waiting, (-persons, near, site))
    for site in changed:
        same = [other for other in changed if other in causes and gemeente[other][0] == gemeente[site][0]]
        if site not in root and same:
            root[site] = same[0]
    return root


def _told(
    flows: pd.DataFrame,
    went: set[str],
    came: set[str],
    roots: Mapping[str, str],
    name: Mapping[str, str],
) -> pd.DataFrame:
    """The flows with names and causes."""
    rows = []
    for here, there, persons in zip(flows["from_id"], flows["to_id"], flows["persons"], strict=True):
        cause = "went" if here in went else "came" if there in came else "makes_room"
        at = here if here in roots else there
        by = roots.get(at)
        rows.append(
            {
                "from_id": here or None,
                "from_name": name.get(here, here) or None,
                "to_id": there or None,
                "to_name": name.get(there, there) or None,
                "persons": float(persons),
                "cause": cause,
                "root_id": by,
                "root_name": None if by is None else name.get(by, by),
            }
        )
    return pd.DataFrame(rows, columns=list(FLOW_COLUMNS))


def _names(planned: PlannedStudy, before: FinishedRun) -> dict[str, str]:
    """Name per site, today's where both have it."""
    then = dict(zip(before.sites["site_id"], before.sites["name"].astype(str), strict=True))
    sites = planned.layers.sites
    return then | dict(zip(sites["site_id"].astype(str), sites["name"].astype(str), strict=True))


def _gemeente_of(planned: PlannedStudy, before: FinishedRun) -> dict[str, tuple[str, str]]:
    """Code and name of the gemeente per site; of a site that is gone by the name it had."""
    areas = planned.layers.areas
    name_of = dict(zip(areas["area_code"], areas["name"].astype(str), strict=True))
    code_of = {name: code for code, name in name_of.items()}
    then = {
        str(site): (code_of.get(str(name), str(name)), str(name))
        for site, name in zip(before.sites["site_id"], before.sites["gemeente_name"], strict=True)
    }
    sites = planned.layers.sites
    now = {
        str(site): (str(code), name_of.get(str(code), str(code)))
        for site, code in zip(sites["site_id"], sites["gemeente_code"], strict=True)
    }
    return then | now
