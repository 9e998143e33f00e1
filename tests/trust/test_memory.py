"""Many plans in one process do not make it grow: a server, a sweep or a notebook may plan all day."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

N_PLANS, N_WARM_UP, MOST = 200, 20, 0.05
"""Plans, plans before they count (caches fill, code is compiled), and how much memory may grow."""
REPOSITORY = Path(__file__).resolve().parents[2]


def growth(memory_mib: list[float]) -> float:
    """Growth from the first tenth to the last, by their medians: one garbage collection more or less says nothing."""
    tenth = max(1, len(memory_mib) // 10)
    first, last = (sorted(part)[tenth // 2] for part in (memory_mib[:tenth], memory_mib[-tenth:]))
    return last / first - 1


def test_growth_is_seen_where_there_is_some() -> None:
    assert growth([300.0 + 0.1 * n for n in range(200)]) > MOST
    assert growth([300.0, 310.0] * 100) == 0


@pytest.mark.trust
def test_200_plans_in_one_process_grow_memory_by_less_than_5_percent(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    command = [sys.executable, "-m", "tests.trust.many_plans", str(tmp_path), str(N_PLANS), str(N_WARM_UP)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert result.returncode == 0, result.stderr[-2000:]
    memory_mib = json.loads(result.stdout.splitlines()[-1])["memory_mib"]
    assert len(memory_mib) == N_PLANS
    told = (
        f"{N_PLANS} plans in one process: {memory_mib[0]:.0f} MiB after the first, {memory_mib[-1]:.0f} after the last"
    )
    record_property("figure", f"{told} ({100 * growth(memory_mib):+.1f} %)")
    assert growth(memory_mib) < MOST, memory_mib
