"""Fields of a candidate row. In: the columns of a source as text. Out: the columns of the sites table, checked.

Vocabularies (status, yes/no/unknown, kind) are brought to the words of the table; a number that is none and a word
that is not understood are faults, an empty cell is not known.
"""

from __future__ import annotations

import pandas as pd

from nsp_planner.config import SiteRole, SitesInput
from nsp_planner.layers.raw.rows import Rows
from nsp_planner.layers.raw.text import encoded_twice, parse_numbers
from nsp_planner.layers.sites.bare_capacity import measure_of_bare
from nsp_planner.layers.sites.columns import BARE_CAPACITY
from nsp_planner.layers.sites.status_words import nearest_status, plain, status_of
from nsp_planner.layers.sites.vocabulary import CAPACITY_FIELDS, GAP_COLUMNS, STATION_COLUMNS, STATUSES
from nsp_planner.names import counted_nl

ANSWERS = {
    **dict.fromkeys(("yes", "ja", "j", "y", "true", "waar", "1"), "yes"),
    **dict.fromkeys(("no", "nee", "n", "false", "onwaar", "0"), "no"),
    **dict.fromkeys(("unknown", "onbekend", "?", "-", ""), "unknown"),
}
"""How yes, no and unknown are written; empty is unknown, never no."""


MOST = 1_000_000
"""Persons or square metres that no building has."""
MAX_WORDS_SHOWN = 12
MAX_STATUSES_SHOWN = 60
SHOWN_CHARACTERS = 60


def build_fields(rows: Rows, source: SitesInput) -> pd.DataFrame:
    """Every column of the sites table that can be had from the row alone.

    Returns:
        Columns of the sites table but for ``site_id`` and geometry, with ``source_row_id`` and ``postcode``;
        ``gemeente_code`` is the code or name that the file has, "" where empty; status NA where the row says nothing.
    """

    def missing_if_empty(values: pd.Series) -> pd.Series:
        return values.where(values != "")

    address, place, name, ids = rows.of("address"), rows.of("place"), rows.of("name"), rows.ids
    if "street" in rows.columns:
        number = rows.of("house_number") + rows.of("house_letter")
        suffix = rows.of("house_suffix")
        number = number.where(suffix == "", number + "-" + suffix)
        address = address.where(address != "", (rows.of("street") + " " + number).str.strip())
    stand_in = address.where(address != "", place).where((address != "") | (place != ""), ids)
    table = pd.DataFrame(
        {
            "name": name.where(name != "", (source.kind + " " + stand_in).str.strip()),
            "kind": _kinds(rows.of("kind"), source),
            "source": source.source,
            "gemeente_code": rows.of("gemeente_code").where(rows.of("gemeente_code") != "", rows.of("gemeente")),
            "postcode": rows.of("postcode"),
            "address": missing_if_empty(address),
            "place": missing_if_empty(place),
            "status_reason": missing_if_empty(rows.of("status_reason")),
            "can_be_lnsp": SiteRole.LNSP in source.can_be,
            "can_be_cnsp": SiteRole.CNSP in source.can_be,
            "source_row_id": ids,
        },
        index=ids.index,
    )
    for field, what in (*dict.fromkeys(CAPACITY_FIELDS, "capacities").items(), ("floor_area_m2", "floor areas")):
        table[field] = _numbers(rows, field, what)
    if BARE_CAPACITY in rows.columns:
        bare = _numbers(rows, BARE_CAPACITY, "capacities")
        if (measure := measure_of_bare(rows, bare)) is not None:
            table[measure] = bare
    for field in ("name", "address", "place"):
        twice = [text for text in rows.of(field).unique() if encoded_twice(text)]
        if twice:
            note = (
                f'{counted_nl(len(twice), "teksten")} in kolom "{rows.columns[field]}" zijn door twee coderingen gegaan'
            )
            rows.log.notes.add(rows.layer, f"{note}, zoals {twice[0][:SHOWN_CHARACTERS]}")
    table["status"] = missing_if_empty(_statuses(rows, source))
    for field in STATION_COLUMNS:
        table[field] = missing_if_empty(rows.of(field)).astype("str")
    for gap in GAP_COLUMNS:
        table[gap] = _in_vocabulary(rows, gap, ANSWERS, source, otherwise="unknown")
    return table


