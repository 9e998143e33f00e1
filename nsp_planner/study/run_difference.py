"""Whether two runs are the same. In: two run folders and their manifests. Out: every difference, in English.

Tables must have the same bytes: CSV and GeoJSON as they are, workbooks and GeoPackages in what they hold. The moment of
making is left out, and pages and drawings, which are made from the same values and carry that moment.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any

from nsp_planner.report.manifest.write import FILE as MANIFEST
from nsp_planner.report.text.dutch import date_nl

TABLES = (".csv", ".geojson", ".xlsx", ".gpkg", ".toml")
OF_THE_MOMENT = ("created", "seconds", "command", "trace", "outputs")
"""Keys of a manifest that differ between two runs of one study."""
OF_THE_MACHINE = ("nsp_planner", "python", "platform", "packages")
MOST_SHOWN_CHARACTERS = 60

Parts = Mapping[str, str]


def differences(before: Path, after: Path, was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Every difference between two runs, each as one sentence; empty where they are the same.

    Args:
        before: Folder of the first run.
        after: Folder of the second.
        was: Manifest of the first.
        now: Manifest of the second.
    """
    files = {str(output["name"]) for output in was["outputs"]}, {str(output["name"]) for output in now["outputs"]}
    found = [f"{name}: only in the first run" for name in sorted(files[0] - files[1])]
    found += [f"{name}: only in the second run" for name in sorted(files[1] - files[0])]
    for name in sorted(files[0] & files[1]):
        if name.endswith(TABLES):
            one, other = (_parts(folder / name, made) for folder, made in ((before, was), (after, now)))
            found += [f"{name}{difference}" for difference in _different(one, other)]
    flat = dict(_flat(_lasting(was))), dict(_flat(_lasting(now)))
    found += [f"{MANIFEST.name}{difference}" for difference in _different(*flat)]
    return tuple(found)


def other_versions(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What of the machine differs: Python, the system, packages and their versions."""
    before, after = ({key: manifest.get(key) for key in OF_THE_MACHINE} for manifest in (was, now))
    one, other = dict(_flat(before)), dict(_flat(after))
    return tuple(
        f"{key.rpartition('.')[2]} {one.get(key, 'none')} before, {other.get(key, 'none')} now"
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key)
    )


def compared(manifest: Mapping[str, Any]) -> int:
    """How many tables of a run are compared."""
    return sum(str(output["name"]).endswith(TABLES) for output in manifest["outputs"])


def _different(before: Parts, after: Parts) -> Iterator[str]:
    for part in sorted({*before, *after}):
        one, other = before.get(part), after.get(part)
        if one == other:
            continue
        where = f", {part}" if part else ""
        if one is None or other is None:
            yield f"{where}: only in the {'second' if one is None else 'first'} run"
            continue
        lines = list(zip_longest(one.splitlines(), other.splitlines()))
        apart = [n for n, (mine, theirs) in enumerate(lines, start=1) if mine != theirs]
        mine, theirs = lines[apart[0] - 1] if apart else (one, other)
        count = f"{len(apart)} of {len(lines)} lines differ, first line {apart[0]}" if len(lines) > 1 and apart else ""
        yield f"{where}: {count}{': ' if count else ''}{_around(mine or '', theirs or '')}"


def _around(one: str, other: str) -> str:
    """Where two texts begin to differ."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, at - 15)
    return " became ".join(repr(text[start : start + MOST_SHOWN_CHARACTERS]) for text in (one, other))


def _parts(path: Path, manifest: Mapping[str, Any]) -> Parts:
    """What a table holds, part by part, without the moment it was made."""
    moment = _moment(dt.datetime.fromisoformat(str(manifest["created"])))
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return {name: moment.sub("", book.read(name).decode("utf-8", "replace")) for name in book.namelist()}
    if path.suffix == ".gpkg":
        return {name: moment.sub("", text) for name, text in _tables(path)}
    return {"": moment.sub("", path.read_bytes().decode("utf-8", "replace"))}


def _moment(created: dt.datetime) -> re.Pattern[str]:
    days = {day.strftime("%Y-%m-%d") for day in (created, created.astimezone(dt.UTC))}
    time = r"([T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:?\d\d|Z)?)?"
    return re.compile(f"({'|'.join(sorted(days))}){time}|{re.escape(date_nl(created))}")


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as book:
        names = [name for (name,) in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if name.startswith(("rtree_", "sqlite_")):
                continue  # made from the tables
            rows = book.execute(f'SELECT * FROM "{name}"')
            columns = [column for column, *_ in rows.description]
            kept = [n for n, column in enumerate(columns) if column not in ("last_change", "timestamp")]
            yield name, "\n".join([" ".join(columns), *(repr([row[n] for n in kept]) for row in rows)])


def _lasting(manifest: Mapping[str, Any]) -> dict[str, Any]:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key not in OF_THE_MOMENT}
        return [without(each) for each in value] if isinstance(value, list) else value

    lasting = {key: value for key, value in manifest.items() if key not in OF_THE_MACHINE}
    lasting["settings"] = {key: value for key, value in lasting["settings"].items() if key != "output"}
    return dict(without(lasting))


def _flat(value: Any, above: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list) and value:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(each, f"{above}.{key}" if above else str(key))
    else:
        yield above, str(value)
