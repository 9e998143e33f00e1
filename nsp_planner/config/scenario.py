"""Scenarios: named overlays on a study. In: a study's tables and overlays. Out: a checked study and what was changed.

An overlay is a TOML file with a ``title`` and a ``sentence`` in Dutch and keys of a study. Tables are merged key by
key, any other value replaces the one of the study; ``"key+"`` adds to a list instead of replacing it. Overlays that
touch the same key, or one key and a key inside it, are refused together: which of the two would win depends on the
order, and nobody would see it. Paths in an overlay are relative to the overlay's own file.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from nsp_planner.config.loading import study_from_dict
from nsp_planner.config.overlay import ADDS, AppliedScenario, Change, Key, Overlay, leaves, overlay_keys, plain_key
from nsp_planner.config.overlay_paths import with_paths_of_study
from nsp_planner.config.study import Study
from nsp_planner.errors import Fault, Faults, SettingsError

log = logging.getLogger(__name__)


def apply_overlays(
    raw: Mapping[str, Any], overlays: Sequence[Overlay], *, folder: Path | None = None, file: str | None = None
) -> tuple[Study, tuple[AppliedScenario, ...]]:
    """The study with overlays applied in the given order, and every change of each, old to new.

    Args:
        raw: The tables of the study, as read; not altered.
        overlays: What to lay over it.
        folder: Where relative paths of the study start.
        file: The study's file, for faults.

    Raises:
        SettingsError: Two overlays touch one key; the study with or without the overlays is wrong. A fault in a key
            that an overlay set names the overlay's file.
    """
    _refuse_conflicts(overlays)
    base = study_from_dict(dict(raw), folder=folder, file=file)
    if not overlays:
        return base, ()
    merged: dict[str, Any] = copy.deepcopy(dict(raw))
    faults = Faults()
    for overlay in overlays:
        for key, value in leaves(overlay.settings):
            _set(merged, key, with_paths_of_study(key, value, overlay, folder), overlay, faults)
    faults.raise_if_any(SettingsError)
    try:
        study = study_from_dict(merged, folder=folder, file=file)
    except SettingsError as error:
        raise SettingsError([_blamed(fault, overlays) for fault in error.faults]) from None
    asked = {*raw, *(name for overlay in overlays if overlay.adds_sections for name in overlay.settings)}
    for section in study.model_fields_set - asked:
        study = study.not_asking_for(section)
    before, after = base.model_dump(mode="json"), study.model_dump(mode="json")
    applied = tuple(_applied(overlay, before, after) for overlay in overlays)
    for scenario in applied:
        for change in scenario.changes:
            log.info("scenario %s: %s", scenario.name, change.as_text())
    return study, applied


def _refuse_conflicts(overlays: Sequence[Overlay]) -> None:
    faults = Faults()
    for one, other in combinations(overlays, 2):
        theirs = [plain_key(key) for key, _ in leaves(other.settings)]
        shared = {
            ".".join(mine if len(mine) < len(their) else their)
            for mine in (plain_key(key) for key, _ in leaves(one.settings))
            for their in theirs
            if mine[: len(their)] == their or their[: len(mine)] == mine
        }
        for key in sorted(shared):
            message = f"two scenarios set this key: {one.name} ({one.source}) and {other.name} ({other.source})"
            faults.add("scenario", message, "leave one of the two out, or write one scenario for both", column=key)
    faults.raise_if_any(SettingsError)


def _set(merged: dict[str, Any], key: Key, value: Any, overlay: Overlay, faults: Faults) -> None:
    table = merged
    for part in key[:-1]:
        inner = table.get(part)
        if not isinstance(inner, dict):
            inner = table[part] = {}
        table = inner
    name = key[-1]
    if not name.endswith(ADDS):
        table[name] = value
        return
    there = table.get(name.removesuffix(ADDS), [])
    if isinstance(value, list) and isinstance(there, list):
        table[name.removesuffix(ADDS)] = [*there, *(item for item in value if item not in there)]
    else:
        message = f"{name!r} adds to a list, but this is none (got {value!r})"
        fix = f"write a list, or {name.removesuffix(ADDS)!r} to replace the value"
        faults.add("scenario", message, fix, file=overlay.source, column=".".join(key))


def _blamed(fault: Fault, overlays: Sequence[Overlay]) -> Fault:
    """The fault with the file of the overlay that set its key, where one did."""
    if fault.column is None:
        return fault
    key = tuple(fault.column.split("."))
    for overlay in overlays:
        for name in overlay_keys(overlay):
            mine = tuple(name.split("."))
            if mine[: len(key)] == key or key[: len(mine)] == mine:
                return replace(fault, layer=f"scenario {overlay.name}", file=overlay.source)
    return fault


def _applied(overlay: Overlay, before: dict[str, Any], after: dict[str, Any]) -> AppliedScenario:
    keys = [plain_key(key) for key, _ in leaves(overlay.settings)]
    changes = tuple(Change(".".join(key), _value_at(before, key), _value_at(after, key)) for key in keys)
    file = None if overlay.file is None else overlay.file.name
    return AppliedScenario(overlay.name, overlay.title, overlay.sentence, changes, file)


def _value_at(tables: Any, key: Key) -> Any:
    for part in key:
        if not isinstance(tables, dict):
            return None
        tables = tables.get(part)
    return tables
