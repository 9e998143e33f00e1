"""Questions: ratios, failing stations, knees, refusals and preferred kinds; on toys and on the small example."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.config import Study, load_scenario_study, load_study
from nsp_planner.errors import NoPlanError, SettingsError
from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.sites.exchange import price_decision
from nsp_planner.evaluate.sites.local_wish import local_wishes
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.reach import Reach
from nsp_planner.evaluate.stations.station_failure import station_failures
from nsp_planner.plan.decisions import REFUSED, variant_of
from nsp_planner.plan.exact.coordination import solve_coordination
from nsp_planner.plan.exact.solve import solve_local_exact
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.options import SolveOptions
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import Attempts
from nsp_planner.questions.asking.knee import find_knee
from nsp_planner.questions.asking.run import run_question
from nsp_planner.questions.cnsp_ratio.answer import CnspCosts
from nsp_planner.questions.cnsp_ratio.solve import answer_cnsp_ratio, solve_ratio
from nsp_planner.questions.lnsp_ratio.answer import RatioPoint, curve_of, knee_of
from nsp_planner.questions.lnsp_ratio.solve import answer_lnsp_ratio, instance_at, solve_priced, solve_within
from nsp_planner.questions.refusals.solve import answer_refusals
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.packs.wish import wish_table
from nsp_planner.study.prepare.instances import build_local_problem
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.read import check_layers
from nsp_planner.study.solve import solve_study
from tests.towns.example_region import write_overlay
from tests.towns.local import Point, line_town, one_hall_for_two_villages
from tests.towns.planned import make_study
from tests.towns.stations import road_stations


def solve(instance: LocalInstance) -> float:
    return solve_local_exact(instance, SolveOptions(gap=0.0, time_limit_s=20, threads=1)).value


# -- C-NSPs ------------------------------------------------------------------------------------------------------------


def test_the_l_nsps_of_a_failing_station_go_to_the_nearest_one_left() -> None:
    """L1, L2, L3 at 0, 1 and 2 km under K1 at 0 km; L4 at 10 km under K2 at 10 km."""
    instance = road_stations(n_coordinators=2)
    worst, other = station_failures(instance, solve_coordination(instance))
    assert (worst.station, worst.orphans.tolist(), worst.takes_over.tolist()) == (0, [0, 1, 2], [1, 1, 1])
    assert worst.extra_m.tolist() == [10_000.0, 8_000.0, 6_000.0]
    assert (worst.highest_n_lnsp, worst.n_over_ratio) == (4, 0)
    assert (other.orphans.tolist(), other.extra_m.tolist()) == ([3], [10_000.0])


def test_one_coordination_point_that_fails_leaves_everyone_without() -> None:
    instance = road_stations(n_coordinators=1)
    (only,) = station_failures(instance, solve_coordination(instance))
    assert only.takes_over.tolist() == [-1, -1, -1, -1]
    assert np.isnan(only.extra_m).all()
    assert only.highest_n_lnsp == 0


def test_after_a_failure_more_l_nsps_than_the_ratio_are_counted() -> None:
    instance = replace(road_stations(n_coordinators=2), lnsp_per_cnsp=3)
    worst = station_failures(instance, solve_coordination(instance))[0]
    assert (worst.highest_n_lnsp, worst.n_over_ratio) == (4, 1)


def test_the_ratio_of_the_study_gives_the_plan_of_the_study(planned: PlannedStudy) -> None:
    own = solve_ratio(planned, planned.study.ratios.lnsp_per_cnsp, Attempts())
    assert own.plan is not None
    assert own.plan.value == pytest.approx(planned.coordination_plan.value, rel=1e-3)
    assert own.instance.n_coordinators == planned.coordination.n_coordinators


def test_the_price_and_the_most_of_the_study_are_those_of_the_problem_and_of_every_ratio(planned: PlannedStudy) -> None:
    instance, ratios = planned.coordination, planned.study.ratios
    assert (instance.lnsp_per_cnsp, instance.max_lnsp_per_cnsp, instance.load_price_m) == (4, 15, 500.0)
    assert (ratios.most_lnsp_per_cnsp, ratios.load_price_m) == (15, 500.0)
    three = solve_ratio(planned, 3.0, Attempts()).instance
    assert (three.lnsp_per_cnsp, three.max_lnsp_per_cnsp, three.load_price_m) == (3, 15, 500.0)
    free = solve_ratio(planned, 3.0, Attempts(), way="free").instance
    assert free.max_lnsp_per_cnsp == free.lnsp_per_cnsp == len(instance.lnsp_ids), "no price is ever reached"


def test_one_coordination_point_is_one_station_for_all(planned: PlannedStudy) -> None:
    one = solve_ratio(planned, None, Attempts())
    assert one.plan is not None
    assert len(one.plan.open_stations) == 1
    assert one.instance.max_lnsp_per_cnsp == len(planned.coordination.lnsp_ids)


def test_a_ratio_that_needs_more_stations_than_there_are_is_told_not_hidden(
    asked: Asked,
) -> None:
    assert solve_ratio(asked.planned, 1.0, Attempts()).plan is None
    answer = answer_cnsp_ratio(asked, ratios=(1.0, 4.0))
    (table,) = answer.tables
    assert [row[0] for row in table.rows] == [
        *("1 op 1", "1 op 1, hard maximum", "1 op 1 gemiddeld, zonder maximum"),
        # four L-NSPs: with at most four under one C-NSP nothing is left to free
        *("1 op 4 (deze studie)", "1 op 4, hard maximum", "één coördinatiepunt"),
    ]
    assert "niet mogelijk: er zijn maar 2 kazernes" in table.rows[0]
    assert "1 van de 2 kazernes" in answer.conclusion


@pytest.mark.slow
def test_the_answer_has_one_table_one_figure_and_every_file(study: Study, tmp_path: Path) -> None:
    study = study.change(output=tmp_path)
    result = run_question(Asked(study), partial(answer_cnsp_ratio, ratios=(3.0, 4.0)))
    assert {path.name for path in result.folder.iterdir()} == {output.name for output in result.outputs}
    assert (len(result.answer.tables), len(result.answer.figures)) == (1, 1)
    page = (result.folder / "antwoord.html").read_text(encoding="utf-8")
    assert result.answer.conclusion.split("'")[0] in page
    assert "<svg" in page
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_costs_stand_in_the_table_only_when_they_are_given(asked: Asked) -> None:
    def labels(answer: Answer) -> list[str]:
        return [column.label for column in answer.tables[0].columns]

    without = answer_cnsp_ratio(asked, ratios=(4.0,))
    given_ = answer_cnsp_ratio(asked, ratios=(4.0,), costs=CnspCosts(per_year_eur=10_000))
    assert "Per jaar" not in labels(without)
    assert given_.tables[0].rows[0][labels(given_).index("Per jaar")] == 10_000


@pytest.mark.slow
def test_all_stations_excluded_is_a_message_that_says_so(example: Path, tmp_path: Path) -> None:
    ids = list(check_layers(load_study(example)).sites.query("can_be_cnsp")["site_id"])
    listed = ", ".join(f'"{i}"' for i in ids)
    overlay = write_overlay(tmp_path / "geen.toml", f"[decisions]\nrefused_cnsp = [{listed}]")
    study, _ = load_scenario_study(example, [str(overlay)])
    with pytest.raises(NoPlanError) as error:
        solve_study(study, check_layers(study), SilentProgress())
    (fault,) = error.value.faults
    assert "stations are refused, so there is no C-NSP at all" in fault.message
    assert fault.column is not None


def test_an_unknown_site_in_a_fix_list_is_named_with_a_near_one(example: Path, tmp_path: Path) -> None:
    overlay = write_overlay(tmp_path / "pilot.toml", '[decisions]\n"fixed+" = ["voorbeeld:VB002"]')
    study, _ = load_scenario_study(example, [str(overlay)])
    with pytest.raises(SettingsError) as error:
        build_local_problem(check_layers(study), study)
    (fault,) = error.value.faults
    assert fault.column == "decisions.fixed"
    assert "voorbeeld:VB002" in fault.message
    assert "did you mean 'voorbeeld:VB00" in fault.fix


# -- the knee ----------------------------------------------------------------------------------------------------------


def test_the_knee_of_a_bent_line_is_its_bend() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert find_knee(x, np.array([100.0, 20.0, 15.0, 10.0, 5.0])) == 1
    assert find_knee(x[::-1], np.array([5.0, 10.0, 15.0, 20.0, 100.0])) == 3


@pytest.mark.parametrize(
    "y",
    [[5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0, 5.0], [3.0] * 5, [5.0, 4.9, 4.5, 3.5, 1.0]],
    ids=["straight", "rising", "flat", "bent upwards"],
)
def test_a_curve_without_a_bend_has_no_knee(y: list[float]) -> None:
    assert find_knee(np.arange(5.0), np.array(y)) is None


# -- refusals ----------------------------------------------------------------------------------------------------------


points = st.tuples(st.integers(0, 3000), st.integers(1, 60))


@st.composite
def towns(draw: st.DrawFn) -> LocalInstance:
    demand = draw(st.lists(points, min_size=3, max_size=7))
    sites = draw(st.lists(st.integers(0, 3000), min_size=3, max_size=5, unique=True))
    total = sum(persons for _, persons in demand)
    return line_town(
        {f"d{i}": Point(at, persons) for i, (at, persons) in enumerate(demand)},
        {f"s{j}": Point(at, total) for j, at in enumerate(sites)},
        n_sites=draw(st.integers(1, len(sites) - 1)),
    )


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(towns())
def test_refusing_a_site_never_helps_and_one_more_site_never_hurts(instance: LocalInstance) -> None:
    value = solve(instance)
    for site in range(instance.n_candidates):
        assert solve(variant_of(instance, "refused", site)) >= value - 1e-6
        assert solve(variant_of(instance, "insisted", site)) >= value - 1e-6
    assert solve(replace(instance, n_sites=instance.n_sites + 1)) <= value + 1e-6


@settings(max_examples=15, deadline=None)
@given(towns(), st.floats(0.55, 0.95))
def test_more_capacity_never_hurts(instance: LocalInstance, share: float) -> None:
    tight = replace(instance, capacity_persons=instance.capacity_persons * share)
    try:
        value = solve(tight)
    except NoPlanError:
        return
    assert solve(instance) <= value + 1e-6


@pytest.mark.slow
def test_the_price_of_a_refusal_lies_between_what_is_proven_and_what_is_found(planned: PlannedStudy) -> None:
    for site in planned.local_plan.open_sites.tolist():
        price = price_decision(planned, REFUSED, site)
        assert price.found is not None
        assert price.proven is not None or price.takes_fixing_away, "the plan may be better without what is fixed"
        assert price.proven is None or price.found >= price.proven - 1e-6 * planned.local_plan.value
        assert site not in price.opened
        assert len(price.opened) == len(price.closed) + 1


@pytest.mark.slow
def test_sheet_table_and_question_say_the_same_of_a_building(asked: Asked) -> None:
    """The sheet of a gemeente, the table of replacements and the price of one site or wish: one figure."""
    planned = asked.planned
    wishes = local_wishes(planned)
    sheet = wish_table(evaluate_plan(planned), wishes, str(wishes["gemeente_code"].iloc[0])).set_index("Id")
    cost = next(name for name in sheet.columns if name.startswith("Kost ten hoogste"))
    own = wishes.set_index("site_id").loc[sheet.index]
    assert own["state"].eq("solved").sum() >= 2
    out = next(site for site, row in own.iterrows() if row["wish"] == "out" and row["state"] == "solved")
    into = next(site for site, row in own.iterrows() if row["wish"] == "in" and row["state"] == "solved")
    answer = answer_refusals(asked, sites=(str(out),), insist=(str(into),))
    prices, replacements = answer.tables
    told = {row[2]: row[5] for row in prices.rows if row[2] in (out, into)}
    assert told == {out: sheet[cost][out].value, into: sheet[cost][into].value}
    assert len(replacements.rows) == len(planned.local_plan.open_sites)
    every = {row[2]: row[4] for row in replacements.rows}
    assert every[out] == told[out]
    both = [site for site in own.index if site in every and own.at[site, "state"] == "solved"]
    assert [every[site] for site in both] == [sheet[cost][site].value for site in both]


def test_a_site_that_is_not_in_the_plan_or_not_there_is_refused_with_the_option(asked: Asked) -> None:
    planned = asked.planned
    closed = next(j for j in range(planned.local.n_candidates) if j not in planned.local_plan.open_sites)
    with pytest.raises(SettingsError) as error:
        answer_refusals(asked, sites=(planned.local.site_ids[closed], "weg"))
    assert [fault.column for fault in error.value.faults] == ["--site", "--site"]


# -- preferred kinds ---------------------------------------------------------------------------------------------------


def _kinds(example: Path, tmp_path: Path, kinds: str) -> PlannedStudy:
    overlay = write_overlay(tmp_path / "soort.toml", f"[decisions.preferred_kinds]\nGM1773 = [{kinds}]")
    study, _ = load_scenario_study(example, [str(overlay)])
    return solve_study(study, check_layers(study), SilentProgress())


def _chosen_kinds(planned: PlannedStudy) -> list[str]:
    rows = [planned.local_site_rows[j] for j in planned.local_plan.open_sites]
    return sorted(planned.layers.sites.iloc[rows]["kind"])


@pytest.mark.slow
def test_with_enough_of_the_preferred_kinds_no_other_is_chosen(example: Path, tmp_path: Path) -> None:
    planned = _kinds(example, tmp_path, '"verenigingsgebouw", "kulturhus"')
    assert set(_chosen_kinds(planned)) <= {"verenigingsgebouw", "kulturhus"}


@pytest.mark.slow
def test_with_too_few_of_the_preferred_kinds_all_of_them_are_chosen(example: Path, tmp_path: Path) -> None:
    planned = _kinds(example, tmp_path, '"bibliotheek"')
    there = planned.layers.sites.query("kind == 'bibliotheek' and can_be_lnsp")
    assert 0 < len(there) < 4
    chosen = {planned.local.site_ids[j] for j in planned.local_plan.open_sites}
    assert set(there["site_id"]) <= chosen
    assert len(chosen) == 4


@pytest.mark.slow
def test_a_kind_that_no_candidate_has_is_named_with_a_near_one(example: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        _kinds(example, tmp_path, '"kulturhuis"')
    (fault,) = error.value.faults
    assert fault.column == "decisions.preferred_kinds.GM1773"
    assert "did you mean 'kulturhus'" in fault.fix


# -- L-NSPs ------------------------------------------------------------------------------------------------------------


def test_the_front_of_a_toy_is_what_brute_force_finds() -> None:
    """One hall for two villages: M has the least mean and also the least worst distance, 600 m; nothing is nearer."""
    instance = one_hall_for_two_villages()
    study = make_study(solver={"method": "exact", "gap": 0.0})
    assert solve_within(instance, study, 600.0, None, 5.0).value == pytest.approx(206_000)
    with pytest.raises(NoPlanError, match="no choice of 1 sites"):
        solve_within(instance, study, 599.0, None, 5.0)
    with pytest.raises(NoPlanError, match="no candidate within 99 m"):
        solve_within(instance, study, 99.0, None, 5.0)


@settings(max_examples=15, deadline=None)
@given(towns(), st.floats(100, 3000))
def test_a_plan_within_epsilon_is_the_best_of_all_choices_within_it(instance: LocalInstance, epsilon: float) -> None:
    study = make_study(solver={"method": "exact", "gap": 0.0})
    dense = np.full((instance.n_demand, instance.n_candidates), np.inf)
    dense[instance.costs.arc_origin, instance.costs.destination] = instance.costs.distance_m
    dense[dense > epsilon] = np.inf
    every = [
        float((dense[:, list(choice)].min(axis=1) * instance.weight).sum())
        for choice in combinations(range(instance.n_candidates), instance.n_sites)
    ]
    try:
        found = solve_within(instance, study, epsilon, None, 5.0).value
    except NoPlanError:
        found = np.inf
    assert found == pytest.approx(min(every))


@settings(max_examples=15, deadline=None)
@given(towns(), st.floats(100, 3000))
def test_pricing_arcs_that_are_too_long_gives_the_plan_of_leaving_them_out(
    instance: LocalInstance, epsilon: float
) -> None:
    study = make_study(solver={"method": "exact", "gap": 0.0})
    near = replace(instance, costs=instance.costs.keep_arcs(instance.costs.distance_m <= epsilon))
    try:
        left_out = solve_within(instance, study, epsilon, None, 5.0).value
    except NoPlanError:
        left_out = np.inf
    try:
        priced = solve_priced(instance, near, study, epsilon, None, 5.0).value
    except NoPlanError:
        priced = np.inf
    assert priced == pytest.approx(left_out)


def test_the_number_of_l_nsps_follows_the_ratio_and_a_hall_known_to_be_small_stays_small(planned: PlannedStudy) -> None:
    wide, narrow = instance_at(planned, 7500, "gemeente"), instance_at(planned, 2500, "region")
    assert (wide.n_sites, narrow.n_sites) == (3, 8)
    sites = planned.layers.sites.iloc[planned.local_site_rows]
    known = (30 * sites["capacity_present"]).fillna(7500.0).clip(upper=7500.0)  # one in thirty is there at once
    assert wide.capacity_persons == pytest.approx(known.to_numpy(dtype=float) * 1.2)
    assert known.nunique() > 1
    assert narrow.quota is None
    assert narrow.min_sites is not None


@pytest.mark.slow
def test_more_l_nsps_bring_the_mean_down_and_what_is_not_possible_is_said(asked: Asked) -> None:
    answer = answer_lnsp_ratio(asked, ratios=(2500, 5000, 9000), n_epsilons=1, seconds_per_plan=5)
    ratios, front = answer.tables
    means = [row[4] for row in ratios.rows if row[4] is not None]
    assert means == sorted(means)
    assert front.rows[0][0] == "geen grens"
    assert front.rows[-1][1] is None
    assert str(front.rows[-1][-1]).startswith("niet haalbaar")


def test_ratios_with_as_many_l_nsps_count_once_for_the_knee() -> None:
    def point(ratio: float, n: int, mean: float) -> RatioPoint:
        return RatioPoint(ratio, n, Reach(n, 100, 100, 50, mean, 2 * mean, 0.0))

    figures = ((2500, 8, 970), (4000, 5, 1000), (5000, 4, 1500), (7000, 3, 1600), (7500, 3, 1590))
    curve = [point(*figure) for figure in figures]
    assert curve_of(curve) == [4, 2, 1, 0]
    assert knee_of(curve) == 1
