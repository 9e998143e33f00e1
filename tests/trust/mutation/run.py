"""Mutation testing of the planner. In: a room, a number of mutants, a seed. Out: the share that the tests find.

``python -m tests.trust.mutation.run evaluate --n 60 --seed 7``. Mutants are tried in a copy of the project. The tests
of a mutant are the test file that mirrors its module and the tests that reach its line, those beside it first.
Functions that numba compiles are tried uncompiled. Mutants named in ``equivalent.toml``, with the reason, do not count.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.trust.mutation.mutants import Mutant, runs_in_function, sample

ROOT = Path(__file__).resolve().parents[3]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
NOT_COPIED = shutil.ignore_patterns(".*", "runs", "data", "dist", "__pycache__", "*.pyc")
KERNEL = re.compile(r"^@(nb\.njit|kernel)\b", re.MULTILINE)
MAX_SECONDS, MAX_TESTS = 20.0, 150
START_SECONDS, SLOWER = 40.0, 5.0
"""A mutant may take so long to import the project, and so many times longer than its tests took in the map."""
N_CONTROLS, FIRST_SECONDS = 2, 600.0
"""A control comes first in every copy: what numba compiles there once takes longer than a test may."""


@dataclass(frozen=True)
class Room:
    """What is mutated and which tests are asked: with which marks, and whether numba compiles meanwhile."""

    modules: str
    tests: tuple[str, ...]
    marks: str = "not trust and not slow"
    compiled: bool = True


KERNEL_TESTS = ("test_kernels.py", "test_raw_bounds.py", "test_group_multiplier.py")
QUICK_ON_FIGURES = (
    "tests/questions/test_phasing.py", "tests/questions/test_priced.py", "tests/report/packs/test_local_wish.py",
    "tests/report/cards/test_cards.py", "tests/report/list/test_use.py", "tests/study/test_compare.py",
)  # fmt: skip
BAD_INPUT = (
    "tests/trust/test_candidate_lists.py", "tests/trust/test_population_and_totals.py",
    "tests/trust/test_people_streets_and_hazards.py",
)  # fmt: skip
"""The corpus of bad and odd files: what a reader says of them is held there and nowhere else."""
ROOMS = {
    "plan": Room("plan", ("tests/plan",), marks="not trust"),
    "kernels": Room("plan", tuple(f"tests/plan/large/{name}" for name in KERNEL_TESTS), "not trust", compiled=False),
    "evaluate": Room("evaluate", ("tests/evaluate", *QUICK_ON_FIGURES)),
    "layers": Room("layers", ("tests/layers", *BAD_INPUT), marks="not trust"),
}


@dataclass(frozen=True)
class Tried:
    """A mutant (None: a control without a fault), what became of it, what pytest said, seconds."""

    mutant: Mutant | None
    outcome: str
    log: str
    seconds: float


def modules_of(room: Room, root: Path = ROOT) -> list[Path]:
    """The modules of a room: those with compiled functions or those without."""
    everything = (root / "nsp_planner" / room.modules).rglob("*.py")
    return [path for path in everything if bool(KERNEL.search(path.read_text(encoding="utf-8"))) != room.compiled]


def read_equivalent(path: Path = EQUIVALENT) -> dict[str, str]:
    """Names of mutants that no test can kill, with the reason."""
    return {
        name: entry["why"]
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutants"]
        for name in entry["names"]
    }


def run_room(name: str, n: int, seed: int, *, processes: int, maps: Path) -> list[Tried]:
    """Try so many mutants of a room, and a few controls; a control that is killed is an error of the harness."""
    room = ROOMS[name]
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder) / f"copy{k}" for k in range(processes)]
        for copy in copies:
            shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        reach = read_map(name, copies[0], maps)
        equivalent = read_equivalent()
        mutants = [
            mutant
            for mutant in sample(modules_of(room, copies[0]), copies[0], n, seed)
            if mutant.name not in equivalent
        ]
        controls = [
            task_of(mutant, room, reach) | {"new": None, "timeout_s": FIRST_SECONDS}
            for mutant in mutants[: max(N_CONTROLS, processes)]
        ]
        work = [(None, task) for task in controls] + [(mutant, task_of(mutant, room, reach)) for mutant in mutants]
        with ThreadPoolExecutor(processes) as pool:
            parts = pool.map(lambda k: _work(copies[k], work[k::processes]), range(processes))
        tried = [one for part in parts for one in part]
    return [one for one in tried if one.mutant is not None]


def read_map(name: str, copy: Path, maps: Path) -> dict[str, Any]:
    """The tests of every line, from a file of this very code, else measured now."""
    key = hashlib.sha256()
    for path in sorted([*(copy / "nsp_planner").rglob("*.py"), *(copy / "tests").rglob("*.py")]):
        key.update(path.read_bytes())
    kept = maps / f"{name}-{key.hexdigest()[:16]}.json"
    if not kept.is_file():
        maps.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.trust.mutation.reach", str(kept), ROOMS[name].marks, *ROOMS[name].tests]
        subprocess.run(command, cwd=copy, env=environment(copy, ROOMS[name]), check=True)
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def environment(copy: Path, room: Room) -> dict[str, str]:
    """The variables for a process in the copy: its own code, its own cache, open data where they are."""
    beside = os.environ.get("NSP_SHARED", str(ROOT.parent / "shared"))
    here = {"PYTHONPATH": str(copy), "NSP_SHARED": beside}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | here | ({} if room.compiled else {"NUMBA_DISABLE_JIT": "1"})


def task_of(mutant: Mutant, room: Room, reach: dict[str, Any]) -> dict[str, Any]:
    """What the worker needs: the change, the tests and the time they may take."""
    per_line = reach["lines"].get(mutant.path, {})
    last = mutant.line + mutant.old.count("\n")
    reaching = {test for line in range(mutant.line, last + 1) for test in per_line.get(str(line), [])}
    if not reaching or not runs_in_function((ROOT / mutant.path).read_bytes(), mutant.line):
        # the import runs it, for one test as for all; or it is a statement that begins above
        reaching = {test for tests in per_line.values() for test in tests}
    mirror = _mirror(mutant.path)
    first = [mirror] if (ROOT / mirror).is_file() else []
    tests, seconds = _cheapest(sorted(reaching), reach, str(Path(mirror).parent))
    tests = first + [test for test in tests if test.partition("::")[0] not in first]
    return {
        "path": mutant.path, "start": mutant.start, "end": mutant.end, "new": mutant.new, "compiled": room.compiled,
        "tests": tests, "timeout_s": START_SECONDS + SLOWER * (seconds + MAX_SECONDS * len(first) / 4),
    }  # fmt: skip


def _mirror(path: str) -> str:
    """The test file of a module by its name."""
    module = Path(path)
    return Path("tests", *module.parts[1:-1], f"test_{module.stem}.py").as_posix()


def _cheapest(tests: list[str], reach: dict[str, Any], near: str) -> tuple[list[str], float]:
    """Tests that fit in the budget, those of the folder ``near`` first and then the cheapest.

    A cheap test that happens to pass a line asks less of it than one that was written beside it. What a fixture costs
    counts once.
    """

    def cost(test: str, ready: set[str]) -> float:
        entry = reach["tests"][test]
        return float(entry["seconds"] + sum(reach["fixtures"][name] for name in entry["fixtures"] if name not in ready))

    taken, spent, ready = [], 0.0, set[str]()
    for test in sorted(tests, key=lambda test: (str(Path(test.partition("::")[0]).parent) != near, cost(test, set()))):
        spent_then = spent + cost(test, ready)
        if taken and spent_then > MAX_SECONDS:
            continue
        if len(taken) >= MAX_TESTS:
            break
        taken.append(test)
        spent = spent_then
        ready |= set(reach["tests"][test]["fixtures"])
    return taken, spent


def _work(copy: Path, work: list[tuple[Mutant | None, dict[str, Any]]]) -> list[Tried]:
    command = [sys.executable, "-m", "tests.trust.mutation.worker"]
    env = environment(copy, ROOMS["plan"])
    tried = []
    with subprocess.Popen(
        command, cwd=copy, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        for mutant, task in work:
            if not task["tests"]:
                tried.append(Tried(mutant, "survived", "no test reaches it", 0.0))
                continue
            worker.stdin.write(json.dumps(task) + "\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
            tried.append(Tried(mutant, answer["outcome"], answer["log"], answer["seconds"]))
            told = tried[-1]
            assert mutant is not None or told.outcome == "survived", f"tests fail without any fault: {told.log}"
            where = f"{mutant.line}: {mutant.name}" if mutant else "control"
            counted = f"{told.outcome} {told.seconds:.0f} s {len(task['tests'])} tests"
            sys.stderr.write(f"{counted} {where} [{told.log}]\n")
        worker.stdin.close()
    return tried


def share_killed(tried: list[Tried]) -> float:
    """The part that the tests noticed, 0 to 1; a mutant that never ends is noticed."""
    return sum(one.outcome in {"killed", "too long"} for one in tried) / len(tried)


def main() -> None:
    """Write the survivors and the share."""
    parser = argparse.ArgumentParser(description="Tries mutants of a room and tells which ones no test finds.")
    parser.add_argument("room", choices=list(ROOMS))
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--maps", type=Path, default=Path(tempfile.gettempdir()) / "nsp-mutation-maps")
    given = parser.parse_args()
    tried = run_room(given.room, given.n, given.seed, processes=given.processes, maps=given.maps)
    for one in tried:
        if one.outcome not in {"killed", "too long"} and one.mutant is not None:
            sys.stdout.write(f"{one.outcome}: line {one.mutant.line}: {one.mutant.name} [{one.log}]\n")
    sys.stdout.write(f"{given.room}: {share_killed(tried):.1%} of {len(tried)} mutants found (seed {given.seed})\n")


if __name__ == "__main__":
    main()
