"""The register of outputs: whatever stands in it is written, listed and offered; nothing else is."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pytest

from nsp_planner.report import register, write_report
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.outputs import Output, ReportInput, always, with_phases, with_report
from nsp_planner.report.run_info import OutputFile
from tests.towns.planned import RUN, make_toy
from tests.towns.planned_more import with_phases as opening_in_phases


def listed(folder: Path) -> set[str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {output["name"] for output in manifest["outputs"]}


def test_every_folder_with_an_entry_stands_in_the_register_once() -> None:
    with_entry = {folder.name for folder in files("nsp_planner.report").iterdir() if (folder / "entry.py").is_file()}
    assert sorted(output.name for output in register.OUTPUTS) == sorted(with_entry)


@pytest.mark.parametrize("output", register.OUTPUTS, ids=lambda output: output.name)
def test_every_entry_says_what_it_is_and_who_for(output: Output) -> None:
    assert output.description[:1].isupper()
    assert output.readers_nl
    assert output in vars(import_module(f"nsp_planner.report.{output.name}.entry")).values()


@pytest.mark.slow
def test_all_that_is_registered_is_written_listed_and_offered(tmp_path: Path) -> None:
    written = [file.name for file in write_report(tmp_path, make_toy()[1], run_info=RUN, deliver=DeliverOptions())]
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert (written[0], written[-1]) == ("begin-hier.html", "manifest.json")
    assert there == set(written) == listed(tmp_path) | {"manifest.json"}
    page = (tmp_path / "begin-hier.html").read_text(encoding="utf-8")
    assert all(f'href="{name}"' in page for name in there - {"begin-hier.html", "manifest.json"})


@pytest.mark.slow
def test_an_output_of_ten_lines_is_written_listed_and_offered_while_it_is_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
        (folder / "aantal.txt").write_text(str(len(given.evaluation.lnsps)), encoding="utf-8")
        return (OutputFile("aantal.txt", "Het aantal L-NSP's"),)

    extra = Output("count", "The number of L-NSPs", with_report, write, readers_nl="Voor de krant")
    ours = tuple(output for output in register.OUTPUTS if output.after_others)
    assert ours, "the start page and the manifest, which tell of the others"
    for asked, outputs in ((True, (*ours, extra)), (False, ours)):
        monkeypatch.setattr(register, "OUTPUTS", outputs)
        folder = tmp_path / str(asked)
        folder.mkdir()
        write_report(folder, make_toy()[1], run_info=RUN, deliver=DeliverOptions())
        page = (folder / "begin-hier.html").read_text(encoding="utf-8")
        assert (folder / "aantal.txt").exists() == asked
        assert ("aantal.txt" in listed(folder)) == asked
        assert ('<a href="aantal.txt">' in page) == ("<h2>Voor de krant</h2>" in page) == asked
    monkeypatch.setattr(register, "OUTPUTS", (*ours, extra))
    write_report(tmp_path, make_toy()[1], run_info=RUN)
    assert not (tmp_path / "aantal.txt").exists(), "only with --report"


def test_an_output_is_written_when_its_condition_holds() -> None:
    toy = make_toy()
    plain = ReportInput(toy[1], RUN, {})
    full = ReportInput(opening_in_phases(toy), RUN, {}, DeliverOptions())
    conditions = (always, with_report, with_phases)
    assert [condition(plain) for condition in conditions] == [True, False, False]
    assert [condition(full) for condition in conditions] == [True, True, True]
