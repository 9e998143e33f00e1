"""A read-only installation: compiled code goes to a folder of its own, for this run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from nsp_planner.plan.large import cache_folder


def test_where_numba_can_write_nothing_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache_folder.VARIABLE, str(tmp_path / "numba"))
    assert cache_folder.find_cache_folder() is None
    assert os.environ[cache_folder.VARIABLE] == str(tmp_path / "numba")


def test_where_nothing_can_be_written_compiled_code_goes_to_a_private_folder_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv(cache_folder.VARIABLE, "unusable")
    monkeypatch.setattr(cache_folder, "_folders_of_numba", lambda: [blocked, blocked / "deeper"])
    folder = cache_folder.find_cache_folder()
    assert folder is not None
    assert os.environ[cache_folder.VARIABLE] == str(folder)
    assert folder.stat().st_mode & 0o077 == 0, "what is in it is executed: nobody else may write there"
    assert "compiled code can be kept nowhere" in caplog.text
    shutil.rmtree(folder)
