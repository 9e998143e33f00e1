"""Everything a run hands out, together."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nsp_planner.errors import DataError, SettingsError
from nsp_planner.report import options as options_module
from nsp_planner.report import write_report
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.public.gate import read_text
from nsp_planner.report.run_info import open_first
from nsp_planner.study.deliver import read_deliver_options
from tests.report.paper import is_tagged_pdf_ua
from tests.towns.hostile_names import NASTY
from tests.towns.planned import RUN, make_study, make_toy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alles")
    planned, evaluation = make_toy(NASTY, study=make_study(illustration=True))
    planned.layers.sites["place"] = list(NASTY)
    planned.layers.sites["status"] = ["operationeel", "idee", "afgevallen", "idee"]
    planned.layers.sites["status_reason"] = "geheim: mevrouw Jansen"
    write_report(folder, evaluation, run_info=RUN, deliver=DeliverOptions())
    return folder


@pytest.mark.slow
def test_every_file_is_named_in_the_manifest_and_no_other_is_there(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    named = {output["name"] for output in manifest["outputs"]}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == named | {"manifest.json"}
    assert {"begin-hier.html", "bestuursrapport.pdf", "noodsteunpunten.geojson", "c-nsp/pakket-c-nsp.xlsx"} <= named
    assert {"openbaar/noodsteunpunten.html", "gemeenten/links/kaart.html", "meterkastkaarten/links.pdf"} <= named


@pytest.mark.slow
def test_every_text_output_bears_version_date_and_illustration(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix not in (".html", ".pdf", ".geojson"):
            continue
        text = " ".join(read_text(path).split())
        assert "0.1.0" in text, path.name
        assert "21 november 2026" in text or "2026-11-21" in text, path.name
        assert "Illustratie: verzonnen gegevens" in text, path.name
        assert ("CONCEPT" in text) == ("openbaar" not in path.parts), path.name


@pytest.mark.slow
def test_every_pdf_is_tagged(folder: Path) -> None:
    pdfs = list(folder.rglob("*.pdf"))
    assert len(pdfs) == 4
    assert all(is_tagged_pdf_ua(path) for path in pdfs)


def test_no_page_holds_a_script_that_a_name_brought(folder: Path) -> None:
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script>alert(1)" not in text
        assert not re.search(r"<script[^>]*\ssrc=", text)


def test_a_reason_never_reaches_the_public_version(folder: Path) -> None:
    public = "".join(read_text(path) for path in (folder / "openbaar").rglob("*") if path.is_file())
    assert "geheim" not in public
    assert "Jansen" not in public
    assert "geheim" in (folder / "kandidatenlijst.csv").read_text(encoding="utf-8-sig")


@pytest.mark.slow
def test_the_same_run_gives_the_same_pdfs(folder: Path, tmp_path: Path) -> None:
    for name in ("een", "twee"):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, make_toy()[1], run_info=RUN, deliver=DeliverOptions())
    for path in (tmp_path / "een").rglob("*.pdf"):
        assert path.read_bytes() == (tmp_path / "twee" / path.relative_to(tmp_path / "een")).read_bytes()


@pytest.mark.slow
def test_what_to_open_first_is_short_and_there(tmp_path: Path) -> None:
    outputs = write_report(tmp_path, make_toy()[1], run_info=RUN, deliver=DeliverOptions())
    first = [output.name for output in open_first(outputs)]
    assert first == ["begin-hier.html", "kaart.html", "bestuursrapport.pdf", "kandidatenlijst.xlsx"]
    assert all((tmp_path / name).is_file() for name in first)


def test_what_would_fail_after_a_long_solve_fails_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="no finished run"):
        read_deliver_options(alternatives=(tmp_path,))
    DeliverOptions().check()
    monkeypatch.setattr(options_module, "find_spec", lambda name: None if name == "typst" else object())
    with pytest.raises(SettingsError, match="typst"):
        DeliverOptions().check()
