"""The norms in force on the outputs: what a study changes is what is told and what is computed with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.use import use_per_area, use_per_lnsp
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.norms import published_norms
from nsp_planner.report.cards.content import card_content
from nsp_planner.report.list.use import use_table
from nsp_planner.report.manifest.write import write_manifest
from nsp_planner.report.text.walking_time import how_far_nl
from tests.config.test_norms import OTHER_VALUES, study_with
from tests.towns.planned import RUN, make_study, make_toy

Figure = Callable[[PlannedStudy, Evaluation], object]


def of_region(column: str) -> Figure:
    return lambda planned, evaluation: use_per_area(planned.layers, evaluation, planned.premises, planned.norms)[
        column
    ].iloc[0]


def busiest(planned: PlannedStudy, evaluation: Evaluation) -> float:
    return float(use_per_lnsp(planned.layers.sites, evaluation.lnsps, planned.norms)["peak_at_once"].max())


def on_a_card(planned: PlannedStudy, evaluation: Evaluation) -> list[str]:
    sites = planned.layers.sites.set_index("site_id")
    lines: list[str] = card_content(evaluation.report_figures.parts[0], sites, planned.premises, picture="")["know"]
    return lines


FIGURES: dict[str, tuple[Figure, object]] = {
    "staff_per_lnsp": (of_region("lnsp_staff"), 2 * 4),
    "staff_per_cnsp": (of_region("cnsp_staff"), 1 * 4),
    "shifts_per_day": (of_region("staff_shifts_per_day"), (2 * 2 + 2) * 6),
    "operational_within_hours": (of_region("staff_shifts_crisis"), (2 * 2 + 2) * 3 * 6),
    "inhabitants_per_water_point": (of_region("n_water_points"), 2 + 2),
    "water_litres_per_person_day": (of_region("water_litres_per_day"), 360 * 6),
    "share_attending_per_day": (busiest, 185 * 0.4 * 2 / 24 * 2),
    "peak_factor": (busiest, 185 * 0.2 * 2 / 24 * 4),
    "max_stay_hours": (busiest, 185 * 0.2 * 4 / 24 * 2),
    "walking_metres_per_minute": (lambda planned, _: how_far_nl(1_600, planned.premises), "1.600 m, 10 minuten lopen"),
    "driving_km_per_hour": (
        lambda _, evaluation: float(evaluation.lnsps["cnsp_minutes"].max()),
        1.3 * 158.1138830 / (80_000 / 60),
    ),
    "cnsp_distance_m": (lambda _, evaluation: int(evaluation.value("n_beyond_cnsp_norm")), 2),
}
"""A figure of the toy (two L-NSPs of 175 and 185 persons, one C-NSP) for each norm of use, with the other value."""


@pytest.mark.slow
@pytest.mark.parametrize("name", published_norms())
def test_the_manifest_tells_the_value_in_force_beside_the_published_one(name: str, tmp_path: Path) -> None:
    _, evaluation = make_toy(study=study_with(name, OTHER_VALUES[name]))
    write_manifest(tmp_path / "manifest.json", evaluation, RUN, [])
    rows = {row["name"]: row for row in json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["norms"]}
    assert list(rows) == list(published_norms())
    assert (rows[name]["value"], rows[name]["published_value"]) == (
        OTHER_VALUES[name],
        published_norms()[name].published_value,
    )
    assert [row["name"] for row in rows.values() if row["replaced"]] == [name]


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_follows_the_norm_of_the_study(name: str) -> None:
    figure, expected = FIGURES[name]
    assert figure(*make_toy(study=study_with(name, OTHER_VALUES[name]))) == pytest.approx(expected)
    assert figure(*make_toy(study=make_study())) != pytest.approx(expected)


def test_residents_and_project_leaders_read_the_hours_in_force() -> None:
    toy = make_toy(study=make_study(norms={"operational_within_hours": 48, "max_stay_hours": 1.5}))
    card = " ".join(on_a_card(*toy))
    assert "Dat kan tot 48 uur duren" in card
    assert "ongeveer 1,5 uur blijven" in card
    assert {"Diensten in 48 uur", "Liter water in 48 uur"} <= set(use_table(toy[1]).columns)
