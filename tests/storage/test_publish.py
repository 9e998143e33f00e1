"""A finished folder gets its name, whatever is in the way; what cannot be renamed is kept and named again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest

from nsp_planner.errors import KeptAsideError, SystemFaultError
from nsp_planner.storage import NameTakenError, hidden_folder, patience, publish, ready_folder
from nsp_planner.storage.publish import FINISHED

RENAME = os.rename


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES_S", (0.0, 0.0, 0.0))


@contextmanager
def made(parent: Path, text: str = "plan") -> Iterator[Path]:
    with hidden_folder(parent) as hidden:
        (hidden / "cards").mkdir()
        (hidden / "cards" / "card.txt").write_text("card")
        (hidden / "plan.txt").write_text(text)
        yield hidden


def failing(code: int, times: float, of: Callable[[Path], bool] = lambda _: True) -> Callable[[Path, Path], Path]:
    """A rename of paths that fails so many times, as a virus scanner makes it."""
    left = [times]

    def rename(self: Path, target: Path) -> Path:
        if of(self) and left[0] > 0:
            left[0] -= 1
            raise OSError(code, os.strerror(code), str(self), None, str(target))
        RENAME(self, target)
        return target

    return rename


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EBUSY])
def test_a_rename_that_fails_for_a_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(Path, "rename", failing(code, 2))
    with made(tmp_path) as hidden:
        place = publish(hidden, tmp_path / "run")
    assert sorted(path.name for path in place.rglob("*")) == ["card.txt", "cards", "plan.txt"]
    assert list(tmp_path.iterdir()) == [place]


def test_a_folder_that_another_program_holds_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with made(tmp_path) as hidden:
        monkeypatch.setattr(Path, "rename", failing(errno.EACCES, 99, lambda path: path == hidden))
        place = publish(hidden, tmp_path / "run")
    assert sorted(path.name for path in place.rglob("*")) == ["card.txt", "cards", "plan.txt"]
    assert list(tmp_path.iterdir()) == [place]


def test_from_another_disk_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    with made(tmp_path / "there") as hidden:
        monkeypatch.setattr(Path, "rename", failing(errno.EXDEV, 99, lambda path: path == hidden))
        place = publish(hidden, tmp_path / "here" / "run")
    assert (place / "plan.txt").read_text() == "plan"
    assert not list((tmp_path / "there").iterdir())


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EIO, errno.EXDEV])
def test_what_cannot_be_renamed_is_kept_and_the_next_start_gives_it_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    monkeypatch.setattr(Path, "rename", failing(code, 99))
    with pytest.raises(KeptAsideError) as caught, made(tmp_path) as hidden:
        publish(hidden, tmp_path / "run")
    assert caught.value.exit_code == 5
    (fault,) = caught.value.faults
    assert fault.file == str(hidden)
    assert (hidden / "plan.txt").read_text() == "plan", "what is finished is never thrown away"
    monkeypatch.setattr("nsp_planner.storage.owner._is_alive", lambda pid: False)
    ready_folder(tmp_path)
    assert hidden.is_dir(), "nor by the next start, when the disk is still in the way"
    monkeypatch.setattr(Path, "rename", failing(code, 0))
    ready_folder(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "run"]
    assert not (tmp_path / "run" / FINISHED).exists()
    assert f"finished earlier and now in its place: {tmp_path / 'run'}" in caplog.text


def test_ctrl_c_while_a_rename_is_tried_again_keeps_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", failing(errno.EACCES, 99))
    monkeypatch.setattr(patience.time, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt), made(tmp_path) as hidden:
        publish(hidden, tmp_path / "run")
    assert (hidden / "plan.txt").read_text() == "plan"


def unplug_and_publish(hidden: Path, elsewhere: Path) -> None:
    hidden.rename(elsewhere)
    hidden.parent.rmdir()
    publish(hidden, hidden.parent / "run")


def test_a_folder_that_goes_away_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(SystemFaultError, match="gone") as caught, made(tmp_path / "usb") as hidden:
        unplug_and_publish(hidden, tmp_path / "elsewhere")
    assert caught.value.exit_code == 2


def test_a_taken_name_is_left_alone_and_the_next_one_is_used(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run-2").write_text("a file")
    with made(tmp_path) as hidden:
        assert publish(hidden, [tmp_path / "run", tmp_path / "run-2", tmp_path / "run-3"]) == tmp_path / "run-3"
    assert not list((tmp_path / "run").iterdir())
    with pytest.raises(NameTakenError), made(tmp_path) as hidden:
        publish(hidden, tmp_path / "run")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with made(tmp_path, text) as hidden:
            publish(hidden, tmp_path / "table", replace=True)
    assert (tmp_path / "table" / "plan.txt").read_text() == "second"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_table_that_cannot_be_renamed_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with made(tmp_path, "first") as hidden:
        publish(hidden, tmp_path / "table", replace=True)
    second = failing(errno.EACCES, 99, lambda path: (path / "plan.txt").read_text() == "second")
    monkeypatch.setattr(Path, "rename", second)
    with pytest.raises(KeptAsideError), made(tmp_path, "second") as hidden:
        publish(hidden, tmp_path / "table", replace=True)
    assert (tmp_path / "table" / "plan.txt").read_text() == "first"


def race(folder: Path, who: int) -> list[str]:
    names = []
    for n in range(25):
        with hidden_folder(folder) as hidden:
            (hidden / "plan.txt").write_text(f"{who} {n}")
            tries = (folder / f"run-{n}-{k}" for k in range(9))
            names.append(publish(hidden, tries).name)
        with hidden_folder(folder) as hidden:
            (hidden / "plan.txt").write_text(f"{who} {n}")
            publish(hidden, folder / "table", replace=True)
    return names


@pytest.mark.slow
def test_processes_that_race_for_one_name_each_get_their_own(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        names = [name for got in pool.map(race, [tmp_path] * 4, range(4)) for name in got]
    assert len(names) == len(set(names)) == 100
    written = [(path / "plan.txt").read_text() for path in tmp_path.glob("run-*")]
    assert len(written) == len(set(written)) == 100, "none was written over, none has files of two"
    assert not list(tmp_path.glob(".*"))
