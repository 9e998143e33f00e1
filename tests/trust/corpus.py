"""The corpus of bad and odd inputs. In: a case: what is odd, how it is made, what is expected. Out: held, or not.

A case is refused or accepted. Refused: one clear message that names layer, file, column and ids as far as the case says
and what to do; the right exit code; no traceback; nothing written. Accepted: the values that the planner meant. What
is refused goes through the command line (``nsp-planner check STUDY --json``), in this process; what is accepted through
the same reading, for its values.
"""

from __future__ import annotations

import json
import re
import signal
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nsp_planner.config import load_study
from nsp_planner.errors import EXIT_BAD_DATA, EXIT_USAGE
from nsp_planner.layers.tables import Layers
from nsp_planner.study.run import check_layers
from tests.cli.test_command_line import run_here
from tests.towns.raw_files import make_world

World = dict[str, Any]
SECONDS = 60.0
"""Longer than this no case may take: a reader that waits for a pipe or eats a bomb is stopped here."""
MOST_MEGABYTES_TOLD = 0.004
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""What no message may hold: control characters, marks that turn the direction of text, invisible ones."""


@dataclass(frozen=True)
class Refused:
    """An input that is refused with one message.

    Attributes:
        what: What is odd about it, as a sentence.
        make: Writes it into a folder and gives the tables of the study.
        layer: The layer that the message names.
        says: Pieces of the message and its way out.
        column: The column or key it names; None: not looked at.
        ids: The ids it names; None: not looked at.
        file: Name of the file it names; None: not looked at.
        exit_code: Of the command.
        n_faults: How many messages there are; more than one where one file is wrong in several ways.
    """

    what: str
    make: Callable[[Path], World]
    layer: str
    says: Sequence[str]
    column: str | None = None
    ids: Sequence[str] | None = None
    file: str | None = None
    exit_code: int = EXIT_BAD_DATA
    n_faults: int = 1


@dataclass(frozen=True)
class Accepted:
    """An input that is odd but fine: what is read of it.

    Attributes:
        what: What is odd about it, as a sentence.
        make: Writes it into a folder and gives the tables of the study.
        reads: What to look at in the layers.
        value: What it must be.
    """

    what: str
    make: Callable[[Path], World]
    reads: Callable[[Layers], object]
    value: object


Case = Refused | Accepted


def parametrised(*tables: Sequence[Case]) -> pytest.MarkDecorator:
    """One test per case, named by what is odd."""
    cases = [case for table in tables for case in table]
    names = [case.what for case in cases]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.what) for case in cases])


def hold(case: Case, folder: Path) -> None:
    """Check one case through the command line."""
    folder = folder / "study"
    folder.mkdir()
    study = case.make(folder)
    path = folder / "study.toml"
    if not path.exists():
        path.write_text(as_toml(study), encoding="utf-8")
    if isinstance(case, Accepted):
        with in_time(SECONDS):
            layers = check_layers(load_study(path))
        assert case.reads(layers) == case.value
        return
    before = listing(folder.parent)
    with in_time(SECONDS):
        result = run_here("check", str(path), "--json")
    assert "Traceback" not in result.stdout + result.stderr
    assert listing(folder.parent) == before, "something was left behind"
    assert "Unexpected" not in result.stderr, result.stderr[:2000]
    told_well(case, result.returncode, json.loads(result.stdout))


def told_well(case: Refused, exit_code: int, answer: dict[str, Any]) -> None:
    """The message is the one expected, and fit to be read."""
    faults = answer.get("faults", [])
    assert faults, "accepted without a word"
    text = told(faults)
    assert exit_code == case.exit_code == answer["exit_code"], text
    assert len(faults) == case.n_faults, text
    assert not [fault for fault in faults if not fault["fix"].strip()], text
    assert not CONTROL.search(text.replace("\n", " ")), repr(text)
    assert len(text.encode()) < MOST_MEGABYTES_TOLD * 2**20 * case.n_faults, text[:2000]
    assert "Error" not in text.replace("XMLSyntaxError", ""), text
    fault = faults[0]
    assert fault["layer"] == case.layer, text
    for piece in case.says:
        assert piece in text, text
    if case.column is not None:
        assert fault["column"] == case.column, text
    if case.ids is not None:
        assert fault["ids"] == list(case.ids)[:5], text
        assert fault["n_ids"] == len(case.ids), text
    if case.file is not None:
        assert fault["file"] is not None, text
        assert Path(fault["file"]).name == case.file, text
    elif case.exit_code == EXIT_BAD_DATA and case.layer not in ("day", "tourism", "neighbours"):
        assert fault["file"] is not None, f"no file is named: {text}"


def told(faults: Sequence[dict[str, Any]]) -> str:
    """All faults as text: layer, column, ids, message, file, what to do."""
    return "\n".join(
        f"{each['layer']} | {each['column']} | {each['ids']} | {each['message']} | {each['file']} | {each['fix']}"
        for each in faults
    )


def listing(folder: Path) -> list[str]:
    """Everything in a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Stop what takes longer, also where it waits for a pipe; without signals (Windows) it may wait for ever."""

    def stop(_signal: int, _frame: types.FrameType | None) -> None:
        raise TimeoutError(f"not done within {seconds:g} s")

    if not hasattr(signal, "setitimer"):  # pragma: no cover
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def as_toml(tables: World) -> str:
    """A study as TOML: values inline, which JSON strings, numbers and lists are in TOML too."""

    def value(each: object) -> str:
        if isinstance(each, dict):
            return "{ " + ", ".join(f"{json.dumps(str(k))} = {value(v)}" for k, v in each.items()) + " }"
        if isinstance(each, list | tuple):
            return "[" + ", ".join(value(v) for v in each) + "]"
        # TOML has no escape for a lone surrogate and none for DEL in JSON's way
        return json.dumps(each, ensure_ascii=False).replace("\x7f", "\\u007f")

    return "".join(f"{key} = {value(each)}\n" for key, each in tables.items())


# --- makers of studies -----------------------------------------------------------------------------------------------


def world(folder: Path, **changes: Any) -> World:
    """The world of ``tests.towns.raw_files`` with sections changed: ``ratios={...}``, ``inputs={...}`` (merged)."""
    inputs = changes.pop("inputs", {})
    tables = make_world(folder, **inputs)
    return {**tables, **changes}


def with_bytes(key: str, name: str, content: bytes | Callable[[], bytes], **settings: Any) -> Callable[[Path], World]:
    """The world with one input replaced by a file of these bytes."""

    def make(folder: Path) -> World:
        (folder / name).write_bytes(content() if callable(content) else content)
        return with_file(key, name, **settings)(folder)

    return make


def with_file(key: str, name: str, **settings: Any) -> Callable[[Path], World]:
    """The world with one input replaced by a file that is there, or is not."""

    def make(folder: Path) -> World:
        return world(folder, inputs={key: input_tables(key, folder / name, **settings)})

    return make


def input_tables(key: str, path: Path, **settings: Any) -> Any:
    """The tables of one input: a list for those of which there may be several."""
    one = {"path": str(path), **settings}
    if key == "sites":
        return [{"source": "lijst", **one}]
    return [{"label": "camping", **one}] if key in ("guests", "day") else one


EXIT_SETTINGS = EXIT_USAGE


# --- cases of any command --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Command:
    """A command that is refused.

    Attributes:
        what: What is odd, as a sentence.
        arguments: Writes what is needed into a folder and gives the arguments, without ``--json``.
        says: Pieces of the messages.
        exit_code: Of the command.
        n_faults: How many messages.
    """

    what: str
    arguments: Callable[[Path], Sequence[object]]
    says: Sequence[str]
    exit_code: int = EXIT_USAGE
    n_faults: int = 1


def commands(*tables: Sequence[Command]) -> pytest.MarkDecorator:
    """One test per command, named by what is odd."""
    cases = [case for table in tables for case in table]
    assert len({case.what for case in cases}) == len(cases)
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.what) for case in cases])


def hold_command(case: Command, folder: Path) -> None:
    """Check one command: one clear message, the exit code, nothing left behind."""
    arguments = [str(argument) for argument in case.arguments(folder)]
    before = listing(folder)
    with in_time(SECONDS):
        result = run_here(*arguments, "--json")
    assert "Unexpected" not in result.stderr, result.stderr[:2000]
    assert "Traceback" not in result.stdout + result.stderr
    assert result.stdout.strip(), "accepted without a word"
    answer = json.loads(result.stdout)
    text = told(answer.get("faults", []))
    assert text, "accepted without a word"
    assert result.returncode == case.exit_code, text
    assert len(answer["faults"]) == case.n_faults, text
    assert not CONTROL.search(text.replace("\n", " ")), repr(text)
    assert "Error" not in text, text
    assert len(text) < 3_000 * case.n_faults, text[:3_000]
    for piece in case.says:
        assert piece in text, text
    assert listing(folder) == before, "something was left behind"
