"""Which column holds what. In: columns of a file, fields of an input. Out: the column of each field, or faults.

Names are compared without case and punctuation, so that ``aantal_inwoners`` (CBS GeoPackage), ``aantalInwoners``
(PDOK) and ``AANTAL_INWONERS`` are one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nsp_planner.errors import Faults
from nsp_planner.names import nearest_or_all, plain_name


@dataclass(frozen=True)
class FieldSpec:
    """One field of an input.

    Attributes:
        synonyms: Names its column goes by, the likeliest first; none where the study must name it.
        named: Column the study names; "" where the field is not to be read, ``None`` where it is guessed.
        required: Whether a file without it is a fault.
        what: What it holds, for faults, such as ``the code of a gemeente``.
        key: The setting that names its column, such as ``code_column``; "" where there is none.
        table: Table of the study with that setting, such as ``inputs.areas``.
    """

    synonyms: tuple[str, ...] = ()
    named: str | None = None
    required: bool = False
    what: str = ""
    key: str = ""
    table: str = ""

    @property
    def how(self) -> str:
        """How a study names the column, for faults; "" where it cannot."""
        return f" with {self.key} = ... in [{self.table}]" if self.key else ""


def fold(name: str) -> str:
    """A name in lower case without accents and anything but letters and digits."""
    return plain_name(name, between="")


def find_column(names: Iterable[str], synonyms: Sequence[str]) -> str | None:
    """The column that goes by the first synonym that fits; ``None`` when none fits."""
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(fold(name), name)
    return next((folded[fold(synonym)] for synonym in synonyms if fold(synonym) in folded), None)


def named_column(names: Sequence[str], wanted: str) -> str | None:
    """The column a study names: exactly, else without case and punctuation; ``None`` when it is not there."""
    return wanted if wanted in names else find_column(names, [wanted])


def find_columns(
    layer: str, names: Sequence[str], fields: Mapping[str, FieldSpec], faults: Faults, file: object
) -> dict[str, str] | None:
    """The column of every field the file has; ``None`` with a fault for each that should be there and is not."""
    found: dict[str, str] = {}
    n_before = len(faults.items)
    for field, spec in fields.items():
        if spec.named == "":
            continue
        column = find_column(names, spec.synonyms) if spec.named is None else named_column(names, spec.named)
        if column is not None:
            found[field] = column
            alike = [name for name in names if fold(name) == fold(column)]
            if len(alike) > 1 and spec.named not in alike:
                message = f"the file has more than one column that may be meant: {', '.join(alike)}"
                fix = f"Keep one, or name the right one{spec.how}."
                faults.add(layer, message, fix, file=file, column=column)
        elif spec.named is not None:
            message = f'the file has no column "{spec.named}"' + ("" if spec.required else f" (mapped to {field})")
            fix = f"Name the right one{spec.how}. {nearest_or_all(spec.named, names)}"
            faults.add(layer, message, fix, file=file, column=spec.named)
        elif spec.required:
            fix = f"Name it{spec.how}." if spec.key else f"It is called one of {', '.join(spec.synonyms)}."
            fix = f"{fix} {nearest_or_all(spec.synonyms[0], names)}"
            faults.add(layer, f"no column looks like {spec.what}", fix, file=file, column=spec.key or spec.synonyms[0])
    return found if len(faults.items) == n_before else None
