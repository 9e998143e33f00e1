"""Edited lists as input of a study. In: merged lists. Out: a folder with sites as CSV, a scenario and the changes.

``lijsten.toml`` is a scenario: ``nsp-planner plan study.toml --scenario FOLDER/lijsten.toml`` plans with these lists.
It replaces the sources of buildings and the decisions, and nothing else. Ids stay what they were: a file per
source, with the id of the building in that source. Merged buildings stay one building. Coordinates are whole metres.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from nsp_planner.config import SiteRole
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.report import OutputFile
from nsp_planner.report.list.table import write_candidate_csv
from nsp_planner.report.text.dutch import GAP_LABELS, ROLE_CNSP
from nsp_planner.storage import NameTakenError, hidden_folder, publish, ready_folder
from nsp_planner.study.edited_lists.merge import NUMBER_COLUMNS, TEXT_COLUMNS, MergedLists, roles_of

SCENARIO = OutputFile(
    "lijsten.toml", "Scenario: een studie met de lijsten van de gemeenten (nsp-planner plan --scenario)"
)
CHANGES = OutputFile("wijzigingen.csv", "Elke wijziging: wie, welk gebouw, van wat naar wat (CSV)")
NEW_SOURCE = "aanvulling"
DECISIONS = ("fixed", "refused", "fixed_cnsp", "refused_cnsp")
"""Keys of [decisions] that hold ids of sites."""
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
    with hidden_folder(folder.parent, layer="merge-lists", fix=fix, column=None) as hidden:
        sources = _write_sources(hidden, merged)
        (hidden / SCENARIO.name).write_text(_scenario_text(merged, sources), encoding="utf-8")
        write_candidate_csv(hidden / CHANGES.name, change_table(merged), f"run {merged.run.name}")
        try:
            publish(hidden, folder)
        except NameTakenError:  # by another command, meanwhile
            raise taken from None
    files = [OutputFile(source["path"], f"Gebouwen van de bron {source['source']} (CSV)") for source in sources]
    return (CHANGES, SCENARIO, *files)


def change_table(merged: MergedLists) -> pd.DataFrame:
    """Every change and every new building, in the order of the lists."""
    rows = [(c.file, c.sheet, c.site_id, c.name, c.column, c.old, c.new) for c in merged.changes]
    rows += [(s.file, s.sheet, "", s.values["Naam"], "nieuw gebouw", "", _place(s.values)) for s in merged.new_sites]
    return pd.DataFrame(rows, columns=["Lijst", "Blad", "Id", "Naam", "Kolom", "Was", "Wordt"]).astype("str")


def decisions_of(merged: MergedLists) -> dict[str, list[str]]:
    """The decisions of the run, with what the lists changed."""
    kept = {key: list(merged.settings["decisions"][key]) for key in DECISIONS}
    for change in merged.changes:
        if change.column not in ("Vastgelegd", "Status"):
            continue
        row = next(row for row in merged.rows if row["Id"] == change.site_id)
        if change.column == "Status" and row["Status"] != "afgevallen":
            continue
        cnsp_only = roles_of(row, merged.settings) == (SiteRole.CNSP.value,)
        ending = "_cnsp" if cnsp_only or (row["Rol"] == ROLE_CNSP) else ""
        for key in kept:
            kept[key] = [site for site in kept[key] if site != change.site_id]
        if row["Vastgelegd"] == "ja":
            kept[f"fixed{ending}"].append(change.site_id)
        elif row["Vastgelegd"] == "afgewezen":
            kept[f"refused{ending}"].append(change.site_id)
    return {key: sorted(dict.fromkeys(ids)) for key, ids in kept.items()}


def _place(values: dict[str, str]) -> str:
    return f"{values['X (RD)']}, {values['Y (RD)']}"


def _write_sources(folder: Path, merged: MergedLists) -> list[dict[str, Any]]:
    """A CSV per source and role, and the section of the study that reads it."""
    default = float(merged.settings["capacity"]["persons"])
    groups: dict[tuple[str, tuple[str, ...]], list[dict[str, str]]] = {}
    changed = {change.site_id for change in merged.changes if change.column == "Capaciteit"}
    for row in merged.rows:
        fields = _fields(row)
        own = row["Id"].split(":", 1)
        fields["id"] = own[1] if len(own) == 2 and own[0] == row["Bron"] else row["Id"]
        # The list shows the study's capacity where a building has none of its own.
        if row["Id"] not in changed and fields["capacity_persons"] and _number(fields["capacity_persons"]) == default:
            fields["capacity_persons"] = ""
        groups.setdefault((row["Bron"], roles_of(row, merged.settings)), []).append(fields)
    for site in merged.new_sites:
        role = SiteRole.CNSP.value if site.values.get("Rol") == ROLE_CNSP else SiteRole.LNSP.value
        name = NEW_SOURCE if role == SiteRole.LNSP.value else f"{NEW_SOURCE}-{role}"
        groups.setdefault((name, (role,)), []).append(_fields(site.values))
    sections: list[dict[str, Any]] = []
    used: set[str] = set()
    for (source, roles), rows in groups.items():
        name = f"gebouwen-{source}.csv" if source not in used else f"gebouwen-{source}-{'-'.join(roles)}.csv"
        used.add(source)
        pd.DataFrame(rows).to_csv(folder / name, index=False, encoding="utf-8", lineterminator="\n")
        known: dict[str, Any] = next((s for s in merged.settings["inputs"]["sites"] if s["source"] == source), {})
        section = {"source": source, "path": name, "can_be": list(roles), "kind": known.get("kind", "overig")}
        if known.get("source_nl"):
            section["source_nl"] = known["source_nl"]
        sections.append(section)
    return sections


def _fields(row: dict[str, str]) -> dict[str, str]:
    fields = {field: row.get(column, "") for column, field in TEXT_COLUMNS.items()}
    fields |= {field: row.get(column, "") for column, field in NUMBER_COLUMNS.items()}
    fields |= {name: _YES_NO[row.get(GAP_LABELS[name], "").casefold()] for name in GAP_COLUMNS}
    fields |= {"status": row.get("Status", "").casefold(), "x": row["X (RD)"], "y": row["Y (RD)"]}
    return fields


def _number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def _scenario_text(merged: MergedLists, sources: list[dict[str, Any]]) -> str:
    """The overlay as TOML; a JSON string is a TOML string."""

    def toml(value: Any) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(toml(item) for item in value) + "]"
        return json.dumps(value, ensure_ascii=False)

    files = sorted({change.file for change in merged.changes} | {site.file for site in merged.new_sites})
    n = len(merged.changes)
    sentence = f"Met de lijsten van de gemeenten: {n} wijzigingen en {len(merged.new_sites)} nieuwe gebouwen."
    lines = ['title = "Lijsten van de gemeenten"', f"sentence = {toml(sentence)}"]
    lines += [f"# from {json.dumps(name, ensure_ascii=False)}" for name in files]
    lines += ["", "[decisions]", *(f"{key} = {toml(ids)}" for key, ids in decisions_of(merged).items())]
    for section in sources:
        lines += ["", "[[inputs.sites]]", *(f"{key} = {toml(value)}" for key, value in section.items())]
    return "\n".join(lines) + "\n"
