"""Disks that fill up, folders that go away, renames that fail: told as what they are, and nothing is lost."""

from __future__ import annotations

import builtins
import datetime as dt
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from nsp_planner.errors import SystemFaultError
from nsp_planner.evaluate.evaluate import evaluate_run
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.write import write_report
from nsp_planner.storage import hidden_folder, patience
from nsp_planner.study import run as run_module
from nsp_planner.study.run_folder import publish_run
from tests.cli.test_command_line import run_here
from tests.trust.killed_runs import tree_of, why_incomplete

RUN = RunInfo(created=dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC), version="test", seconds=1.0, command="test")
ROOT_ONLY = "a small disk of its own can only be made by root, on Linux"


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of so many kilobytes."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip(ROOT_ONLY)
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip(ROOT_ONLY)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # a library may hold a file it failed on


def write_run(folder: Path, planned: PlannedStudy, deliver: DeliverOptions | None) -> Path:
    """Write a run as ``run_study`` does."""
    with hidden_folder(folder) as hidden:
        write_report(hidden, evaluate_run(planned, reports=deliver is not None), run_info=RUN, deliver=deliver)
        return publish_run(hidden, folder, "plan", RUN.created)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deliver", "shares"),
    [(None, (0.05, 0.6, 0.95, 1.5)), (DeliverOptions(), (0.7, 1.5))],
    ids=["plan", "reports"],
)
def test_a_disk_that_fills_up_while_a_run_is_written_leaves_a_whole_run_or_nothing(
    tmp_path: Path, planned: PlannedStudy, deliver: DeliverOptions | None, shares: tuple[float, ...]
) -> None:
    whole = write_run(tmp_path / "enough", planned, deliver)
    size = sum(path.stat().st_size for path in whole.rglob("*")) // 1024
    outcomes = []
    for share in shares:
        with small_disk(tmp_path / "disk", int(size * share)) as disk:
            try:
                run = write_run(disk, planned, deliver)
            except SystemFaultError as error:
                outcomes.append("full")
                (fault,) = error.faults
                assert "full" in fault.message or "free on the disk" in fault.message
                assert fault.file == str(disk)
                assert not list(disk.iterdir()), "nothing half-written stays"
            else:
                outcomes.append("whole")
                assert why_incomplete(run) is None
                with closing(sqlite3.connect(run / "plan.gpkg")) as book:
                    assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert (run / "kandidatenlijst.csv").read_bytes() == (whole / "kandidatenlijst.csv").read_bytes()
    assert (outcomes[0], outcomes[-1]) == ("full", "whole"), outcomes


@pytest.fixture
def solved_already(planned: PlannedStudy, monkeypatch: pytest.MonkeyPatch) -> PlannedStudy:
    """Runs of the small example have their plan at once."""
    monkeypatch.setattr(run_module, "solve_study", lambda *_, **__: planned)
    monkeypatch.setattr(run_module, "check_layers", lambda *_: planned.layers)
    monkeypatch.setattr(patience, "PAUSES_S", (0.0, 0.0))
    return planned


def plan(study: Path, output: Path) -> tuple[int, str, dict[str, Any]]:
    """Exit code, stderr and JSON of ``nsp-planner plan``."""
    result = run_here("plan", str(study), "--output", str(output), "--json")
    assert "fault of nsp-planner" not in result.stderr
    return result.returncode, result.stderr, json.loads(result.stdout)


def failing_rename(self: Path, target: Path) -> Path:
    raise PermissionError(errno.EACCES, "Permission denied", str(self), None, str(target))


@pytest.mark.slow
@pytest.mark.usefixtures("solved_already")
def test_a_plan_that_cannot_be_renamed_is_kept_said_and_named_by_the_next_run(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    code, _, answer = plan(example, tmp_path / "runs")
    before = tree_of(Path(answer["folder"]))
    with monkeypatch.context() as blocked:
        blocked.setattr(Path, "rename", failing_rename)
        code, _, told = plan(example, tmp_path / "runs")
    assert code == 5
    (fault,) = told["faults"]
    assert "it is finished, but could not be renamed" in fault["message"]
    kept = Path(fault["file"])
    assert "other files: ['.finished.json']" in str(why_incomplete(kept)), "whole but for its mark"
    monkeypatch.setattr("nsp_planner.storage.owner._is_alive", lambda pid: False)
    assert plan(example, tmp_path / "runs")[0] == 0
    runs = sorted((tmp_path / "runs").iterdir())
    assert len(runs) == 3
    assert [why_incomplete(run) for run in runs] == [None, None, None]
    assert tree_of(Path(answer["folder"])) == before
    assert "finished earlier and now in its place" in caplog.text


@pytest.mark.slow
@pytest.mark.usefixtures("solved_already")
@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "quota"),
        (OSError(errno.EROFS, "Read-only file system"), "read-only"),
        (OSError(errno.EIO, "Input/output error"), "the disk gives errors"),
        (PermissionError(errno.EACCES, "Permission denied"), "may not be read or written by you"),
        (MemoryError(), "not enough memory"),
        (ModuleNotFoundError("No module named 'typst'", name="typst"), "the package typst is not installed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_what_the_system_does_is_told_as_that_with_a_way_out(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, message: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(run_module, "write_report", fail)
    code, _, told = plan(example, tmp_path / "runs")
    assert code == 2
    (fault,) = told["faults"]
    assert message in fault["message"]
    assert fault["fix"]
    assert not list((tmp_path / "runs").iterdir())


@pytest.mark.slow
@pytest.mark.usefixtures("solved_already")
def test_a_folder_that_goes_away_while_a_run_is_written_is_told_as_that(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unplug(folder: Path, *given: Any, **more: Any) -> object:
        shutil.rmtree(folder.parent)
        return write_report(folder, *given, **more)

    monkeypatch.setattr(run_module, "write_report", unplug)
    code, _, told = plan(example, tmp_path / "usb" / "runs")
    assert code == 2
    (fault,) = told["faults"]
    assert fault["message"] == "the folder is gone while it was written"
    assert fault["file"] == str(tmp_path / "usb" / "runs")


def test_an_unreadable_folder_is_told_with_its_name(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(example.parent))

    monkeypatch.setattr("nsp_planner.config.scenario_files.read_tables", refuse)
    result = run_here("check", str(example), "--json")
    monkeypatch.undo()
    assert result.returncode == 2
    (fault,) = json.loads(result.stdout)["faults"]
    assert (fault["message"], fault["file"]) == ("it may not be read or written by you", str(example.parent))


def test_a_package_that_is_missing_is_told_with_how_to_install_it(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *given: Any, **more: Any) -> Any:
        if name.startswith("nsp_planner.layers.read") or name == "nsp_planner.study.read":
            raise ModuleNotFoundError("No module named 'osmium'", name="osmium")
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    result = run_here("check", str(example), "--json")
    assert result.returncode == 2
    (fault,) = json.loads(result.stdout)["faults"]
    assert fault["message"] == "the package osmium is not installed"
    assert "pip install osmium" in fault["fix"]
