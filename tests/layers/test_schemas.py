"""A schema per table: what breaks it is reported by table, column and id."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from nsp_planner.config import study_from_dict
from nsp_planner.errors import Faults
from nsp_planner.layers.read import read_layers
from nsp_planner.layers.schemas import build_schemas, check_layers, read_tables
from nsp_planner.layers.tables import Layers
from tests.towns.raw_files import layers_of, make_world


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    return layers_of(make_world(tmp_path_factory.mktemp("world")))


def broken(layers: Layers, table: str, frame: pd.DataFrame) -> tuple[str, str | None, tuple[str, ...]]:
    faults = Faults()
    check_layers(replace(layers, **{table: frame}), faults)
    assert len(faults.items) == 1, "\n".join(fault.as_text() for fault in faults.items)
    return faults.items[0].layer, faults.items[0].column, faults.items[0].ids


def test_every_table_of_the_layers_has_a_schema() -> None:
    no_tables = {"inputs", "networks", "link_shapes", "neighbours", "backdrop"}
    assert set(build_schemas()) == {field.name for field in fields(Layers)} - no_tables


def test_every_column_says_what_it_means() -> None:
    for name, table in read_tables().items():
        assert table["rows"], name
        assert table["id"] in table["columns"], name
        for column, about in table["columns"].items():
            assert about["means"], (name, column)
            known = {"type", "na", "least", "above", "of", "says", "optional", "unique", "means"}
            assert set(about) <= known, (name, column)


@pytest.mark.parametrize(
    ("table", "column", "value", "row"),
    [
        ("demand", "population_persons", 0, 1),
        ("demand", "gemeente_code", "193", 1),
        ("demand", "area_type", "stad", 0),
        ("demand", "published_persons", -5, 2),
        ("sites", "status", "open", 0),
        ("sites", "heat", "ja", 1),
        ("sites", "name", "", 1),
        ("sites", "capacity_persons", 0.0, 0),
        ("calibration", "total_persons", -1, 0),
        ("areas", "name", None, 0),
    ],
)
def test_a_wrong_value_is_a_fault_with_its_id(layers: Layers, table: str, column: str, value: object, row: int) -> None:
    frame = getattr(layers, table).copy()
    frame.loc[row, column] = value
    assert broken(layers, table, frame) == (f"table {table}", column, (frame.iloc[row, 0],))


def test_a_double_id_and_an_empty_geometry_are_reported(layers: Layers) -> None:
    double = layers.sites.assign(site_id="lijst:1")
    assert broken(layers, "sites", double) == ("table sites", "site_id", ("lijst:1",))
    frame = layers.demand.copy()
    frame.geometry = gpd.GeoSeries([shapely.Point(), *frame.geometry.iloc[1:]], crs=frame.crs)
    assert broken(layers, "demand", frame) == ("table demand", "geometry", ("E2010N5010",))


def test_a_column_too_many_or_too_few_is_reported(layers: Layers) -> None:
    assert broken(layers, "sites", layers.sites.assign(extra=1))[0] == "table sites"
    faults = Faults()
    check_layers(replace(layers, sites=layers.sites.drop(columns="heat")), faults)
    assert "heat" in faults.items[0].as_text()


def test_progress_is_reported_step_by_step(tmp_path: Path) -> None:
    reported: list[str] = []
    read_layers(study_from_dict(make_world(tmp_path), folder=tmp_path, file="x"), Faults(), reported.append)
    assert reported == [
        "reading boundaries", "reading population", "reading official totals", "reading sites: lijst",
        "calibrating population", "merging rows on one building",
    ]  # fmt: skip
