"""The page of promises: every promise names tests that exist, and stands on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.make.trust import PAGE, ROOT, Promise, page_text, read_held, read_promises, read_report

TEXT, PROMISES = read_promises()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_a_promise_names_tests_that_exist_and_stands_on_the_page(promise: Promise) -> None:
    missing = [test for test in promise.tests if not (ROOT / test.split("::")[0]).exists()]
    assert missing == []
    assert f"## {promise.text}\n" in PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_its_figures_make_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(TEXT, PROMISES, read_held())


REPORT = """<testsuites><testsuite name="pytest">
<testcase classname="tests.a.test_one" name="test_x[1]"><properties>
<property name="figure" value="12 of 12"/></properties></testcase>
<testcase classname="tests.a.test_one" name="test_x[2]"><failure message="no"/></testcase>
<testcase classname="tests.a.test_one" name="test_y"><skipped message="no browser"/></testcase>
<testcase classname="tests.a.test_one_more" name="test_x"/>
<testcase classname="tests.b.test_two" name="test_z"><properties>
<property name="figure" value="another"/></properties></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    (tmp_path / "report.xml").write_text(REPORT, encoding="utf-8")
    return tmp_path / "report.xml"


@pytest.mark.parametrize(
    ("tests", "numbers", "figures"),
    [
        (("tests/a/test_one.py",), (1, 1, 1), ("12 of 12",)),
        (("tests/a/test_one.py::test_x",), (1, 1, 0), ("12 of 12",)),
        (("tests/a", "tests/b/test_two.py"), (3, 1, 1), ("12 of 12", "another")),
        (("tests/a/", "tests/a/test_one.py"), (2, 1, 1), ("12 of 12",)),
        (("tests/b", "tests/c/test_gone.py"), (1, 1, 0), ("another",)),
    ],
)
def test_numbers_and_figures_come_from_the_cases_of_a_promise_in_the_report_of_all(
    report: Path, tests: tuple[str, ...], numbers: tuple[int, int, int], figures: tuple[str, ...]
) -> None:
    held = read_report(report, tests)
    assert (held.passed, held.failed, held.skipped) == numbers
    assert held.figures == figures


def test_the_page_tells_what_failed_what_was_skipped_and_what_is_not_promised(report: Path) -> None:
    held = {"a": read_report(report, ("tests/a/test_one.py",))}
    page = page_text("# Promises", [Promise("a", "It holds", ("tests/a/test_one.py",), "more.")], held)
    assert "1 passed, **1 failed**, 1 skipped." in page
    assert "- 12 of 12" in page
    assert "Not promised: more." in page


def test_a_run_without_any_test_is_a_failure_but_where_long_tests_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text("<testsuites><testsuite/></testsuites>", encoding="utf-8")
    assert read_report(tmp_path / "report.xml").failed == 1
    assert read_report(tmp_path / "report.xml", fast=True).failed == 0


def test_every_long_test_holds_a_promise() -> None:
    held = [test.split("::")[0].rstrip("/") for promise in PROMISES for test in promise.tests]
    marked = [path for path in (ROOT / "tests").rglob("test_*.py") if "mark.trust" in path.read_text(encoding="utf-8")]
    names = [path.relative_to(ROOT).as_posix() for path in marked if path.name != Path(__file__).name]
    assert len(names) > 5
    assert [name for name in names if not any(name == test or name.startswith(f"{test}/") for test in held)] == []
