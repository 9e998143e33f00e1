"""Paths in an overlay, which start at its own file. In: a value of an overlay. Out: the same, as the study has it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from nsp_planner.config.base import beside_the_study, section_of
from nsp_planner.config.overlay import Key, Overlay, plain_key
from nsp_planner.config.study import Study


def with_paths_of_study(key: Key, value: Any, overlay: Overlay, folder: Path | None) -> Any:
    """The value with the paths in it relative to the study's folder instead of the overlay's."""
    if overlay.file is None or folder is None:
        return value
    names = [*plain_key(key)]
    model: type[BaseModel] = Study
    while names:
        info = model.model_fields.get(names.pop(0))
        if info is None:
            return value
        inner = section_of(info.annotation)
        if inner is None:
            is_path = beside_the_study in [getattr(item, "func", None) for item in _metadata(info)]
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
        elif beside_the_study in [getattr(item, "func", None) for item in _metadata(info)]:
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
