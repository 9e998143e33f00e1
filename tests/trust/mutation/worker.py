"""Mutants put into a copy of the project, one after another. In: tasks as lines of JSON. Out: a line of JSON for each.

It runs in the copy. What the project imports from others is imported once; each mutant is a fork in which the project
itself is imported anew, so nothing of one mutant reaches the next. A task says which text goes where in which file,
which tests to run, how many seconds they may take, and whether numba compiles: kept code would hide a kernel's mutant.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

PRELOADED = (
    "pytest", "_pytest.assertion.rewrite", "numpy", "pandas", "geopandas", "shapely", "scipy.optimize",
    "scipy.sparse.csgraph", "scipy.spatial", "numba", "highspy", "pulp", "pyogrio", "pydantic", "pandera.pandas",
    "openpyxl", "hypothesis", "networkx", "requests", "pypdf", "xlsxwriter", "typer", "jinja2", "folium",
    "pyarrow", "pdb",
)  # fmt: skip
KILLED, SURVIVED, TOO_LONG, UNCLEAR = "killed", "survived", "too long", "unclear"
OUTCOMES = {0: SURVIVED, 1: KILLED, 2: KILLED, 4: KILLED}
"""Exit codes of pytest: passed, failed, and twice that a module could not be imported."""


def main() -> None:
    """Answer every task on the standard input."""
    for name in PRELOADED:
        importlib.import_module(name)
    assert not any(name.startswith("nsp_planner") for name in sys.modules), "the project is imported by the forks only"
    answers = os.dup(1)
    for line in sys.stdin:
        task = json.loads(line)
        os.write(answers, (json.dumps(try_mutant(task)) + "\n").encode())


def try_mutant(task: dict[str, Any]) -> dict[str, Any]:
    """Put the mutant in its file, run the tests in a fork, put the file back as it was (also its time, for caches)."""
    path = Path(task["path"])
    source, times = path.read_bytes(), path.stat()
    began = time.monotonic()
    try:
        if task["new"] is not None:
            path.write_bytes(source[: task["start"]] + task["new"].encode() + source[task["end"] :])
            os.utime(path, (times.st_atime + 3600, times.st_mtime + 3600))
        outcome = _in_fork(task, Path("mutant.log"))
    finally:
        path.write_bytes(source)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return {"outcome": outcome, "seconds": time.monotonic() - began, "log": _summary(Path("mutant.log"))}


def _in_fork(task: dict[str, Any], log: Path) -> str:
    child = os.fork()
    if child == 0:
        os._exit(_run_tests(task, log))
    deadline = time.monotonic() + float(task["timeout_s"])
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return OUTCOMES.get(os.waitstatus_to_exitcode(status), UNCLEAR)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TOO_LONG


def _run_tests(task: dict[str, Any], log: Path) -> int:
    import numba
    import pytest

    os.setsid()
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    if task["new"] is not None:  # a control compiles for all that follow
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if not task["compiled"]:
        os.environ["NUMBA_DISABLE_JIT"] = "1"
        numba.config.DISABLE_JIT = True
    quiet = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=line", "-m", "not trust"]
    preloaded = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    try:
        return int(pytest.main([*quiet, *preloaded, *task["tests"]]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _summary(log: Path) -> str:
    """The line of pytest that names the first test that failed."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    told = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return told[0][:200] if told else (lines[-1][:200] if lines else "")


if __name__ == "__main__":
    main()
