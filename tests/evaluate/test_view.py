"""What a map shows is counted on its own squares and buildings; the toy is two gemeenten with an L-NSP each."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.view import view_of_gemeente, whole_view
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.planned import make_toy
from tests.towns.planned_more import with_phases
from tests.towns.river_region import part_of_town, river_layers, river_study


def test_what_is_open_per_phase_is_counted_on_the_squares_and_sites_shown() -> None:
    evaluation = with_phases(make_toy())
    assert evaluation.phases is not None
    first = evaluation.phases.first_within_norm
    whole, left = whole_view(evaluation), view_of_gemeente(evaluation, "GM0001")
    assert [(now.n_lnsp, now.n_cnsp) for now in whole.open_per_phase] == [(1, 1), (2, 1)]
    assert [now.within_norm_persons for now in whole.open_per_phase] == [10.0 * (first <= n).sum() for n in (0, 1)]
    there = first[left.rows]
    assert [now.within_norm_persons for now in left.open_per_phase] == [10.0 * (there <= n).sum() for n in (0, 1)]
    assert whole_view(make_toy()[1]).open_per_phase == []


def test_what_water_and_an_outage_strike_is_counted_where_it_is(tmp_path: Path) -> None:
    water = part_of_town(1300, 250, 1500, 350)
    outage = {"gemeenten": ["GM0002"], "without": "drop"}
    study = river_study(tmp_path, flood={"area": ["water.gpkg"]}, power_outage=outage)
    view = whole_view(evaluate_plan(solve_study(study, river_layers(flood=water), SilentProgress())))
    facts = view.whole.consequences
    assert facts is not None
    assert facts.flood is not None
    assert view.flood is not None
    assert view.outage is not None
    assert view.flood.area_km2 == water.area / 1e6
    assert (view.flood.persons, view.flood.lost_lnsps) == (facts.flood.persons, 0)
    assert (view.outage.persons, view.outage.lost_lnsps, view.outage.lost_cnsps) == (0.0, 1, 0)
    ordinary = whole_view(make_toy()[1])
    assert (ordinary.flood, ordinary.outage) == (None, None)
