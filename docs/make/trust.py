"""The page of promises, written by a run of their tests. In: docs/promises.toml. Out: docs/trust.md.

``make trust`` (``python -m docs.make.trust``) runs every test that holds a promise, once, and writes the page: the
promise, its tests, how many passed and the latest figures that they reported with pytest's
``record_property("figure", text)``. ``--only NAME`` runs one promise and keeps what is known of the others; ``--fast``
leaves out tests marked ``trust``, which take minutes; ``--page`` only writes the page again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
PROMISES = ROOT / "docs" / "promises.toml"
FIGURES = ROOT / "docs" / "promises.json"
PAGE = ROOT / "docs" / "trust.md"
FAILED = 1


@dataclass(frozen=True)
class Promise:
    """A promise: its name, one sentence, the tests that hold it (pytest arguments), and what is not promised."""

    name: str
    text: str
    tests: tuple[str, ...]
    limits: str = ""


@dataclass(frozen=True)
class Held:
    """What a run of the tests of a promise found: numbers of tests, figures that they reported, the day."""

    passed: int
    failed: int
    skipped: int
    figures: tuple[str, ...]
    day: str


def read_promises(path: Path = PROMISES) -> tuple[str, list[Promise]]:
    """The text above the promises, and the promises in the order of the file."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return raw["text"], [
        Promise(name, entry["text"], tuple(entry["tests"]), entry.get("limits", ""))
        for name, entry in raw["promises"].items()
    ]


def run_tests(promises: Sequence[Promise], *, fast: bool) -> dict[str, Held]:
    """Run the tests of promises in one pytest, each test once, and read what they reported, by promise."""
    tests = dict.fromkeys(test for promise in promises for test in promise.tests)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        marked = "not trust" if fast else "trust or not trust"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-m", marked]
        subprocess.run([*command, f"--junitxml={report}", *tests], cwd=ROOT, check=False)
        return {promise.name: read_report(report, promise.tests, fast=fast) for promise in promises}


def read_report(report: Path, tests: Sequence[str] = ("",), *, fast: bool = False) -> Held:
    """The numbers and figures of these tests (files, folders, ``file::test``; all when left out) in a junit report.

    A file, folder or test without any case in the report counts as failed, but for ``fast``, which leaves tests out.
    """
    cases = list(ElementTree.parse(report).iter("testcase"))
    held = [[case for case in cases if holds(test, case)] for test in tests]
    mine = list(dict.fromkeys(case for found in held for case in found))
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in mine)
    skipped = sum(case.find("skipped") is not None for case in mine)
    figures = dict.fromkeys(
        str(item.get("value")) for case in mine for item in case.iter("property") if item.get("name") == "figure"
    )
    day = dt.datetime.now().astimezone().date().isoformat()
    lacking = 0 if fast else sum(not found for found in held)
    return Held(len(mine) - failed - skipped, failed + lacking, skipped, tuple(figures), day)


def holds(test: str, case: ElementTree.Element) -> bool:
    """Whether a case of a report is of a test given as an argument of pytest."""
    path, _, name = test.partition("::")
    module = path.removesuffix(".py").rstrip("/").replace("/", ".")
    of_module = f"{case.get('classname')}.".startswith(f"{module}." if module else "")
    return of_module and (not name or str(case.get("name")).split("[")[0] == name)


def page_text(text: str, promises: list[Promise], held: dict[str, Held]) -> str:
    """The page: what stands above, then a section per promise."""
    parts = [text.strip()]
    for promise in promises:
        tests = "\n".join(f"- `{test}`" for test in promise.tests)
        parts += [f"## {promise.text}", f"Held by:\n\n{tests}"]
        found = held.get(promise.name)
        if found is None:
            parts.append("Not run yet.")
        else:
            skipped = f", {found.skipped} skipped" if found.skipped else ""
            failed = f", **{found.failed} failed**" if found.failed else ""
            parts.append(f"Run on {found.day}: {found.passed} passed{failed}{skipped}.")
            parts += ["\n".join(f"- {figure}" for figure in found.figures)] if found.figures else []
        if promise.limits:
            parts.append(f"Not promised: {promise.limits}")
    return "\n\n".join(parts) + "\n"


def read_held(path: Path = FIGURES) -> dict[str, Held]:
    """What earlier runs found, by promise; empty where there is no file."""
    if not path.is_file():
        return {}
    raw = json.loads(path.read_text(encoding="utf-8"))
    return {name: Held(**{**entry, "figures": tuple(entry["figures"])}) for name, entry in raw.items()}


def main() -> None:
    """Run the tests and write figures and page; ends with 1 when a promise does not hold."""
    parser = argparse.ArgumentParser(description="Runs the tests of every promise and writes docs/trust.md.")
    parser.add_argument("--only", action="append", help="name of a promise; may be repeated")
    parser.add_argument("--fast", action="store_true", help="leave out the tests that take minutes")
    parser.add_argument("--page", action="store_true", help="only write the page from the figures at hand")
    given = parser.parse_args()
    text, promises = read_promises()
    names = {promise.name for promise in promises}
    held = {name: found for name, found in read_held().items() if name in names}
    asked = [promise for promise in promises if given.only is None or promise.name in given.only]
    if not given.page:
        held.update(run_tests(asked, fast=given.fast))
    entries = {name: vars(held[name]) for name in names if name in held}
    FIGURES.write_text(json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page_text(text, promises, held), encoding="utf-8")
    if any(found.failed for found in held.values()):
        sys.exit("a promise does not hold: see docs/trust.md")


if __name__ == "__main__":
    main()
