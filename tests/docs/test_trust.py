"""The page of promises: every promise names tests that exist, and stands on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.make.trust import PAGE, ROOT, Held, Promise, page_text, read_held, read_promises, read_report

TEXT, PROMISES = read_promises()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_a_promise_names_tests_that_exist_and_stands_on_the_page(promise: Promise) -> None:
    missing = [test for test in promise.tests if not (ROOT / test.split("::")[0]).exists()]
    assert missing == []
    assert f"## {promise.text}\n" in PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_its_figures_make_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(TEXT, PROMISES, read_held())


def test_numbers_and_figures_come_from_the_report_of_the_tests(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(
        '<testsuites><testsuite tests="3" failures="1" errors="0" skipped="1"><testcase name="a"><properties>'
        '<property name="figure" value="12 of 12"/></properties></testcase></testsuite></testsuites>',
        encoding="utf-8",
    )
    held = read_report(tmp_path / "report.xml")
    assert (held.passed, held.failed, held.skipped, held.figures) == (1, 1, 1, ("12 of 12",))
    page = page_text("# Promises", [Promise("a", "It holds", ("tests/a.py",), "more.")], {"a": held})
    assert "1 passed, **1 failed**, 1 skipped." in page
    assert "Not promised: more." in page


def test_a_run_without_any_test_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text('<testsuites><testsuite tests="0"/></testsuites>', encoding="utf-8")
    assert read_report(tmp_path / "report.xml") == Held(0, 1, 0, (), read_report(tmp_path / "report.xml").day)
