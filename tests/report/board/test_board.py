"""The board report: the same text in HTML and PDF, true figures, and every name as text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nsp_planner.errors import DataError
from nsp_planner.evaluate.change.baseline import build_baseline
from nsp_planner.evaluate.change.changes import find_changes
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report import write_report
from nsp_planner.report.board import write_board_report
from nsp_planner.report.board.content import board_content
from nsp_planner.report.paper.pdf import printable
from nsp_planner.study.finished_run import read_finished_runs
from tests.report.paper import is_tagged_pdf_ua, page_texts, squeezed
from tests.towns.hostile_names import NASTY
from tests.towns.planned import RUN, make_study, make_synthetic_region, make_toy


def with_status(toy: tuple[PlannedStudy, Evaluation], status: list[str]) -> PlannedStudy:
    planned = toy[0]
    planned.layers.sites["status"] = status
    return planned


def after(run: FinishedRun, town: tuple[PlannedStudy, Evaluation]) -> Evaluation:
    """The evaluation of a plan that was made after another run."""
    planned, evaluation = town
    return replace(evaluation, changes=find_changes(planned, evaluation, run))


@pytest.fixture(scope="module")
def region_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bestuur")
    write_board_report(folder, make_synthetic_region(3_000, 300, 114)[1], RUN)
    return folder


@pytest.mark.slow
def test_the_report_is_two_pages_and_an_annex_in_tagged_pdf(region_report: Path) -> None:
    pages = page_texts(region_report / "bestuursrapport.pdf")
    assert "Gevraagd besluit" in pages[0]
    assert "Hoe zeker is dit" in pages[1]
    assert pages[2].startswith("Bijlage")
    assert all("CONCEPT" in page and "21 november 2026" in page for page in pages)
    assert is_tagged_pdf_ua(region_report / "bestuursrapport.pdf")


@pytest.mark.slow
def test_the_report_is_at_most_three_pages_with_alternatives_and_a_previous_version(tmp_path: Path) -> None:
    toy = make_toy()
    earlier = tmp_path / "eerder"
    earlier.mkdir()
    write_report(earlier, toy[1], run_info=RUN)
    (run,) = read_finished_runs([earlier], "earlier run")
    region = after(run, make_synthetic_region(500, 60, 20))
    write_board_report(tmp_path, region, RUN, alternatives=[run, run])
    pages = page_texts(tmp_path / "bestuursrapport.pdf")
    assert "Alternatieven naast elkaar" in pages[1]
    assert "Veranderd sinds de vorige versie" in pages[1]
    assert "L-NSP's erbij: Gebouw" in pages[1] + pages[2]
    assert any(page.startswith("Bijlage") for page in pages[2:4])


@pytest.mark.slow
def test_html_and_pdf_say_the_same_figures(region_report: Path) -> None:
    html = (region_report / "bestuursrapport.html").read_text(encoding="utf-8")
    pdf = " ".join(page_texts(region_report / "bestuursrapport.pdf"))
    _, evaluation = make_synthetic_region(3_000, 300, 114)
    content = board_content(evaluation, RUN)
    for row in content["figures"]["rows"]:
        for cell in row:
            assert cell.replace("'", "&#39;") in html
            assert squeezed(cell) in squeezed(pdf)
    for _, lnsp, *_rest in content["annex"][1]["rows"]:
        assert squeezed(lnsp) in squeezed(pdf)
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")


@pytest.mark.slow
def test_names_that_try_to_be_markup_stay_text(tmp_path: Path) -> None:
    planned, evaluation = make_toy(NASTY)
    planned.layers.sites["place"] = NASTY[2]
    write_board_report(tmp_path, evaluation, RUN)
    pdf = squeezed(" ".join(page_texts(tmp_path / "bestuursrapport.pdf")))
    html = (tmp_path / "bestuursrapport.html").read_text(encoding="utf-8")
    for name in (NASTY[0], NASTY[1], NASTY[3]):
        assert squeezed(name) in pdf
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_nulmeting_counts_only_points_of_today(toy: tuple[PlannedStudy, Evaluation]) -> None:
    planned = make_toy()[0]
    planned.layers.sites["status"] = ["in gesprek", "idee", "afgevallen", "in gesprek"]
    assert build_baseline(planned).lnsp_names == ()
    assert build_baseline(planned).share_within_norm == 0
    assert build_baseline(planned).beyond_norm_persons == 360
    planned.layers.sites["status"] = ["pilot", "idee", "afgevallen", "operationeel"]
    baseline = build_baseline(planned)
    assert baseline.lnsp_names == ("Dorpshuis De Toekomst",)
    assert baseline.n_cnsp == 1
    xy = planned.layers.demand.geometry.get_coordinates().to_numpy()
    site = planned.layers.sites.geometry.get_coordinates().to_numpy()[0]
    by_hand = (1.3 * np.hypot(*(xy - site).T) <= 1_000).mean()
    assert baseline.share_within_1000m == pytest.approx(by_hand)


def test_a_list_without_any_status_makes_the_nulmeting_unknown_and_not_zero() -> None:
    planned, evaluation = make_toy()
    baseline = build_baseline(planned)
    assert (baseline.known, baseline.known_cnsp) == (False, False)
    assert np.isnan([baseline.share_within_norm, baseline.share_within_1000m, baseline.beyond_norm_persons]).all()
    content = board_content(evaluation, RUN)
    assert [row[1] for row in content["figures"]["rows"]] == ["onbekend"] * 5
    assert "Wat de punten van vandaag geven, is onbekend." in content["summary"]
    assert content["baseline"].startswith("Nulmeting: onbekend")
    assert "van geen enkel gebouw de status" in content["certainty"][1]["text"]


def test_persons_beyond_the_norm_are_the_ones_the_indicator_counts() -> None:
    _, evaluation = make_synthetic_region(2_000, 200, 15)
    share = evaluation.value("share_within_norm")
    assert evaluation.demand["beyond_norm_persons"].sum() == pytest.approx(evaluation.value("persons") * (1 - share))
    _, evaluation = make_toy(lost=True)
    assert evaluation.demand["beyond_norm_persons"].iloc[35] == 10


def finished(folder: Path) -> FinishedRun:
    return read_finished_runs([folder], "test")[0]


@pytest.mark.slow
def test_the_change_since_the_last_version_names_what_came_and_went(tmp_path: Path) -> None:
    write_report(tmp_path, make_toy()[1], run_info=RUN)
    _, evaluation = make_toy()
    same = board_content(after(finished(tmp_path), make_toy()), RUN)
    same_again = "Er verandert niets: dezelfde noodsteunpunten als in het plan van 21 november 2026"
    assert same["change"] == [f"{same_again}, en iedereen houdt zijn L-NSP."]
    assert same["change_tables"] == []
    assert board_content(evaluation, RUN)["change"] is None
    assert board_content(evaluation, RUN)["alternatives"] is None


@pytest.mark.slow
def test_an_earlier_run_is_read_with_names_that_were_guarded(tmp_path: Path) -> None:
    write_report(tmp_path, make_toy(NASTY)[1], run_info=RUN)
    run = finished(tmp_path)
    assert set(run.lnsps.values()) == {NASTY[0], NASTY[1]}
    assert run.value("n_lnsp") == 2


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"title": "half"}), encoding="utf-8")
    with pytest.raises(DataError, match="no finished run"):
        finished(tmp_path)


def test_every_character_kept_for_print_is_in_the_fonts(tmp_path: Path) -> None:
    kept = "".join(c for c in map(chr, range(32, 0x2700)) if printable(c) == c and c != "\u00a0")
    assert len(kept) > 450
    names = [kept[n : n + 40] for n in range(0, len(kept), 40)]
    _, evaluation = make_toy(study=make_study(title=" ".join(names)))
    write_board_report(tmp_path, evaluation, RUN)
    assert printable("uil 🦉\n漢") == "uil □ □"


def test_staff_and_water_follow_the_norms() -> None:
    _, evaluation = make_toy(study=make_study(norms={"inhabitants_per_water_point": 100}))
    staffing = evaluation.staffing
    region = staffing[None]
    assert (region.n_lnsp, region.n_cnsp, region.lnsp_staff, region.cnsp_staff) == (2, 1, 4, 2)
    assert region.water_litres_per_day == 3 * 360
    assert [staffing[code].n_water_points for code in ("GM0001", "GM0002")] == [2, 2]
    assert region.n_water_points == 4, "each gemeente rounds up"
    assert region.of_cnsps.lnsp_staff == 0
