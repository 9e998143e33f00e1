"""Fields of a candidate row. In: the columns of a source as text. Out: the columns of the sites table, checked.

Vocabularies (status, yes/no/unknown, kind) are brought to the words of the table; a number that is none and a word
that is not understood are faults, an empty cell is not known.
"""

from __future__ import annotations

import pandas as pd

from nsp_planner.config import SiteRole, SitesInput
from nsp_planner.errors import Faults
from nsp_planner.layers.raw.input_log import Notes
from nsp_planner.layers.raw.text import parse_numbers
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATUSES

ANSWERS = {
    **dict.fromkeys(("yes", "ja", "j", "y", "true", "waar", "1"), "yes"),
    **dict.fromkeys(("no", "nee", "n", "false", "onwaar", "0"), "no"),
    **dict.fromkeys(("unknown", "onbekend", "?", "-", ""), "unknown"),
}
"""How yes, no and unknown are written; empty is unknown, never no."""


def build_fields(
    layer: str,
    text: pd.DataFrame,
    columns: dict[str, str],
    source: SitesInput,
    ids: pd.Series,
    faults: Faults,
    notes: Notes,
) -> pd.DataFrame:
    """Every column of the sites table that can be had from the row alone.

    Args:
        layer: Name of the input for faults.
        text: The fields the file has, as text, by name of the field.
        columns: Column of the file per field.
        source: Settings of the source.
        ids: How each row is called in faults.
        faults: Where faults are added.
        notes: Where columns that were not read are noted.

    Returns:
        Columns of the sites table but for ``site_id`` and geometry, with ``source_row_id``; ``gemeente_code`` as the
        file has it, "" where empty; status NA where the row says nothing.
    """
    empty = pd.Series("", index=text.index, dtype="str")

    def missing_if_empty(values: pd.Series) -> pd.Series:
        return values.where(values != "")

    address = text.get("address", empty)
    if "street" in text:
        number = text.get("house_number", empty) + text.get("house_letter", empty)
        suffix = text.get("house_suffix", empty)
        number = number.where(suffix == "", number + "-" + suffix)
        address = address.where(address != "", (text["street"] + " " + number).str.strip())
    place = text.get("place", empty)
    name = text.get("name", empty)
    stand_in = address.where(address != "", place).where((address != "") | (place != ""), ids)
    table = pd.DataFrame(
        {
            "name": name.where(name != "", (source.kind + " " + stand_in).str.strip()),
            "kind": _kinds(text.get("kind", empty), source),
            "source": source.source,
            "gemeente_code": text.get("gemeente_code", empty),
            "address": missing_if_empty(address),
            "place": missing_if_empty(place),
            "status_reason": missing_if_empty(text.get("status_reason", empty)),
            "can_be_lnsp": SiteRole.LNSP in source.can_be,
            "can_be_cnsp": SiteRole.CNSP in source.can_be,
            "source_row_id": ids,
        },
        index=text.index,
    )
    for field, what in (("capacity_persons", "capacities"), ("floor_area_m2", "floor areas")):
        values = text.get(field, empty)
        numbers = parse_numbers(values, whole=True)
        bad = (values != "") & ~(numbers > 0)
        if bad.any():
            faults.add(
                layer,
                f'{int(bad.sum()):,} {what} are no positive numbers, such as "{values[bad].iloc[0]}"',
                "Correct them; leave them empty where not known.",
                file=source.path,
                column=columns[field],
                ids=ids[bad],
            )
        table[field] = numbers.astype("Float64")
    statuses = text.get("status", empty).str.casefold()
    table["status"] = missing_if_empty(
        _vocabulary(
            layer,
            "status",
            statuses,
            dict(zip(STATUSES, STATUSES, strict=True)) | {"": ""},
            columns,
            source,
            ids,
            faults,
            notes,
            otherwise="",
        )
    )
    for gap in GAP_COLUMNS:
        table[gap] = _vocabulary(
            layer,
            gap,
            text.get(gap, empty).str.casefold(),
            ANSWERS,
            columns,
            source,
            ids,
            faults,
            notes,
            otherwise="unknown",
        )
    return table


def _kinds(values: pd.Series, source: SitesInput) -> pd.Series:
    """The first of a row's comma-separated values that the study maps, else the first, else the source's kind."""
    mapping = {key.casefold(): kind for key, kind in source.kinds.items()}

    def kind(value: str) -> str:
        parts = [part.strip() for part in [value, *value.split(",")] if part.strip()]
        mapped = next((mapping[part.casefold()] for part in parts if part.casefold() in mapping), None)
        return mapped or (parts[1].casefold() if parts else source.kind)

    return values.map({value: kind(value) for value in values.unique()}).astype("str")


def _vocabulary(
    layer: str,
    field: str,
    values: pd.Series,
    words: dict[str, str],
    columns: dict[str, str],
    source: SitesInput,
    ids: pd.Series,
    faults: Faults,
    notes: Notes,
    otherwise: str,
) -> pd.Series:
    """Values as the words of the table. A guessed column in which no value is understood is another column."""
    found = values.map(words)
    bad = found.isna()
    if bad.any():
        column = columns[field]
        if field not in source.columns and not (found.notna() & (values != "")).any():
            notes.add(layer, "", "", f'kolom "{column}" niet gelezen: geen waarden voor {field}')
        else:
            allowed = ", ".join(sorted({word for word in words.values() if word}, key=list(words.values()).index))
            faults.add(
                layer,
                f'{int(bad.sum()):,} values are not understood, such as "{values[bad].iloc[0]}"',
                f'Use one of: {allowed}; or leave the column unread with columns = {{ {field} = "" }}.',
                file=source.path,
                column=column,
                ids=ids[bad],
            )
    return found.fillna(otherwise).astype("str")
