"""Memory of this process while something runs. In: a block of code. Out: the most megabytes it had within it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

SAMPLE_S = 0.1
BYTES_PER_MB = 1024 * 1024
LINUX = Path("/proc/self")


@dataclass
class Peak:
    """The most memory; known at the end of the block."""

    megabytes: int = 0


@contextlib.contextmanager
def peak_memory(proc: Path = LINUX) -> Iterator[Peak]:
    """The most memory of this process within the block: counted by Linux, sampled ten times a second elsewhere."""
    peak, highest, done = Peak(), psutil.Process().memory_info().rss, Event()

    def sample() -> None:
        nonlocal highest
        process = psutil.Process()
        while not done.wait(SAMPLE_S):
            highest = max(highest, process.memory_info().rss)

    counted = _forget(proc)
    watching = None if counted else Thread(target=sample, daemon=True)
    if watching is not None:
        watching.start()
    try:
        yield peak
    finally:
        done.set()
        if watching is not None:
            watching.join()
        highest = max(highest, psutil.Process().memory_info().rss)
        peak.megabytes = round(((_counted(proc) if counted else None) or highest) / BYTES_PER_MB)


def _forget(proc: Path) -> bool:
    """Begin to count the peak anew; False where the system does not count it."""
    try:
        (proc / "clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return _counted(proc) is not None


def _counted(proc: Path) -> int | None:
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", (proc / "status").read_text(encoding="ascii"))
    except OSError:
        return None
    return None if found is None else int(found.group(1)) * 1024
