"""Results kept beside the page. In: rows as measured. Out: JSON with one result per key, traces thinned."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numba", "numpy", "scipy", "highspy", "pulp")
MOST_POINTS = 60
"""Points of a trace that are kept, evenly spread over its gaps."""


def read_results(path: Path) -> dict[str, dict[str, Any]]:
    """Results by key; none where the file is not there."""
    if not path.exists():
        return {}
    results: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return results


def write_results(path: Path, results: dict[str, dict[str, Any]]) -> None:
    """Keep the results, in the order of their keys."""
    for result in results.values():
        if len(result.get("trace", ())) > MOST_POINTS:
            result["trace"] = thinned(result["trace"])
    lines = [f"{json.dumps(key)}: {json.dumps(results[key], sort_keys=True)}" for key in sorted(results)]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def thinned(trace: list[list[float | None]]) -> list[list[float | None]]:
    """First and last point, and those where the gap came below one step of an even scale of its logarithm."""
    kept, last = [trace[0]], float("inf")
    for point in trace[1:-1]:
        value, bound = point[1], point[2]
        if value is None or bound is None or value == 0:
            continue
        gap = abs(value - bound) / abs(value)
        if gap < last * 0.92:
            kept.append(point)
            last = gap
    return [*kept[: MOST_POINTS - 1], trace[-1]]


def machine_line() -> str:
    """Processor, cores, Python and packages."""
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    cores = os.cpu_count()
    return f"{_processor()}, {cores} cores, Python {platform.python_version()}, {', '.join(versions)}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
