"""Ctrl-C while a solver computes. In: the work, and how to stop it. Out: whether it was stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def wait_for(work: Callable[[], Any], stop: Callable[[], None]) -> bool:
    """Run ``work`` in a thread, so that Ctrl-C reaches us while a solver computes; true when it was stopped so.

    The first Ctrl-C calls ``stop`` and waits for the solver to hand over what it has, the second is raised.
    """
    faults: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    interrupted = False
    while thread.is_alive():
        try:
            thread.join(0.2)
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            stop()
    if faults:
        raise faults[0]
    return interrupted
