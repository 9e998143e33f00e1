"""What the capacity of a hall does to a plan, on two villages on a line.

    x (m)       1050        1150                 3050
    village     V 900                            W 500
    hall        zaal        schuur               kerk

Two L-NSPs, 900 inhabitants each at most (so 30 people at once), no slack, straight lines times 1.3. The church serves
W. The hall stands in V; the barn is 100 m off, and nobody knows what it holds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nsp_planner.config import Study, study_from_dict
from nsp_planner.errors import NoPlanError
from nsp_planner.plan.checked import make_local_plan
from nsp_planner.plan.options import SolveOptions
from nsp_planner.plan.solution import LocalPlan
from nsp_planner.study.prepare.instances import LocalProblem, build_local_problem
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.towns.raw_files import layers_of, make_world, write_grid

BARN = "schuur;201150;501050;\n"


def villages(folder: Path, present: int | None, barn: str = BARN, **sections: Any) -> dict[str, Any]:
    """The study, with a hall for so many people at once."""
    halls = f"naam;x;y;mensen tegelijk\nzaal;201050;501050;{present or ''}\n{barn}kerk;203050;501050;\n"
    grid = write_grid(folder / "dorpen.gpkg", {"E2010N5010": 900, "E2030N5010": 500})
    tables = make_world(folder, halls, population={"path": str(grid)}, totals=None)
    return {
        **tables,
        "region": {"name": "Aldorp", "gemeenten": ["GM0001"]},
        "ratios": {"quota": {"GM0001": 2}},
        "capacity": {"persons": 900, "slack": 0},
        "distances": {"detour_factor": 1.3},
        **sections,
    }


def study_of(tables: dict[str, Any]) -> Study:
    return study_from_dict(tables, folder=Path(), file="study.toml")


def planned(tables: dict[str, Any]) -> tuple[LocalProblem, LocalPlan, set[str]]:
    """The problem, its best plan, and the names of the halls that open."""
    layers = layers_of(tables)
    problem = build_local_problem(layers, study_of(tables))
    plan = make_local_plan(problem.instance, SolveOptions(gap=0.0, time_limit_s=10.0, threads=1))
    rows = [problem.site_rows[j] for j in plan.open_sites]
    return problem, plan, set(layers.sites["name"].iloc[rows])


@pytest.mark.slow
@pytest.mark.parametrize("present", [800, 30, None])
def test_an_empty_cell_is_no_better_than_a_true_800(tmp_path: Path, present: int | None) -> None:
    problem, plan, opened = planned(villages(tmp_path, present))
    assert set(problem.instance.capacity_persons) == {900.0}
    assert opened == {"zaal", "kerk"}
    assert plan.value == 0


@pytest.mark.slow
def test_a_hall_known_to_be_small_sends_people_to_another(tmp_path: Path) -> None:
    """For 20 at once, 600 inhabitants: the other 300 would walk 2,600 m; all 900 to the barn walk 130 m."""
    _, plan, opened = planned(villages(tmp_path, 20))
    assert opened == {"schuur", "kerk"}
    assert plan.value == pytest.approx(900 * 130)
    _, plan, opened = planned(villages(tmp_path, 20, barn=""))
    assert opened == {"zaal", "kerk"}
    assert plan.value == pytest.approx(300 * 2600)


def test_slack_is_on_top_of_what_a_building_counts_for(tmp_path: Path) -> None:
    problem, plan, _ = planned(villages(tmp_path, 20, barn="", capacity={"persons": 900, "slack": 0.1}))
    assert sorted(problem.instance.capacity_persons) == pytest.approx([660, 990])
    assert plan.value == pytest.approx(240 * 2600)


@pytest.mark.slow
def test_a_great_hall_takes_the_quota_of_two_only_where_the_study_lets_it(tmp_path: Path) -> None:
    one_hall = {"ratios": {"quota": {"GM0001": 1}}, "distances": {"detour_factor": 1.3}}
    wide = villages(tmp_path, 800, **one_hall, capacity={"persons": 900, "slack": 0, "largest": 2})
    problem, plan, opened = planned(wide)
    assert sorted(problem.instance.capacity_persons) == [900, 900, 1800]
    assert (opened, plan.value) == ({"zaal"}, pytest.approx(500 * 2600))
    with pytest.raises(NoPlanError, match="the 1 largest sites that may open together hold 900"):
        planned(villages(tmp_path, 800, **one_hall))


def test_why_there_is_no_plan_is_told_in_both_measures(tmp_path: Path) -> None:
    """Within 1,500 m of V there is only the hall for 600."""
    near = {"detour_factor": 1.3, "cutoff_m": 1500, "service_distance_buitengebied_m": 1500}
    tables = villages(tmp_path, 20, barn="", distances=near, capacity={"persons": 1200, "slack": 0})
    (tmp_path / "kazernes.csv").write_text("naam;x;y\nKazerne;201050;501050\n", encoding="utf-8")
    stations = {"path": str(tmp_path / "kazernes.csv"), "source": "kazernes", "can_be": ["cnsp"]}
    tables["inputs"]["sites"] = [*tables["inputs"]["sites"], stations]
    with pytest.raises(NoPlanError) as refusal:
        solve_study(study_of(tables), layers_of(tables), SilentProgress())
    (fault,) = refusal.value.faults
    assert "900 persons on 1 demand points have only 1 candidate sites within reach, which hold 600" in fault.message
    assert "1,200 of them are 40 people in the hall at once" in fault.fix
