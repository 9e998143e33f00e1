"""A published column. In: rows of a plan. Out: its values as a list, a GIS layer and JSON have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nsp_planner.report.text.dutch import is_missing, whole_minutes
from nsp_planner.report.text.units import DECIMALS, Unit, list_values


@dataclass(frozen=True)
class Column:
    """A column that people or other systems read.

    Attributes:
        name: What it is called in layers and JSON.
        source: The column of the rows that holds it.
        unit: What its values are.
        label: What it is called for readers: the heading in lists, the meaning elsewhere.
        whole: Whether it is stored as a whole number (never missing) in a layer.
        optional: Whether it is left out where the rows do not have it.
    """

    name: str
    source: str
    unit: Unit
    label: str
    whole: bool = False
    optional: bool = False


def layer_values(columns: Iterable[Column], rows: pd.DataFrame) -> dict[str, Any]:
    """Values by name, for a layer: text or None, bool, int64, or float64 with NaN where it is missing."""
    return {each.name: _layer_value(each, rows[each.source]) for each in columns if _is_there(each, rows)}


def _is_there(column: Column, rows: pd.DataFrame) -> bool:
    return not column.optional or column.source in rows


def _layer_value(column: Column, values: pd.Series) -> Any:
    if column.unit == "text":
        return [None if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]
    if column.unit == "flag":
        return values.to_numpy(dtype=bool)
    if column.whole:
        return values.to_numpy(dtype="int64")
    return pd.to_numeric(values).astype("Float64").to_numpy(dtype="float64", na_value=float("nan"))


def list_table(columns: Iterable[Column], rows: pd.DataFrame) -> pd.DataFrame:
    """Values by label, for a list: numbers as :func:`list_values` has them."""
    return pd.DataFrame({column.label: list_values(rows[column.source], column.unit) for column in columns})


def json_records(columns: Iterable[Column], rows: pd.DataFrame) -> list[dict[str, Any]]:
    """A dictionary per row, values by name: text, a number rounded as in a list, or None where it is missing."""
    columns = tuple(columns)
    values = [[_json_value(column, value) for value in rows[column.source]] for column in columns]
    return [dict(zip((each.name for each in columns), row, strict=True)) for row in zip(*values, strict=True)]


def _json_value(column: Column, value: Any) -> Any:
    if is_missing(value):
        return None
    if column.unit == "text":
        return str(value)
    if column.unit == "minutes":
        return whole_minutes(float(value))
    return round(float(value), DECIMALS) if column.unit in ("share", "number") else round(float(value))
