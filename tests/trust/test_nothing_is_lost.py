"""Nothing is lost: runs are killed at random moments, disks fill up, folders go away, renames fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked, which this system cannot")


def kill_runs(study: Path, folder: Path, n: int, seed: int) -> dict[str, Any]:
    """What became of so many killed runs of a study."""
    command = [sys.executable, "-m", "tests.trust.killed_runs", str(study), str(folder / "runs"), str(n), str(seed)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    return dict(json.loads(result.stdout))


@forks
@pytest.mark.slow
def test_runs_killed_at_10_moments_lose_nothing(example: Path, tmp_path: Path) -> None:
    told = kill_runs(example, tmp_path, 10, seed=10)
    assert told["wrong"] == []
    assert sum(told["outcomes"].values()) == 10


@forks
@pytest.mark.trust
def test_runs_killed_at_100_moments_lose_nothing(example: Path, tmp_path: Path) -> None:
    told = kill_runs(example, tmp_path, 100, seed=100)
    print(json.dumps(told))  # noqa: T201
    assert told["wrong"] == []
    assert told["n_left_something"] >= 10, "kills that come while nothing is written show nothing"
