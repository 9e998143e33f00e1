"""Which tests reach which lines. In: test files. Out: JSON with the tests, their cost, and the tests of every line.

``python -m tests.trust.mutation.reach OUT MARKS TEST...`` runs the tests under coverage. Lines that a fixture runs
belong to every test that asks for it, also where another test caused it to run; lines of the import belong to no test.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import coverage
import pytest


class Reach:
    """A pytest plugin that tells coverage which test or fixture is running, and takes their time."""

    def __init__(self, measured: coverage.Coverage) -> None:
        """Measure with this coverage, already started."""
        self.measured = measured
        self.seconds: dict[str, float] = defaultdict(float)
        self.fixtures_of: dict[str, list[str]] = {}
        self.passed: set[str] = set()
        self.running = [""]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Everything until the next test is of this test."""
        self.fixtures_of[item.nodeid] = list(getattr(item, "fixturenames", []))
        yield from self._during(item.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, None]:
        """What a fixture runs is of the fixture."""
        yield from self._during(f"fixture {fixturedef.baseid} {fixturedef.argname}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Only tests that pass can tell anything."""
        if report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def _during(self, name: str) -> Generator[None, Any, None]:
        # of the processor: a busy machine makes no test dearer than another
        start, inner = time.process_time(), sum(self.seconds.values())
        self.running.append(name)
        self.measured.switch_context(name)
        yield
        self.running.pop()
        self.measured.switch_context(self.running[-1])
        self.seconds[name] += time.process_time() - start - (sum(self.seconds.values()) - inner)

    def users(self) -> dict[str, list[str]]:
        """The tests that passed, by what coverage calls them or the fixtures they ask for."""
        users = {test: [test] for test in self.passed}
        for name in [name for name in self.seconds if name.startswith("fixture ")]:
            _, base, fixture = name.split(" ", 2)
            users[name] = [test for test in self.passed if test.startswith(base) and fixture in self.fixtures_of[test]]
        return users

    def report(self, data: coverage.CoverageData, root: Path) -> dict[str, Any]:
        """Tests with their seconds and fixtures, and per file and line the tests that reach it."""
        users = self.users()
        lines: dict[str, dict[int, list[str]]] = {}
        for file in data.measured_files():
            per_line = data.contexts_by_lineno(file)
            lines[Path(file).relative_to(root).as_posix()] = {
                line: sorted({test for context in contexts for test in users.get(context, [])})
                for line, contexts in per_line.items()
            }
        fixtures = {name: seconds for name, seconds in self.seconds.items() if name.startswith("fixture ")}
        tests = {
            test: {"seconds": self.seconds[test], "fixtures": [name for name in fixtures if test in users[name]]}
            for test in sorted(self.passed)
        }
        return {"tests": tests, "fixtures": fixtures, "lines": lines}


def main(out: str, marks: str, *tests: str) -> None:
    """Run the tests and write the map; tests that fail are left out."""
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        measured = coverage.Coverage(
            data_file=f"{folder}/data", config_file=False, include=[f"{root}/nsp_planner/*"], messages=False
        )
        measured.start()
        plugin = Reach(measured)
        pytest.main(["-q", "-p", "no:cacheprovider", "-m", marks, *tests], plugins=[plugin])
        measured.stop()
        Path(out).write_text(json.dumps(plugin.report(measured.get_data(), root)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
