"""What CBS writes in its tables. In: values and rows of a file. Out: counts, what is missing, what is water."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from nsp_planner.layers.raw import limits
from nsp_planner.layers.raw.columns import find_column
from nsp_planner.layers.raw.text import parse_numbers, text_column

MISSING_BELOW = -99_990
"""CBS writes -99997, -99995 and the like for withheld or not available; everything below this is missing."""


def is_water(frame: pd.DataFrame) -> pd.Series:
    """Which rows are water: "JA" or "B" in the column of the wijk- en buurtkaart; none where there is no column."""
    column = find_column([str(name) for name in frame.columns], ["water", "h2o"])
    if column is None:
        return pd.Series(False, index=frame.index)
    return text_column(frame[column]).str.upper().isin(["JA", "B"])


def read_counts(
    values: pd.Series,
    what: str,
    report: Callable[[str, str, pd.Series], None],
    *,
    among: pd.Series | None = None,
    whole: bool = True,
) -> pd.Series:
    """Numbers >= 0 as float64, NaN where empty or a CBS code for missing; any other value is reported.

    Args:
        values: A column as the file has it, numbers or text.
        what: What is counted, for faults: ``numbers of persons``.
        report: Called with a message, what to do, and the rows concerned.
        among: The rows that are looked at; the others are NaN.
        whole: Whether they must be whole numbers.
    """
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers, missing = values.astype("float64"), values.isna()
    else:
        text = text_column(values)
        numbers, missing = parse_numbers(text, whole=whole), text == ""
    missing = missing | (numbers < MISSING_BELOW)
    if among is not None:
        missing |= ~among
    faulty = {
        "no numbers": numbers.isna() | (numbers.abs() >= limits.MAX_NUMBER),
        "negative and no CBS code for missing": numbers < 0,
        "more than live in the Netherlands": (numbers > limits.MAX_PERSONS) & whole,
        "no whole numbers": (numbers >= 0) & ((numbers % 1 != 0) | np.isinf(numbers)) & whole,
    }
    for problem, rows in faulty.items():
        wrong = rows & ~missing
        if wrong.any():
            message = f"{int(wrong.sum()):,} {what} are {problem}, such as {values[wrong].iloc[0]}"
            report(message, "Correct them; a missing one is empty or a CBS code such as -99997.", wrong)
            missing |= wrong
    return numbers.where(~missing)
