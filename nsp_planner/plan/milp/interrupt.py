"""Ctrl-C while a solver computes. In: the work, and how to stop it. Out: whether it was stopped."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

LOOK_EVERY_S = 0.2


@contextmanager
def ctrl_c_counted() -> Iterator[list[int]]:
    """Within the block Ctrl-C is noted in the list and raises nothing; what is still in the list is raised at its end.

    Python code called from a solver's library may lose a KeyboardInterrupt or turn it into another error, and
    ``Thread.join`` that it interrupts calls a thread dead that runs on.
    """
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted  # Ctrl-C reaches the main thread only
        return
    usual = signal.signal(signal.SIGINT, lambda number, _frame: noted.append(number))
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, usual)
    if noted:
        raise KeyboardInterrupt


def wait_for(work: Callable[[], Any], stop: Callable[[], None]) -> bool:
    """Run ``work`` in a thread, so that Ctrl-C reaches us while a solver computes; true when it was stopped so.

    The first Ctrl-C calls ``stop`` and waits for the solver to hand over what it has, the second is raised.
    """
    faults: list[BaseException] = []
    ended = threading.Event()

    def run() -> None:
        try:
            work()
        except BaseException as error:
            faults.append(error)
        finally:
            ended.set()

    with ctrl_c_counted() as noted:
        threading.Thread(target=run, daemon=True).start()
        stopped = False
        while not ended.wait(LOOK_EVERY_S):
            if noted and not stopped:
                stopped = True
                stop()
            if len(noted) > 1:
                raise KeyboardInterrupt
        interrupted = bool(noted)
        noted.clear()
    if faults:
        raise faults[0]
    return interrupted
