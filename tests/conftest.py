"""Fixtures shared by all tests: where the open data lie, if they are there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nsp_planner.example import write_example

pytest_plugins = ["tests.towns.example_region", "tests.towns.hostile_town"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, unless it is asked for by its mark (``make trust``)."""
    if "trust" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("trust") is not None]
        items[:] = [item for item in items if item.get_closest_marker("trust") is None]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with open data and benchmark instances, beside the project or named by NSP_SHARED; else a skip."""
    folder = Path(os.environ.get("NSP_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no folder with open data at {folder} (set NSP_SHARED to read it elsewhere)")
    return folder


@pytest.fixture(scope="session")
def small_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study file of the small example region (one gemeente), written once: copy its folder to change anything."""
    return write_example(tmp_path_factory.mktemp("klein"), scale=0.05)
