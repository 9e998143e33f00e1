"""Fuzzing by bytes, led by the lines that are reached: where atheris is installed (Linux), else skipped."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

KINDS = ("sites.csv", "study.toml", "edited.csv", "manifest.json")
"""Kinds of file whose bytes are parsed in Python: there are lines to reach."""
SECONDS = int(os.environ.get("NSP_FUZZ_SECONDS", "20"))
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.trust
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed (Linux only)")
@pytest.mark.parametrize("name", KINDS)
def test_no_bytes_surprise_a_reader(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    command = [sys.executable, "-m", "tests.trust.fuzz_bytes", name, str(SECONDS), str(tmp_path)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    result = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, cwd=REPOSITORY, env=environment
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    runs = re.search(r"number_of_executed_units: (\d+)", result.stderr)
    assert runs is not None, result.stderr[-2000:]
    record_property("figure", f"{name}: {int(runs[1]):,} files by atheris in {SECONDS} s, none surprised")
