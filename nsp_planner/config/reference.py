"""The reference of every key. In: the models of a study. Out: key, type, default and text, for help and docs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from nsp_planner.config.base import section_of
from nsp_planner.config.study import Study


@dataclass(frozen=True)
class SettingDoc:
    """One key of a study for the reference: dotted key, type, default as in TOML (None: required), text."""

    key: str
    type: str
    default: str | None
    text: str


def settings_reference(model: type[BaseModel] = Study, prefix: str = "") -> list[SettingDoc]:
    """Every key of a study with its documentation, in the order of definition."""
    docs: list[SettingDoc] = []
    for name, info in model.model_fields.items():
        key = f"{prefix}{name}"
        section = section_of(info.annotation)
        if section is not None:
            text = " ".join((section.__doc__ or "").split())
            repeated = get_origin(info.annotation) is tuple
            docs.append(SettingDoc(f"[[{key}]]" if repeated else f"[{key}]", "table", None, text))
            docs += settings_reference(section, f"{key}.")
        else:
            default = None if info.is_required() else info.get_default(call_default_factory=True)
            shown = None if info.is_required() else _as_toml(default)
            docs.append(SettingDoc(key, _type_name(info.annotation), shown, " ".join((info.description or "").split())))
    return docs


def _as_toml(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_as_toml(item) for item in value) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f'"{value}"' if isinstance(value, str | Path) else str(value)


def _type_name(annotation: Any) -> str:
    arguments = [argument for argument in get_args(annotation) if argument not in (type(None), ...)]
    if get_origin(annotation) is Literal:
        return " or ".join(_as_toml(argument) for argument in arguments)
    if get_origin(annotation) is Annotated:
        return _type_name(arguments[0])
    if get_origin(annotation) is dict:
        return f"table of {_type_name(arguments[1])}"
    if get_origin(annotation) is tuple:
        return f"list of {_type_name(arguments[0])}"
    if arguments:
        return " or ".join(map(_type_name, arguments))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " or ".join(f'"{member.value}"' for member in annotation)
    return {"str": "text", "float": "number", "int": "whole number", "bool": "true or false", "Path": "path"}.get(
        annotation.__name__, str(annotation)
    )
