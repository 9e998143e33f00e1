"""Where scenarios are solved. In: scenarios. Out: each with its record as it is finished, here or on a Dask cluster.

What stops in an unforeseen way gives ``{"crash": why}`` instead of a record.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from threading import Thread

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.sweep.file import SweepScenario
from nsp_planner.sweep.records import Record
from nsp_planner.sweep.scenario import solve_scenario

ATTEMPTS = 3
"""How often the pool is started again when a process in it dies, before scenarios are tried one by one."""

Runner = Callable[[list[SweepScenario]], Iterator[tuple[SweepScenario, Record]]]


def on_this_machine(workers: int | None) -> Runner:
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


def on_dask(address: str) -> Runner:
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
