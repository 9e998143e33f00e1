"""Outputs of the toy, written once for all tests that only read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report import write_report
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, make_toy


@pytest.fixture(scope="session")
def toy() -> tuple[PlannedStudy, Evaluation]:
    return make_toy()


@pytest.fixture(scope="session")
def toy_folder(toy: tuple[PlannedStudy, Evaluation], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    write_report(folder, toy[1], run_info=RUN)
    return folder


@pytest.fixture(scope="session")
def evil_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    write_report(folder, make_toy(EVIL_NAMES)[1], run_info=RUN)
    return folder
