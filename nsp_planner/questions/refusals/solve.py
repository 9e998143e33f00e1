"""What decisions about single buildings cost. In: a study. Out: per refusal, pilot or wish its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.exchange import estimate_refusals
from nsp_planner.evaluate.planned import PlannedStudy
from nsp_planner.evaluate.reach import Reach, measure_reach
from nsp_planner.names import did_you_mean
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.objective import objective
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.refusals.answer import DecisionPrice, refusal_answer
from nsp_planner.report.answers.answer import Answer
from nsp_planner.study.resolve import solve_again

SECONDS_PER_SITE = 5.0
WITH_NL = {"refused": "zonder", "fixed": "zonder vastleggen van", "insisted": "met"}


def answer_refusals(
    asked: Asked,
    *,
    sites: Sequence[str] = (),
    insist: Sequence[str] = (),
    n_solved: int = 10,
    seconds_per_site: float = SECONDS_PER_SITE,
) -> Answer:
    """Plan the study, then price decisions about single buildings.

    Every open site gets a quick estimate with its best replacements. Solved again, from the plan at hand: the sites
    named, or else the ``n_solved`` most expensive ones; every site the study fixes, without the fixing; and every site
    of ``insist``, fixed.

    Raises:
        NoPlanError: The study itself has no plan. SettingsError: a site named is no candidate, or not open.
    """
    planned, progress = asked.planned, asked.progress
    instance, plan = planned.local, planned.local_plan
    named = _positions(planned, sites, "--site", must_be_open=True)
    wished = _positions(planned, insist, "--insist", must_be_open=False)
    estimates = estimate_refusals(planned.priced, plan)
    by_cost = sorted(estimates, key=lambda estimate: (-estimate.cost, estimate.site))
    chosen = named or [estimate.site for estimate in by_cost[:n_solved]]
    prices = []
    for number, site in enumerate(chosen, start=1):
        progress.stage(f"without {instance.site_ids[site]} ({number} of {len(chosen)})")
        prices.append(price_of("refused", site, planned, seconds_per_site, asked.attempts))
    for site in np.flatnonzero(instance.fixed).tolist():
        progress.stage(f"without fixing {instance.site_ids[site]}")
        prices.append(price_of("fixed", site, planned, seconds_per_site, asked.attempts))
    for site in wished:
        progress.stage(f"with {instance.site_ids[site]}")
        prices.append(price_of("insisted", site, planned, seconds_per_site, asked.attempts))
    return signed(refusal_answer(planned, estimates, prices, seconds_per_site), evaluate_plan(planned))


def price_of(decision: str, site: int, planned: PlannedStudy, seconds: float, attempts: Attempts) -> DecisionPrice:
    """Solve again with one building refused, no longer fixed, or fixed; from the plan at hand.

    The price of a refusal or a wish is what the new plan costs more; that of a fixed site what the plan at hand costs
    more than one without the fixing. Buildings priced in the plan at hand are priced in the new one; persons within the
    norm and what people walk are counted in true metres.
    """
    variant = variant_of(planned.local, decision, site)
    before = planned.local_plan
    solve = partial(solve_again, variant, planned.study, before, time_limit_s=seconds, extra_m=planned.extra_m)
    attempt = attempts.make(f"{WITH_NL[decision]} {planned.local.site_ids[site]}", solve)
    after = attempt.made
    if after is None:
        return DecisionPrice(decision, site, None, None, None, (), (), attempt.fault)
    sign = -1.0 if objective(planned.local.objective).maximised else 1.0
    if decision == "fixed":
        found, proven = sign * (before.value - after.value), None
    else:
        found, proven = sign * (after.value - before.value), sign * (after.bound - before.value)
    then, now = measure_reach(variant, after), measure_reach(planned.local, before)
    covered = then.within_norm_persons - now.within_norm_persons
    walked = _walked_person_m(then) - _walked_person_m(now)
    opened = np.setdiff1d(after.open_sites, before.open_sites)
    closed = np.setdiff1d(before.open_sites, [*after.open_sites, site])
    return DecisionPrice(
        decision=decision,
        site=site,
        found=found,
        proven=None if proven is None or not np.isfinite(proven) else max(0.0, proven),
        within_norm_persons=-covered if decision == "fixed" else covered,
        walked_person_m=-walked if decision == "fixed" else walked,
        opened=tuple(opened[opened != site].tolist()),
        closed=tuple(closed.tolist()),
    )


def variant_of(instance: LocalInstance, decision: str, site: int) -> LocalInstance:
    """The instance with one site ``refused``, no longer ``fixed``, or ``insisted`` on."""
    fixed, refused = instance.fixed.copy(), instance.refused.copy()
    fixed[site], refused[site] = decision == "insisted", decision == "refused"
    costs = instance.costs
    if decision == "refused":
        costs = costs.keep_arcs(costs.destination != site)
    return replace(instance, fixed=fixed, refused=refused, costs=costs)


def _walked_person_m(reach: Reach) -> float:
    return reach.mean_m * reach.served_persons if reach.served_persons else 0.0


def _positions(planned: PlannedStudy, wanted: Sequence[str], option: str, *, must_be_open: bool) -> list[int]:
    instance, faults = planned.local, Faults()
    position = {site_id: j for j, site_id in enumerate(instance.site_ids)}
    is_open = {instance.site_ids[j] for j in planned.local_plan.open_sites}
    for site_id in wanted:
        if site_id not in position:
            fix = did_you_mean(site_id, position, "take the id from the candidate list of a run")
            faults.add("question", f"site {site_id!r} is no candidate here", fix, column=option)
        elif must_be_open and site_id not in is_open:
            faults.add("question", f"site {site_id!r} is not in the plan", "refusing it costs nothing", column=option)
        elif not must_be_open and instance.refused[position[site_id]]:
            faults.add("question", f"site {site_id!r} is refused", "leave it out of the refused sites", column=option)
    faults.raise_if_any(SettingsError)
    return [position[site_id] for site_id in wanted]
