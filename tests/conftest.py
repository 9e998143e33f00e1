"""Fixtures shared by all tests: where the open data lie, if they are there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with open data and benchmark instances, beside the project or named by NSP_SHARED; else a skip."""
    folder = Path(os.environ.get("NSP_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no folder with open data at {folder} (set NSP_SHARED to read it elsewhere)")
    return folder
