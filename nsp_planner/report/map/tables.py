"""The tables under a map: the same facts for who cannot use the map. In: the tables of a plan. Out: rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nsp_planner.evaluate.tables import INDICATORS, PlanTables
from nsp_planner.report.text.coordination import NEARER_SHEET, NEARER_TITLE, reasons_nl
from nsp_planner.report.text.dutch import BASIS_NL, metres_nl, number_nl, percent_nl, text_or_dash
from nsp_planner.report.text.units import unit_of, value_text


@dataclass(frozen=True)
class Column:
    """A column: its Dutch label, whether it holds numbers, and whether its text is long enough to need room."""

    label: str
    number: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Row:
    """Cells as text, and the number of the site on the map where the row is one."""

    cells: tuple[str, ...]
    site: int | None = None


@dataclass(frozen=True)
class Table:
    """A table with heading and caption; ``id`` is its HTML id."""

    id: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def map_tables(tables: PlanTables, year_of_site: Mapping[str, int] | None = None) -> list[Table]:
    """L-NSPs, C-NSPs and indicators per gemeente, in the numbering of sites of ``map_data``.

    With ``year_of_site`` a last column says in which year a site opens.
    """
    sites = [_lnsp_table(tables), _cnsp_table(tables)]
    if year_of_site is not None:
        ids = (tables.lnsps["site_id"], tables.cnsps["site_id"])
        sites = [_with_years(one, own.astype(str), year_of_site) for one, own in zip(sites, ids, strict=True)]
    return [*sites, *([_nearer_table(tables)] if len(tables.nearer) else []), _indicator_table(tables)]


def _with_years(table: Table, site_ids: Iterable[str], year_of_site: Mapping[str, int]) -> Table:
    years = [str(year_of_site.get(site_id, "–")) for site_id in site_ids]
    rows = tuple(replace(row, cells=(*row.cells, year)) for row, year in zip(table.rows, years, strict=True))
    return replace(table, columns=(*table.columns, Column("Opent in", number=True)), rows=rows)


def _lnsp_table(tables: PlanTables) -> Table:
    rows = tuple(
        Row(
            (
                text_or_dash(row.name_),
                text_or_dash(row.kind),
                text_or_dash(row.gemeente_name),
                number_nl(row.persons),
                number_nl(row.counted_persons),
                number_nl(row.counted_present),
                BASIS_NL[row.capacity_basis],
                percent_nl(row.load, 0),
                metres_nl(row.mean_distance_m),
                metres_nl(row.worst_distance_m),
                text_or_dash(row.cnsp_name),
                metres_nl(row.cnsp_distance_m),
                value_text(row.cnsp_minutes, "minutes"),
                "ja" if row.fixed else "nee",
            ),
            number,
        )
        for number, row in enumerate(_named(tables.lnsps))
    )
    columns = (
        Column("L-NSP"),
        Column("Soort"),
        Column("Gemeente"),
        Column("Inwoners", number=True),
        Column("Telt voor (inwoners)", number=True),
        Column("Telt voor (mensen tegelijk)", number=True),
        Column("Capaciteit is"),
        Column("Belasting", number=True),
        Column("Gemiddelde loopafstand", number=True),
        Column("Grootste loopafstand", number=True),
        Column("C-NSP", wide=True),
        Column("Afstand tot C-NSP", number=True),
        Column("Rijden (min)", number=True),
        Column("Vastgelegd"),
    )
    caption = "Lokale noodsteunpunten. Kies een naam om het gebouw op de kaart te zien."
    return Table("tabel-lnsp", "L-NSP's", caption, columns, rows)


def _cnsp_table(tables: PlanTables) -> Table:
    members = tables.lnsps.groupby("cnsp_id")["name"].agg(lambda names: "; ".join(map(str, names)))
    n_lnsp = len(tables.lnsps)
    rows = tuple(
        Row(
            (
                text_or_dash(row.name_),
                text_or_dash(row.gemeente_name),
                number_nl(row.n_lnsp),
                number_nl(row.persons),
                metres_nl(row.mean_distance_m),
                value_text(row.mean_minutes, "minutes"),
                metres_nl(row.worst_distance_m),
                value_text(row.worst_minutes, "minutes"),
                text_or_dash(members.get(row.site_id)),
            ),
            n_lnsp + number,
        )
        for number, row in enumerate(_named(tables.cnsps))
    )
    columns = (
        Column("C-NSP"),
        Column("Gemeente"),
        Column("Aantal L-NSP's", number=True),
        Column("Inwoners van die L-NSP's", number=True),
        Column("Gemiddelde afstand", number=True),
        Column("Gemiddeld rijden (min)", number=True),
        Column("Grootste afstand", number=True),
        Column("Langste rijden (min)", number=True),
        Column("L-NSP's", wide=True),
    )
    caption = "Coördinerende noodsteunpunten (brandweerkazernes) en de L-NSP's die zij ondersteunen."
    return Table("tabel-cnsp", "C-NSP's", caption, columns, rows)


def _nearer_table(tables: PlanTables) -> Table:
    number_of_site = {site_id: number for number, site_id in enumerate(tables.lnsps["site_id"])}
    rows = tuple(
        Row(
            (
                str(row["name"]),
                text_or_dash(row["gemeente_name"]),
                text_or_dash(row["cnsp_name"]),
                metres_nl(row["cnsp_distance_m"]),
                text_or_dash(row["nearer_name"]),
                metres_nl(row["nearer_distance_m"]),
                reasons_nl(row),
            ),
            number_of_site.get(row["site_id"]),
        )
        for row in tables.nearer.to_dict("records")
    )
    columns = (
        Column("L-NSP"),
        Column("Gemeente"),
        Column("C-NSP"),
        Column("Afstand", number=True),
        Column("Dichterbij"),
        Column("Afstand daartoe", number=True),
        Column("Reden", wide=True),
    )
    return Table("tabel-voorbij", NEARER_SHEET, f"{NEARER_TITLE}.", columns, rows)


def _indicator_table(tables: PlanTables) -> Table:
    tidy = tables.indicators
    rows = []
    keys = ["area_level", "area_code", "area_name"]
    groups = tidy.groupby(keys, sort=False, dropna=False)
    for (_level, _code, name), group in sorted(groups, key=lambda pair: (pair[0][0] == "region", str(pair[0][2]))):
        values = dict(zip(group["indicator"], group["value"], strict=True))
        cells = [value_text(values.get(indicator), unit_of(unit)) for indicator, (unit, _label) in INDICATORS.items()]
        rows.append(Row((text_or_dash(name), *cells)))
    columns = (Column("Gebied"), *(Column(label, number=True) for _unit, label in INDICATORS.values()))
    caption = "Inwoners zijn geteld waar zij wonen, ook als hun L-NSP in een andere gemeente ligt."
    return Table("tabel-gemeenten", "Per gemeente", caption, columns, tuple(rows))


def _named(table: Any) -> Any:
    """Rows as named tuples; ``name`` is renamed because named tuples of pandas keep it otherwise unreachable."""
    return table.rename(columns={"name": "name_"}).itertuples(index=False)
