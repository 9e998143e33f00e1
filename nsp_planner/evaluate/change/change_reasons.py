"""Why noodsteunpunten came or went between two plans. In: both plans as they were made. Out: a reason per change.

A reason is looked for in this order: what the list says of the building itself (it is new or gone, refused or free
again, other decision, status, capacity or place), a change in the list that it follows from, other settings or inputs
of the study, and else none: the change lies within what the proofs leave open.

A change follows from another where people link them: a chain of at most :data:`MOST_STEPS` links leads to it, over
noodsteunpunten that came, went or were changed, and over each link at least :data:`LEAST_PERSONS` go to another. Where
gemeenten have a number of their own, one that came and one that went in the same gemeente are linked too. A C-NSP
follows from the L-NSPs that came or went under it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import geopandas as gpd
import pandas as pd

from nsp_planner.evaluate.sites.unfit import unfit_reasons
from nsp_planner.evaluate.solved.finished_run import FinishedRun, dotted
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.sites.standing import merged_ids

MOST_STEPS = 3
"""Links from a change in the list to what follows from it; farther away a single hall weighs less than the gap."""
LEAST_PERSONS = 50.0
"""Persons who go over that link two noodsteunpunten; fewer are the edge between two of them (own choice)."""
MOVED_M = 1.0
"""A building that lies this far from where it was has moved; less is rounding in a list."""
STATUS_RANKS = ("afgevallen", "idee", "in gesprek", "akkoord eigenaar", "pilot", "operationeel")
"""From refused to running: a rise makes a building likelier, a fall less likely."""
OF_THE_LIST = ("inputs.sites", "inputs.site_edits", "eligibility", "decisions.fixed", "decisions.refused",
               "decisions.fixed_cnsp", "decisions.refused_cnsp")  # fmt: skip
"""Settings that say what is in the list; their effect shows per building."""
OF_NO_PLAN = ("title", "output", "illustration", "illustration_nl", "solver.threads", "fetch", "phasing", "previous")
"""Settings (or their first part) that no choice of sites depends on."""


class ReasonKind(StrEnum):
    """What a change comes from."""

    NEW = "new"
    """The building was not on the list before."""
    GONE = "gone"
    """It is no longer on the list."""
    UNFIT = "unfit"
    """A rule says that it is no candidate."""
    MERGED = "merged"
    """It is one building with another now."""
    WITHDRAWN = "withdrawn"
    """Its status became afgevallen, or it is refused now."""
    FREED = "freed"
    """It was afgevallen or refused, and is a candidate again."""
    FIXED = "fixed"
    """It is fixed now."""
    RELEASED = "released"
    """It was fixed, and is not any more."""
    STATUS = "status"
    """Its status rose (it came) or fell (it went)."""
    CAPACITY = "capacity"
    """Its capacity grew (it came) or shrank (it went)."""
    MOVED = "moved"
    """It lies elsewhere now."""
    FOLLOWS = "follows"
    """From a change at another building."""
    SETTING = "setting"
    """Other settings or inputs of the study."""
    NONE = "none"
    """Nothing that can be pointed out: within the margin of the proofs."""


@dataclass(frozen=True, eq=False)
class PlanState:
    """A plan with what it was made of, for reasons.

    Attributes:
        sites: Every building of the list: site_id, name, gemeente_name, role (lnsp, cnsp or none), status,
            status_reason, decision (``ja``, ``nee``, ``afgewezen``), counted_persons, cnsp_id (of an L-NSP); texts are
            "" where missing; geometry in RD.
        squares: demand_id, persons, site_id (allocated L-NSP, NA for none).
        settings: Every setting, dotted key to value.
        inputs: SHA-256 of each input by layer.
        gaps: Proven gap per level (lnsp, cnsp), infinite where nothing is proven.
        unfit: Per id of a building that a rule left out: the rule and why, in Dutch.
        merged: Per id of a row that is one building with another: the id of that building.
    """

    sites: gpd.GeoDataFrame
    squares: pd.DataFrame
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    gaps: Mapping[str, float]
    unfit: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeReason:
    """Why one noodsteunpunt came or went.

    Attributes:
        site_id: The building.
        name, gemeente_name: What it is called and where it lies.
        role: ``lnsp`` or ``cnsp``.
        change: ``came`` or ``went``.
        kind: What the change comes from.
        old, new: What the list said and says, for the kinds that are about the list; "" otherwise.
        note: The reason that the list gives for the status; "" for none.
        root: For ``follows``: the reason at the building it follows from (a building that stayed has change "stayed").
        via: For ``follows``: ids of the noodsteunpunten in between, from the root on.
        people: Noodsteunpunten whose people came here (came) or that people went to (went), with persons, most first.
        keys: For ``setting``: the settings (dotted) and inputs that differ.
        gap: For ``none``: the larger of the two proven gaps of that level.
    """

    site_id: str
    name: str
    gemeente_name: str
    role: str
    change: str
    kind: ReasonKind
    old: str = ""
    new: str = ""
    note: str = ""
    root: ChangeReason | None = None
    via: tuple[str, ...] = ()
    people: tuple[tuple[str, float], ...] = ()
    keys: tuple[str, ...] = ()
    gap: float = 0.0


def state_of_run(run: FinishedRun) -> PlanState:
    """A finished run, as its folder tells it."""
    return PlanState(
        run.sites,
        run.squares,
        run.settings,
        run.inputs,
        {level: proof.gap for level, proof in run.proofs.items()},
        run.unfit,
    )


def state_of_plan(planned: PlannedStudy, tables: PlanTables) -> PlanState:
    """A plan that was just made, with its tables (``evaluate.build_tables``), to hold against an earlier one."""
    sites = planned.layers.sites
    ids = sites["site_id"].astype(str)
    lnsps, premises = tables.lnsps.set_index("site_id"), planned.premises
    role = pd.Series("none", index=sites.index).mask(ids.isin(tables.cnsps["site_id"]), "cnsp")
    fixed = ids.isin(premises.fixed | premises.fixed_cnsp)
    refused = ids.isin(premises.refused | premises.refused_cnsp)
    names = planned.layers.areas.set_index("area_code")["name"]
    table = gpd.GeoDataFrame(
        {
            "site_id": ids,
            "name": sites["name"].astype(str),
            "gemeente_name": sites["gemeente_code"].map(names).fillna(sites["gemeente_code"]).astype(str),
            "role": role.mask(ids.isin(lnsps.index), "lnsp"),
            "status": sites["status"].astype(str),
            "status_reason": sites["status_reason"].astype(object).fillna("").astype(str),
            "decision": pd.Series("nee", index=sites.index).mask(fixed, "ja").mask(refused, "afgewezen"),
            "counted_persons": planned.counted["counted_persons"].where(sites["can_be_lnsp"]),
            "cnsp_id": ids.map(lnsps["cnsp_id"]).astype(object).fillna("").astype(str),
        },
        geometry=sites.geometry.array,
        crs=sites.crs,
    )
    unfit = planned.layers.unfit
    squares = tables.demand[["demand_id", "site_id"]].assign(persons=planned.local.population_persons)
    return PlanState(
        table[planned.is_ours],
        squares,
        dict(dotted(premises.settings)),
        {file.layer: file.sha256 for file in planned.layers.inputs},
        {"lnsp": planned.local_plan.gap, "cnsp": planned.coordination_plan.gap},
        {} if unfit is None else unfit_reasons(unfit["site_id"], unfit["rule"], unfit["reason"]),
        merged_ids(planned.layers),
    )


def find_reasons(before: PlanState, after: PlanState) -> list[ChangeReason]:
    """A reason for every noodsteunpunt that came or went; L-NSPs first, by gemeente, change and name."""
    return _Search(before, after).reasons()


def find_flows(before: PlanState, after: PlanState) -> pd.DataFrame:
    """Persons who go elsewhere: from_id, to_id ("" for none), persons; the most first. Squares of both plans only."""
    both = before.squares.merge(after.squares, on="demand_id", suffixes=("_a", "_b"))
    here, there = (both[column].astype(object).fillna("") for column in ("site_id_a", "site_id_b"))
    going = pd.DataFrame({"from_id": here, "to_id": there, "persons": both["persons_b"].astype(float)})[here != there]
    flows: pd.DataFrame = going.groupby(["from_id", "to_id"], as_index=False).agg(persons=("persons", "sum"))
    return flows.sort_values(["persons", "from_id", "to_id"], ascending=[False, True, True], ignore_index=True)


class _Search:
    """The two lists side by side, and what links one noodsteunpunt to another."""

    def __init__(self, before: PlanState, after: PlanState) -> None:
        self.before, self.after = before, after
        self.gaps = {level: max(before.gaps[level], after.gaps[level]) for level in ("lnsp", "cnsp")}
        self.old, self.new = (state.sites.drop_duplicates("site_id").set_index("site_id") for state in (before, after))
        self.keys = _different(before, after)
        self.flows = find_flows(before, after)
        self.by_gemeente = after.settings.get("ratios.quota_per") == "gemeente"

    def reasons(self) -> list[ChangeReason]:
        changed = {role: self._changed(role) for role in ("lnsp", "cnsp")}
        own = {
            (role, site): self._own(site, role, change)
            for role, sites in changed.items()
            for site, change in sites.items()
        }
        roots, links = self._linked(changed["lnsp"], own)
        found = [self._lnsp(site, change, own["lnsp", site], roots, links) for site, change in changed["lnsp"].items()]
        of_lnsp = {reason.site_id: reason for reason in found}
        found += [self._cnsp(site, change, own["cnsp", site], of_lnsp) for site, change in changed["cnsp"].items()]
        return sorted(found, key=lambda r: (r.role == "cnsp", r.gemeente_name, r.change, r.name, r.site_id))

    # -- the building itself ---------------------------------------------------------------------------------------

    def _changed(self, role: str) -> dict[str, str]:
        was, now = (set(table.index[table["role"] == role]) for table in (self.old, self.new))
        return {site: "came" if site in now else "went" for site in sorted(was ^ now)}

    def _own(self, site: str, role: str, change: str) -> ChangeReason | None:
        """What the list says of the building itself; None where that explains nothing. Change may be ``stayed``."""

        def reason(kind: ReasonKind, old: object = "", new: object = "", note: str = "") -> ChangeReason:
            name, gemeente = self._called(site)
            return ChangeReason(site, name, gemeente, role, change, kind, str(old), str(new), note)

        if site not in self.old.index and site in self.before.unfit and change != "went":
            return reason(ReasonKind.FREED, f"geen kandidaat ({self.before.unfit[site]})", "kandidaat")
        if site not in self.old.index:
            return reason(ReasonKind.NEW, note=str(self.new.at[site, "status_reason"])) if change != "went" else None
        if site not in self.new.index:
            return self._gone(site, reason) if change != "came" else None
        was, now = self.old.loc[site], self.new.loc[site]
        rises, falls = change in ("came", "stayed"), change in ("went", "stayed")
        note = str(now["status_reason"])
        out_before, out_now = (_refused(row) for row in (was, now))
        words = _words(was), _words(now)
        if falls and out_now and not out_before:
            return reason(ReasonKind.WITHDRAWN, *words, note)
        if rises and out_before and not out_now:
            return reason(ReasonKind.FREED, *words, note)
        if rises and now["decision"] == "ja" != was["decision"]:
            return reason(ReasonKind.FIXED, was["decision"], now["decision"])
        if falls and was["decision"] == "ja" != now["decision"]:
            return reason(ReasonKind.RELEASED, was["decision"], now["decision"])
        rise = _rank(now["status"]) - _rank(was["status"])
        if (rises and rise > 0) or (falls and rise < 0):
            return reason(ReasonKind.STATUS, was["status"], now["status"], note)
        more = float(now["counted_persons"]) - float(was["counted_persons"])
        if role == "lnsp" and ((rises and more > 0.5) or (falls and more < -0.5)):
            return reason(ReasonKind.CAPACITY, f"{was['counted_persons']:.0f}", f"{now['counted_persons']:.0f}")
        metres = was["geometry"].distance(now["geometry"])
        return reason(ReasonKind.MOVED, new=f"{metres:.0f}") if metres >= MOVED_M else None

    def _gone(self, site: str, reason: Callable[..., ChangeReason]) -> ChangeReason:
        """Why a building is no candidate any more."""
        if site in self.after.unfit:
            return reason(ReasonKind.UNFIT, note=self.after.unfit[site])
        building = self.after.merged.get(site, site)
        if building in self.new.index:
            return reason(ReasonKind.MERGED, new=self.new.at[building, "name"])
        return reason(ReasonKind.GONE)

    def _called(self, site: str) -> tuple[str, str]:
        table = self.new if site in self.new.index else self.old
        return str(table.at[site, "name"]), str(table.at[site, "gemeente_name"])

    # -- what follows ----------------------------------------------------------------------------------------------

    def _linked(
        self, changed: Mapping[str, str], own: Mapping[tuple[str, str], ChangeReason | None]
    ) -> tuple[dict[str, ChangeReason], dict[str, list[str]]]:
        """Where changes begin (by building), and per building those it is linked to, the most persons first."""
        chosen = set(self.old.index[self.old["role"] == "lnsp"]) & set(self.new.index[self.new["role"] == "lnsp"])
        stayed = {site: self._own(site, "lnsp", "stayed") for site in sorted(chosen)}
        found = {site: own["lnsp", site] for site in changed} | stayed
        roots = {site: reason for site, reason in found.items() if reason is not None}
        links: dict[str, list[str]] = {}
        nodes = set(changed) | set(roots)
        for flow in self.flows[self.flows["persons"] >= LEAST_PERSONS].itertuples():
            if flow.from_id in nodes and flow.to_id in nodes:
                links.setdefault(str(flow.from_id), []).append(str(flow.to_id))
                links.setdefault(str(flow.to_id), []).append(str(flow.from_id))
        if self.by_gemeente:
            for one, change in changed.items():
                others = [site for site, other in changed.items() if other != change]
                same = [site for site in others if self._called(site)[1] == self._called(one)[1]]
                links.setdefault(one, []).extend(site for site in same if site not in links.get(one, ()))
        return roots, links

    def _lnsp(
        self,
        site: str,
        change: str,
        own: ChangeReason | None,
        roots: Mapping[str, ChangeReason],
        links: Mapping[str, list[str]],
    ) -> ChangeReason:
        people = self._people(site, change)
        if own is not None:
            return ChangeReason(**{**vars(own), "people": people})
        name, gemeente = self._called(site)
        path = _nearest_root(site, roots, links)
        if path is not None:
            root, *via = reversed(path)
            return ChangeReason(site, name, gemeente, "lnsp", change, ReasonKind.FOLLOWS, root=roots[root],
                                via=tuple(via[:-1]), people=people)  # fmt: skip
        return self._unexplained(site, "lnsp", change, people)

    def _cnsp(
        self, site: str, change: str, own: ChangeReason | None, of_lnsp: Mapping[str, ChangeReason]
    ) -> ChangeReason:
        if own is not None:
            return own
        table = self.new if change == "came" else self.old
        under = table.index[(table["role"] == "lnsp") & (table["cnsp_id"] == site)]
        moved = [of_lnsp[lnsp] for lnsp in under if lnsp in of_lnsp]
        if moved:
            name, gemeente = self._called(site)
            root = min(moved, key=lambda reason: (reason.kind == ReasonKind.NONE, reason.kind == ReasonKind.FOLLOWS))
            return ChangeReason(site, name, gemeente, "cnsp", change, ReasonKind.FOLLOWS, root=root)
        return self._unexplained(site, "cnsp", change, ())

    def _unexplained(self, site: str, role: str, change: str, people: tuple[tuple[str, float], ...]) -> ChangeReason:
        name, gemeente = self._called(site)
        kind = ReasonKind.SETTING if self.keys else ReasonKind.NONE
        return ChangeReason(
            site, name, gemeente, role, change, kind, people=people, keys=self.keys, gap=self.gaps[role]
        )

    def _people(self, site: str, change: str) -> tuple[tuple[str, float], ...]:
        own, other = ("to_id", "from_id") if change == "came" else ("from_id", "to_id")
        rows = self.flows[(self.flows[own] == site) & (self.flows[other] != "")]
        return tuple((str(i), float(n)) for i, n in zip(rows[other], rows["persons"], strict=True))


def _nearest_root(site: str, roots: Mapping[str, ChangeReason], links: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest chain of links from a building to where changes begin; None where there is none short enough."""
    waiting, seen = deque([[site]]), {site}
    while waiting:
        path = waiting.popleft()
        for other in links.get(path[-1], ()):
            if other in roots:
                return [*path, other]
            if other not in seen and len(path) < MOST_STEPS:
                seen.add(other)
                waiting.append([*path, other])
    return None


def _refused(row: pd.Series) -> bool:
    return bool(row["decision"] == "afgewezen" or (row["status"] == STATUS_RANKS[0] and row["decision"] != "ja"))


def _words(row: pd.Series) -> str:
    return "afgewezen" if row["decision"] == "afgewezen" else str(row["status"])


def _rank(status: object) -> int:
    return STATUS_RANKS.index(str(status)) if status in STATUS_RANKS else 1


def _different(before: PlanState, after: PlanState) -> tuple[str, ...]:
    """Settings that differ and say something of the plan, and inputs that are no lists of buildings."""

    def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
        return [key for key in {**one, **other} if one.get(key) != other.get(key)]

    ignored = (*OF_THE_LIST, *OF_NO_PLAN)
    keys = [
        key
        for key in differing(before.settings, after.settings)
        if not any(key == name or key.startswith(f"{name}.") for name in ignored)
    ]
    return (*keys, *(layer for layer in differing(before.inputs, after.inputs) if not layer.startswith("site")))
