"""Questions that solve again weigh as the plan at hand was weighed, and tell true metres; on a town by hand.

Village A (100 persons) and village B (60), 1,000 m apart, with one L-NSP. A school stands in A, a church in B, between
them a kulturhus 300 m and a gym 200 m from A. Person-metres: school 60,000, gym 68,000, kulturhus 72,000, church
100,000; a school or gym counts as 350 m farther for all 160: 116,000 and 124,000.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.config import Study
from nsp_planner.errors import SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.sites.exchange import price_decision
from nsp_planner.evaluate.sites.local_wish import local_wishes
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.reach import measure_reach
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.decisions import INSISTED, REFUSED, variant_of
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.lnsp_ratio.solve import answer_lnsp_ratio, solve_priced, solve_within
from nsp_planner.questions.refusals.solve import answer_refusals
from nsp_planner.questions.robustness.solve import answer_robustness, make_variants
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.packs.wish import wish_table
from nsp_planner.report.text.objective import reached_nl, unit_nl, weighed_nl
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.example_region import asked_about
from tests.towns.raw_files import read_town

SITES = (
    "naam;soort;x;y;gemeentecode\nDorpshuis;dorpshuis;201050;501050;0001\nSchool;school;205050;501050;0002\n"
    "Gymzaal;gymzaal;205250;501050;0002\nKulturhus;kulturhus;205350;501050;0002\nKerk;kerk;206050;501050;0002\n"
)
PEOPLE = {"E2010N5010": 50, "E2050N5010": 100, "E2060N5010": 60}
PENALTY_M = 350.0
WISH = {"preferred_kinds": {"GM0002": ["kulturhus", "kerk"]}, "preferred_kinds_m": PENALTY_M}
Town = tuple[Study, Layers]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return read_town(tmp_path_factory.mktemp("geprijsd"), SITES, PEOPLE, decisions=WISH)


@pytest.fixture(scope="module")
def planned(town: Town) -> PlannedStudy:
    return solve_study(*town, SilentProgress())


def opened(planned: PlannedStudy, sites: np.ndarray) -> set[str]:
    """Names of the open sites in the gemeente with the two villages."""
    names = planned.layers.sites["name"].iloc[[planned.local_site_rows[j] for j in sites]]
    return set(names) - {"Dorpshuis"}


def position(planned: PlannedStudy, name: str) -> int:
    return [str(planned.layers.sites["name"].iloc[row]) for row in planned.local_site_rows].index(name)


def column(answer: Answer, table: str, name: str) -> list[Any]:
    (found,) = (each for each in answer.tables if each.name == table)
    place = [each.label for each in found.columns].index(name)
    return [row[place] for row in found.rows]


def test_a_plan_keeps_what_it_was_weighed_by_beside_what_people_walk(planned: PlannedStudy) -> None:
    assert opened(planned, planned.local_plan.open_sites) == {"Kulturhus"}
    assert planned.extra_m is not None
    assert planned.extra_m[position(planned, "School")] == PENALTY_M
    assert planned.extra_m[position(planned, "Kerk")] == 0.0
    added = planned.priced.costs.distance_m.sum() - planned.local.costs.distance_m.sum()
    assert added == pytest.approx(planned.extra_m[planned.local.costs.destination].sum())
    assert measure_reach(planned.local, planned.local_plan).mean_m == pytest.approx(72_000 / 210)


def test_a_refusal_is_priced_by_the_plan_that_honours_the_wish_and_told_in_true_metres(planned: PlannedStudy) -> None:
    """Without the wish the school (60,000) would replace the kulturhus and the refusal would cost nothing."""
    price = price_decision(planned, REFUSED, position(planned, "Kulturhus"))
    assert opened(planned, np.array(price.opened)) == {"Kerk"}
    assert price.found == pytest.approx(100_000 - 72_000)
    assert price.proven == pytest.approx(price.found)
    assert price.walked_person_m == pytest.approx(100_000 - 72_000)


def test_insisting_on_a_building_that_is_not_wanted_costs_what_it_is_priced_at(planned: PlannedStudy) -> None:
    """Everybody walks less to the school, and the wish weighs more than that."""
    price = price_decision(planned, INSISTED, position(planned, "School"))
    assert price.found == pytest.approx(60_000 + PENALTY_M * 160 - 72_000)
    assert price.walked_person_m == pytest.approx(60_000 - 72_000)


def test_the_answer_calls_a_weighed_price_weighed_and_its_metres_are_true(town: Town, planned: PlannedStudy) -> None:
    school = planned.local.site_ids[position(planned, "School")]
    answer = answer_refusals(asked_about(*town), n_solved=0, insist=[school])
    found = "Kost ten hoogste, gevonden (gewogen persoon-km)"
    assert column(answer, "prijs-van-een-besluit", found) == [pytest.approx(44.0)]
    assert any(note.startswith("Gewogen: gebouwen die minder gewenst zijn") for note in answer.notes)
    names = column(answer, "vervangers", "Gebouw")
    instead = dict(zip(names, column(answer, "vervangers", "Komt ervoor in de plaats"), strict=True))
    cost = column(answer, "vervangers", found)
    assert instead["Kulturhus"] == "Kerk"
    assert dict(zip(names, cost, strict=True))["Kulturhus"] == pytest.approx(28.0)


def test_at_another_ratio_the_wish_counts_too_and_the_mean_is_what_people_walk(town: Town) -> None:
    """Two L-NSPs: kulturhus and church (30,000) against school and church, 0 m on foot but 35,000 as weighed."""
    answer = answer_lnsp_ratio(asked_about(*town), ratios=(5_000, 80), n_epsilons=0)
    assert column(answer, "l-nsp-verhouding", "L-NSP's") == [3, 2]
    means = column(answer, "l-nsp-verhouding", "Gemiddelde loopafstand")
    assert means == [pytest.approx(30_000 / 210), pytest.approx(72_000 / 210)]


@pytest.mark.parametrize("way", [solve_within, solve_priced])
def test_a_limit_on_the_distance_is_of_true_metres_whatever_a_building_is_priced_at(
    planned: PlannedStudy, way: Any
) -> None:
    """Without the kulturhus only the gym has everybody within 800 m; as weighed it lies at 1,150 m from B."""
    instance = variant_of(planned.local, "refused", position(planned, "Kulturhus"))
    costs = instance.costs
    near = replace(instance, costs=costs.keep_arcs(costs.distance_m <= 800))
    given = (instance, near) if way is solve_priced else (instance,)
    plan = way(*given, planned.study, 800.0, None, 10.0, planned.extra_m)
    assert opened(planned, plan.open_sites) == {"Gymzaal"}
    assert plan.value == pytest.approx(68_000 + PENALTY_M * 160)
    assert measure_reach(instance, plan).worst_m == pytest.approx(800)


def test_variants_of_a_plan_keep_its_prices(planned: PlannedStudy) -> None:
    assert planned.extra_m is not None
    dear = replace(planned, extra_m=planned.extra_m * 10)
    for variant in make_variants(dear, SilentProgress(), 3, 10.0, Attempts()):
        assert opened(planned, variant.open_sites) <= {"Kulturhus", "Kerk"}
    free = make_variants(replace(planned, extra_m=None), SilentProgress(), 3, 10.0, Attempts())
    assert any(opened(planned, variant.open_sites) == {"School"} for variant in free)


def test_the_local_wish_weighs_as_the_plan_does_and_says_so(planned: PlannedStudy) -> None:
    wishes = local_wishes(planned).set_index("site_id")
    school = planned.local.site_ids[position(planned, "School")]
    assert wishes.loc[school, "cost"] == pytest.approx(44.0)
    assert wishes.loc[school, "mean_after_m"] == pytest.approx(60_000 / 160, abs=0.01)
    table = wish_table(evaluate_plan(planned), wishes.reset_index(), "GM0002")
    assert "Kost ten hoogste (gewogen persoon-km)" in table.columns


def test_the_value_of_a_plan_says_whether_it_is_weighed(planned: PlannedStudy) -> None:
    """Weights alone, prices alone, and neither."""
    plain = replace(planned, extra_m=None)
    assert not plain.goal.is_weighted
    assert reached_nl(plain.goal) == "72 persoon-km"
    assert (unit_nl(plain.goal), weighed_nl(plain.goal)) == ("persoon-km", "")
    heavy = replace(plain, local=replace(plain.local, weight=2 * plain.local.weight))
    assert reached_nl(heavy.goal) == "72 gewogen persoon-km"
    assert unit_nl(heavy.goal) == "gewogen persoon-km"
    assert weighed_nl(heavy.goal).startswith("Gewogen: sommige inwoners tellen zwaarder mee.")
    assert reached_nl(planned.goal) == "72 gewogen persoon-km"


def test_as_few_l_nsps_as_possible_has_no_ratio_to_ask_about(town: Town) -> None:
    study, layers = town
    fewest = study.change(plan={"objective": "min_sites", "share": 0.5})
    with pytest.raises(SettingsError, match="their number is the answer") as caught:
        answer_lnsp_ratio(asked_about(fewest, layers))
    assert caught.value.faults[0].column == "plan.objective"


def test_a_scenario_that_crosses_the_border_is_no_test_of_the_region_by_itself(town: Town) -> None:
    study, layers = town
    across = study.change(neighbours={"cross_border": "priced"})
    with pytest.raises(SettingsError, match="'buren'") as caught:
        answer_robustness(asked_about(study, layers), under=[("buren", across)])
    assert caught.value.faults[0].column == "neighbours.cross_border"
