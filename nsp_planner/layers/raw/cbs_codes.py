"""What CBS writes in its tables. In: values and rows of a CBS file. Out: which are missing, which are water."""

from __future__ import annotations

import pandas as pd

from nsp_planner.layers.raw.columns import find_column
from nsp_planner.layers.raw.text import text_column

MISSING_BELOW = -99_990
"""CBS writes -99997, -99995 and the like for withheld or not available; everything below this is missing."""


def is_water(frame: pd.DataFrame) -> pd.Series:
    """Which rows are water: "JA" or "B" in the column of the wijk- en buurtkaart; none where there is no column."""
    column = find_column([str(name) for name in frame.columns], ["water", "h2o"])
    if column is None:
        return pd.Series(False, index=frame.index)
    return text_column(frame[column]).str.upper().isin(["JA", "B"])
