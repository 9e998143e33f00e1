"""The small example region, made once, with a study that solves in a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsp_planner.layers.example import write_example


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study file of the small example region: one gemeente, 801 squares, 24 candidates, straight lines."""
    study = write_example(tmp_path_factory.mktemp("voorbeeld"), scale=0.05)
    text = study.read_text(encoding="utf-8")
    text = text.replace('method = "network"', 'method = "straight_line"', 1)
    study.write_text(text.replace("gap = 0.005", "gap = 0.01", 1), encoding="utf-8")
    return study


def write_overlay(path: Path, settings: str, *, title: str = "Proef", sentence: str = "Een proef.") -> Path:
    """An overlay file with these settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'title = "{title}"\nsentence = "{sentence}"\n{settings}\n', encoding="utf-8")
    return path
