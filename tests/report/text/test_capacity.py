"""Capacity in words: both measures, what 100 % is, how much hinges on what nobody gave."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.list.table import candidate_table
from nsp_planner.report.text.capacity import assumed_nl, busiest_nl, counts_nl, full_nl
from nsp_planner.report.text.key_figures import key_figures
from tests.towns.line_town import planned_line_town
from tests.towns.planned import make_toy


@pytest.fixture(scope="module")
def town() -> Evaluation:
    """Halls on a line for 250 inhabitants each, 300 with slack. By hand s0 gets 300; s2 is known to serve 200."""
    return evaluate_plan(planned_line_town())


def with_known(town: Evaluation, **known: list[float | None]) -> Evaluation:
    """The town with other capacities on its list."""
    planned = planned_line_town()
    columns = {name: pd.array(values, dtype="Float64") for name, values in known.items()}
    return evaluate_plan(replace(planned, layers=replace(planned.layers, sites=planned.layers.sites.assign(**columns))))


def test_what_100_percent_is_stands_beside_the_highest_load(town: Evaluation) -> None:
    told = {figure.label: figure.text for figure in key_figures(town)}
    assert told["Max. belasting"] == "120 % (100 % is 250 inwoners, 8 mensen tegelijk; tot 120 % mag)"
    assert full_nl(town.premises) == (
        "100 % is 250 inwoners (8 mensen tegelijk), of minder waar het gebouw minder aankan; het plan gaat nergens "
        "boven 120 %"
    )


def test_the_busiest_is_told_in_inhabitants_beside_what_a_plan_may_give(town: Evaluation) -> None:
    assert busiest_nl(town) == (
        "Het drukste L-NSP, Zaal twee, krijgt 240 inwoners. Een L-NSP telt voor 250 inwoners (8 mensen tegelijk), of "
        "minder waar het gebouw minder aankan; het plan mag daar 20 % boven gaan, omdat 1 op 250 een gemiddelde is."
    )
    strict = replace(town, premises=replace(town.premises, most_load=1.0))
    assert busiest_nl(strict).endswith("minder aankan; meer geeft het plan nergens.")


def test_every_building_says_what_it_counts_for_and_why(town: Evaluation) -> None:
    told = counts_nl(with_known(town, capacity_present=[800, 5, None, None], capacity_persons=[None, None, 200, None]))
    assert told["s0"] == "250 inwoners (8 mensen tegelijk); het gebouw kan 800 mensen tegelijk aan"
    assert told["s1"] == "150 inwoners (5 mensen tegelijk), opgegeven in mensen tegelijk"
    assert told["s2"] == "200 inwoners (7 mensen tegelijk), opgegeven in inwoners"
    assert counts_nl(town)["s0"] == "250 inwoners (8 mensen tegelijk), aangenomen"


def test_how_much_hinges_on_assumed_capacities_is_said_of_region_and_gemeente(town: Evaluation) -> None:
    assert assumed_nl(town) == "aangenomen voor 1 van de 2 L-NSP's; daar gaan 300 inwoners heen (56 %)"
    assert assumed_nl(town, "GM0002") == "opgegeven voor 1 L-NSP"
    (figure,) = [each for each in key_figures(town) if each.label == "Capaciteit"]
    assert figure.text == assumed_nl(town)


@pytest.mark.slow
def test_the_list_has_what_is_known_apart_from_what_counts() -> None:
    toy = make_toy()[0]
    known = {"capacity_present": pd.array([800, None, 60, None], dtype="Float64"),
             "capacity_persons": pd.array([None, 4000, 2400, None], dtype="Float64")}  # fmt: skip
    layers = replace(toy.layers, sites=toy.layers.sites.assign(**known))
    table = candidate_table(evaluate_plan(replace(toy, layers=layers))).set_index("Id")
    columns = ["Capaciteit (inwoners)", "Capaciteit (mensen tegelijk)", "Telt voor (inwoners)",
               "Telt voor (mensen tegelijk)", "Capaciteit is"]  # fmt: skip
    told = {site: [None if pd.isna(cell) else cell for cell in table.loc[site, columns]] for site in table.index}
    assert told == {
        "gebouwen-1": [None, 800, 5000, 167, "ruim genoeg"],
        "gebouwen-2": [4000, None, 4000, 133, "opgegeven in inwoners"],
        "gebouwen-3": [2400, 60, 1800, 60, "opgegeven in mensen tegelijk"],
        "kazernes-4": [None] * 5,
    }
