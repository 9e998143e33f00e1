"""Keys of a study that set a norm. In: a name of ``norms.toml``. Out: a key with its default; which key sets which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from nsp_planner.config.base import Settings, section_of
from nsp_planner.norms import published_norms


def norm_field(name: str, **limits: Any) -> Any:
    """A key whose default is the published value of a norm; ``limits`` as for :func:`pydantic.Field`."""
    published = published_norms()[name].published_value
    return Field(default=published, json_schema_extra={"norm": name}, **limits)


def norm_of(info: FieldInfo) -> str | None:
    """The norm a key sets, or None."""
    extra = info.json_schema_extra
    return str(extra["norm"]) if isinstance(extra, dict) and "norm" in extra else None


def norm_values(settings: Settings) -> dict[str, float]:
    """The value of every norm that these settings, or a section in them, set; of several keys the first counts."""
    found: dict[str, float] = {}
    for name, info in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, Settings):
            found = {**norm_values(value), **found}
        elif (norm := norm_of(info)) is not None:
            found.setdefault(norm, float(value))
    return found


def norm_keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every norm that a study can set, with the dotted key that sets it; a norm may have several."""
    for name, info in model.model_fields.items():
        section = section_of(info.annotation)
        if section is not None:
            yield from norm_keys(section, f"{prefix}{name}.")
        elif (norm := norm_of(info)) is not None:
            yield norm, f"{prefix}{name}"
