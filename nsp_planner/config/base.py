"""What all sections of a study share. In: nothing. Out: the base model, the types of codes and paths."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

GemeenteCode = Annotated[str, Field(pattern=r"^GM\d{4}$")]


MAX_NUMBER = 1e12
MAX_CHARACTERS = 10_000
"""What a setting may be at most."""


class Settings(BaseModel):
    """Base of every section: frozen, unknown keys refused, docstrings are the documentation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True)

    @field_validator("*", mode="before")
    @classmethod
    def _of_this_world(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse what no setting can be: infinite or huge numbers, true for a number, control characters."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        if section_of(annotation) is not None:
            return value  # a section checks its own keys
        _check_value(value, takes_numbers=_has(annotation, (int, float)) and not _has(annotation, (bool,)))
        return value

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


def _check_value(value: Any, *, takes_numbers: bool) -> None:
    if isinstance(value, bool):
        if takes_numbers:
            raise ValueError("a number is expected, not true or false")
    elif isinstance(value, int | float):
        if not abs(value) < MAX_NUMBER:
            raise ValueError(f"a number below {MAX_NUMBER:g} is expected")
    elif isinstance(value, str):
        if any(not letter.isprintable() and letter not in "\n\t\u00a0\u202f" for letter in value):
            raise ValueError("the text holds control characters or invisible marks")
        if len(value) > MAX_CHARACTERS:
            raise ValueError(f"the text has {len(value):,} characters, more than {MAX_CHARACTERS:,}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _check_value(key, takes_numbers=False)
            _check_value(inner, takes_numbers=takes_numbers)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_value(inner, takes_numbers=takes_numbers)


def _has(annotation: Any, kinds: tuple[type, ...]) -> bool:
    """Whether a plain type is among those an annotation allows, also inside lists and tables; sections are not."""
    return annotation in kinds or any(_has(inner, kinds) for inner in get_args(annotation))


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
