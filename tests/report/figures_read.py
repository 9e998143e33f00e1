"""The figures that the files of a run print. In: the folder of a run. Out: every figure read back, with its precision.

A reader per output of the register: it yields a figure (``persons``), whom it is of (a gemeente, the region as
:data:`REGION`, a building or a part of a place by name), its value and how far rounding may have moved it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pypdf

from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.plan.solution import relative_gap
from nsp_planner.report.map.data import FLAG_BEYOND_NORM
from nsp_planner.report.page.packing import DATA_ID, unpack
from nsp_planner.report.text.dutch import INDICATOR_COLUMNS

REGION = "de regio"
EXACT, WHOLE, PERMILLE, PERCENT = 1e-6, 0.5, 0.0005, 0.005
BY_LABEL = {label: name for name, (_, label) in INDICATORS.items()}
STAFF = {
    "Mensen per dienst op de L-NSP's": "lnsp_staff",
    "Medewerkers veiligheidsregio per dienst op de C-NSP's": "cnsp_staff",
    "Punten voor nooddrinkwater": "n_water_points",
    "Liter drinkwater per dag": "water_litres_per_day",
}
OF_LNSP = {
    "Inwoners": "persons",
    "Belasting": "load",
    "Gemiddelde loopafstand": "mean_distance_m",
    "Grootste loopafstand": "worst_distance_m",
    "Langste afstand": "worst_distance_m",
    "Gemiddelde loopafstand (m)": "mean_distance_m",
    "Grootste loopafstand (m)": "worst_distance_m",
    "Afstand tot C-NSP": "cnsp_distance_m",
    "Afstand tot C-NSP (m)": "cnsp_distance_m",
    "Gemiddeld lopen (min)": "mean_minutes",
    "Rijden naar C-NSP (min)": "cnsp_minutes",
    "Rijden (min)": "cnsp_minutes",
}


@dataclass(frozen=True)
class Seen:
    """A figure as a file prints it."""

    figure: str
    of: str
    value: float
    rounding: float
    where: str


def number(text: str) -> tuple[float, float]:
    """A Dutch number in a text, and how far rounding may have moved it: 1.234,5 m, 12,3 %."""
    found = re.match(r"-?[\d.]+(,\d+)?", text)
    assert found, text
    decimals = len(found[1]) - 1 if found[1] else 0
    value, rounding = float(found[0].replace(".", "").replace(",", ".")), 0.5 * 10.0**-decimals
    return (value / 100, rounding / 100) if text.rstrip().endswith("%") else (value, rounding)


def coarse(figure: str, value: float, rounding: float) -> float:
    """How far rounding may have moved a figure: whole minutes are at least 1."""
    return 1.0 if figure.endswith("minutes") and value == 1 and rounding == WHOLE else rounding


def printed(figure: str, of: str, text: Any, where: str) -> Iterator[Seen]:
    """A figure in a text, without what stands behind it in brackets; nothing where a dash stands."""
    if str(text).strip()[:1].isdigit():
        value, rounding = number(str(text).partition(" (")[0])
        yield Seen(figure, of, value, coarse(figure, value, rounding), where)


def cells(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Rows of a sheet, below its title and note."""
    rows = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(min_row=4, values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def kept(figure: str, of: Any, value: Any, rounding: float, where: str) -> Iterator[Seen]:
    """A figure that a cell keeps as a number; nothing where the cell is empty."""
    if value is not None and value == value and of is not None:
        yield Seen(figure, str(of), float(value), coarse(figure, float(value), rounding), where)


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.cell is not None:
            self.tables[-1][-1].append("".join(self.cell).strip())
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def html_tables(page: str) -> list[list[dict[str, str]]]:
    """Every table of a page as rows by heading."""
    parser = _Tables()
    parser.feed(page)
    return [[dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for rows in parser.tables if rows]


def read_manifest(folder: Path) -> Iterator[Seen]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for row in manifest["indicators"]:
        of = REGION if row["area_level"] == "region" else row["area_name"]
        yield from kept(row["indicator"], of, row["value"], EXACT, "manifest")
    persons = manifest["persons"]
    yield Seen("persons", REGION, persons["planned"], WHOLE, "manifest")
    yield Seen("served_persons", REGION, persons["served"], WHOLE, "manifest")
    yield Seen("unreachable_persons", REGION, persons["unreachable"], WHOLE, "manifest")
    for level in ("lnsp", "cnsp"):
        yield from kept(f"gap_{level}", REGION, manifest["plan"][level]["gap"], EXACT, "manifest")


def read_proof(folder: Path) -> Iterator[Seen]:
    with np.load(folder / "bewijs.npz") as proof:
        persons = proof["walk_persons"][proof["walk_demand"]] * proof["walk_share"]
        everybody, served = float(proof["walk_persons"].sum()), float(persons.sum())
        yield Seen("persons", REGION, everybody, EXACT, "bewijs")
        yield Seen("served_persons", REGION, served, EXACT, "bewijs")
        yield from kept("mean_distance_m", REGION, float(persons @ proof["walk_m"]) / served, EXACT, "bewijs")
        for level in ("lnsp", "cnsp"):
            gap = relative_gap(float(proof[f"{level}_value"]), float(proof[f"{level}_bound"]))
            yield from kept(f"gap_{level}", REGION, gap if np.isfinite(gap) else None, EXACT, "bewijs")


def read_list(folder: Path) -> Iterator[Seen]:
    book = folder / "kandidatenlijst.xlsx"
    for row in cells(book, "Indicatoren"):
        of = REGION if row["Niveau"] == "regio" else row["Gebied"]
        for label, name in BY_LABEL.items():
            yield from kept(name, of, row[label], EXACT, "Indicatoren")
    for row in cells(book, "Regio"):
        yield from _list_row(row, "Regio")
    for row in cells(book, "Gebruik en bemensing"):
        if row["Rol"] == "L-NSP":
            yield from kept("persons", row["Noodsteunpunt"], row["Inwoners"], WHOLE, "Gebruik en bemensing")
    for row in cells(book, "C-NSP"):
        yield from kept("persons", row["L-NSP"], row["Inwoners"], WHOLE, "C-NSP")
        yield from kept("cnsp_distance_m", row["L-NSP"], row["Afstand tot C-NSP (m)"], WHOLE, "C-NSP")
        yield from kept("cnsp_minutes", row["L-NSP"], row["Rijden (min)"], WHOLE, "C-NSP")
    guide = {str(row[0]): str(row[1]) for row in openpyxl.load_workbook(book)["Leeswijzer"].iter_rows(values_only=True)}
    for label, name in (
        ("L-NSP's", "n_lnsp"),
        ("C-NSP's", "n_cnsp"),
        ("% binnen 1 km", "share_within_1000m"),
        ("Grootste loopafstand", "worst_distance_m"),
        ("Max. belasting", "highest_load"),
    ):
        yield from printed(
            name, REGION, guide[label].split(", ")[0] if " m," in guide[label] else guide[label], "guide"
        )
    for key, level in (("Keuze van de L-NSP's", "lnsp"), ("Keuze van de C-NSP's", "cnsp")):
        yield from _gap(level, guide[key], "guide")
    with (folder / "kandidatenlijst.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            known = {key: value.replace(",", ".") or None for key, value in row.items()}
            yield from _list_row({**known, "Naam": row["Naam"]}, "kandidatenlijst.csv")


def _list_row(row: dict[str, Any], where: str) -> Iterator[Seen]:
    if row["Rol"] == "L-NSP":
        for label, name in OF_LNSP.items():
            if label in row:
                yield from kept(name, row["Naam"], row[label], 0.00005 if name == "load" else WHOLE, where)


def _gap(level: str, text: str, where: str) -> Iterator[Seen]:
    """A proven gap in words; it is rounded up."""
    if "bewezen het best mogelijke" in text and "niet bewezen" not in text:
        yield Seen(f"gap_{level}", REGION, 0.0, EXACT, where)
    if found := re.search(r"ten hoogste ([\d.,]+ %)", text):
        yield Seen(f"gap_{level}", REGION, number(found[1])[0], 0.001, where)


def read_geopackage(folder: Path) -> Iterator[Seen]:
    path = folder / "plan.gpkg"
    for row in pyogrio.read_dataframe(path, layer="gemeenten", read_geometry=False).to_dict("records"):
        for name, column in INDICATOR_COLUMNS.items():
            yield from kept(name, row["naam"], row[column], EXACT, "gpkg gemeenten")
    for row in pyogrio.read_dataframe(path, layer="lnsp", read_geometry=False).to_dict("records"):
        for column, name in (
            ("inwoners", "persons"),
            ("belasting", "load"),
            ("gem_afstand_m", "mean_distance_m"),
            ("max_afstand_m", "worst_distance_m"),
            ("cnsp_afstand_m", "cnsp_distance_m"),
            ("cnsp_minuten", "cnsp_minutes"),
        ):
            yield from kept(name, row["naam"], row[column], EXACT, "gpkg lnsp")
    for row in pyogrio.read_dataframe(path, layer="cnsp", read_geometry=False).to_dict("records"):
        yield Seen("lnsps_of_cnsp", row["naam"], row["aantal_lnsp"], EXACT, "gpkg cnsp")
    for row in pyogrio.read_dataframe(path, layer="verzorgingsgebieden", read_geometry=False).to_dict("records"):
        yield Seen("persons", row["naam"], row["inwoners"], EXACT, "gpkg verzorgingsgebieden")
    squares = pyogrio.read_dataframe(path, layer="vierkanten", read_geometry=False)
    names = pyogrio.read_dataframe(path, layer="gemeenten", read_geometry=False).set_index("gemeente_code")["naam"]
    for of, rows in [(REGION, squares), *((names[code], own) for code, own in squares.groupby("gemeente_code"))]:
        persons, beyond = float(rows["inwoners"].sum()), float(rows["inwoners_buiten_norm"].sum())
        yield Seen("persons", of, persons, EXACT, "gpkg vierkanten")
        yield Seen("beyond_norm_persons", of, beyond, EXACT, "gpkg vierkanten")
        yield Seen("share_within_norm", of, 1 - beyond / persons, EXACT, "gpkg vierkanten")
        assert ((rows["inwoners_buiten_norm"] < EXACT) == rows["binnen_norm"]).all()


def read_geojson(folder: Path) -> Iterator[Seen]:
    for feature in json.loads((folder / "noodsteunpunten.geojson").read_text(encoding="utf-8"))["features"]:
        known = feature["properties"]
        if known["rol"] == "L-NSP":
            yield Seen("persons", known["naam"], known["inwoners"], WHOLE, "geojson")
            yield Seen("load", known["naam"], known["belasting"], 0.00005, "geojson")
            yield from kept("mean_distance_m", known["naam"], known["gem_afstand_m"], WHOLE, "geojson")
            yield from kept("worst_distance_m", known["naam"], known["max_afstand_m"], WHOLE, "geojson")
        else:
            yield Seen("lnsps_of_cnsp", known["naam"], known["aantal_lnsp"], EXACT, "geojson")


def read_map(folder: Path) -> Iterator[Seen]:
    header, columns = map_content(folder / "kaart.html")
    persons, shared = columns["persons"], columns["shared_square"]
    beyond = persons * ((columns["flags"] & FLAG_BEYOND_NORM) > 0)
    beyond[shared] = 0
    divided = (columns["shared_persons"] * columns["shared_beyond"]).sum()
    yield Seen("persons", REGION, persons.sum(), EXACT, "map squares")
    yield Seen("beyond_norm_persons", REGION, beyond.sum() + divided, EXACT + WHOLE * len(shared), "map squares")
    yield Seen("n_lnsp", REGION, len(header["lnsps"]), EXACT, "map sites")
    yield Seen("n_cnsp", REGION, len(header["cnsps"]), EXACT, "map sites")
    yield from _map_sites(folder / "kaart.html", "map")
    for table in html_tables((folder / "kaart.html").read_text(encoding="utf-8")):
        for row in table:
            if "Gebied" in row:
                of = REGION if row["Gebied"] == "Toystad" else row["Gebied"]
                for label, name in BY_LABEL.items():
                    yield from printed(name, of, row[label], "map table")


def map_content(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and columns of a map."""
    return unpack(path.read_text(encoding="utf-8").rsplit(f'id="{DATA_ID}">', 1)[1].split("</script>", 1)[0])


def _map_sites(path: Path, where: str) -> Iterator[Seen]:
    header, _ = map_content(path)
    for record in header["lnsps"]:
        facts = dict(record["facts"])
        for label in ("Inwoners", "Belasting", "Gemiddelde loopafstand", "Grootste loopafstand"):
            yield from printed(
                OF_LNSP[label], record["name"], re.split(r" van |, ", facts[label])[0], f"{where} pop-up"
            )
        for name, told in (
            ("mean_minutes", facts["Gemiddelde loopafstand"]),
            ("cnsp_minutes", record["cnsp_distance"]),
        ):
            yield from printed(name, record["name"], told.partition(", ")[2], f"{where} pop-up")
    for record in header["cnsps"]:
        yield from printed("lnsps_of_cnsp", record["name"], dict(record["facts"])["Aantal L-NSP's"], f"{where} pop-up")
    for table in html_tables(path.read_text(encoding="utf-8")):
        for row in table:
            if "L-NSP" in row:
                for label, name in OF_LNSP.items():
                    yield from printed(name, row["L-NSP"], row.get(label, "–"), f"{where} table")


def read_board(folder: Path) -> Iterator[Seen]:
    page = (folder / "bestuursrapport.html").read_text(encoding="utf-8")
    of_area = {
        "Inwoners": "persons",
        "L-NSP's": "n_lnsp",
        "C-NSP's": "n_cnsp",
        "% binnen 1 km": "share_within_1000m",
        "% binnen de maat": "share_within_norm",
        "Gem. afstand": "mean_distance_m",
        "Langste afstand": "worst_distance_m",
        "Max. belasting": "highest_load",
    }
    for table in html_tables(page):
        for row in table:
            if "% binnen de maat" in row:
                of = REGION if row["Gemeente"] == "Toystad" else row["Gemeente"]
                for label, name in of_area.items():
                    yield from printed(name, of, row[label], "board annex")
            elif "Status" in row:
                for label, name in OF_LNSP.items():
                    # a load stands with what it is a part of: 86 % van 5.000 (167)
                    cell = row.get(label, "–").partition(" van ")[0]
                    yield from printed(name, row["L-NSP"], cell, "board L-NSPs")
                yield from printed("cnsp_minutes", row["L-NSP"], row["Naar C-NSP"].partition("km, ")[2], "board L-NSPs")
    text = re.sub(r"<[^>]+>", " ", page)
    for figure, pattern in (
        ("beyond_norm_persons", r"([\d.]+) inwoners \([\d.,]+ %\) wonen verder van hun L-NSP"),
        ("lnsp_staff", r"([\d.]+) mensen per dienst op de L-NSP"),
        ("cnsp_staff", r"([\d.]+) medewerkers van de veiligheidsregio per dienst"),
        ("n_water_points", r"([\d.]+) punten voor nooddrinkwater"),
        ("water_litres_per_day", r"([\d.]+) liter water per dag"),
    ):
        found = re.search(pattern, text)
        assert found, pattern
        yield from printed(figure, REGION, found[1], "board text")
    for level in ("L", "C"):
        found = re.search(rf"{level}-NSP's is ((?:ten hoogste|bewezen|niet bewezen)[^;.]+)", unescape(text))
        assert found
        yield from _gap(f"{level.lower()}nsp", found[1], "board text")


def read_packs(folder: Path) -> Iterator[Seen]:
    for pack in sorted(folder.glob("gemeenten/*/pakket.xlsx")):
        name = str(openpyxl.load_workbook(pack)["Cijfers"]["A1"].value).removeprefix("Het plan voor ")
        for row in cells(pack, "Cijfers"):
            yield from kept(BY_LABEL[row["Cijfer"]], name, row["Deze gemeente"], EXACT, "pack Cijfers")
            yield from kept(BY_LABEL[row["Cijfer"]], REGION, row["De regio"], EXACT, "pack Cijfers")
        for row in cells(pack, "Bemensing"):
            if row["Middel"] in STAFF:
                yield from kept(STAFF[row["Middel"]], name, row["Aantal"], WHOLE, "pack Bemensing")
        gaps = [row for row in cells(pack, "GAP") if row["Norm"] == "basisnorm"]
        for row in cells(pack, "Acties"):
            for figure, column, known in (("n_arrange", "Regelen", "nee"), ("n_ask", "Navragen", "onbekend")):
                asked = sum(gap["Id"] == row["Id"] and gap["Wat is bekend"] == known for gap in gaps)
                yield from kept(figure, row["Naam"], row[column], EXACT, "pack Acties")
                yield from kept(figure, row["Naam"], asked, EXACT, "pack GAP")
        for row in cells(pack, "Lijst"):
            yield from _list_row(row, "pack Lijst")
        yield from _map_sites(pack.parent / "kaart.html", "pack map")


def read_cnsp_pack(folder: Path) -> Iterator[Seen]:
    book = folder / "c-nsp" / "pakket-c-nsp.xlsx"
    for row in cells(book, "Bemensing"):
        if row["Middel"] in STAFF and "op de L-NSP" not in row["Middel"]:
            yield from kept(STAFF[row["Middel"]], REGION, row["Aantal"], WHOLE, "C-NSP pack")
    for sheet in ("Toewijzing", "Uitval"):
        for row in cells(book, sheet):
            yield from kept("persons", row["L-NSP"], row["Inwoners"], WHOLE, f"C-NSP pack {sheet}")


def read_places(folder: Path) -> Iterator[Seen]:
    with (folder / "noodsteunpunten-per-plaats.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    parts = {(row["Gemeente"], row["Deel"]): float(row["Inwoners"]) for row in rows}
    with_card = {(row["Gemeente"], row["Deel"]) for row in rows if row["Keuze"] == "1"}
    for gemeente in {gemeente for gemeente, _ in parts}:
        own = [persons for (of, _), persons in parts.items() if of == gemeente]
        yield Seen("persons", gemeente, sum(own), WHOLE * len(own), "places")
        yield Seen("n_cards", gemeente, sum(of == gemeente for of, _ in with_card), EXACT, "places")
    for row in rows:
        if row["Keuze"]:
            key = f"{row['Gemeente']}, {row['Deel']}: {row['Noodsteunpunt']}"
            yield from kept("walk_m", key, row["Gemiddelde loopafstand (m)"] or None, WHOLE, "places")
    for row in cells(folder / "noodsteunpunten-per-plaats.xlsx", "Alle plaatsen"):
        if row["Keuze"]:
            key = f"{row['Gemeente']}, {row['Deel']}: {row['Noodsteunpunt']}"
            yield from kept("walk_m", key, row["Gemiddelde loopafstand (m)"], WHOLE, "places workbook")


def read_cards(folder: Path) -> Iterator[Seen]:
    for path in sorted((folder / "meterkastkaarten").glob("*.pdf")):
        pages = pypdf.PdfReader(path).pages
        gemeente = re.search(r"Gemeente (.+?) · bewaar", " ".join(pages[0].extract_text().split()))
        assert gemeente
        yield Seen("n_cards", gemeente[1], len(pages), EXACT, "cards")


def read_public(folder: Path) -> Iterator[Seen]:
    with (folder / "openbaar" / "noodsteunpunten-per-plaats.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["Keuze"]:
                key = f"{row['Gemeente']}, {row['Deel']}: {row['Noodsteunpunt']}"
                yield from kept("walk_m", key, row["Gemiddelde loopafstand (m)"] or None, WHOLE, "public")


def read_start(folder: Path) -> Iterator[Seen]:
    """The page to begin with prints no figure of the plan."""
    assert (folder / "begin-hier.html").is_file()
    yield from ()


READERS: dict[str, Callable[[Path], Iterator[Seen]]] = {
    "start": read_start,
    "map": read_map,
    "list": read_list,
    "geopackage": read_geopackage,
    "board": read_board,
    "places": read_places,
    "geojson": read_geojson,
    "packs": read_packs,
    "cnsp_pack": read_cnsp_pack,
    "cards": read_cards,
    "public": read_public,
    "proof": read_proof,
    "manifest": read_manifest,
}
"""The reader of each output of the register: a new output adds its own."""
