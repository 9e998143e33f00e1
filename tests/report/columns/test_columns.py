"""Every published file has the columns of the specification, and the docs have them too."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest

from docs.make.columns import PAGE, page
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report.columns import sites
from nsp_planner.report.columns.column import Column, json_records, layer_values, list_table
from nsp_planner.report.columns.layers import LAYERS
from nsp_planner.report.geojson.write import write_geojson
from nsp_planner.report.list.table import NOTE_COLUMN
from tests.towns.planned import RUN

SOMETIMES = {"ongeschikt", "omstandigheden", "lnsp_buren"}


def test_the_candidate_list_has_the_columns_of_the_specification(toy_folder: Path) -> None:
    labels = [column.label for column in sites.LIST]
    with (toy_folder / "kandidatenlijst.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file, delimiter=";")) == [*labels, NOTE_COLUMN]
    book = openpyxl.load_workbook(toy_folder / "kandidatenlijst.xlsx")
    for name in ("Regio", "Links", "Rechts"):
        assert [cell.value for cell in book[name][4]] == labels


def test_every_layer_has_the_columns_of_the_specification_in_their_type(toy_folder: Path) -> None:
    written = {str(name) for name, _ in pyogrio.list_layers(toy_folder / "plan.gpkg")} - {"leeswijzer", "layer_styles"}
    assert written == set(LAYERS) - SOMETIMES
    for name in written:
        info = pyogrio.read_info(toy_folder / "plan.gpkg", layer=name)
        expected = {column.name: _type(column) for column in LAYERS[name] if not column.optional}
        assert dict(zip(info["fields"], info["dtypes"], strict=True)) == expected
        assert list(info["fields"]) == list(expected)


def _type(column: Column) -> str:
    if column.unit in ("text", "flag"):
        return {"text": "object", "flag": "bool"}[column.unit]
    return "int64" if column.whole else "float64"


def test_every_feature_has_the_properties_of_the_specification(
    toy: tuple[PlannedStudy, Evaluation], tmp_path: Path
) -> None:
    write_geojson(tmp_path, toy[1], RUN)
    points, areas = (
        json.loads((tmp_path / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
        for name in ("noodsteunpunten", "verzorgingsgebieden")
    )
    by_role = {"L-NSP": sites.LNSP_FEATURE, "C-NSP": sites.CNSP_FEATURE}
    for feature in points:
        columns = by_role[feature["properties"]["rol"]]
        assert list(feature["properties"]) == [column.name for column in columns]
    assert {feature["properties"]["rol"] for feature in points} == set(by_role)
    assert all(list(feature["properties"]) == [column.name for column in sites.AREA_FEATURE] for feature in areas)


@pytest.mark.parametrize("columns", [sites.LIST, *LAYERS.values(), sites.LNSP_FEATURE, sites.CNSP_FEATURE])
def test_no_name_or_label_stands_twice_in_one_output(columns: tuple[Column, ...]) -> None:
    assert len({column.name for column in columns}) == len({column.label for column in columns}) == len(columns)


def test_nothing_of_the_working_version_is_among_the_public_columns() -> None:
    hidden = {sites.STATUS, sites.REASON, sites.SOURCE, sites.DECISION, *sites.PROVISIONS}
    assert not hidden & {*sites.PUBLIC_FEATURE, *sites.AREA_FEATURE}


def test_missing_is_missing_in_every_form() -> None:
    columns = (
        Column("tekst", "a", "text", "Tekst"),
        Column("meter", "b", "m", "Meter"),
        Column("deel", "c", "share", "Deel"),
    )
    rows = pd.DataFrame({"a": ["x", None], "b": [12.6, None], "c": pd.array([0.12344, pd.NA], dtype="Float64")})
    assert json_records(columns, rows) == [
        {"tekst": "x", "meter": 13, "deel": 0.1234},
        {"tekst": None, "meter": None, "deel": None},
    ]
    layer = layer_values(columns, rows)
    assert (layer["tekst"], layer["meter"][0]) == (["x", None], 12.6)
    assert pd.isna(layer["meter"][1])
    assert list_table(columns, rows)["Meter"].tolist() == [13, pd.NA]


def test_the_docs_have_the_columns_that_the_files_have() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs writes it anew"
