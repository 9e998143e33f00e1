"""What a killed run left is named and removed by the next one; drafts of the living are left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nsp_planner.errors import SettingsError, SystemFaultError
from nsp_planner.storage import UNFINISHED, hidden_folder, leftovers, owner, ready_folder

DAY_S = 86_400

KILLED = """
import os, sys
from pathlib import Path
from nsp_planner.storage import hidden_folder, fresh_file
with hidden_folder(Path(sys.argv[1])) as hidden, fresh_file(Path(sys.argv[1]) / "kept.npz") as draft:
    (hidden / "map.html").write_text("half")
    draft.write_text("half")
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A folder in which a process was killed while it wrote a folder and a file."""
    result = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert result.returncode == -9
    assert len(list(tmp_path.iterdir())) == 2
    return tmp_path


def test_what_a_killed_run_left_is_named_in_one_line_and_removed(
    killed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    drafts = sorted(killed.iterdir())
    (killed / "earlier").mkdir()
    ready_folder(killed)
    assert list(killed.iterdir()) == [killed / "earlier"]
    (line,) = caplog.messages
    assert line == f"removed what a stopped run left unfinished: {drafts[0]}, {drafts[1]}"
    ready_folder(killed)
    assert len(caplog.messages) == 1


def test_drafts_of_a_living_process_are_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with hidden_folder(tmp_path) as hidden:
        os.utime(hidden, (0, 0))
        ready_folder(tmp_path)
        assert hidden.is_dir()
    assert not caplog.messages


def test_a_process_number_used_again_is_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux says when a process started without more packages")
    monkeypatch.setattr(owner, "_start", lambda pid: "00000000")
    draft = tmp_path / owner.draft_name("list.csv")
    draft.write_text("half")
    monkeypatch.undo()
    assert owner.is_left_over(draft)


@pytest.mark.parametrize("name", [f"{UNFINISHED}0123abcd-77-0123abcd-ffff", f"{UNFINISHED}x1y2z3"])
def test_drafts_of_another_computer_are_removed_after_a_day_without_change(tmp_path: Path, name: str) -> None:
    draft = tmp_path / name
    draft.mkdir()
    (draft / "map.html").write_text("half")
    ready_folder(tmp_path)
    assert draft.is_dir()
    os.utime(draft, (time.time() - 2 * DAY_S,) * 2)
    ready_folder(tmp_path)
    assert draft.is_dir(), "a file in it is younger"
    os.utime(draft / "map.html", (time.time() - 2 * DAY_S,) * 2)
    ready_folder(tmp_path)
    assert not draft.exists()


def test_a_draft_keeps_the_ending_of_the_longest_names(tmp_path: Path) -> None:
    draft = tmp_path / owner.draft_name("x" * 250 + ".osm.pbf")
    draft.write_text("it fits")
    assert draft.name.endswith(".osm.pbf")


def test_a_folder_that_cannot_be_written_is_told_before_the_work_and_not_made(tmp_path: Path) -> None:
    ready_folder(tmp_path / "new" / "runs")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="a file stands where a folder should be"):
        ready_folder(tmp_path / "file" / "runs")


def test_a_disk_without_room_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "free_bytes", lambda folder: 1_200_000)
    with pytest.raises(SystemFaultError, match=r"the disk is full: 1\.2 MB is free") as caught:
        ready_folder(tmp_path)
    assert caught.value.exit_code == 2


def test_a_read_only_folder_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(SettingsError, match="read-only"):
        ready_folder(tmp_path)
