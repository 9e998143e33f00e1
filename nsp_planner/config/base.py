"""What all sections of a study share. In: nothing. Out: the base model and the types of codes and paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

GemeenteCode = Annotated[str, Field(pattern=r"^GM\d{4}$")]


class Settings(BaseModel):
    """Base of every section: frozen, unknown keys refused, docstrings are the documentation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True)


def _beside_the_study(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(os.path.normpath(folder / path))


StudyPath = Annotated[Path, AfterValidator(_beside_the_study)]
"""A path in a study file: taken relative to the folder of that file."""
