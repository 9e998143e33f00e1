"""A schema per table. In: finished tables. Out: faults for every rule a row breaks, with the ids of the rows.

The columns, their types, bounds and meaning stand in ``tables.toml``. The readers report what is wrong with a file in
the words of that file; these schemas are the contract with the stages that follow, and the net under the readers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from nsp_planner.errors import Faults
from nsp_planner.layers.population.presence import COLUMNS as PRESENCE_COLUMNS
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATION_COLUMNS, STATUSES
from nsp_planner.layers.tables import Layers

if TYPE_CHECKING:
    import pandera.pandas as pa

LISTS = {
    "PRESENCE_COLUMNS": PRESENCE_COLUMNS,
    "GAP_COLUMNS": GAP_COLUMNS,
    "STATION_COLUMNS": STATION_COLUMNS,
    "STATUSES": STATUSES,
}
"""What the names in ``tables.toml`` stand for."""
MESSAGES = {
    "field_uniqueness": "values occur more than once",
    "not_nullable": "values are missing",
    "column_in_dataframe": "the column is missing",
}


@cache
def read_tables() -> Mapping[str, Mapping[str, Any]]:
    """What ``tables.toml`` says of each table: its rows, its id, its columns."""
    return tomllib.loads((resources.files(__package__) / "tables.toml").read_text(encoding="utf-8"))


@cache
def build_schemas() -> dict[str, pa.DataFrameSchema]:
    """The schema of each table by its name in :class:`~nsp_planner.layers.tables.Layers`."""
    import pandera.pandas as pa

    return {
        name: pa.DataFrameSchema(
            {
                column: _column(column, about)
                for names, about in table["columns"].items()
                for column in LISTS.get(names.strip("{}"), (names,))
            },
            strict=True,
        )
        for name, table in read_tables().items()
    }


def _column(name: str, about: Mapping[str, Any]) -> pa.Column:
    import pandera.pandas as pa

    kind, nullable, checks = about["type"], about.get("na", False), []
    if kind in ("str", "code") and not nullable:
        checks.append(pa.Check.str_length(min_value=1, error="texts are empty"))
    if kind == "code":
        checks.append(pa.Check.str_matches(r"^GM\d{4}$", error="codes are not GM and four digits"))
    if kind == "geometry":
        there = pa.Check(lambda g: g.notna() & ~shapely.is_empty(g.to_numpy()), error="geometries are empty")
        checks.append(there)
    if "of" in about:
        words = LISTS[about["of"]] if isinstance(about["of"], str) else about["of"]
        error = about.get("says", f"values are not one of {', '.join(map(str, words))}")
        checks.append(pa.Check.isin(words, error=error))
    if "least" in about:
        checks.append(pa.Check.ge(about["least"], error=f"numbers are below {about['least']:g}"))
    if "above" in about:
        checks.append(pa.Check.gt(about["above"], error=f"numbers are not above {about['above']:g}"))
    return pa.Column(
        "str" if kind == "code" else kind,
        checks,
        nullable=nullable,
        unique=about.get("unique", False),
        required=not about.get("optional", False),
        regex=name.startswith("^"),
        description=about["means"],
    )


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
            id_column = read_tables()[name]["id"]
            ids = table[id_column].iloc[where] if id_column in table else where
            faults.add(
                f"table {name}",
                f"{MESSAGES.get(str(check), str(check))}: {rows['failure_case'].iloc[0]}",
                "Correct these rows in the input they come from.",
                column=str(column) or None,
                ids=ids.unique(),
            )
