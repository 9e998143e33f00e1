"""The order of opening of a plan. In: a planned study. Out: the year of every site, its proof, the costs per site."""

from __future__ import annotations

from typing import Literal

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.errors import Fault, Faults, NoPlanError, SettingsError
from nsp_planner.evaluate.phases import PhasePlan, SiteCosts, build_phase_plan
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.names import did_you_mean
from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.phasing.instance import PhasingInstance, group_demand, is_possible, spent_eur
from nsp_planner.plan.phasing.model import PhasingPlanned, solve_phasing
from nsp_planner.plan.phasing.search import first_order
from nsp_planner.study.prepare.plan_settings import solve_options

SECONDS = 60.0
GAP = 0.002
PILOT_STATUSES = ("pilot", "operationeel")
End = Literal["low", "middle", "high"]


def plan_phases(
    planned: PlannedStudy, *, seconds: float = SECONDS, plan_at: End | None = None
) -> tuple[PhasePlan, PhasingPlanned, SiteCosts]:
    """The order of opening of a plan, its proof, and what every site costs.

    Raises:
        NoPlanError: The budget of the first phase is too small for the sites that must open in it, or for any site.
        SettingsError: [phasing] names a site or kind of building that is not in the plan.
    """
    costs = site_costs(planned)
    instance = build_phasing(planned, costs, plan_at or planned.study.phasing.plan_at)
    check_first_phase(planned, instance)
    solved = solve_phasing(instance, solve_options(planned.study, gap=GAP, time_limit_s=seconds))
    if (solved.opens == instance.n_years).all():
        last = planned.study.phasing.years[-1]
        message = f"no noodsteunpunt can open up to {last}: what is open must be paid in every later year too"
        fix = "give more euros per year, or lower the costs"
        raise NoPlanError(Fault("study", message, fix, column=planned.study.phasing.budget_key(last)))
    return build_phase_plan(planned, instance, solved, costs), solved, costs


def site_costs(planned: PlannedStudy) -> SiteCosts:
    """Lowest and highest cost of every site of the plan, L-NSPs first; ``SettingsError`` for an unknown kind."""
    phasing, layers = planned.study.phasing, planned.layers
    rows = [planned.local_site_rows[j] for j in planned.local_plan.open_sites]
    rows += [planned.station_rows[k] for k in planned.coordination_plan.open_stations]
    sites, n_lnsps, faults = layers.sites.iloc[rows], len(planned.local_plan.open_sites), Faults()
    known = sorted({str(kind) for kind in layers.sites["kind"]})
    for key in ("kinds_once_eur", "kinds_per_year_eur"):
        for kind in getattr(phasing, key):
            if kind not in known:
                fix = did_you_mean(kind, known, f"kinds here: {', '.join(known)}")
                faults.add("study", f"no building is of the kind {kind!r}", fix, column=f"phasing.{key}.{kind}")
    faults.raise_if_any(SettingsError)

    def ranges(what: str) -> FloatArray:
        of_kind = getattr(phasing, f"kinds_{what}_eur")
        usual = {
            role: tuple(getattr(phasing, f"{role}_{what}_{end}_eur") for end in ("low", "high"))
            for role in ("lnsp", "cnsp")
        }
        roles = ["lnsp"] * n_lnsps + ["cnsp"] * (len(rows) - n_lnsps)
        return np.array(
            [of_kind.get(kind, usual[role]) for kind, role in zip(sites["kind"], roles, strict=True)], dtype=float
        )

    once = ranges("once")
    once[(sites["status"] == "operationeel").to_numpy(dtype=bool)] = 0.0
    return SiteCosts(once[:, 0], once[:, 1], *ranges("per_year").T)


