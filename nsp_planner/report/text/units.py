"""What a value counts. In: a value and its unit. Out: Dutch text, and the format of its cell in a workbook."""

from __future__ import annotations

from typing import Any, Literal, get_args

import pandas as pd

from nsp_planner.report.text.dutch import MISSING, is_missing, metres_nl, number_nl, percent_nl, whole_minutes

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
    "minutes": f'[<=0]0;[<1]"1";{_POINTS}',
    **dict.fromkeys(("persons", "sites", "m", "seconds"), _POINTS),
}
"""Number format of a cell; text has none."""


DECIMALS = 4
"""Of shares and square metres in lists and JSON; other numbers are whole there."""


def list_values(values: pd.Series, unit: Unit) -> pd.Series:
    """Values of a column as every list has them: whole, or with :data:`DECIMALS`; missing is missing, text is text."""
    if unit == "text":
        return values
    numbers = pd.to_numeric(values).astype("Float64")
    if unit in ("share", "number"):
        return numbers.round(DECIMALS)
    if unit == "minutes":
        return numbers.map(whole_minutes, na_action="ignore").astype("Int64")
    return numbers.round().astype("Int64")


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
    if unit == "minutes":
        return number_nl(whole_minutes(float(value)))
    if unit == "euro":
        return f"€ {number_nl(value)}"
    return number_nl(value, 1 if unit == "number" and not float(value).is_integer() else 0)
