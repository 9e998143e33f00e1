"""Official inhabitants per gemeente. In: CBS kerncijfers as CSV, Excel or GeoPackage. Out: persons per code.

Rows of one gemeente (land and water, or its buurten) are added up; negative CBS codes such as -99997 are missing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.config import TotalsInput
from nsp_planner.layers.raw.cbs_codes import is_water
from nsp_planner.layers.raw.columns import FieldSpec
from nsp_planner.layers.raw.files import ANY_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.raw.locate import normalise_code
from nsp_planner.layers.raw.rows import read_rows
from nsp_planner.names import counted_nl

LAYER = "totals"


def read_totals(source: TotalsInput, log: InputLog) -> pd.Series | None:
    """Official persons per gemeente code (int64, index GM codes, sorted); ``None`` when a fault was added."""
    fields = {
        "code": FieldSpec((), source.code_column, True, key="code_column", table="inputs.totals"),
        "persons": FieldSpec((), source.persons_column, True, key="persons_column", table="inputs.totals"),
    }
    rows = read_rows(LAYER, source, fields, log, suffixes=ANY_SUFFIXES)
    if rows is None:
        return None
    n_before = log.n_faults
    codes = normalise_code(rows.of("code"))
    ours = codes != ""
    if not ours.any():
        message, column = "no row has the code of a gemeente, such as GM0193", rows.columns["code"]
        fix = "Name the right column with code_column = ... in [inputs.totals]."
        rows.with_ids(rows.of("code")).fault(message, fix, ~ours, column=column)
        return None
    persons = rows.with_ids(codes).counts("persons", "numbers of inhabitants", among=ours)
    if log.n_faults > n_before:
        return None
    missing = ours & persons.isna()
    official = persons[ours & ~missing].groupby(codes[ours & ~missing]).sum().astype(np.int64).sort_index()
    for code, count in codes[missing & ~is_water(rows.raw.frame)].value_counts().sort_index().items():
        if code in official.index:
            note = f"{counted_nl(count, 'rijen')} zonder aantal inwoners niet meegeteld in het officiële totaal"
            log.notes.add(LAYER, note, row_id=code)
    return official