def build_phasing(planned: PlannedStudy, costs: SiteCosts, plan_at: End) -> PhasingInstance:
    """The order of opening of a plan as a problem; ``SettingsError`` where ``phasing.first`` names another site."""
    phasing, local = planned.study.phasing, planned.local
    open_sites, stations = planned.local_plan.open_sites, planned.coordination_plan.open_stations
    station_at = np.zeros(len(planned.coordination.station_ids), dtype=np.int64)
    station_at[stations] = np.arange(len(stations))
    group_persons, arc_group, arc_site = group_demand(
        planned.distances, local.population_persons, local.service_distance_m, open_sites
    )
    once, per_year = costs.at(plan_at)
    return PhasingInstance(
        lnsp_ids=tuple(local.site_ids[j] for j in open_sites),
        station_ids=tuple(planned.coordination.station_ids[k] for k in stations),
        coordinator=station_at[planned.coordination_plan.coordinator],
        capacity_persons=local.capacity_persons[open_sites],
        group_persons=group_persons,
        arc_group=arc_group,
        arc_site=arc_site,
        budget_eur=np.array([phasing.budget_eur(year) for year in phasing.years]),
        once_eur=once,
        per_year_eur=per_year,
        first=_first(planned),
        max_new=phasing.max_sites_per_year,
        carry_over=phasing.carry_over,
    )


def _first(planned: PlannedStudy) -> BoolArray:
    phasing = planned.study.phasing
    rows = [planned.local_site_rows[j] for j in planned.local_plan.open_sites]
    rows += [planned.station_rows[k] for k in planned.coordination_plan.open_stations]
    sites, faults = planned.layers.sites.iloc[rows], Faults()
    ids = sites["site_id"].astype(str).tolist()
    first = np.isin(np.array(ids, dtype=object), np.array(phasing.first, dtype=object))
    for site_id in phasing.first:
        if site_id not in ids:
            fix = did_you_mean(site_id, ids, "fix it in [decisions] to have it in the plan")
            faults.add("study", f"site {site_id!r} is not in the plan", fix, column="phasing.first")
    faults.raise_if_any(SettingsError)
    if phasing.pilots_first:
        first |= sites["status"].isin(PILOT_STATUSES).to_numpy(dtype=bool)
    return first


def check_first_phase(planned: PlannedStudy, instance: PhasingInstance) -> None:
    """``NoPlanError`` with the euros needed where the first phase cannot open what it must, or nothing at all."""
    phasing = planned.study.phasing
    year, key = phasing.first_year, phasing.budget_key(phasing.first_year)
    budget = float(instance.budget_eur[0])
    opens = first_order(instance)
    n_first = int((opens == 0).sum())
    if instance.max_new is not None and n_first > instance.max_new:
        message = f"{n_first} sites must open in {year} (pilots and their C-NSPs), more than max_sites_per_year"
        ids = tuple(_ids(instance)[opens == 0])
        raise NoPlanError(
            Fault("study", message, f"allow {n_first} or more", column="phasing.max_sites_per_year", ids=ids)
        )
    needed = spent_eur(instance, opens)
    if n_first and not is_possible(instance, opens):
        short = (
            np.cumsum(needed) > np.cumsum(instance.budget_eur) if phasing.carry_over else needed > instance.budget_eur
        )
        at = int(np.argmax(short))
        what = f"opening {n_first} sites that come first" if at == 0 else f"running the {n_first} sites that come first"
        message = f"{what} takes {needed[at]:,.0f} euros in {phasing.years[at]}, the budget is "
        message += f"{instance.budget_eur[at]:,.0f}"
        fix = f"give {needed[at]:,.0f} euros or more, let fewer sites come first, or lower the costs"
        column = phasing.budget_key(phasing.years[at])
        raise NoPlanError(Fault("study", message, fix, column=column, ids=tuple(_ids(instance)[opens == 0])))
    if n_first or phasing.carry_over:
        return
    n = instance.n_lnsps
    total = instance.once_eur + instance.per_year_eur
    pairs = total[:n] + total[n:][instance.coordinator]
    least = float(pairs.min())
    if least > budget:
        cheapest = instance.lnsp_ids[int(pairs.argmin())]
        message = f"not one L-NSP can open in {year}: with its C-NSP it takes {least:,.0f} euros, the budget is "
        fix = f"give {least:,.0f} euros or more, begin in a later year, or lower the costs"
        raise NoPlanError(Fault("study", f"{message}{budget:,.0f}", fix, column=key, ids=(cheapest,)))
    if instance.max_new is not None and instance.max_new < 2:
        message = "an L-NSP opens with its C-NSP, so the first year needs room for two sites"
        raise NoPlanError(Fault("study", message, "allow 2 or more", column="phasing.max_sites_per_year"))


def _ids(instance: PhasingInstance) -> np.ndarray:
    return np.array([*instance.lnsp_ids, *instance.station_ids], dtype=object)
