"""A column that is only called capaciteit. In: its numbers. Out: which of the two measures it holds, and a note.

People write what fits in the hall, typically 50 to 800; the planner speaks of inhabitants served, 5,000 at the norm.
The column is of one kind: where its middle value lies below :data:`MOST_AT_ONCE` it counts people at once, else
inhabitants. The note says which, and how to say otherwise: naming the column in the study.
"""

from __future__ import annotations

import pandas as pd

from nsp_planner.layers.raw.rows import Rows
from nsp_planner.layers.sites.columns import BARE_CAPACITY
from nsp_planner.layers.sites.vocabulary import CAPACITY_FIELDS
from nsp_planner.names import counted_nl

MOST_AT_ONCE = 1_500
"""A middle value below this is people at once: few halls hold more, and a building for fewer inhabitants than this
(50 at once at the norms of use) would be no L-NSP of 1 per 5,000."""
WORDS_NL = {"capacity_persons": "inwoners", "capacity_present": "mensen tegelijk"}


def measure_of_bare(rows: Rows, numbers: pd.Series) -> str | None:
    """``capacity_present`` or ``capacity_persons``; None where nothing is filled in or another column has it already.

    Args:
        rows: Of the file; what is guessed is noted in its log.
        numbers: Values of the column as ``Float64``, NA where not known.
    """
    known, column = numbers.dropna(), rows.columns[BARE_CAPACITY]
    if known.empty:
        return None
    field = CAPACITY_FIELDS[bool(known.median() < MOST_AT_ONCE)]
    other = next(each for each in CAPACITY_FIELDS if each != field)
    if field in rows.columns:
        note = f'kolom "{column}" niet gelezen: "{rows.columns[field]}" zegt al hoeveel {WORDS_NL[field]}'
        rows.log.notes.add(rows.layer, note)
        return None
    many = counted_nl(len(known), "gebouwen")
    rows.log.notes.add(
        rows.layer,
        f'kolom "{column}" van {rows.file.name} gelezen als {WORDS_NL[field]}: {many}, '
        f"middelste waarde {known.median():g} (onder {MOST_AT_ONCE} is het mensen tegelijk). Zijn het "
        f'{WORDS_NL[other]}? Schrijf dan bij deze bron columns = {{ {other} = "{column}" }}.',
    )
    return field
