"""What all sections of a study share. In: nothing. Out: the base model, types of codes and paths, fields of norms."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic.fields import FieldInfo

from nsp_planner.norms import published_norms

GemeenteCode = Annotated[str, Field(pattern=r"^GM\d{4}$")]


class Settings(BaseModel):
    """Base of every section: frozen, unknown keys refused, docstrings are the documentation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True)

    def change(self, **values: Any) -> Self:
        """The same settings with other values: ``study.change(solver={"gap": 0.01}, output=folder)``.

        A mapping given for a section changes the keys in it and keeps the others. Values are taken as they are: they
        come from code, what people write goes through :func:`study_from_dict`.

        Raises:
            AttributeError: There is no such key.
        """
        changed = {}
        for name, value in values.items():
            if name not in type(self).model_fields:
                raise AttributeError(f"{type(self).__name__} has no key {name!r}")
            now = getattr(self, name)
            changed[name] = now.change(**value) if isinstance(now, Settings) and isinstance(value, Mapping) else value
        return self.model_copy(update=changed)


def _beside_the_study(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(os.path.normpath(folder / path))


StudyPath = Annotated[Path, AfterValidator(_beside_the_study)]
"""A path in a study file: taken relative to the folder of that file."""


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


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The section model inside a field's annotation, or None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((section for arg in get_args(annotation) if (section := section_of(arg)) is not None), None)
