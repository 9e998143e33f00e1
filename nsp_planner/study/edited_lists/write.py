"""Edited lists as input of a study. In: merged lists. Out: a folder with a scenario and the changes.

``lijsten.toml`` is a scenario: ``nsp-planner plan study.toml --scenario FOLDER/lijsten.toml`` plans with these lists.
It holds what was changed and nothing else: a file with the changed cells ([inputs.site_edits]), a source with the
buildings that were added, and the decisions. The sources of buildings stay those of the study, so that what nobody
edited is the same bit for bit. What an earlier merge changed goes along: the last folder is enough.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from nsp_planner.config import SiteRole
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.names import counted_nl
from nsp_planner.report import OutputFile
from nsp_planner.report.list.table import write_candidate_csv
from nsp_planner.report.text.dutch import GAP_LABELS, ROLE_CNSP
from nsp_planner.storage import NameTakenError, hidden_folder, publish, ready_folder
from nsp_planner.study.edited_lists.merge import (
    NUMBER_COLUMNS,
    PLACE_COLUMNS,
    SCENARIO,
    TEXT_COLUMNS,
    Change,
    MergedLists,
    number_of,
    roles_of,
)

EDITS = OutputFile("gewijzigde-cellen.csv", "De gewijzigde cellen, zoals de studie ze leest (CSV)")
CHANGES = OutputFile("wijzigingen.csv", "Elke wijziging: wie, welk gebouw, van wat naar wat (CSV)")
NEW_SOURCE = "aanvulling"
DECISIONS = ("fixed", "refused", "fixed_cnsp", "refused_cnsp")
"""Keys of [decisions] that hold ids of sites."""
REFUSED_STATUS = "afgevallen"
EDIT_COLUMNS = ("site_id", "field", "value")
GAP_FIELDS = {GAP_LABELS[name]: name for name in GAP_COLUMNS}
_YES_NO = {"ja": "yes", "nee": "no", "onbekend": "unknown", "": "unknown"}


def write_merged_lists(folder: Path, merged: MergedLists) -> tuple[OutputFile, ...]:
    """Write everything into a folder that does not exist yet; it appears when it is complete.

    Raises:
        SettingsError: The folder exists already, or cannot be written.
    """
    taken = SettingsError(Fault("merge-lists", "the folder exists already", "give another with --output", str(folder)))
    if folder.exists():
        raise taken
    fix = "give a folder you may write in with --output"
    ready_folder(folder.parent, layer="merge-lists", fix=fix, column=None)
    edits, added = edited_cells(merged), _added_rows(merged)
    with hidden_folder(folder.parent, layer="merge-lists", fix=fix, column=None) as hidden:
        if edits:
            _write_csv(hidden / EDITS.name, [dict(zip(EDIT_COLUMNS, (*key, edits[key]), strict=True)) for key in edits])
        for source, rows in added.items():
            _write_csv(hidden / _file_of(source), rows)
        text = _scenario_text(merged, bool(edits), tuple(added))
        (hidden / SCENARIO.name).write_text(text, encoding="utf-8")
        write_candidate_csv(hidden / CHANGES.name, change_table(merged), f"run {merged.run.name}")
        try:
            publish(hidden, folder)
        except NameTakenError:  # by another command, meanwhile
            raise taken from None
    files = [OutputFile(_file_of(source), f"Gebouwen die erbij kwamen: {source} (CSV)") for source in added]
    return (CHANGES, SCENARIO, *([EDITS] if edits else []), *files)


def change_table(merged: MergedLists) -> pd.DataFrame:
    """Every change and every new building, in the order of the lists."""
    rows = [(c.file, c.sheet, c.site_id, c.name, c.column, c.old, c.new) for c in merged.changes]
    rows += [(s.file, s.sheet, "", s.values["Naam"], "nieuw gebouw", "", _place(s.values)) for s in merged.new_sites]
    return pd.DataFrame(rows, columns=["Lijst", "Blad", "Id", "Naam", "Kolom", "Was", "Wordt"]).astype("str")


def decisions_of(merged: MergedLists) -> dict[str, list[str]]:
    """The decisions of the run, with what the lists changed.

    Who changes the status of a refused building from afgevallen to another has it back as a candidate, also where
    Vastgelegd still says afgewezen: the status is what was edited.
    """
    kept = {key: list(merged.settings["decisions"][key]) for key in DECISIONS}
    rows = {row["Id"]: row for row in merged.rows}
    decided = {change.site_id for change in merged.changes if change.column == "Vastgelegd"}
    for change in merged.changes:
        row = rows[change.site_id]
        back = change.column == "Status" and change.old == REFUSED_STATUS and change.site_id not in decided
        if not (back or change.column == "Vastgelegd" or (change.column == "Status" and change.new == REFUSED_STATUS)):
            continue
        cnsp_only = roles_of(row, merged.settings) == (SiteRole.CNSP.value,)
        ending = "_cnsp" if cnsp_only or (row["Rol"] == ROLE_CNSP) else ""
        for key in kept:
            if not (back and key.startswith("fixed")):
                kept[key] = [site for site in kept[key] if site != change.site_id]
        if row["Vastgelegd"] == "ja" and not back:
            kept[f"fixed{ending}"].append(change.site_id)
        elif row["Vastgelegd"] == "afgewezen" and not back:
            kept[f"refused{ending}"].append(change.site_id)
    return {key: sorted(dict.fromkeys(ids)) for key, ids in kept.items()}


def edited_cells(merged: MergedLists) -> dict[tuple[str, str], str]:
    """Every changed cell, those of earlier merges with them: (site_id, field of a source of buildings) to value."""
    cells = dict(merged.earlier.edits)
    for change in merged.changes:
        if change.column != "Vastgelegd":
            field, value = _field_and_value(change)
            cells[change.site_id, field] = value
    return dict(sorted(cells.items()))


def _field_and_value(change: Change) -> tuple[str, str]:
    column, new = change.column, change.new
    if column in TEXT_COLUMNS:
        return TEXT_COLUMNS[column], new
    if column in NUMBER_COLUMNS or column in PLACE_COLUMNS:
        field = NUMBER_COLUMNS.get(column) or PLACE_COLUMNS[column]
        return field, f"{number_of(new):.15g}" if new else ""
    return ("status", new) if column == "Status" else (GAP_FIELDS[column], _YES_NO[new])


def _place(values: dict[str, str]) -> str:
    """Where a new building is: its coordinates, or its address, which the next run looks up."""
    parts = [values.get(column, "") for column in PLACE_COLUMNS]
    return ", ".join(part for part in (parts if any(parts) else [values["Adres"], values.get("Plaats", "")]) if part)


def _added_rows(merged: MergedLists) -> dict[str, list[dict[str, str]]]:
    """The buildings that were added, by the source they make: those of earlier merges first."""
    added = {source: list(rows) for source, rows in merged.earlier.added.items()}
    for site in merged.new_sites:
        source = f"{NEW_SOURCE}-{SiteRole.CNSP.value}" if site.values.get("Rol") == ROLE_CNSP else NEW_SOURCE
        added.setdefault(source, []).append(_fields(site.values))
    return added


def _file_of(source: str) -> str:
    return f"gebouwen-{source}.csv"


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    pd.DataFrame(rows).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _fields(row: dict[str, str]) -> dict[str, str]:
    fields = {field: row.get(column, "") for column, field in TEXT_COLUMNS.items()}
    fields |= {field: row.get(column, "") for column, field in NUMBER_COLUMNS.items()}
    fields |= {name: _YES_NO[row.get(label, "").casefold()] for label, name in GAP_FIELDS.items()}
    fields |= {"status": row.get("Status", "").casefold(), "x": row.get("X (RD)", ""), "y": row.get("Y (RD)", "")}
    return fields


def _scenario_text(merged: MergedLists, has_edits: bool, added: tuple[str, ...]) -> str:
    """The overlay as TOML; a JSON string is a TOML string."""

    def toml(value: Any) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(toml(item) for item in value) + "]"
        return json.dumps(value, ensure_ascii=False)

    files = sorted({change.file for change in merged.changes} | {site.file for site in merged.new_sites})
    n = len(merged.changes)
    added_nl = counted_nl(len(merged.new_sites), "nieuwe gebouwen", "nieuw gebouw")
    sentence = f"Met de lijsten van de gemeenten: {counted_nl(n, 'wijzigingen')} en {added_nl}."
    lines = ['title = "Lijsten van de gemeenten"', f"sentence = {toml(sentence)}"]
    lines += [f"# from {json.dumps(name, ensure_ascii=False)}" for name in files]
    lines += ["", "[decisions]", *(f"{key} = {toml(ids)}" for key, ids in decisions_of(merged).items())]
    if has_edits:
        lines += ["", "[inputs.site_edits]", f"path = {toml(EDITS.name)}"]
    for source in added:
        can_be = SiteRole.CNSP if source.endswith(f"-{SiteRole.CNSP.value}") else SiteRole.LNSP
        section = {"source": source, "path": _file_of(source), "can_be": [can_be.value]}
        lines += ["", '[[inputs."sites+"]]', *(f"{key} = {toml(value)}" for key, value in section.items())]
    return "\n".join(lines) + "\n"
