"""Fixtures of the tests of sweeps: scenarios solved without starting processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from nsp_planner.sweep import runners


@contextmanager
def threads_for_processes() -> Iterator[None]:
    """Threads instead of processes: the results are the same, and nothing is imported or compiled again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runners, "ProcessPoolExecutor", lambda n_workers, **_: ThreadPoolExecutor(n_workers))
        yield


@pytest.fixture
def in_this_process() -> Iterator[None]:
    """A test whose sweeps run in threads of this process."""
    with threads_for_processes():
        yield
