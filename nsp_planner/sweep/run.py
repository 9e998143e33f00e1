"""Many scenarios side by side. In: SWEEP.toml. Out: a result per scenario, kept as it is finished, and one table.

Every finished scenario is a file ``results/KEY.json`` in the sweep's folder, written beside and renamed into place:
a sweep that is stopped, even by kill -9, goes on with what is missing. Scenarios run in processes of this machine, or
on a Dask cluster; both give the same results, because a scenario is a function of its settings and inputs alone.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from pathlib import Path

from nsp_planner import __version__
from nsp_planner.errors import Fault, NspError
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.answers.write import write_answer
from nsp_planner.report.run_info import OutputFile
from nsp_planner.storage import hidden_folder, one_at_a_time, publish, ready_folder
from nsp_planner.sweep.answer import sweep_answer
from nsp_planner.sweep.file import SweepFile, SweepScenario, read_sweep
from nsp_planner.sweep.progress import SilentSweepProgress, SweepProgress
from nsp_planner.sweep.records import Record, is_refused, read_record, write_record
from nsp_planner.sweep.runners import Runner, on_dask, on_this_machine

RESULTS, TABLE = "results", "overzicht"
GUARD = ".sweep.lock"
WRITABLE = "give a folder you may write in as `output` of the sweep"


@dataclass(frozen=True, eq=False)
class SweepResult:
    """A finished sweep: its folder, the table, the record per scenario in their order, how many were new.

    ``refused`` are the faults of plans that their check refused, labelled with their scenario.
    """

    folder: Path
    outputs: tuple[OutputFile, ...]
    answer: Answer
    records: tuple[Record, ...]
    n_new: int
    seconds: float
    refused: tuple[Fault, ...] = ()


class ScenarioCrashError(NspError):
    """Scenarios stopped in an unforeseen way (exit code 1); the others are kept, and a new start tries these again."""


def run_sweep(
    path: Path,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    progress: SweepProgress | None = None,
) -> SweepResult:
    """Make every scenario of a sweep that has no result yet, then one table of all.

    A plan that its check refused is a result with its reason: shown and counted, in no figure, and tried again at the
    next start.

    Args:
        path: The sweep's file.
        scheduler: Address of a Dask scheduler; None for processes of this machine.
        workers: Processes; as many as there are cores when left out.
        progress: Progress callback.

    Raises:
        SettingsError: The sweep, a study or an overlay is wrong, or the folder cannot be written.
        ScenarioCrashError: Some scenario stopped in an unforeseen way; all others are finished and kept.
    """
    started, progress = time.perf_counter(), progress or SilentSweepProgress()
    sweep, scenarios = read_sweep(path)
    ready_folder(sweep.output, layer="sweep", fix=WRITABLE, inside=RESULTS)
    busy = Fault("sweep", "another sweep is busy in this folder", "wait until it is done", str(sweep.output), "output")
    runner = on_this_machine(workers) if scheduler is None else on_dask(scheduler)
    with one_at_a_time(sweep.output / GUARD, busy, fix=WRITABLE):
        return _run_sweep(sweep, scenarios, runner, progress, started)


def _run_sweep(
    sweep: SweepFile, scenarios: list[SweepScenario], runner: Runner, progress: SweepProgress, started: float
) -> SweepResult:
    results = sweep.output / RESULTS
    found = {s.key: record for s in scenarios if (record := read_record(results, s.key)) is not None}
    records = {key: record for key, record in found.items() if not is_refused(record)}
    missing = list({s.key: s for s in scenarios if s.key not in records}.values())
    progress.begin(len(scenarios), sum(s.key in records for s in scenarios))
    solving, crashed = time.perf_counter(), []
    for n_done, (scenario, record) in enumerate(runner(missing) if missing else (), start=1):
        if "crash" in record:
            crashed.append(Fault("sweep", record["crash"], "start the sweep again", column=scenario.label))
        else:
            write_record(results, record)
            records[scenario.key] = record
        left = (time.perf_counter() - solving) / n_done * (len(missing) - n_done)
        progress.finished(scenario.label, left)
    if crashed:
        raise ScenarioCrashError(crashed)
    ordered = tuple(records[s.key] for s in scenarios)
    answer = sweep_answer(sweep.title, [(s.study.title, s.stack, s.values) for s in scenarios], ordered)
    outputs = _write_table(sweep.output, answer)
    seconds = time.perf_counter() - started
    refused = tuple(
        Fault(fault["layer"], fault["message"], fault["fix"], column=scenario.label, refused=True)
        for scenario, record in zip(scenarios, ordered, strict=True)
        if is_refused(record)
        for fault in record["result"]["faults"]
    )
    return SweepResult(sweep.output / TABLE, outputs, answer, ordered, len(missing), seconds, refused)


def _write_table(output: Path, answer: Answer) -> tuple[OutputFile, ...]:
    with hidden_folder(output, layer="sweep", fix=WRITABLE) as hidden:
        outputs = write_answer(hidden, answer, created=dt.datetime.now().astimezone(), version=__version__)
        publish(hidden, output / TABLE, replace=True)
    return outputs
