"""Runs killed at random moments. In: a study, a folder. Out: JSON: what happened, and everything that is wrong.

``python -m tests.trust.killed_runs STUDY OUTPUT N SEED``: this process imports everything and then forks a run for each
moment, so that a run takes as long as its work. Half of the moments lie anywhere in a run, half while it is writing.
It solves nothing itself: threads of a solver would not survive the fork.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nsp_planner
from nsp_planner.cli import main
from nsp_planner.storage import UNFINISHED, sha256_of

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
PATIENCE_S = 600.0
"""How long a run may take before it writes: a first one on a busy machine compiles for minutes."""


def why_incomplete(run: Path) -> str | None:
    """What a run folder lacks: a manifest, a file in it, or a file with another checksum; or has too much."""
    try:
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return f"{run.name}: no manifest ({error})"
    listed = {output["name"]: output["sha256"] for output in manifest["outputs"]}
    there = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()} - {"manifest.json"}
    if there != set(listed):
        return f"{run.name}: the manifest lists other files: {sorted(there ^ set(listed))}"
    altered = [name for name, sha256 in listed.items() if sha256_of(run / name) != sha256]
    return f"{run.name}: other checksums: {altered}" if altered else None


def tree_of(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file of a folder with its checksum and time of change."""
    return {
        path.relative_to(folder).as_posix(): (sha256_of(path), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def start(study: Path, output: Path, log: Path) -> int:
    """A run of ``nsp-planner plan`` in a forked process; its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(told, 1)
        os.dup2(told, 2)
        sys.argv = ["nsp-planner", "plan", str(study), "--output", str(output)]
        main()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def is_over(pid: int) -> int | None:
    """The exit code of a run that is over, below 0 the signal that ended it; None while it goes on."""
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def wait_until_over(pid: int) -> int:
    """Wait for a run to end."""
    while (code := is_over(pid)) is None:
        time.sleep(0.002)
    return code


def wait_until_writing(pid: int, output: Path) -> int | None:
    """Wait until a run has its hidden folder; its exit code if it ends before."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if any(f"-{pid}-" in path.name for path in output.glob(f"{UNFINISHED}*")):
            return None
        if (code := is_over(pid)) is not None:
            return code
        time.sleep(0.002)
    raise TimeoutError("the run does not begin to write")


def killed_runs(study: Path, output: Path, n: int, seed: int) -> dict[str, object]:
    """Kill so many runs; every sentence under ``wrong`` is a broken promise."""
    chance, log, wrong = random.Random(seed), output.with_name("log.txt"), list[str]()
    for _ in range(2):  # the first one may compile: the second one tells how long a run takes
        began = time.monotonic()
        pid = start(study, output, log)
        wait_until_writing(pid, output)
        writes_from_s = time.monotonic() - began
        if wait_until_over(pid) != 0:
            raise RuntimeError(log.read_text(encoding="utf-8"))
        whole_s = time.monotonic() - began
    earlier, _ = output.iterdir()
    before, outcomes, n_left = tree_of(earlier), Counter[str](), 0
    for number in range(n):
        how = SIGNALS[number % len(SIGNALS)]
        pid, code = start(study, output, log), None
        if number % 2:
            code = wait_until_writing(pid, output)
            time.sleep(chance.uniform(0, whole_s - writes_from_s))
        else:
            time.sleep(chance.uniform(0, whole_s))
        if code is None and (code := is_over(pid)) is None:
            os.kill(pid, how)
            code = wait_until_over(pid)
        outcomes[f"{how.name} {code}"] += 1
        wrong += [f"{number} {how.name}: {what}" for what in _wrong(output, earlier, before, pid, code)]
        n_left += bool(list(output.glob(f"{UNFINISHED}*")))
        for run in output.iterdir():
            if run != earlier and not run.name.startswith(UNFINISHED):
                run.rename(output.with_name("finished") / run.name)
    last = start(study, output, log)
    if wait_until_over(last) != 0:
        wrong.append(f"the run after them fails: {log.read_text(encoding='utf-8')}")
    wrong += [f"not cleared: {path.name}" for path in output.glob(".*")]
    return {"n": n, "outcomes": outcomes, "n_left_something": n_left, "whole_s": whole_s, "wrong": wrong}


def _wrong(output: Path, earlier: Path, before: dict[str, tuple[str, int]], pid: int, code: int) -> Iterator[str]:
    for run in output.iterdir():
        if not run.name.startswith(UNFINISHED) and (why := why_incomplete(run)) is not None:
            yield why
        if run.name.startswith(UNFINISHED) and f"-{pid}-" not in run.name:
            yield f"a later run did not clear {run.name}"
        if run.name.startswith(UNFINISHED) and code >= 0:
            yield f"it ended by itself ({code}) and left {run.name}"
    if tree_of(earlier) != before:
        yield "an earlier run was touched"
    if code not in (0, 130, 143, *(-each for each in SIGNALS)):
        yield f"exit code {code}"


def _import_everything() -> None:
    for module in pkgutil.walk_packages(nsp_planner.__path__, "nsp_planner."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


if __name__ == "__main__":
    _import_everything()
    folder = Path(sys.argv[2])
    folder.with_name("finished").mkdir(parents=True, exist_ok=True)
    print(json.dumps(killed_runs(Path(sys.argv[1]), folder, int(sys.argv[3]), int(sys.argv[4]))))  # noqa: T201
