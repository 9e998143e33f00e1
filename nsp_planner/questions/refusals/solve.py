"""What decisions about single buildings cost. In: a study. Out: per refusal, pilot or wish its price."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.sites.exchange import DecisionPrice, no_price, price_of
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.names import did_you_mean
from nsp_planner.plan.decisions import FREED, INSISTED, REFUSED, SECONDS, DecisionSolver
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.run import signed
from nsp_planner.questions.refusals.answer import refusal_answer
from nsp_planner.report.answers.answer import Answer

WITH_NL = {REFUSED: "zonder", FREED: "zonder vastleggen van", INSISTED: "met"}


def answer_refusals(
    asked: Asked,
    *,
    sites: Sequence[str] = (),
    insist: Sequence[str] = (),
    n_solved: int = 10,
    seconds_per_site: float = SECONDS,
) -> Answer:
    """Plan the study, then price decisions about single buildings, each solved again from the plan at hand.

    Every open site is refused; where that is not quick (another objective than least distance, at full size) only the
    sites named, or else the ``n_solved`` with most persons. Told in full are the sites named, or else the ``n_solved``
    most expensive ones; every site the study fixes, without the fixing; and every site of ``insist``, opened for good.

    Raises:
        NoPlanError: The study itself has no plan. SettingsError: a site named is no candidate, or not open.
    """
    planned = asked.planned
    named = _positions(planned, sites, "--site", must_be_open=True)
    wished = _positions(planned, insist, "--insist", must_be_open=False)
    opened, solver = planned.local_plan.open_sites.tolist(), planned.decisions
    solver.be_thorough(seconds_per_site)
    if not solver.is_quick:
        persons = np.bincount(planned.allocation.site, planned.allocation.persons, planned.local.n_candidates)
        opened = named or sorted(opened, key=lambda site: (-persons[site], site))[:n_solved]
    freed = np.flatnonzero(planned.local.fixed).tolist()
    decisions = [(REFUSED, site) for site in opened]
    decisions += [(FREED, site) for site in freed] + [(INSISTED, site) for site in wished]
    asked.progress.stage(f"pricing {len(decisions)} decisions")
    solver.solve_ahead(decisions)
    prices = {each: _price(asked, solver, *each) for each in decisions}
    refused = [prices[REFUSED, site] for site in opened]
    dearest = sorted(refused, key=lambda price: (-np.inf if price.found is None else -price.found, price.site))
    told = [prices[REFUSED, site] for site in named] or dearest[:n_solved]
    told += [price for (decision, _), price in prices.items() if decision != REFUSED]
    answer = refusal_answer(planned, refused, told, None if solver.is_searched else seconds_per_site)
    return signed(answer, evaluate_plan(planned))


def _price(asked: Asked, solver: DecisionSolver, decision: str, site: int) -> DecisionPrice:
    planned = asked.planned
    name = f"{WITH_NL[decision]} {planned.local.site_ids[site]}"
    attempt = asked.attempts.make(name, partial(solver.solve, decision, site))
    if attempt.made is None:
        return no_price(planned, decision, site, attempt.fault)
    return price_of(planned, decision, site, attempt.made)


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
