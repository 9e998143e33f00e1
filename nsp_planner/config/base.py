"""What all sections of a study share. In: nothing. Out: the base model, the types of codes and paths."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

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


def beside_the_study(path: Path, info: ValidationInfo) -> Path:
    """The path, relative to the folder of the study file where one is known."""
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(os.path.normpath(folder / path))


StudyPath = Annotated[Path, AfterValidator(beside_the_study)]
"""A path in a study file: taken relative to the folder of that file."""


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The section model inside a field's annotation, or None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((section for arg in get_args(annotation) if (section := section_of(arg)) is not None), None)
