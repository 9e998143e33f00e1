"""One walk through everything that is written: names that try to be more than text stay text."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pyogrio
import pytest

from nsp_planner.report import write_report
from nsp_planner.report.csv_files import FORMULA_STARTS
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.page.packing import unpack
from nsp_planner.report.paper.pdf import printable
from tests.report.paper import page_texts, squeezed
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, evaluated, make_toy
from tests.towns.planned_more import make_phases

pytest.importorskip("typst", reason="PDFs need typst")

PACKED = re.compile(r'<script type="text/plain" id="nsp-data">([^<]+)</script>')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything a run writes; both L-NSPs are public, so that their names come into the public version too."""
    folder = tmp_path_factory.mktemp("kwaad")
    planned, evaluation = make_toy(EVIL_NAMES)
    sites = planned.layers.sites
    sites["status"] = ["operationeel", "akkoord eigenaar", "in gesprek", "idee"]
    sites["place"] = "Toystad"
    phases = make_phases(planned, evaluation)
    write_report(folder, evaluated(planned, phases), run_info=RUN, deliver=DeliverOptions())
    return folder


def files(folder: Path, *suffixes: str) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix in suffixes)
    assert found
    return found


class _Tags(HTMLParser):
    """Tags, attributes that run something, and text outside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.handlers: list[str] = []
        self.images: list[str] = []
        self.scripts = 0
        self.text: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.images += [str(attrs)] if tag in ("img", "iframe", "object", "embed") else []
        self.scripts += tag == "script"
        self._inside = tag if tag in ("script", "style") else self._inside

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.text.append(data)


@pytest.mark.slow
def test_no_page_gets_a_tag_or_a_handler_from_a_name(folder: Path) -> None:
    for path in files(folder, ".html"):
        page = path.read_text(encoding="utf-8")
        tags = _Tags()
        tags.feed(page)
        assert tags.handlers == [], path
        assert tags.images == [], path
        assert tags.scripts == (3 if PACKED.search(page) or "nspReadyMs" in page else 0), path
        assert "alert(1)" not in "".join(re.findall(r"<script[^>]*>.*?</script>", page, re.DOTALL)), path


def test_pages_show_the_names_as_they_are(folder: Path) -> None:
    for name in ("kaart.html", "bestuursrapport.html", "openbaar/noodsteunpunten.html"):
        tags = _Tags()
        tags.feed((folder / name).read_text(encoding="utf-8"))
        text = " ".join(" ".join(tags.text).split())
        assert EVIL_NAMES[0] in text, name
        assert EVIL_NAMES[1] in text, name


def test_the_map_holds_every_name_unchanged(folder: Path) -> None:
    packed = PACKED.search((folder / "kaart.html").read_text(encoding="utf-8"))
    assert packed is not None
    header, _ = unpack(packed[1])
    names = [each["name"] for each in (*header["lnsps"], *header["cnsps"])] + [c[0] for c in header["candidates"]]
    assert sorted(names) == sorted(EVIL_NAMES)


def test_no_cell_of_a_workbook_is_a_formula_and_no_text_is_lost(folder: Path) -> None:
    found: set[object] = set()
    for path in files(folder, ".xlsx"):
        with zipfile.ZipFile(path) as book:
            assert not any("externalLink" in name for name in book.namelist())
            assert not any(b"<f>" in book.read(name) for name in book.namelist() if "worksheets/sheet" in name)
        cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
        assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells), path
        found |= {cell.value for cell in cells}
    assert set(EVIL_NAMES) <= found


def test_no_field_of_a_csv_begins_as_a_formula(folder: Path) -> None:
    for path in files(folder, ".csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        assert {len(row) for row in rows} == {len(rows[0])}, path
        texts = [field for row in rows for field in row if not re.fullmatch(r"-?[\d.,]+", field)]
        assert not [field for field in texts if field.startswith(FORMULA_STARTS)], path


def test_geojson_and_geopackage_hold_the_names_unchanged(folder: Path) -> None:
    told: set[str] = set()
    for path in files(folder, ".geojson"):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            told |= {value for value in feature["properties"].values() if isinstance(value, str)}
    assert set(EVIL_NAMES) - {EVIL_NAMES[2]} <= told  # the one that was not chosen is in no export of the plan
    layers = ("lnsp", "cnsp", "kandidaten")
    names = [str(n) for layer in layers for n in pyogrio.read_dataframe(folder / "plan.gpkg", layer=layer)["naam"]]
    assert set(names) == set(EVIL_NAMES)


@pytest.mark.slow
def test_pdfs_print_the_names_as_they_are(folder: Path) -> None:
    report = squeezed(" ".join(page_texts(folder / "bestuursrapport.pdf")))
    assert squeezed(printable(EVIL_NAMES[0])) in report
    assert squeezed(printable(EVIL_NAMES[1])) in report
    cards = squeezed(" ".join(text for path in files(folder, ".pdf") for text in page_texts(path)))
    assert squeezed(printable(EVIL_NAMES[1])) in cards
    for path in files(folder, ".pdf"):
        raw = path.read_bytes()
        assert b"/JavaScript" not in raw, path
        assert b"/URI" not in raw, path
