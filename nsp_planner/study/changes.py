"""What a plan changes of the one before it, with what keeping sites would cost. In: both plans. Out: ``Changes``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nsp_planner.errors import NspError
from nsp_planner.evaluate.change.changes import Changes, Kept, find_changes
from nsp_planner.evaluate.evaluate import build_tables
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.plan.change.problem import change_problem
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.study.prepare.distances import DistancesOnce
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.prepare.neighbours import join_neighbours
from nsp_planner.study.previous import PreviousPlan
from nsp_planner.study.progress import Progress

IMPOSSIBLE, UNKNOWN = Kept("impossible"), Kept("unknown")


def explain_changes(
    planned: PlannedStudy, previous: PreviousPlan, distances: DistancesOnce, progress: Progress
) -> Changes:
    """Every change with its cause, and what keeping each L-NSP that goes would cost."""
    opened = {planned.local.site_ids[j] for j in planned.own_lnsps}
    went = [site for site in previous.run.lnsps if site not in opened]
    kept: Mapping[str, Kept] = {}
    if went:
        progress.stage(f"what keeping {len(went)} L-NSPs would cost")
        kept = _kept(planned, previous, distances, went)
    return find_changes(planned, build_tables(planned), previous.run, kept)


def _kept(
    planned: PlannedStudy, previous: PreviousPlan, distances: DistancesOnce, went: Sequence[str]
) -> dict[str, Kept]:
    """What keeping each of these would cost, by the cheapest exchange, with decisions against them lifted."""
    from nsp_planner.plan.change.exchange import cheapest_exchanges  # numba: only where it is needed

    sites = distances.layers.sites
    listed = set(sites.loc[sites["can_be_lnsp"].to_numpy(dtype=bool), "site_id"])
    there = [site for site in went if site in listed]
    kept = {site: UNKNOWN if site in listed else IMPOSSIBLE for site in went}
    seconds = 0.0 if planned.study.previous is None else planned.study.previous.reasons_s
    if not there or seconds <= 0:
        return kept
    solved, plan = planned.as_solved
    usable = {site for site, refused in zip(solved.site_ids, solved.refused, strict=True) if not refused}
    lifted = [site for site in there if site not in usable]
    instance = _with_lifted(planned, distances, lifted) if lifted else solved
    if instance is None:
        return kept
    least = objective(instance.objective).cost_problem(instance)
    if least is None:
        return kept  # where the value is no sum over people an exchange has no cost of its own
    position = {site: j for j, site in enumerate(least.site_ids)}
    kept |= {site: IMPOSSIBLE for site in there if least.refused[position[site]]}
    at = np.array([position[site] for site in solved.site_ids], dtype=np.int64)
    plan = replace(plan, open_sites=np.sort(at[plan.open_sites]), site=at[plan.site])
    problem = change_problem(least, np.inf, previous.sites_of(least))
    open_to_all = [position[site] for site in there if not least.refused[position[site]]]
    found = cheapest_exchanges(
        problem, problem.merged(plan), open_to_all, seconds=seconds, seed=planned.study.solver.seed
    )
    for site, exchange in found.items():
        kept[least.site_ids[site]] = (
            IMPOSSIBLE if exchange is None else Kept("exchange", exchange.cost, least.site_ids[exchange.instead])
        )
    return kept


def _with_lifted(planned: PlannedStudy, distances: DistancesOnce, sites: Sequence[str]) -> LocalInstance | None:
    """Level 1 in which these sites may open too, whatever list and decisions say; None where that cannot be had."""
    study = planned.study
    decisions = study.decisions
    allowed = study.change(
        decisions={
            "refused": tuple(site for site in decisions.refused if site not in sites),
            "fixed": tuple(dict.fromkeys((*decisions.fixed, *sites))),
        }
    )
    try:
        problem = build_local_problem(distances.layers, allowed, None, distances)
        joint = join_neighbours(problem, distances.layers, allowed, distances)
    except NspError:
        return None
    instance = problem.priced if joint is None else joint.instance
    fixed = instance.fixed & ~np.isin(np.asarray(instance.site_ids, dtype=object), np.asarray(sites, dtype=object))
    return replace(instance, fixed=fixed)
