"""Many scenarios side by side. In: SWEEP.toml. Out: a result per scenario, kept as it is finished, and one table.

Every finished scenario is a file ``results/KEY.json`` in the sweep's folder, written beside and renamed into place:
a sweep that is stopped, even by kill -9, goes on with what is missing. Scenarios run in processes of this machine, or
on a Dask cluster; both give the same results, because a scenario is a function of its settings and inputs alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from nsp_planner import __version__
from nsp_planner.errors import Fault, NspError, SettingsError
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.answers.write import write_answer
from nsp_planner.report.run_info import OutputFile
from nsp_planner.storage import hidden_folder, one_at_a_time, publish, ready_folder, write_atomically
from nsp_planner.sweep.answer import sweep_answer
from nsp_planner.sweep.file import SweepFile, SweepScenario, read_sweep
from nsp_planner.sweep.scenario import solve_scenario

logger = logging.getLogger(__name__)

RESULTS, TABLE = "results", "overzicht"
GUARD = ".sweep.lock"
CHECKSUM = "sha256"
WRITABLE = "give a folder you may write in as `output` of the sweep"
ATTEMPTS = 3
"""How often the pool is started again when a process in it dies, before scenarios are tried one by one."""

Record = dict[str, Any]
Runner = Callable[[list[SweepScenario]], Iterator[tuple[SweepScenario, Record]]]


class SweepProgress(Protocol):
    """Progress callback of a sweep."""

    def begin(self, n_scenarios: int, n_done: int) -> None:
        """The sweep starts; ``n_done`` scenarios were finished earlier."""

    def finished(self, label: str, seconds_left: float) -> None:
        """A scenario is finished; about so many seconds are left."""


class SilentSweepProgress:
    """Reports nothing."""

    def begin(self, n_scenarios: int, n_done: int) -> None:
        """Nothing."""

    def finished(self, label: str, seconds_left: float) -> None:
        """Nothing."""


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
    runner = _on_this_machine(workers) if scheduler is None else _on_dask(scheduler)
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


def is_refused(record: Record) -> bool:
    """Whether the check refused the plan of a scenario; it is tried again when the sweep is started again."""
    return bool(record["result"]["status"] == "refused")


def read_record(results: Path, key: str) -> Record | None:
    """A finished scenario's record; None where there is none, or, with a note, where it is not as it was written."""
    file = results / f"{key}.json"
    if not file.is_file():
        return None
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        checksum = record.pop(CHECKSUM)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        logger.warning("%s is damaged and is made again: %s: %s", file, type(error).__name__, error)
        return None
    if record.get("key") != key or checksum != _checksum(record):
        logger.warning("%s is damaged and is made again: its content is not what was kept", file)
        return None
    return dict(record)


def write_record(results: Path, record: Record) -> None:
    """Keep a record with its checksum: written beside its place, flushed to disk, renamed."""
    kept = {**record, CHECKSUM: _checksum(record)}
    text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    write_atomically(results / f"{record['key']}.json", text.encode())


def _checksum(record: Record) -> str:
    return hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _write_table(output: Path, answer: Answer) -> tuple[OutputFile, ...]:
    with hidden_folder(output, layer="sweep", fix=WRITABLE) as hidden:
        outputs = write_answer(hidden, answer, created=dt.datetime.now().astimezone(), version=__version__)
        publish(hidden, output / TABLE, replace=True)
    return outputs


def _on_this_machine(workers: int | None) -> Runner:
    """Processes of this machine; one that dies is replaced and its scenario tried again."""

    def run(scenarios: list[SweepScenario]) -> Iterator[tuple[SweepScenario, Record]]:
        todo, n_broken = list(scenarios), 0
        while todo:
            # Who made a worker die is not known: after a few times each gets a worker of its own, and it shows.
            batch = todo if n_broken < ATTEMPTS else todo[:1]
            n_workers = max(1, min(workers or os.cpu_count() or 1, len(batch)))
            with ProcessPoolExecutor(n_workers, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
                waiting = {pool.submit(solve_scenario, s.key, s.study.model_dump(mode="json")): s for s in batch}
                broken = False
                try:
                    for future in _as_finished(waiting):
                        scenario = waiting[future]
                        try:
                            record = future.result()
                        except BrokenProcessPool:
                            broken = True
                            if n_broken < ATTEMPTS:
                                continue
                            record = {"crash": "the process that solves it dies every time (out of memory?)"}
                        except Exception as error:
                            record = {"crash": f"{type(error).__name__}: {error}"}
                        todo.remove(scenario)
                        yield scenario, record
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
                n_broken += broken

    return run


def _as_finished(waiting: dict[Future[Record], SweepScenario]) -> Iterator[Future[Record]]:
    left = set(waiting)
    while left:
        done, left = wait(left, return_when=FIRST_COMPLETED)
        yield from done


def _end_with_parent() -> None:
    """In a worker: end when the sweep itself was killed, instead of waiting for work for ever."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            wait_for([parent.sentinel])
            os._exit(1)

    Thread(target=watch, daemon=True).start()


def _on_dask(address: str) -> Runner:
    """Workers of a Dask cluster; a scenario whose worker dies goes to another one."""

    def run(scenarios: list[SweepScenario]) -> Iterator[tuple[SweepScenario, Record]]:
        try:
            import distributed
        except ImportError:
            fix = "install the extra: pip install nsp-planner[dask], on the workers too"
            raise SettingsError(Fault("sweep", "Dask is not installed here", fix, column="--scheduler")) from None
        try:
            client = distributed.Client(address, timeout=10)
        except (OSError, ValueError, TimeoutError) as error:
            fix = "start one with `dask scheduler`, and workers with `dask worker ADDRESS`"
            message = f"no Dask scheduler answers at {address} ({type(error).__name__})"
            raise SettingsError(Fault("sweep", message, fix, column="--scheduler")) from None
        with contextlib.closing(client):
            waiting = {
                client.submit(solve_scenario, s.key, s.study.model_dump(mode="json"), key=s.key, retries=ATTEMPTS): s
                for s in scenarios
            }
            for future in distributed.as_completed(list(waiting)):
                scenario = waiting[future]
                try:
                    yield scenario, future.result()
                except Exception as error:
                    yield scenario, {"crash": f"{type(error).__name__}: {error}"}

    return run
