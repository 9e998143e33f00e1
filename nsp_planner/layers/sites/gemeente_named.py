"""The gemeente of each row, by the map and by the list. In: rows with coordinates. Out: their codes, or faults.

Boundaries are generalised: up to ``border_tolerance_m`` from the gemeente that the list names, the list is believed.
Farther away either the coordinates or the name are wrong, and the building would become one of another gemeente.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.layers.raw.locate import find_gemeente, normalise_code
from nsp_planner.layers.raw.rows import Rows
from nsp_planner.names import nearest_or_all, plain_name

UNREAD = 'leave the column unread with columns = {{ {field} = "" }}'


def place_in_gemeente(
    rows: Rows, table: pd.DataFrame, areas: gpd.GeoDataFrame, region: gpd.GeoDataFrame, tolerance_m: float
) -> pd.DataFrame:
    """The rows with ``gemeente_code`` as a code, "" outside every gemeente; faults where list and map contradict.

    A contradiction between gemeenten that are both outside the region says nothing of the region and passes.

    Args:
        rows: The file, for faults and notes.
        table: Rows with ``x_m``, ``y_m`` and ``gemeente_code`` as the file has it: a code, a name, or "".
        areas: All gemeenten of the areas file.
        region: Those of the region.
        tolerance_m: How far from the named gemeente a row may lie.
    """
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    ours = set(region["area_code"])
    x_m, y_m = table["x_m"].to_numpy(), table["y_m"].to_numpy()
    found = pd.Series(find_gemeente(x_m, y_m, areas).codes, index=table.index, dtype="str")
    given = table["gemeente_code"]
    said = _codes(given, names)
    _check_known(rows, given, said, found, names, ours)
    differs = said.isin(list(names)) & (said != found) & (said.isin(ours) | found.isin(ours))
    shapes = dict(zip(areas["area_code"], areas.geometry, strict=True))
    away_m = pd.Series(np.inf, index=table.index)
    points = pd.Series(shapely.points(x_m, y_m), index=table.index)
    for index in table.index[differs]:
        away_m[index] = shapely.distance(shapes[said[index]], points[index])
    near = differs & (away_m <= tolerance_m)
    for index in table.index[near]:
        where = f"ligt volgens de kaart in {names[found[index]]}" if found[index] else "ligt volgens de kaart buiten"
        note = f"{where}, {away_m[index]:.0f} m van {names[said[index]]}; de lijst zegt {names[said[index]]} en geldt"
        row_id = table.at[index, "site_id"]
        rows.log.notes.add(rows.layer, note, row_id=row_id, name=str(table.at[index, "name"]))
    wrong = differs & ~near
    if wrong.any():
        first, first_name = table.index[wrong][0], str(table["name"][wrong].iloc[0])
        lies = names.get(found[first], "no gemeente of the map")
        message = (
            f"{int(wrong.sum()):,} rows lie in another gemeente than the list says, such as "
            f'"{first_name}": in {lies}, {away_m[first]:,.0f} m from {names[said[first]]}'
        )
        field = _field(rows)
        fix = f"Correct the coordinates or the gemeente, or {UNREAD.format(field=field)}."
        rows.fault(message, fix, rows.ids.index.isin(table.index[wrong]), column=rows.columns.get(field))
    return table.assign(gemeente_code=found.where(~near, said))


def _field(rows: Rows) -> str:
    return "gemeente_code" if "gemeente_code" in rows.columns else "gemeente"


def _codes(given: pd.Series, names: dict[str, str]) -> pd.Series:
    """The code each row names, by code or by name; as given where it is none."""
    by_name = {_plain(name): code for code, name in names.items()}
    codes = normalise_code(given)
    return codes.where(codes != "", given.map(lambda text: by_name.get(_plain(text), text)))


def _plain(name: str) -> str:
    """The name of a gemeente in plain form; "Gemeente Bergen (NH.)" is "bergen"."""
    return plain_name(name.partition("(")[0], between=" ").removeprefix("gemeente ")


def _check_known(
    rows: Rows, given: pd.Series, said: pd.Series, found: pd.Series, names: dict[str, str], ours: set[str]
) -> None:
    """A fault for codes and names that no gemeente of the map has, of rows in the region."""
    wrong = (given != "") & ~said.isin(list(names)) & found.isin(ours)
    if not wrong.any():
        return
    first = str(given[wrong].iloc[0])
    is_code = bool(normalise_code(given[wrong]).iloc[0])
    what = "a gemeente code that does not exist" if is_code else "a gemeente that is not on the map"
    near = nearest_or_all(first, list(names) if is_code else list(names.values()))
    field = _field(rows)
    fix = f"Correct it, or {UNREAD.format(field=field)}. {near}"
    message = f'{int(wrong.sum()):,} rows have {what}, such as "{first}"'
    rows.fault(message, fix, rows.ids.index.isin(given.index[wrong]), column=rows.columns.get(field))
