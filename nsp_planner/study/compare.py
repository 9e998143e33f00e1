"""Comparing runs. In: folders of finished runs, the first the reference. Out: a fresh folder with page and tables."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nsp_planner import __version__
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.compare.answer import comparison_answer, write_comparison
from nsp_planner.report.run_info import OutputFile
from nsp_planner.storage import hidden_folder, ready_folder
from nsp_planner.study.finished_run import read_finished_runs
from nsp_planner.study.run_folder import publish_run

MOST_RUNS = 12
"""More columns than this nobody compares; a sweep makes a table with a row per scenario."""


@dataclass(frozen=True, eq=False)
class ComparisonResult:
    """A finished comparison: where it is, what was written, and the answer."""

    folder: Path
    outputs: tuple[OutputFile, ...]
    answer: Answer
    seconds: float


def compare_runs(folders: Sequence[Path], output: Path) -> ComparisonResult:
    """Compare finished runs and write the comparison into a fresh folder under ``output``.

    Raises:
        SettingsError: Fewer than two runs, a run twice, runs of different regions, or ``output`` cannot be written.
        DataError: A folder is no finished run.
    """
    started, clock = dt.datetime.now().astimezone(), time.perf_counter()
    ready_folder(output)
    runs = read_runs(folders)
    answer = comparison_answer(runs)
    with hidden_folder(output) as hidden:
        outputs = write_comparison(hidden, runs, answer, created=started, version=__version__)
        folder = publish_run(hidden, output, f"vergelijking {runs[0].title[:40]}", started)
    return ComparisonResult(folder, outputs, answer, time.perf_counter() - clock)


def read_runs(folders: Sequence[Path]) -> list[FinishedRun]:
    """Read run folders and refuse what cannot be compared; every fault at once."""
    faults = Faults()
    if len(folders) < 2:
        faults.add("compare", "a comparison needs two runs or more", "give the folders of finished runs")
    if len(folders) > MOST_RUNS:
        faults.add("compare", f"{len(folders)} runs are too many to compare", f"give at most {MOST_RUNS}")
    resolved = [folder.resolve() for folder in folders]
    for folder in dict.fromkeys(path for path in resolved if resolved.count(path) > 1):
        faults.add("compare", "this run is given twice", "give every run once", file=folder)
    faults.raise_if_any(SettingsError)
    found = read_finished_runs(folders, "compare")
    reference = found[0]
    gemeenten = set(reference.areas["gemeente_code"])
    for run in found[1:]:
        if set(run.areas["gemeente_code"]) != gemeenten:
            message = f"this run plans other gemeenten ({run.region}) than the first one ({reference.region})"
            faults.add("compare", message, "compare runs of one region", file=run.name)
    faults.raise_if_any(SettingsError)
    return found
