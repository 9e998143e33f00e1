"""What a run says it changes, counted again by the auditor from the folders of both runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nsp_planner.audit.changes import audit_changes


def package(folder: Path, lnsps: list[str], squares: dict[str, str]) -> Path:
    """A run with these L-NSPs, one C-NSP, and ten inhabitants on each square."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "plan.gpkg")) as book:
        book.execute("create table lnsp (site_id text, cnsp_id text)")
        book.execute("create table cnsp (site_id text)")
        book.execute("create table vierkanten (demand_id text, lnsp_id text, inwoners real)")
        book.executemany("insert into lnsp values (?, 'kazerne')", [(site,) for site in lnsps])
        book.execute("insert into cnsp values ('kazerne')")
        book.executemany("insert into vierkanten values (?, ?, 10)", list(squares.items()))
        book.commit()
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """Hall b makes place for c; square 2 goes with it, square 4 is new."""
    package(tmp_path / "eerst", ["a", "b"], {"1": "a", "2": "b", "3": "a"})
    now = package(tmp_path / "nu", ["a", "c"], {"1": "a", "2": "c", "3": "a", "4": "c"})
    sites = [{"role": "lnsp", "site_id": site, "change": change} for site, change in (("b", "went"), ("c", "came"))]
    told = {"previous": "eerst", "n_other": 1, "n_other_at_least": 1, "moved_persons": 10.0, "sites": sites}
    told |= {"n_other_cnsp": 0, "moved_lnsps": 0}
    return now, {"changes": told}


def failing(now: Path, manifest: dict[str, Any]) -> list[str]:
    return [check for check, holds, _ in audit_changes(now, manifest, now.parent) if not holds]


def test_a_run_that_tells_its_changes_as_they_are_passes(runs: tuple[Path, dict[str, Any]]) -> None:
    assert failing(*runs) == []
    assert len(audit_changes(*runs, runs[0].parent)) == 5
    assert audit_changes(runs[0], {"changes": None}, runs[0].parent) == []


@pytest.mark.parametrize(
    ("key", "value", "check"),
    [
        ("n_other", 0, "other L-NSPs"),
        ("n_other_at_least", 2, "never fewer"),
        ("moved_persons", 20.0, "persons"),
        ("sites", [], "came and went"),
        ("moved_lnsps", 1, "C-NSPs"),
        ("n_other_cnsp", 1, "C-NSPs"),
        ("previous", "weg", "is there"),
    ],
)
def test_every_figure_that_is_wrong_is_found(
    runs: tuple[Path, dict[str, Any]], key: str, value: object, check: str
) -> None:
    now, manifest = runs
    (found,) = failing(now, {"changes": {**manifest["changes"], key: value}})
    assert check in found