def _numbers(rows: Rows, field: str, what: str) -> pd.Series:
    values = rows.of(field)
    numbers = parse_numbers(values, whole=True)
    bad = (values != "") & ~((numbers >= 1) & (numbers <= MOST))
    if bad.any():
        message = f'{int(bad.sum()):,} {what} are no positive numbers, such as "{values[bad].iloc[0]}"'
        fix = "Write numbers without a mark of thousands, such as 1250 or 1250,5; leave empty what is not known."
        rows.fault(message, fix, bad, column=rows.columns[field])
    return numbers.astype("Float64")


def _kinds(values: pd.Series, source: SitesInput) -> pd.Series:
    """The first of a row's comma-separated values that the study maps, else the first, else the source's kind."""
    mapping = {key.casefold(): kind for key, kind in source.kinds.items()}

    def kind(value: str) -> str:
        parts = [part.strip() for part in [value, *value.split(",")] if part.strip()]
        mapped = next((mapping[part.casefold()] for part in parts if part.casefold() in mapping), None)
        return mapped or (parts[1].casefold() if parts else source.kind)

    return values.map({value: kind(value) for value in values.unique()}).astype("str")


def _statuses(rows: Rows, source: SitesInput) -> pd.Series:
    """Status per row, "" where nothing is said; all words that are not understood are one fault, with what to write."""
    values = rows.of("status")
    found = values.map({value: status_of(value, source.statuses) for value in values.unique()})
    bad = found.isna()
    if bad.any():
        counts = values[bad].map(lambda word: " ".join(word.split())[:SHOWN_CHARACTERS]).value_counts()
        near = {word: nearest_status(word, source.statuses) for word in counts.index[:MAX_STATUSES_SHOWN]}
        told = [
            f'"{word}" ({counts[word]:,} x' + (f', looks like "{like[0]}": {like[1]})' if like else ")")
            for word, like in near.items()
        ]
        more = f" and {len(counts) - len(near):,} other words" if len(counts) > len(near) else ""
        written = ", ".join(f'"{plain(word)}" = "{like[1] if like else STATUSES[0]}"' for word, like in near.items())
        message = f"{int(bad.sum()):,} rows have a status that is not understood: {'; '.join(told)}{more}"
        fix = (
            f"Say in the study what they mean, such as statuses = {{ {written} }}; there are: {', '.join(STATUSES)}. "
            'Or leave the column unread with columns = { status = "" }: then no building is fixed or refused by it.'
        )
        rows.fault(message, fix, bad, column=rows.columns["status"])
    return found.fillna("").astype("str")


def _in_vocabulary(rows: Rows, field: str, words: dict[str, str], source: SitesInput, otherwise: str) -> pd.Series:
    """A field as the words of the table. A guessed column in which no value is understood is another column."""
    values = rows.of(field).str.casefold().str.split().str.join(" ")
    found = values.map(words)
    bad = found.isna()
    if bad.any():
        column = rows.columns[field]
        if field not in source.columns and not (found.notna() & (values != "")).any():
            rows.log.notes.add(rows.layer, f'kolom "{column}" niet gelezen: geen waarden voor {field}')
        else:
            allowed = ", ".join(sorted({word for word in words.values() if word}, key=list(words.values()).index))
            unknown = list(values[bad].unique())
            shown = ", ".join(f'"{word[:SHOWN_CHARACTERS]}"' for word in unknown[:MAX_WORDS_SHOWN])
            more = f" and {len(unknown) - MAX_WORDS_SHOWN} other words" if len(unknown) > MAX_WORDS_SHOWN else ""
            message = f"{int(bad.sum()):,} values are not understood: {shown}{more}"
            fix = f'Use one of: {allowed}; or leave the column unread with columns = {{ {field} = "" }}.'
            rows.fault(message, fix, bad, column=column)
    return found.fillna(otherwise).astype("str")
