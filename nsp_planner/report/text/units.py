"""What a value counts. In: a value and its unit. Out: Dutch text, and the format of its cell in a workbook."""

from __future__ import annotations

from typing import Any, Literal, get_args

from nsp_planner.report.text.dutch import MISSING, is_missing, metres_nl, number_nl, percent_nl

Unit = Literal[
    "text", "flag", "persons", "sites", "m", "minutes", "share", "number", "whole", "plain", "euro", "seconds", "date"
]
"""``number`` has decimals where it needs them, ``whole`` has none, ``plain`` (a year, RD) no points either."""

_POINTS = "#,##0"
EXCEL_FORMATS: dict[Unit, str] = {
    "whole": _POINTS,
    "share": "0.0%",
    "number": "#,##0.0",
    "plain": "0",
    "date": "dd-mm-yyyy",
    "euro": "€ #,##0",
    **dict.fromkeys(("persons", "sites", "m", "minutes", "seconds"), _POINTS),
}
"""Number format of a cell; text has none."""


def unit_of(name: str) -> Unit:
    """The unit of this name, as indicators have it; a number where it is not known."""
    known: tuple[Unit, ...] = get_args(Unit)
    return next((unit for unit in known if unit == name), "number")


def value_text(value: Any, unit: Unit) -> str:
    """A value in its unit, in Dutch; an en dash where it is missing."""
    if is_missing(value):
        return MISSING
    if unit == "text" or isinstance(value, str):
        return "ja" if value is True else "nee" if value is False else str(value)
    if unit == "share":
        return percent_nl(value)
    if unit == "m":
        return metres_nl(value)
    if unit == "euro":
        return f"€ {number_nl(value)}"
    return number_nl(value, 1 if unit == "number" and not float(value).is_integer() else 0)
