"""Small faults in the code are found by the tests: the harness by itself, and a sample of mutants per room."""

from __future__ import annotations

import datetime as dt
import math
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trust.mutation.mutants import mutants_of, runs_in_function, sample
from tests.trust.mutation.run import ROOMS, ROOT, modules_of, read_equivalent, run_room, share_killed

SOURCE = b'''"""A text: 1 + 1."""
LIMIT = 3

def half(n: int | None, strict: bool = True) -> float:
    """No 2."""
    if n is None or n > LIMIT:
        raise ValueError(f"not {n + 1}")
    return min(n / 2, 7)
'''
N_MUTANTS = {"plan": 50, "kernels": 20, "evaluate": 40, "layers": 50}
GOAL = 0.85
REACHED = {"plan": 0.6, "kernels": 0.9, "evaluate": 0.8, "layers": 0.78}
"""What the rooms had when they were last looked at, on mutants not seen before; the goal is not reached everywhere."""


def least_of(room: str, n: int) -> float:
    """The share under which something broke: three times the error of so many mutants below what was reached."""
    return REACHED[room] - 3 * math.sqrt(REACHED[room] * (1 - REACHED[room]) / n)


def test_every_operator_number_and_condition_is_changed_once_and_no_text_type_or_message() -> None:
    changes = {(mutant.line, mutant.old, mutant.new) for mutant in mutants_of("half.py", SOURCE)}
    assert changes == {
        (2, "3", "4"),
        (4, "True", "False"),
        (6, "n is None or n > LIMIT", "not (n is None or n > LIMIT)"),
        (6, "is", "is not"),
        (6, "or", "and"),
        (6, ">", ">="),
        (7, 'raise ValueError(f"not {n + 1}")', "pass"),
        (8, "min(n / 2, 7)", "None"),
        (8, "min", "max"),
        (8, "/", "*"),
        (8, "2", "3"),
        (8, "7", "8"),
    }


def test_a_mutant_is_the_source_with_one_piece_replaced() -> None:
    (mutant,) = (one for one in mutants_of("half.py", SOURCE) if one.old == "/")
    assert mutant.apply(SOURCE) == SOURCE.replace(b"n / 2", b"n * 2")
    assert mutant.name == "half.py | return min(n / 2, 7) | / -> *"


def test_only_the_lines_below_a_signature_run_in_a_function() -> None:
    assert [line for line in range(1, 9) if runs_in_function(SOURCE, line)] == [5, 6, 7, 8]


def test_a_sample_is_the_same_for_a_seed_another_for_the_next_and_spread_over_the_modules(tmp_path: Path) -> None:
    paths = [tmp_path / f"m{k}.py" for k in range(6)]
    for path in paths:
        path.write_bytes(SOURCE)
    taken = sample(paths, tmp_path, 12, seed=1)
    assert taken == sample(paths, tmp_path, 12, seed=1) != sample(paths, tmp_path, 12, seed=2)
    assert [sum(mutant.path == path.name for mutant in taken) for path in paths] == [2] * 6


def test_every_room_has_modules_and_compiled_functions_are_apart() -> None:
    modules = {name: {path.name for path in modules_of(room)} for name, room in ROOMS.items()}
    assert {"transport.py", "knapsack.py"} <= modules["kernels"]
    assert "lagrangian.py" in modules["plan"] - modules["kernels"]


@pytest.mark.slow
def test_equivalent_mutants_are_mutants_of_the_code_as_it_is() -> None:
    named: dict[str, set[str]] = {}
    for name in read_equivalent():
        named.setdefault(name.split(" | ")[0], set()).add(name)
    for path, names in named.items():
        gone = names - {mutant.name for mutant in mutants_of(path, (ROOT / path).read_bytes())}
        assert not gone, f"no longer mutants: {sorted(gone)}"


@pytest.mark.trust
@pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants are forked, which this system cannot")
@pytest.mark.parametrize("room", list(ROOMS))
def test_the_tests_find_mutants_of(room: str, record_property: Callable[[str, object], None]) -> None:
    """The seed is that of the day, so that every day's mutants are new; ``NSP_MUTATION_SEED`` makes a day's again."""
    seed = int(os.environ.get("NSP_MUTATION_SEED", f"{dt.datetime.now().astimezone():%Y%m%d}"))
    maps = Path(tempfile.gettempdir()) / "nsp-mutation-maps"
    n_processes = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2
    tried = run_room(room, N_MUTANTS[room], seed, processes=n_processes, maps=maps)
    share = share_killed(tried)
    told = f"{room}: {share:.0%} of {len(tried)} mutants found (seed {seed}; the goal is {GOAL:.0%})"
    record_property("figure", told)
    survivors = [one.mutant.name for one in tried if one.outcome == "survived" and one.mutant is not None]
    print(told, *survivors, sep="\n")  # noqa: T201
    assert share >= least_of(room, len(tried))
    assert not [one.log for one in tried if one.outcome == "unclear"]
