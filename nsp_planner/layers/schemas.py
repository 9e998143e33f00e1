"""A schema per table. In: finished tables. Out: faults for every rule a row breaks, with the ids of the rows.

The readers report what is wrong with a file in the words of that file; these schemas are the contract with
the stages that follow, and the net under the readers.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from nsp_planner.errors import Faults
from nsp_planner.layers.population.presence import COLUMNS as PRESENCE_COLUMNS
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATUSES
from nsp_planner.layers.tables import Layers

if TYPE_CHECKING:
    import pandera.pandas as pa

ID_COLUMNS = {
    "demand": "demand_id",
    "sites": "site_id",
    "areas": "area_code",
    "calibration": "area_code",
    "merged": "site_id",
    "left_out": "row_id",
    "notes": "row_id",
    "buurten": "buurt_code",
    "presence": "area_code",
}
MESSAGES = {
    "field_uniqueness": "values occur more than once",
    "not_nullable": "values are missing",
    "column_in_dataframe": "the column is missing",
}


@cache
def build_schemas() -> dict[str, pa.DataFrameSchema]:
    """The schema of each table by its name in :class:`~nsp_planner.layers.tables.Layers`."""
    import pandera.pandas as pa

    def text(*checks: Any, unique: bool = False, nullable: bool = False) -> pa.Column:
        filled = [] if nullable else [pa.Check.str_length(min_value=1, error="texts are empty")]
        return pa.Column("str", [*filled, *checks], unique=unique, nullable=nullable)

    def number(dtype: str, low: float | None = 0, *, nullable: bool = False) -> pa.Column:
        checks = [] if low is None else [pa.Check.ge(low, error=f"numbers are below {low:g}")]
        return pa.Column(dtype, checks, nullable=nullable)

    def one_of(*words: str) -> Any:
        return pa.Check.isin(words, error=f"values are not one of {', '.join(words)}")

    def code(*, unique: bool = False) -> pa.Column:
        return text(pa.Check.str_matches(r"^GM\d{4}$", error="codes are not GM and four digits"), unique=unique)

    def geometry() -> pa.Column:
        there = pa.Check(lambda g: g.notna() & ~shapely.is_empty(g.to_numpy()), error="geometries are empty")
        return pa.Column("geometry", there)

    not_negative = pa.Check.ge(0, error="numbers are below 0")
    above_zero = pa.Check.gt(0, error="numbers are not above 0")
    return {
        "demand": pa.DataFrameSchema(
            {
                "demand_id": text(unique=True),
                "population_persons": number("int64", 1),
                "published_persons": number("Int64", nullable=True),
                "added_persons": number("int64", None),
                "persons_65plus": number("Int64", nullable=True),
                "buurt_code": pa.Column("string", nullable=True, required=False),
                "^vulnerable_.+$": pa.Column("Int64", not_negative, nullable=True, required=False, regex=True),
                **{name: pa.Column("int64", not_negative, required=False) for name in PRESENCE_COLUMNS},
                "gemeente_code": code(),
                "area_type": text(one_of("kern", "buitengebied")),
                "resolution_m": pa.Column("int64", pa.Check.isin([100, 500], error="squares are not 100 or 500 m")),
                "geometry": geometry(),
            },
            strict=True,
        ),
        "sites": pa.DataFrameSchema(
            {
                "site_id": text(unique=True),
                "name": text(),
                "kind": text(),
                "source": text(),
                "gemeente_code": code(),
                "address": text(nullable=True),
                "place": text(nullable=True),
                "capacity_persons": pa.Column("Float64", above_zero, nullable=True),
                "status": text(one_of(*STATUSES)),
                "status_reason": text(nullable=True),
                "can_be_lnsp": pa.Column("bool"),
                "can_be_cnsp": pa.Column("bool"),
                **{gap: text(one_of("yes", "no", "unknown")) for gap in GAP_COLUMNS},
                "floor_area_m2": pa.Column("Float64", above_zero, nullable=True),
                "geometry": geometry(),
            },
            strict=True,
        ),
        "areas": pa.DataFrameSchema(
            {"area_code": code(unique=True), "name": text(), "geometry": geometry()}, strict=True
        ),
        "calibration": pa.DataFrameSchema(
            {
                "area_code": code(unique=True),
                "name": text(),
                "published_persons": number("int64"),
                "added_persons": number("int64", None),
                "total_persons": number("int64"),
                "official_persons": number("Int64", nullable=True),
                "n_squares": number("int64", 1),
                "n_withheld_squares": number("int64"),
            },
            strict=True,
        ),
        "merged": pa.DataFrameSchema(
            {
                "site_id": text(),
                "name": text(),
                "source": text(),
                "source_row_id": text(),
                "distance_m": number("float64"),
            },
            strict=True,
        ),
        "left_out": pa.DataFrameSchema(
            {
                "layer": text(),
                "row_id": text(nullable=True),
                "name": text(nullable=True),
                "reason": text(),
                "persons": number("Int64", nullable=True),
            },
            strict=True,
        ),
        "notes": pa.DataFrameSchema(
            {
                "layer": text(),
                "row_id": text(nullable=True),
                "name": text(nullable=True),
                "note": text(),
            },
            strict=True,
        ),
        "buurten": pa.DataFrameSchema(
            {
                "buurt_code": text(unique=True),
                "name": text(),
                "gemeente_code": code(),
                "n_squares": number("int64", 1),
                "persons": number("int64"),
                "geometry": geometry(),
            },
            strict=True,
        ),
        "presence": pa.DataFrameSchema(
            {
                "area_code": code(unique=True),
                "name": text(),
                **{name: number("int64") for name in ("residents", "away", "day", "guests", "present")},
            },
            strict=True,
        ),
    }


def check_layers(layers: Layers, faults: Faults) -> None:
    """Add a fault for every column rule a table breaks; what a study does not have is not checked."""
    for name, schema in build_schemas().items():
        table = getattr(layers, name)
        if table is not None:
            check_table(name, table, schema, faults)


def check_table(name: str, table: pd.DataFrame, schema: pa.DataFrameSchema, faults: Faults) -> None:
    """Check one table against its schema; one fault per column and rule, with all ids."""
    import pandera.errors

    try:
        schema.validate(pd.DataFrame(table), lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        for (column, check), rows in cases.groupby([cases["column"].fillna("").astype(str), "check"], sort=False):
            where = pd.to_numeric(rows["index"], errors="coerce").dropna().astype(int)
            ids = table[ID_COLUMNS[name]].iloc[where] if ID_COLUMNS[name] in table else where
            faults.add(
                f"table {name}",
                f"{MESSAGES.get(str(check), str(check))}: {rows['failure_case'].iloc[0]}",
                "Correct these rows in the input they come from.",
                column=str(column) or None,
                ids=ids.unique(),
            )
