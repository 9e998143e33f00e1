"""The small example region, made once, with a study that solves in a second."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from nsp_planner.config import Study, load_study
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.layers.tables import Layers
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.read import check_layers
from nsp_planner.study.solve import solve_study

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
OVERLAYS = ("hemelsbreed", "zomer", "overdag", "kwetsbaren-per-buurt", "buren", "buren-geprijsd")
EXAMPLE_DATA = "../data/raw/voorbeeld/"


@pytest.fixture(scope="session")
def example(small_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study file of the small example region: one gemeente, 801 squares, 24 candidates, straight lines.

    Nothing is decided in it yet: a test that needs a fixed site fixes it.
    """
    folder = tmp_path_factory.mktemp("voorbeeld")
    file = shutil.copytree(small_example.parent, folder, dirs_exist_ok=True) / small_example.name
    text = file.read_text(encoding="utf-8")
    text = text.replace('method = "network"', 'method = "straight_line"\nnearest_sites = 12', 1)
    text = re.sub(r"\[decisions\]\nfixed = \[[^\]]*\]\n", "", text)
    file.write_text(text.replace("gap = 0.005", "gap = 0.01", 1), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def study(example: Path) -> Study:
    """The settings of the small example region."""
    return load_study(example)


@pytest.fixture(scope="session")
def planned(study: Study) -> PlannedStudy:
    """The small example region, planned once for all questions."""
    return solve_study(study, check_layers(study), SilentProgress())


@pytest.fixture
def asked(planned: PlannedStudy) -> Asked:
    """The small example region asked about, planned already."""
    return asked_about(planned.study, planned.layers, planned)


def write_overlays(folder: Path, data: str) -> dict[str, Path]:
    """The overlays of this repository that need made-up data, with ``data`` (ending in "/") as where the data stand."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name in OVERLAYS:
        text = (SCENARIOS / f"{name}.toml").read_text(encoding="utf-8")
        written[name] = folder / f"{name}.toml"
        written[name].write_text(text.replace(EXAMPLE_DATA, data), encoding="utf-8")
    return written


def asked_about(study: Study, layers: Layers, planned: PlannedStudy | None = None) -> Asked:
    """A study asked about whose tables were read already, and maybe planned."""
    asked = Asked(study)
    asked.__dict__.update({"layers": layers} if planned is None else {"layers": layers, "planned": planned})
    return asked


def write_overlay(path: Path, settings: str, *, title: str = "Proef", sentence: str = "Een proef.") -> Path:
    """An overlay file with these settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'title = "{title}"\nsentence = "{sentence}"\n{settings}\n', encoding="utf-8")
    return path
