"""Scenarios: named overlays on a study. In: a study's tables and overlays. Out: a checked study and what was changed.

An overlay is a TOML file with a ``title`` and a ``sentence`` in Dutch and keys of a study. Tables are merged key by
key, any other value replaces the one of the study; ``"key+"`` adds to a list instead of replacing it. Overlays that
touch the same key, or one key and a key inside it, are refused together: which of the two would win depends on the
order, and nobody would see it. Paths in an overlay are relative to the overlay's own file.
"""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from nsp_planner.config.base import _beside_the_study, section_of
from nsp_planner.config.loading import study_from_dict
from nsp_planner.config.study import Study
from nsp_planner.errors import Fault, Faults, SettingsError

log = logging.getLogger(__name__)

ADDS = "+"
"""Last character of a key whose list is added to the list of the study."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class Overlay:
    """An overlay as read, not yet applied.

    Attributes:
        name: Short name, the stem of its file.
        title: What it is called on outputs, in Dutch.
        sentence: What it supposes, one sentence in Dutch.
        settings: Nested tables of study keys.
        file: Where it comes from, as shown in faults; None for one made by code.
    """

    name: str
    title: str
    sentence: str
    settings: Mapping[str, Any]
    file: Path | None = None

    @property
    def source(self) -> str:
        """The file, or the name where there is none."""
        return self.name if self.file is None else str(self.file)


@dataclass(frozen=True)
class Change:
    """One key that an overlay sets: dotted key, value before and after; None where there is no value."""

    key: str
    old: Any
    new: Any

    def as_text(self) -> str:
        """The change as ``key: old -> new``."""
        return f"{self.key}: {_shown(self.old)} -> {_shown(self.new)}"


@dataclass(frozen=True)
class AppliedScenario:
    """An overlay as it was applied to a study; goes with the run into the manifest."""

    name: str
    title: str
    sentence: str
    changes: tuple[Change, ...]
    file: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The scenario for a manifest or ``--json``."""
        changes = [{"key": change.key, "old": change.old, "new": change.new} for change in self.changes]
        return {**vars(self), "changes": changes}


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
        for key, value in _leaves(overlay.settings):
            _set(merged, key, _with_paths_of_study(key, value, overlay, folder), overlay, faults)
    faults.raise_if_any(SettingsError)
    try:
        study = study_from_dict(merged, folder=folder, file=file)
    except SettingsError as error:
        raise SettingsError([_blamed(fault, overlays) for fault in error.faults]) from None
    before, after = base.model_dump(mode="json"), study.model_dump(mode="json")
    applied = tuple(_applied(overlay, before, after) for overlay in overlays)
    for scenario in applied:
        for change in scenario.changes:
            log.info("scenario %s: %s", scenario.name, change.as_text())
    return study, applied


def overlay_keys(overlay: Overlay) -> list[str]:
    """The dotted keys an overlay sets."""
    return [".".join(_plain(key)) for key, _ in _leaves(overlay.settings)]


def nested(key: str, value: Any) -> dict[str, Any]:
    """A dotted key and its value as nested tables."""
    for part in reversed(key.split(".")):
        value = {part: value}
    tables: dict[str, Any] = value
    return tables


def _leaves(settings: Mapping[str, Any], above: Key = ()) -> Iterator[tuple[Key, Any]]:
    for name, value in settings.items():
        key = (*above, name)
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, key)
        else:
            yield key, value


def _plain(key: Key) -> Key:
    return (*key[:-1], key[-1].removesuffix(ADDS))


def _refuse_conflicts(overlays: Sequence[Overlay]) -> None:
    faults = Faults()
    for one, other in combinations(overlays, 2):
        theirs = [_plain(key) for key, _ in _leaves(other.settings)]
        shared = {
            ".".join(mine if len(mine) < len(their) else their)
            for mine in (_plain(key) for key, _ in _leaves(one.settings))
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


def _with_paths_of_study(key: Key, value: Any, overlay: Overlay, folder: Path | None) -> Any:
    """The value with the paths in it relative to the study's folder instead of the overlay's."""
    if overlay.file is None or folder is None:
        return value
    names = [*_plain(key)]
    model: type[BaseModel] = Study
    while names:
        info = model.model_fields.get(names.pop(0))
        if info is None:
            return value
        inner = section_of(info.annotation)
        if inner is None:
            is_path = _beside_the_study in [getattr(item, "func", None) for item in _metadata(info)]
            return _moved(value, overlay.file.parent, folder) if is_path else value
        model = inner
    return _moved_inside(value, model, overlay.file.parent, folder)


def _moved_inside(value: Any, model: type[BaseModel], start: Path, folder: Path) -> Any:
    """The same for whole sections, as in a list of sources."""
    if isinstance(value, list):
        return [_moved_inside(item, model, start, folder) for item in value]
    if not isinstance(value, Mapping):
        return value
    moved = dict(value)
    for name, info in model.model_fields.items():
        if name not in moved:
            continue
        inner = section_of(info.annotation)
        if inner is not None:
            moved[name] = _moved_inside(moved[name], inner, start, folder)
        elif _beside_the_study in [getattr(item, "func", None) for item in _metadata(info)]:
            moved[name] = _moved(moved[name], start, folder)
    return moved


def _metadata(info: Any) -> list[Any]:
    """Everything annotated at a field, also inside ``X | None`` and in lists."""

    def inside(annotation: Any) -> list[Any]:
        found = list(getattr(annotation, "__metadata__", ()))
        return found + [item for argument in get_args(annotation) for item in inside(argument)]

    return [*info.metadata, *inside(info.annotation)]


def _moved(value: Any, start: Path, folder: Path) -> Any:
    if isinstance(value, list):
        return [_moved(item, start, folder) for item in value]
    if not isinstance(value, str) or Path(value).is_absolute():
        return value
    return os.path.relpath(start / value, folder)


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
    keys = [_plain(key) for key, _ in _leaves(overlay.settings)]
    changes = tuple(Change(".".join(key), _value_at(before, key), _value_at(after, key)) for key in keys)
    file = None if overlay.file is None else overlay.file.name
    return AppliedScenario(overlay.name, overlay.title, overlay.sentence, changes, file)


def _value_at(tables: Any, key: Key) -> Any:
    for part in key:
        if not isinstance(tables, dict):
            return None
        tables = tables.get(part)
    return tables


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return str(value)
