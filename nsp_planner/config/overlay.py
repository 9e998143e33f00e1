"""What an overlay is. In: nested tables of study keys. Out: its dotted keys; an overlay as applied, old to new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
        adds_sections: Whether a section that the study does not have is asked for by setting a key in it. A norms file
            changes values only: costs in it do not ask for an order of opening.
    """

    name: str
    title: str
    sentence: str
    settings: Mapping[str, Any]
    file: Path | None = None
    adds_sections: bool = True

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

    def as_text(self, none: str = "(none)") -> str:
        """The change as ``key: old -> new``; ``none`` stands for what is not set."""
        return f"{self.key}: {_shown(self.old, none)} -> {_shown(self.new, none)}"


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


def overlay_keys(overlay: Overlay) -> list[str]:
    """The dotted keys an overlay sets."""
    return [".".join(plain_key(key)) for key, _ in leaves(overlay.settings)]


def nested(key: str, value: Any) -> dict[str, Any]:
    """A dotted key and its value as nested tables."""
    for part in reversed(key.split(".")):
        value = {part: value}
    tables: dict[str, Any] = value
    return tables


def leaves(settings: Mapping[str, Any], above: Key = ()) -> Iterator[tuple[Key, Any]]:
    """The keys of nested tables with their values, as written."""
    for name, value in settings.items():
        key = (*above, name)
        if isinstance(value, Mapping) and value:
            yield from leaves(value, key)
        else:
            yield key, value


def plain_key(key: Key) -> Key:
    """The key of the study: without the plus of a key that adds to a list."""
    return (*key[:-1], key[-1].removesuffix(ADDS))


def _shown(value: Any, none: str = "(none)") -> str:
    """A value as a study file has it; ``none`` stands for one that is not set."""
    if value is None:
        return none
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_shown(item, none)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_shown(item, none) for item in value) + "]"
    return str(value)
