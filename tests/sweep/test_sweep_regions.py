"""Regions of true size for one sweep: their inhabitants, their files, a sweep over studies, and its page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import sweep_regions
from benchmarks.sweep_regions import INHABITANTS, SWEEP, Sizes, write_country_region, write_sweep_page
from nsp_planner.config import load_study
from nsp_planner.study.read import check_layers
from nsp_planner.sweep.run import run_sweep


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small regions with a sweep over both."""
    monkeypatch.setattr(sweep_regions, "INHABITANTS", {"VR01": ("Klein", 20_000), "VR02": ("Kleiner", 12_345)})
    for code in ("VR01", "VR02"):
        write_country_region(tmp_path, code, seconds=5)
    sweep = tmp_path / "reeks.toml"
    sweep.write_text('title = "Proef"\nstudies = ["VR01.toml", "VR02.toml"]\noutput = "uit"\n', encoding="utf-8")
    return sweep


def test_the_25_regions_are_the_country_and_each_has_a_study_in_the_sweep() -> None:
    assert len(INHABITANTS) == 25
    assert sum(inhabitants for _, inhabitants in INHABITANTS.values()) == 17_474_693
    sweep = (Path(__file__).parents[2] / SWEEP).read_text(encoding="utf-8")
    assert all(f"/{code}.toml" in sweep for code in INHABITANTS)


def test_a_region_is_as_dense_as_ijsselland() -> None:
    sizes = Sizes.of(548_227)
    assert (sizes.n_squares, sizes.n_lnsps, sizes.n_stations) == (16_809, 110, 35)


@pytest.mark.slow
def test_a_made_up_region_has_its_true_inhabitants_after_calibration(two: Path) -> None:
    layers = check_layers(load_study(two.parent / "VR02.toml"))
    assert int(layers.demand["population_persons"].sum()) == 12_345
    assert int(layers.calibration["total_persons"].sum()) == 12_345
    assert (layers.calibration["published_persons"] != layers.calibration["total_persons"]).any()
    assert len(layers.sites.query("can_be_lnsp")) == Sizes.of(12_345).n_candidates
    totals = pd.read_csv(two.parent / "VR02" / "totalen.csv")
    assert set(totals["gemeentecode"]) == set(layers.areas["area_code"])


@pytest.mark.slow
def test_a_sweep_over_studies_gives_a_page_with_time_and_memory_per_region(two: Path) -> None:
    result = run_sweep(two, workers=1)
    assert (result.n_new, [record["result"]["status"] for record in result.records]) == (2, ["planned"] * 2)
    assert run_sweep(two, workers=1).n_new == 0
    page = two.parent / "pagina.md"
    assert write_sweep_page(two, page) == 2
    text = page.read_text(encoding="utf-8")
    for region, inhabitants in (("Klein", "20,000"), ("Kleiner", "12,345")):
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {region} |")]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1] == inhabitants
        assert int(cells[10].replace(",", "")) > 50
    assert "2 of the 2 regions" in text
