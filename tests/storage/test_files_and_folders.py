"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from nsp_planner.errors import SettingsError
from nsp_planner.storage import fresh_file, hidden_folder, publish, sha256_of, write_atomically


def test_the_sha256_is_that_of_the_whole_file(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    (tmp_path / "raw").write_bytes(content)
    assert sha256_of(tmp_path / "raw") == hashlib.sha256(content).hexdigest()


def test_a_file_replaces_the_one_before_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "deeper" / "grid.npz"
    write_atomically(target, b"before")
    with fresh_file(target) as draft:
        draft.write_bytes(b"after")
        assert draft.parent == target.parent
        assert draft.name.startswith(".unfinished-")
        assert draft.name.endswith("grid.npz")
        assert target.read_bytes() == b"before"
    assert target.read_bytes() == b"after"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_file_that_fails_half_way_leaves_the_one_before_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "list.csv"
    write_atomically(target, b"before")

    def fail(draft: Path) -> None:
        draft.write_bytes(b"half")
        raise error

    with pytest.raises(error), fresh_file(target) as draft:
        fail(draft)
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_two_drafts_of_one_file_do_not_meet(tmp_path: Path) -> None:
    with fresh_file(tmp_path / "a") as first, fresh_file(tmp_path / "a") as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert (tmp_path / "a").read_bytes() == b"first", "the outer one is finished last"


def test_a_published_folder_can_be_read_by_others(tmp_path: Path) -> None:
    with hidden_folder(tmp_path / "runs") as hidden:
        (hidden / "map.html").write_text("map")
        folder = publish(hidden, tmp_path / "runs" / "plan")
    assert (folder / "map.html").read_text() == "map"
    assert folder.stat().st_mode & 0o777 == 0o755
    assert list((tmp_path / "runs").iterdir()) == [folder]


def test_a_folder_that_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    def fail(hidden: Path) -> None:
        (hidden / "map.html").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), hidden_folder(tmp_path) as hidden:
        fail(hidden)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_a_fault_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError) as caught, hidden_folder(tmp_path / "file" / "runs"):
        pass
    (fault,) = caught.value.faults
    assert (fault.layer, fault.column, fault.file) == ("study", "output", str(tmp_path / "file" / "runs"))
    assert fault.message.startswith("cannot write: ")
    assert "--output" in fault.fix
