"""The files as other programs read them: GDAL, QGIS's format, RFC 7946, LibreOffice, and a reader of PDFs."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapely
from shapely.geometry import shape

from nsp_planner.evaluate.evaluate import evaluate_run
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report import write_report
from nsp_planner.report.list.table import candidate_table
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.text.key_figures import key_figures
from tests.report.paper import is_tagged_pdf_ua, page_texts, squeezed
from tests.towns.planned import RUN, make_synthetic_region

pytest.importorskip("typst", reason="PDFs need typst")
pytestmark = pytest.mark.slow

Region = tuple[PlannedStudy, Evaluation]


@pytest.fixture(scope="module")
def region() -> Region:
    planned, _ = make_synthetic_region(1_500, 120, 24)
    return planned, evaluate_run(planned, reports=True)


@pytest.fixture(scope="module")
def folder(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alles")
    write_report(folder, region[1], run_info=RUN, deliver=DeliverOptions())
    return folder


def test_ogrinfo_reads_every_layer_without_a_word_of_complaint(folder: Path) -> None:
    if shutil.which("ogrinfo") is None:
        pytest.skip("ogrinfo (Debian's gdal-bin) is not installed")
    command = ["ogrinfo", "-ro", "-so", "-al", str(folder / "plan.gpkg")]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    for layer in ("lnsp", "cnsp", "kandidaten", "vierkanten", "verzorgingsgebieden", "gemeenten"):
        assert f"Layer name: {layer}" in told.stdout
    assert told.stdout.count("Amersfoort / RD New") >= 6


def test_every_layer_has_one_style_in_the_format_of_qgis(folder: Path) -> None:
    with sqlite3.connect(folder / "plan.gpkg") as base:
        styles = base.execute("select f_table_name, useAsDefault, styleQML from layer_styles").fetchall()
        layers = [row[0] for row in base.execute("select table_name from gpkg_contents where data_type = 'features'")]
        columns = {layer: {row[1] for row in base.execute(f'pragma table_info("{layer}")')} for layer in layers}
    base.close()
    assert sorted(name for name, _, _ in styles) == sorted(layers)
    for name, default, qml in styles:
        root = ET.fromstring(qml)
        assert root.tag == "qgis"
        assert default
        (renderer,) = root.findall("renderer-v2")
        symbols = {symbol.get("name") for symbol in renderer.findall("symbols/symbol")}
        used = {item.get("symbol") for item in renderer.iter() if item.tag in ("category", "range", "rule")} - {None}
        assert symbols
        assert used <= symbols, name
        attribute = renderer.get("attr")
        assert attribute is None or attribute in columns[name], (name, attribute)


def test_geojson_follows_rfc_7946(folder: Path) -> None:
    for name in ("noodsteunpunten.geojson", "verzorgingsgebieden.geojson", "openbaar/noodsteunpunten.geojson"):
        document = json.loads((folder / name).read_text(encoding="utf-8"))
        assert document["type"] == "FeatureCollection"
        assert "crs" not in document
        ids = [feature["id"] for feature in document["features"]]
        assert len(ids) == len(set(ids))
        for feature in document["features"]:
            assert feature["type"] == "Feature"
            geometry = shape(feature["geometry"])
            west, south, east, north = geometry.bounds
            assert 3 < west <= east < 8
            assert 50 < south <= north < 54
            assert geometry.is_valid
            for part in shapely.get_parts(geometry):
                if part.geom_type == "Polygon":
                    assert shapely.is_ccw(part.exterior)
                    assert not any(shapely.is_ccw(ring) for ring in part.interiors)


def test_the_report_on_paper_has_the_figures_of_the_run(folder: Path, region: Region) -> None:
    text = squeezed(" ".join(page_texts(folder / "bestuursrapport.pdf")))
    html = squeezed((folder / "bestuursrapport.html").read_text(encoding="utf-8"))
    figures = {figure.label: figure.text for figure in key_figures(region[1])}
    for label in ("Inwoners", "L-NSP's", "C-NSP's", "% binnen 1 km", "% binnen 2,5 km"):
        assert squeezed(figures[label]) in text, label
        assert squeezed(figures[label]) in html, label
    for row in region[1].lnsps.itertuples():
        assert squeezed(str(row.cnsp_name)) in text


def test_every_pdf_is_tagged_dutch_and_has_a_text_for_each_picture(folder: Path) -> None:
    for path in sorted(folder.rglob("*.pdf")):
        assert is_tagged_pdf_ua(path), path
        assert path.read_bytes().count(b"/Alt") >= 1, path


def test_a_dutch_office_reads_the_csv_with_numbers_as_numbers(folder: Path, region: Region, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    # 59: semicolon, 34: double quote, 76: UTF-8, 1: from the first line, 1043: Dutch
    dutch = "--infilter=CSV:59,34,76,1,,1043,false,true"
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profiel').as_uri()}", "--headless", dutch]
    command += ["--convert-to", "xlsx", "--outdir", str(tmp_path), str(folder / "kandidatenlijst.csv")]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    rows = list(openpyxl.load_workbook(tmp_path / "kandidatenlijst.xlsx").active.iter_rows(values_only=True))
    table = candidate_table(region[1])
    header = [str(name) for name in rows[0]]
    assert header[: len(table.columns)] == list(table.columns)
    assert len(rows) - 1 == len(table)
    load = header.index("Belasting")
    chosen = table["Belasting"].notna().to_numpy()
    read = np.array([row[load] for row in rows[1:]], dtype=object)[chosen]
    assert all(isinstance(value, float | int) for value in read)
    assert np.allclose(read.astype(float), table["Belasting"].to_numpy(dtype=float)[chosen], atol=1e-3)
