"""Every figure once: whatever stands in two files of a run is the same figure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report import write_report
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.register import OUTPUTS
from tests.report.figures_read import READERS, REGION, Seen
from tests.towns.planned import RUN, evaluated, make_synthetic_region, make_toy

IN_TWO_FILES = {
    "persons", "served_persons", "unreachable_persons", "n_lnsp", "n_cnsp", "share_within_1000m", "share_within_norm",
    "mean_distance_m", "p95_distance_m", "worst_distance_m", "highest_load", "load", "cnsp_distance_m", "lnsps_of_cnsp",
    "beyond_norm_persons", "cnsp_staff", "n_water_points", "water_litres_per_day", "gap_lnsp", "gap_cnsp",
    "n_cards", "walk_m", "mean_minutes", "cnsp_minutes", "cnsp_mean_minutes", "n_arrange", "n_ask",
}  # fmt: skip
"""Figures that must be found in two files at least: a reader that finds nothing any more is no proof."""


def divided_toy() -> tuple[PlannedStudy, Evaluation]:
    """The toy with a norm between the two distances of its divided square, and with a square out of reach."""
    planned, _ = make_toy(lost=True)
    planned.layers.sites["status"] = ["operationeel", "idee", "idee", "operationeel"]
    planned = replace(planned, local=replace(planned.local, service_distance_m=np.full(36, 400.0)))
    return planned, evaluated(planned)


def region() -> tuple[PlannedStudy, Evaluation]:
    """Ten gemeenten, so that rounding per gemeente and of the region differ."""
    planned, evaluation = make_synthetic_region(900, 40, 14)
    planned.layers.sites.loc[planned.layers.sites["site_id"].isin(evaluation.lnsps["site_id"]), "status"] = "pilot"
    return planned, evaluated(planned)


WORLDS = {"divided toy": divided_toy, "region": region}


@pytest.fixture(scope="module", params=["divided toy", pytest.param("region", marks=pytest.mark.slow)])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    folder: Path = tmp_path_factory.mktemp("run")
    deliver = DeliverOptions(public_pilots=True)
    write_report(folder, WORLDS[request.param]()[1], run_info=RUN, deliver=deliver)
    return [found for reader in READERS.values() for found in reader(folder)]


def test_every_output_has_a_reader() -> None:
    assert set(READERS) == {output.name for output in OUTPUTS}


@pytest.mark.slow
def test_what_stands_in_two_files_is_the_same(seen: list[Seen]) -> None:
    same: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for found in seen:
        same[found.figure, found.of].append(found)
    differ = [
        (one, other)
        for together in same.values()
        for one, other in combinations(together, 2)
        if abs(one.value - other.value) > one.rounding + other.rounding + 1e-9
    ]
    assert not differ, "\n".join(f"{one}\n{other}\n" for one, other in differ[:10])
    in_two = {figure for (figure, _), together in same.items() if len({each.where for each in together}) > 1}
    assert in_two >= IN_TWO_FILES


def test_the_gemeenten_add_up_to_the_region(seen: list[Seen]) -> None:
    for figure in ("persons", "served_persons", "unreachable_persons", "n_lnsp", "n_cnsp"):
        in_manifest = {found.of: found.value for found in seen if (found.figure, found.where) == (figure, "manifest")}
        whole = in_manifest.pop(REGION)
        assert sum(in_manifest.values()) == pytest.approx(whole), figure
    for figure in ("lnsp_staff", "cnsp_staff", "n_water_points", "water_litres_per_day"):
        packs = {found.of: found.value for found in seen if (found.figure, found.where) == (figure, "pack Bemensing")}
        of_region = {found.value for found in seen if found.figure == figure and found.of == REGION}
        assert len(of_region) == 1
        assert sum(packs.values()) == pytest.approx(of_region.pop(), abs=len(packs) / 2), figure
