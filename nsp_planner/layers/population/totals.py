"""Official inhabitants per gemeente. In: CBS kerncijfers as CSV, Excel or GeoPackage. Out: persons per code.

Rows of one gemeente (land and water, or its buurten) are added up; negative CBS codes such as -99997 are missing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nsp_planner.config import TotalsInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.cbs_codes import MISSING_BELOW, is_water
from nsp_planner.layers.raw.columns import named_column
from nsp_planner.layers.raw.files import CSV_SUFFIXES, EXCEL_SUFFIXES, VECTOR_SUFFIXES, read_table
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import Notes
from nsp_planner.layers.raw.locate import normalise_code
from nsp_planner.layers.raw.text import parse_numbers, text_column
from nsp_planner.names import nearest_or_all

LAYER = "totals"


def read_totals(source: TotalsInput, faults: Faults, notes: Notes) -> tuple[pd.Series | None, InputFile | None]:
    """Official persons per gemeente code (int64, index GM codes, sorted), and the file read."""
    raw = read_table(LAYER, source, faults, suffixes=(*CSV_SUFFIXES, *EXCEL_SUFFIXES, *VECTOR_SUFFIXES))
    if raw is None:
        return None, None
    file, names = source.path, [str(name) for name in raw.frame.columns]
    columns = []
    for key in ("code_column", "persons_column"):
        named = getattr(source, key)
        found = named_column(names, named)
        if found is None:
            faults.add(
                LAYER,
                f'the file has no column "{named}"',
                f"Name the right one with {key} = ... in [inputs.totals]. {nearest_or_all(named, names)}",
                file=file,
                column=named,
            )
        columns.append(found)
    if columns[0] is None or columns[1] is None:
        return None, raw.record
    codes = normalise_code(text_column(raw.frame[columns[0]]))
    text = text_column(raw.frame[columns[1]])
    persons = parse_numbers(text, whole=True)
    if not (codes != "").any():
        faults.add(
            LAYER,
            "no row has the code of a gemeente, such as GM0193",
            "Name the right column with code_column = ... in [inputs.totals].",
            file=file,
            column=columns[0],
            ids=text_column(raw.frame[columns[0]]).unique(),
        )
        return None, raw.record
    ours = codes != ""
    land = ours & ~is_water(raw.frame)
    missing = (persons < MISSING_BELOW) | (persons.isna() & (text == ""))
    faulty = {
        "is no number": ours & persons.isna() & ~missing,
        "is negative": ours & (persons < 0) & ~missing,
        "is no whole number": ours & (persons >= 0) & (persons % 1 != 0),
    }
    for what, rows in faulty.items():
        if rows.any():
            faults.add(
                LAYER,
                f"the number of inhabitants {what}: {text[rows].iloc[0]}",
                "Correct the number; a missing one is empty or a CBS code such as -99997.",
                file=file,
                column=columns[1],
                ids=codes[rows],
            )
    if any(rows.any() for rows in faulty.values()):
        return None, raw.record
    good = ours & ~missing
    official = persons[good].groupby(codes[good]).sum().astype(np.int64).sort_index()
    for code, count in codes[land & missing].value_counts().sort_index().items():
        if code in official.index:
            rows_nl = "1 rij" if count == 1 else f"{count} rijen"
            notes.add(LAYER, str(code), "", f"{rows_nl} zonder aantal inwoners niet meegeteld in het officiële totaal")
    return official, raw.record
