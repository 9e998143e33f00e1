"""How a column of a workbook looks. In: its Dutch label. Out: unit, width, whether it wraps, and what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nsp_planner.layers.sites.vocabulary import STATUSES
from nsp_planner.report.columns.sites import LIST
from nsp_planner.report.text.units import Unit

OTHER_WIDTH = 11.5


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Attributes:
        label: Its Dutch heading.
        unit: What its numbers are; a :class:`Cell` may say otherwise.
        width: In characters.
        wrapped: Whether long text takes more lines.
        choices: What its drop-down offers; empty for a column without one.
    """

    label: str
    unit: Unit = "whole"
    width: float = OTHER_WIDTH
    wrapped: bool = False
    choices: tuple[str, ...] = ()


def _columns(width: float, *labels: str, unit: Unit = "whole", wrapped: bool = False) -> Iterable[SheetColumn]:
    return (SheetColumn(label, unit, width, wrapped) for label in labels)


_KNOWN: dict[str, SheetColumn] = {
    column.label: column
    for column in (
        *_columns(16, "Plaats", "Bron", "Plaats van het noodsteunpunt", "Wat is bekend"),
        *_columns(18, "Gemeente", "Gemeente van het L-NSP", "Wens"),
        *_columns(19, "Soort", "Op het drukst, als ieder naar het dichtstbijzijnde gaat"),
        *_columns(19, "Inwoners met een open L-NSP binnen de norm"),
        *_columns(23, "Id", "Id van het L-NSP", "Id van het C-NSP"),
        *_columns(24, "Adres", "Voorziening"),
        *_columns(30, "C-NSP", "Neemt over"),
        *_columns(36, "Naam", "L-NSP", "Noodsteunpunt", "Gebouw"),
        *_columns(52, "Cijfer", "Middel"),
        SheetColumn("Rol", width=13),
        SheetColumn("Waterpunten", width=14),
        SheetColumn("Status", width=15, choices=tuple(STATUSES)),
        SheetColumn("Vastgelegd", choices=("ja", "nee", "afgewezen")),
        SheetColumn("Gebied", width=28),
        SheetColumn("Wisselt met", width=34),
        SheetColumn("Zekerheid", width=38),
        SheetColumn("Hoe berekend", width=40),
        SheetColumn("Deel", width=60),
        SheetColumn("Vloeroppervlak (m2)", width=17),
        SheetColumn("Reden", width=26, wrapped=True),
        *_columns(48, "Waarom", "Te controleren", wrapped=True),
        SheetColumn("Wat behouden zou kosten", width=40, wrapped=True),
        *_columns(36, "Van L-NSP", "Naar L-NSP"),
        *_columns(52, "Norm", wrapped=True),
        *_columns(60, "Actie", "Wat te doen", "Wat het betekent", wrapped=True),
        *_columns(70, "Herkomst", wrapped=True),
        *_columns(OTHER_WIDTH, "Waarde", "Gepubliceerde waarde", unit="number"),
        *_columns(OTHER_WIDTH, "m2 per bezoeker op het drukst", "Afstand (m)", unit="number"),
        *_columns(OTHER_WIDTH, "Jaar", "Jaar van opening", unit="plain"),
        SheetColumn("Datum", "date"),
    )
}

_PUBLISHED = {column.label: column.unit for column in LIST}


def column_of(label: str) -> SheetColumn:
    """The look of a column by its label; one that is not listed holds whole numbers or short text."""
    known = _KNOWN.get(label) or SheetColumn(label)
    return replace(known, unit=_PUBLISHED[label]) if label in _PUBLISHED else known
