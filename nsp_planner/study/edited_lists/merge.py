"""Candidate lists that come back. In: a run and lists edited by gemeenten. Out: every change, or every fault at once.

A gemeente edits the workbook (or the CSV) of a run: status and reason, names and addresses, provisions, capacity, what
is decided (``Vastgelegd``), where it lies, and new buildings below the others (no Id; Naam and Adres, or X and Y,
filled). Other columns are the plan's and are not read. Cells are held against those that were handed out: what nobody
changed is no change, however it was rounded. A row that was taken out changes nothing. Two lists, or two sheets of one,
that give one cell different new values are refused together: somebody has to choose. Buildings keep their ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from nsp_planner.config import SiteRole
from nsp_planner.errors import DataError, Faults
from nsp_planner.layers.raw.opening import Refusal, refuse_file, refuse_format
from nsp_planner.layers.raw.text import clean_text, parse_numbers, read_csv_rows
from nsp_planner.layers.raw.workbook import PROBLEMS, Sheet, read_sheets
from nsp_planner.layers.sites.fields import MOST
from nsp_planner.layers.sites.status_words import status_of
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATUSES
from nsp_planner.names import did_you_mean
from nsp_planner.report import OutputFile
from nsp_planner.report.columns.sites import CAPACITY, PRESENT
from nsp_planner.report.csv_files import unguarded
from nsp_planner.report.text.dutch import GAP_LABELS, ROLE_CNSP, ROLE_LNSP
from nsp_planner.study.finished_run import read_finished_runs

TEXT_COLUMNS = {"Naam": "name", "Soort": "kind", "Adres": "address", "Plaats": "place", "Reden": "status_reason"}
CAPACITY_COLUMNS = {CAPACITY.label: CAPACITY.source, PRESENT.label: PRESENT.source}
BARE_CAPACITY = "Capaciteit"
"""A column that older lists had, and that people add."""
NUMBER_COLUMNS = {**CAPACITY_COLUMNS, "Vloeroppervlak (m2)": "floor_area_m2"}
WORD_COLUMNS: dict[str, tuple[str, ...]] = {
    "Status": STATUSES,
    "Vastgelegd": ("ja", "nee", "afgewezen"),
    **{GAP_LABELS[name]: ("ja", "nee", "onbekend") for name in GAP_COLUMNS},
}
PLACE_COLUMNS = {"X (RD)": "x", "Y (RD)": "y"}
SCENARIO = OutputFile(
    "lijsten.toml", "Scenario: een studie met de lijsten van de gemeenten (nsp-planner plan --scenario)"
)
"""What a merge writes; a source of buildings beside one was added by an earlier merge."""
EDITABLE = (*TEXT_COLUMNS, *NUMBER_COLUMNS, *PLACE_COLUMNS, *WORD_COLUMNS)
"""Columns a gemeente may change."""

RD_RANGE_M = ((10_000, 280_000), (300_000, 625_000))
"""Where x and y in RD can lie."""
SAME_M = 0.5
"""Coordinates this near are those that were handed out, in whole metres."""
LAYER = "edited list"
MAX_PLACES_SHOWN = 5


@dataclass(frozen=True)
class Change:
    """One cell that changed: which list and sheet, which building, from what to what."""

    file: str
    sheet: str
    site_id: str
    name: str
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class NewSite:
    """A building that was not on the list: what was filled in, per Dutch column."""

    file: str
    sheet: str
    values: dict[str, str]


@dataclass(frozen=True, eq=False)
class EarlierLists:
    """What an earlier merge gave the run: the changed cells (site_id, field) and per source the buildings it added."""

    edits: dict[tuple[str, str], str]
    added: dict[str, list[dict[str, str]]]


@dataclass(frozen=True, eq=False)
class MergedLists:
    """What comes of a run and its edited lists.

    Attributes:
        run: Folder of the run.
        settings: The study of the run, as its manifest has it.
        earlier: What lists changed before, and the run was made with.
        rows: Every building of the run with the changes in it, Dutch columns, text.
        base: The same without the changes.
        changes: Every cell that changed.
        new_sites: Buildings that were added.
    """

    run: Path
    settings: dict[str, Any]
    earlier: EarlierLists
    rows: list[dict[str, str]]
    base: dict[str, dict[str, str]]
    changes: tuple[Change, ...]
    new_sites: tuple[NewSite, ...]


@dataclass
class _Sheet:
    file: str
    name: str
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def merge_lists(run: Path, edited: Sequence[Path]) -> MergedLists:
    """Read edited lists against the run they come from.

    Raises:
        DataError: A list cannot be read, holds what cannot be, or contradicts another; every fault at once.
    """
    (finished,) = read_finished_runs([run], "run")
    earlier = _earlier_lists(finished.study)
    base = {row["Id"]: row for row in finished.candidates}
    faults = Faults()
    sheets = [sheet for path in edited for sheet in _read_list(path, faults)]
    found: list[Change] = []
    new_sites: list[NewSite] = []
    for sheet in sheets:
        seen: set[str] = set()
        for number, row in sheet.rows:
            site_id = row.get("Id", "")
            if not site_id:
                if any(row.get(column) for column in ("Naam", "Adres", *PLACE_COLUMNS)):
                    _check_new(sheet, number, row, faults)
                    new_sites.append(NewSite(sheet.file, sheet.name, row))
                continue
            if site_id not in base:
                _unknown_id(sheet, number, site_id, base, faults)
            elif site_id in seen:
                faults.add(
                    LAYER, f"sheet {sheet.name!r} has this id twice", "keep one row", file=sheet.file, ids=[site_id]
                )
            else:
                found += _changes(sheet, row, base[site_id], faults)
            seen.add(site_id)
    chosen = _without_conflicts(found, faults)
    merged = {site_id: dict(row) for site_id, row in base.items()}
    for change in chosen:
        merged[change.site_id][change.column] = change.new
    for site_id in {change.site_id for change in chosen}:
        _check_row(merged[site_id], next(c for c in chosen if c.site_id == site_id).file, faults)
    faults.raise_if_any(DataError)
    return MergedLists(
        run, dict(finished.study), earlier, list(merged.values()), base, tuple(chosen), tuple(_distinct(new_sites))
    )


def _earlier_lists(settings: Mapping[str, Any]) -> EarlierLists:
    """What the folders of earlier merges hold that the run was made with; raises ``DataError`` where one is gone."""
    faults, inputs = Faults(), settings["inputs"]
    edits: dict[tuple[str, str], str] = {}
    if inputs.get("site_edits"):
        for row in _read_own(Path(inputs["site_edits"]["path"]), faults):
            edits[row["site_id"], row["field"]] = row["value"]
    added = {
        source["source"]: _read_own(Path(source["path"]), faults)
        for source in inputs["sites"]
        if (Path(source["path"]).parent / SCENARIO.name).is_file()
    }
    faults.raise_if_any(DataError)
    return EarlierLists(edits, added)


def _read_own(path: Path, faults: Faults) -> list[dict[str, str]]:
    """The rows of a CSV that an earlier merge wrote; none, with a fault, where it is gone or damaged."""
    refusal = refuse_file(path) or refuse_format(path)
    try:
        header, *rows = read_csv_rows(path) if refusal is None else [[]]
        if refusal is None:
            return [dict(zip(header, row, strict=True)) for row in rows]
    except ValueError as error:
        refusal = Refusal(str(error), "")
    fix = "the run was made with lists that were merged before: put that folder back where it was"
    faults.add(LAYER, refusal.message, fix, file=path)
    return []


def _read_list(path: Path, faults: Faults) -> list[_Sheet]:
    """Every sheet that holds a list: its header has Id, Naam and Status."""
    fix = "give the workbook (.xlsx) or CSV of a run, edited"
    refusal = refuse_file(path)
    if refusal is None and path.suffix.lower() not in (".csv", ".xlsx", ".xlsm"):
        refusal = Refusal(f'files ending in "{path.suffix}" are no lists', fix)
    refusal = refusal or refuse_format(path)
    if refusal is not None:
        faults.add(LAYER, refusal.message, refusal.fix, file=path)
        return []
    try:
        tables = {"csv": Sheet(read_csv_rows(path))} if path.suffix.lower() == ".csv" else read_sheets(path)
    except Exception as error:  # openpyxl raises a dozen kinds for a file that is no workbook
        message = str(error).splitlines()[0] if isinstance(error, ValueError) else f"cannot be read: {error}"
        faults.add(LAYER, message, fix, file=path)
        return []
    sheets = []
    for name, table in tables.items():
        rows = [[clean_text(value) for value in row] for row in table.rows]
        at = next((n for n, row in enumerate(rows[:10]) if {"Id", "Naam", "Status"} <= set(row)), None)
        if at is None:
            continue
        sheet = _Sheet(path.name, name)
        for number, row in enumerate(rows[at + 1 :], start=at + 2):
            values = {column: unguarded(value.strip()) for column, value in zip(rows[at], row, strict=False) if column}
            if status := status_of(values.get("Status", "")):
                values["Status"] = status
            if any(values.values()):
                sheet.rows.append((number, values))
        _check_cells(path, name, table, at, rows[at], faults)
        sheets.append(sheet)
    if not sheets:
        faults.add(LAYER, "holds no candidate list", "keep the header with Id, Naam and Status", file=path)
    return sheets


def _check_cells(path: Path, name: str, table: Sheet, header_at: int, header: Sequence[str], faults: Faults) -> None:
    """A fault for cells of the list, in columns that are read, that do not hold what people see."""
    read = {n: column for n, column in enumerate(header) if column in (*EDITABLE, "Id", "X (RD)", "Y (RD)")}
    for problem, (what, fix) in PROBLEMS.items():
        wrong = [c for c in table.odd_cells if c.problem == problem and c.row > header_at + 1 and c.column in read]
        if wrong:
            places = ", ".join(list(dict.fromkeys(cell.at for cell in wrong))[:MAX_PLACES_SHOWN])
            faults.add(LAYER, f"sheet {name!r}: {places} holds {what}", fix, file=path, column=read[wrong[0].column],
                       ids=dict.fromkeys(f"row {cell.row}" for cell in wrong))  # fmt: skip


def _changes(sheet: _Sheet, row: dict[str, str], base: dict[str, str], faults: Faults) -> list[Change]:
    changes = []
    if row.get(BARE_CAPACITY, "") != base.get(BARE_CAPACITY, ""):
        faults.add(LAYER, f"{BARE_CAPACITY} does not say whether it counts inhabitants or people at once",
                   f"fill in one of: {', '.join(CAPACITY_COLUMNS)}", file=sheet.file, column=BARE_CAPACITY,
                   ids=[row["Id"]])  # fmt: skip
    for column in EDITABLE:
        if column not in row:
            continue
        new, old = row[column], base.get(column, "")
        if column in WORD_COLUMNS:
            new = new.casefold()
            if new == "" and column != "Status":
                new = "nee" if column == "Vastgelegd" else "onbekend"
            if new not in WORD_COLUMNS[column]:
                allowed = ", ".join(WORD_COLUMNS[column])
                faults.add(LAYER, f"{row[column]!r} is no value for {column}", f"use one of: {allowed}",
                           file=sheet.file, column=column, ids=[row["Id"]])  # fmt: skip
                continue
        if column in PLACE_COLUMNS:
            low, high = RD_RANGE_M[column == "Y (RD)"]
            if not low <= (value := number_of(new)) <= high:
                _not_in_rd(sheet, column, new, (low, high), [row["Id"]], faults)
                continue
            if abs(value - number_of(old)) < SAME_M:
                continue
        if column in NUMBER_COLUMNS:
            values = pd.concat([parse_numbers(pd.Series([text], dtype="str"), whole=True) for text in (new, old)])
            if new and not 0 < values.iloc[0] <= MOST:
                faults.add(LAYER, f"{new!r} is no positive number",
                           "give a number without a mark of thousands, or leave it empty where not known",
                           file=sheet.file, column=column, ids=[row["Id"]])  # fmt: skip
                continue
            if (not new and not old) or abs(values.iloc[0] - values.iloc[1]) < 0.05:
                continue
        if new != old and " ".join(new.split()) != " ".join(old.split()):
            changes.append(Change(sheet.file, sheet.name, row["Id"], base["Naam"], column, old, new))
    return changes


def _without_conflicts(changes: list[Change], faults: Faults) -> list[Change]:
    """Each changed cell once; two different new values for one cell are a fault."""
    by_cell: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        by_cell.setdefault((change.site_id, change.column), []).append(change)
    for (site_id, column), wanted in by_cell.items():
        values = {change.new: change for change in wanted}
        if len(values) > 1:
            told = "; ".join(f"{c.new!r} in {c.file}, sheet {c.sheet!r}" for c in values.values())
            faults.add(LAYER, f"two lists want different values for {column}: {told}",
                       "agree on one value and put it in both",
                       file=wanted[0].file, column=column, ids=[site_id])  # fmt: skip
    return [wanted[0] for wanted in by_cell.values()]


def number_of(text: str) -> float:
    """A number as people write it; NaN where it is none."""
    return float(parse_numbers(pd.Series([text], dtype="str"), whole=True).iloc[0])


def _not_in_rd(
    sheet: _Sheet, column: str, text: str, limits: tuple[int, int], ids: list[str], faults: Faults, what: str = ""
) -> None:
    fix = f"give RD metres, {limits[0]:,} to {limits[1]:,}"
    faults.add(LAYER, f"{what}{column} {text!r}", fix, file=sheet.file, column=column, ids=ids)


def _check_row(row: dict[str, str], file: str, faults: Faults) -> None:
    if row["Status"] == "afgevallen" and not row["Reden"]:
        faults.add(
            LAYER, "status afgevallen without a reason", "fill in Reden", file=file, column="Reden", ids=[row["Id"]]
        )
    if row["Status"] == "afgevallen" and row["Vastgelegd"] == "ja":
        faults.add(LAYER, "afgevallen and vastgelegd at once", "put Vastgelegd on nee, or take another status",
                   file=file, column="Vastgelegd", ids=[row["Id"]])  # fmt: skip
    if not row["Naam"]:
        faults.add(LAYER, "the name was emptied", "fill in Naam", file=file, column="Naam", ids=[row["Id"]])


def _check_new(sheet: _Sheet, number: int, row: dict[str, str], faults: Faults) -> None:
    where = [f"row {number}"]
    if not row.get("Naam"):
        faults.add(LAYER, "a new building without a name", "fill in Naam", file=sheet.file, column="Naam", ids=where)
    has_coordinates = any(row.get(column) for column in PLACE_COLUMNS)
    if not has_coordinates and not row.get("Adres"):
        faults.add(LAYER, "a new building without a place", "fill in Adres and Plaats, or X (RD) and Y (RD)",
                   file=sheet.file, column="Adres", ids=where)  # fmt: skip
    for column, (low, high) in zip(PLACE_COLUMNS, RD_RANGE_M, strict=True):
        if has_coordinates and not low <= number_of(row.get(column, "")) <= high:
            _not_in_rd(sheet, column, row.get(column, ""), (low, high), where, faults, "a new building with ")
    for column, words in WORD_COLUMNS.items():
        if row.get(column) and row[column].casefold() not in words:
            faults.add(LAYER, f"{row[column]!r} is no value for {column}", f"use one of: {', '.join(words)}",
                       file=sheet.file, column=column, ids=where)  # fmt: skip
    if row.get("Rol") and not {ROLE_LNSP, ROLE_CNSP} & set(row["Rol"].split(" en ")):
        faults.add(LAYER, f"a new building with Rol {row['Rol']!r}", f"use {ROLE_LNSP} or {ROLE_CNSP}, or nothing",
                   file=sheet.file, column="Rol", ids=where)  # fmt: skip
    if row.get("Status", "").casefold() == "afgevallen" and not row.get("Reden"):
        faults.add(
            LAYER, "status afgevallen without a reason", "fill in Reden", file=sheet.file, column="Reden", ids=where
        )


def _unknown_id(sheet: _Sheet, number: int, site_id: str, base: dict[str, dict[str, str]], faults: Faults) -> None:
    fix = f"{did_you_mean(site_id, base, '')} Leave Id empty for a new building.".lstrip()
    faults.add(LAYER, f"row {number} of sheet {sheet.name!r} has an id that is not in the run",
               fix, file=sheet.file, column="Id", ids=[site_id])  # fmt: skip


def _distinct(sites: Sequence[NewSite]) -> list[NewSite]:
    """A new building that stands on several sheets or lists, once."""
    kept: dict[tuple[str, ...], NewSite] = {}
    for site in sites:
        kept.setdefault(tuple(site.values.get(column, "") for column in ("Naam", "Adres", *PLACE_COLUMNS)), site)
    return list(kept.values())


def roles_of(row: dict[str, str], settings: dict[str, Any]) -> tuple[str, ...]:
    """What a building may become: what its source may, and what the plan made of it."""
    source = next((s for s in settings["inputs"]["sites"] if s["source"] == row["Bron"]), None)
    roles = set() if source is None else set(source["can_be"])
    roles |= {SiteRole.LNSP.value} if ROLE_LNSP in row["Rol"].split(" en ") else set()
    roles |= {SiteRole.CNSP.value} if ROLE_CNSP in row["Rol"].split(" en ") else set()
    return tuple(role.value for role in SiteRole if role.value in roles)
