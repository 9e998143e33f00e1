"""Bad and odd lists of candidate buildings: CSV, Excel, GeoPackage and GeoJSON as people send them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from nsp_planner.layers.tables import Layers
from tests.trust.corpus import Accepted, Case, Refused, World, hold, parametrised, with_bytes, with_file, world
from tests.trust.makers import (
    CHURCH,
    ESRI_JSON,
    GML,
    HALL,
    HEADER,
    KML,
    ROWS,
    SHEET,
    TOPO_JSON,
    VRT,
    WFS,
    book,
    cell,
    changed_parts,
    csv_of,
    geojson,
    odd_polygon,
    shared_book,
    stale_dimension,
    vector,
    with_sql,
)

pytestmark = pytest.mark.slow  # hundreds of small cases, a minute or two together

LIST = "sites: lijst"


def csv(content: str | bytes, **settings: Any) -> Callable[[Path], World]:
    """The world with this CSV as its only list."""
    raw = content.encode() if isinstance(content, str) else content
    return with_bytes("sites", "lijst.csv", raw, **settings)


def xlsx(*args: Any, **kwargs: Any) -> Callable[[Path], World]:
    """The world with this workbook as its only list."""
    settings = kwargs.pop("settings", {})
    return with_bytes("sites", "lijst.xlsx", lambda: book(*args, **kwargs), **settings)


def shared(change: Callable[[str], str]) -> Callable[[Path], World]:
    """The world with a workbook whose shared strings are changed."""
    return with_bytes("sites", "lijst.xlsx", lambda: changed_parts(shared_book(), {"xl/sharedStrings.xml": change}))


def rows(*more: tuple[object, ...], header: tuple[str, ...] = HEADER) -> Callable[[Path], World]:
    """A CSV with these rows."""
    return csv(csv_of((header, *more)))


def names(layers: Layers) -> list[str]:
    """Names of the buildings, by id."""
    return layers.sites["name"].tolist()


def sorted_names(layers: Layers) -> list[str]:
    """Names of the buildings."""
    return sorted(layers.sites["name"])


def capacities(layers: Layers) -> dict[str, float]:
    """Capacity per name, people at once, of those that have one."""
    known = layers.sites.dropna(subset="capacity_present")
    return dict(zip(known["name"], known["capacity_present"].astype(float), strict=True))


def areas_m2(layers: Layers) -> dict[str, float]:
    """Floor area per name."""
    known = layers.sites.dropna(subset="floor_area_m2")
    return dict(zip(known["name"], known["floor_area_m2"].astype(float), strict=True))


def statuses(layers: Layers) -> list[str]:
    """Status per building."""
    return layers.sites["status"].tolist()


def n_sites(layers: Layers) -> int:
    """How many buildings."""
    return len(layers.sites)


def corner(layers: Layers) -> list[tuple[float, float]]:
    """Where the buildings are, whole metres."""
    return sorted((round(p.x), round(p.y)) for p in layers.sites.geometry)


def notes(layers: Layers) -> str:
    """All notes."""
    return " | ".join(layers.notes["note"])


TWO = ["Dorpshuis", "Kerk"]

ENCODINGS: tuple[Case, ...] = (
    Accepted("UTF-8 with a byte order mark", csv(csv_of(encoding="utf-8-sig")), sorted_names, TWO),
    Accepted(
        "Windows-1252 with an accent",
        csv(csv_of((HEADER, ("Café De Brême", *HALL[1:]), CHURCH), encoding="cp1252")),
        sorted_names,
        ["Café De Brême", "Kerk"],
    ),
    Accepted(
        "Windows-1252 is noted",
        csv(csv_of((HEADER, ("Café", *HALL[1:]), CHURCH), encoding="cp1252")),
        lambda layers: "Windows-1252" in notes(layers),
        True,
    ),
    Accepted("UTF-16 as Excel's Unicode text", csv(csv_of(encoding="utf-16", mark="\t")), sorted_names, TWO),
    Accepted(
        "UTF-16 without a byte order mark",
        csv(csv_of(encoding="utf-16-le")),
        sorted_names,
        TWO,
    ),
    Refused(
        "UTF-8 with one broken byte does not turn every name",
        csv(csv_of((HEADER, ("Café", *HALL[1:]), ("Brême", *CHURCH[1:]))) + b"H\xffl;201950;501050;5;idee\n"),
        LIST,
        ["line 4", "UTF-8"],
        file="lijst.csv",
    ),
    Refused(
        "an accent of MS-DOS (cp850)",
        csv(csv_of((HEADER, ("Café", *HALL[1:]), CHURCH), encoding="cp850")),
        LIST,
        ["line 2", "UTF-8"],
    ),
    Refused(
        "an accent of an old Mac",
        csv(csv_of((HEADER, ("Café", *HALL[1:]), CHURCH), encoding="mac_roman")),
        LIST,
        ["line 2", "UTF-8"],
    ),
    Accepted(
        "text that went through two encodings is noted",
        csv(csv_of((HEADER, ("CafÃ© De Zon", *HALL[1:]), CHURCH))),
        lambda layers: "CafÃ© De Zon" in notes(layers),
        True,
    ),
    Refused("a picture named .csv", csv(b"\x89PNG\r\n\x1a\n" + bytes(200)), LIST, ["no text file"]),
    Refused("only blank lines", csv("\n\n   \n;;;\n"), LIST, ["no rows"]),
    Refused("one column: the separator is none we know", csv("naam~x~y\nHal~201050~501050\n"), LIST, ["coordinates"]),
    Refused("a quote that is never closed", csv('naam;x;y\n"Hal;201050;501050\n'), LIST, ["quotes", "line 2"]),
    Accepted(
        "a line break inside a name",
        csv('naam;x;y\n"Dorpshuis\nachterzaal";201050;501050\nKerk;205050;501050\n'),
        sorted_names,
        ["Dorpshuis achterzaal", "Kerk"],
    ),
    Accepted("lines that end as on an old Mac", csv(csv_of().replace(b"\n", b"\r")), sorted_names, TWO),
    Accepted(
        "a zero-width space and a soft hyphen in a name",
        rows(("Dorps\u200bhuis\u00ad", *HALL[1:]), CHURCH),
        sorted_names,
        TWO,
    ),
    Accepted(
        "a no-break space in status and name",
        rows(("Dorpshuis\u00a0Oost", *HALL[1:-1], "in\u00a0gesprek"), CHURCH),
        lambda layers: (sorted_names(layers), sorted(statuses(layers))),
        (["Dorpshuis Oost", "Kerk"], ["idee", "in gesprek"]),
    ),
    Accepted(
        "escape codes of a terminal in a name",
        rows(("\x1b[31mDorpshuis\x1b[0m\x07", *HALL[1:]), CHURCH),
        lambda layers: [name for name in names(layers) if not name.isprintable()],
        [],
    ),
    Accepted(
        "marks that turn the direction of text in a name",
        rows(("Dorps\u202ehuis", *HALL[1:]), CHURCH),
        sorted_names,
        TWO,
    ),
    Accepted(
        "an invisible mark in the header",
        csv("\u200bnaam;x\u00a0;y;capaciteit\nHal;201050;501050;5\u200b00\nKerk;205050;501050;400\n"),
        capacities,
        {"Hal": 500.0, "Kerk": 400.0},
    ),
    Accepted(
        "a name of 300 letters",
        rows(("D" * 300, *HALL[1:]), CHURCH),
        lambda layers: max(map(len, names(layers))),
        300,
    ),
    Refused(
        "a name of 20,000 letters",
        rows(("D" * 20_000, *HALL[1:]), CHURCH),
        LIST,
        ["20,000 characters"],
        column="naam",
        ids=["row 2"],
    ),
    Refused("a name of a million letters", rows(("D" * 1_000_000, *HALL[1:]), CHURCH), LIST, ["line 2", "131,072"]),
    Refused(
        "two columns of one name",
        csv("naam;x;y;capaciteit;capaciteit\nHal;201050;501050;5;500\n"),
        LIST,
        ["more than one column", "capaciteit"],
    ),
    Refused(
        "two columns whose names differ in case only",
        csv("naam;x;y;Capaciteit;CAPACITEIT\nHal;201050;501050;5;500\nKerk;205050;501050;6;600\n"),
        LIST,
        ["Capaciteit", "CAPACITEIT"],
    ),
    Refused("a row with more values than the header", csv("naam;x;y\nHal;201050;501050;700\n"), LIST, ["line 2"]),
    Refused("no header", csv("Hal;201050;501050\nKerk;205050;501050\n"), LIST, ["coordinates"]),
)

NUMBERS: tuple[Case, ...] = (
    Accepted(
        "capacities with a Dutch thousands dot",
        rows((*HALL[:3], "1.250", "idee"), CHURCH),
        capacities,
        {"Dorpshuis": 1250.0, "Kerk": 300.0},
    ),
    Refused(
        "a capacity that may be 1250 or 1.25",
        rows((*HALL[:3], "1,250", "idee"), CHURCH),
        LIST,
        ['"1,250"', "1250"],
        column="capaciteit",
        ids=["row 2"],
    ),
    Refused(
        "a floor area that may be 1250 or 1.25",
        csv("naam;x;y;vloeroppervlakte\nHal;201050;501050;1,250\nKerk;205050;501050;300\n"),
        LIST,
        ['"1,250"'],
        column="vloeroppervlakte",
    ),
    Accepted(
        "floor areas with a thousands comma, as another row shows",
        csv('naam,x,y,vloeroppervlakte\nHal,201050,501050,"1,250"\nKerk,205050,501050,"1,250.5"\n'),
        areas_m2,
        {"Hal": 1250.0, "Kerk": 1250.5},
    ),
    Accepted(
        "floor areas with a decimal comma, as another row shows",
        csv("naam;x;y;vloeroppervlakte\nHal;201050;501050;125,125\nKerk;205050;501050;1.250,5\n"),
        areas_m2,
        {"Hal": 125.125, "Kerk": 1250.5},
    ),
    Refused(
        "separators that contradict each other in one column",
        csv('naam;x;y;vloeroppervlakte\nHal;201050;501050;"1,250.5"\nKerk;205050;501050;"1.250,5"\n'),
        LIST,
        ["vloeroppervlakte"],
        n_faults=1,
    ),
    Refused("a capacity with words", rows((*HALL[:3], "ca. 700", "idee"), CHURCH), LIST, ['"ca. 700"'], ids=["row 2"]),
    Refused("a capacity as a range", rows((*HALL[:3], "500-700", "idee"), CHURCH), LIST, ['"500-700"']),
    Refused("a capacity of 0", rows((*HALL[:3], 0, "idee"), CHURCH), LIST, ["no positive numbers"]),
    Refused("a capacity below 0", rows((*HALL[:3], -700, "idee"), CHURCH), LIST, ["no positive numbers"]),
    Refused("a capacity without end", rows((*HALL[:3], "inf", "idee"), CHURCH), LIST, ["no positive numbers"]),
    Refused("a capacity as NaN", rows((*HALL[:3], "NaN", "idee"), CHURCH), LIST, ["no positive numbers"]),
    Refused("a capacity of 1e300", rows((*HALL[:3], "1e300", "idee"), CHURCH), LIST, ["1e300"]),
    Refused("a capacity of a trillion", rows((*HALL[:3], "1000000000000", "idee"), CHURCH), LIST, ["1000000000000"]),
    Refused("a capacity in hexadecimal", rows((*HALL[:3], "0x2BC", "idee"), CHURCH), LIST, ['"0x2BC"']),
    Refused("a capacity with an underscore", rows((*HALL[:3], "7_00", "idee"), CHURCH), LIST, ['"7_00"']),
    Accepted(
        "full-width digits",
        rows((*HALL[:3], "７００", "idee"), CHURCH),
        capacities,
        {"Dorpshuis": 700.0, "Kerk": 300.0},
    ),
    Accepted(
        "a space of thousands",
        rows((*HALL[:3], "1\u202f250", "idee"), CHURCH),
        capacities,
        {"Dorpshuis": 1250.0, "Kerk": 300.0},
    ),
    Refused("a capacity of less than a person", rows((*HALL[:3], "0,4", "idee"), CHURCH), LIST, ["0,4"]),
)

PLACES: tuple[Case, ...] = (
    Refused("x and y swapped", csv("naam;x;y\nHal;501050;201050\n"), LIST, ["swapped"], ids=["row 2"]),
    Refused("degrees under x and y", csv("naam;x;y\nHal;6,12;52,49\n"), LIST, ["degrees"]),
    Refused("kilometres under x and y", csv("naam;x;y\nHal;201,05;501,05\n"), LIST, ["outside the Netherlands"]),
    Refused("zero, zero", csv("naam;x;y\nHal;0;0\nKerk;205050;501050\n"), LIST, ["row 2"], ids=["row 2"]),
    Refused("a Belgian Lambert coordinate", csv("naam;x;y\nHal;150000;170000\n"), LIST, ["outside the Netherlands"]),
    Refused(
        "x, y and degrees that contradict each other",
        csv("id;naam;x;y;lon;lat\n7;Hal;201050;501050;6.16;52.50\n8;Kerk;205050;501050;;\n"),
        LIST,
        ["x and y", "longitude"],
        ids=["7"],
    ),
    Accepted(
        "x, y and degrees that agree",
        csv("naam;x;y;lon;lat\nHal;201050;501050;6.06529;52.49521\nKerk;205050;501050;;\n"),
        n_sites,
        2,
    ),
    Refused(
        "a geometry and columns that contradict each other",
        with_bytes(
            "sites", "lijst.geojson", geojson([({"naam": "Hal", "x": 205_050, "y": 501_050}, (6.06529, 52.49521))])
        ),
        LIST,
        ["geometry"],
        ids=["row 1"],
    ),
    Refused(
        "a row with x only", csv("naam;x;y\nHal;201050;\nKerk;205050;501050\n"), LIST, ["no coordinates"], ids=["row 2"]
    ),
    Refused("infinite coordinates", csv("naam;x;y\nHal;inf;501050\n"), LIST, ["no numbers"], ids=["row 2"]),
    Refused("coordinates in words", csv("naam;x;y\nHal;onbekend;501050\n"), LIST, ['"onbekend"'], ids=["row 2"]),
    Accepted(
        "coordinates with a thousands dot",
        csv("naam;x;y\nHal;201.050;501.050\nKerk;205.050;501.050\n"),
        corner,
        [(201_050, 501_050), (205_050, 501_050)],
    ),
    Accepted(
        "coordinates with a thousands comma",
        csv("naam;x;y\nHal;201,050;501,050\nKerk;205,050;501,050\n"),
        corner,
        [(201_050, 501_050), (205_050, 501_050)],
    ),
    Refused("a CRS that is none", csv(csv_of(), crs="EPSG:999999"), LIST, ['"EPSG:999999" is no CRS'], column="crs"),
    Refused("a CRS that is an address", csv(csv_of(), crs="http://127.0.0.1:9/crs"), LIST, ["is no CRS"], column="crs"),
    Refused(
        "a local CRS of the building site",
        csv(csv_of(), crs='LOCAL_CS["bouwplaats",UNIT["metre",1]]'),
        LIST,
        ["CRS"],
        column="crs",
    ),
    Refused("a vertical CRS", csv(csv_of(), crs="EPSG:5709"), LIST, ["CRS"], column="crs"),
    Refused("all rows outside the region", csv("naam;x;y\nHal;120000;487000\n"), LIST, ["outside the region"]),
    Refused(
        "a gemeente that does not exist",
        csv("naam;x;y;gemeentecode\nHal;201050;501050;9999\nKerk;205050;501050;0002\n"),
        LIST,
        ["9999"],
        ids=["row 2"],
    ),
    Refused(
        "a gemeente that contradicts the map",
        csv("naam;x;y;gemeentecode\nHal;201050;501050;0002\nKerk;205050;501050;0002\n"),
        LIST,
        ["in Aldorp", "2,950 m from Bedorp"],
        column="gemeentecode",
        ids=["row 2"],
    ),
)

WORDS: tuple[Case, ...] = (
    *(
        Refused(
            f'a status "{word}"',
            rows((*HALL[:4], word), CHURCH),
            LIST,
            [f'"{word}"', "afgevallen"],
            column="status",
            ids=["row 2"],
        )
        for word in ("x", "afgevalen", "gesloten")
    ),
    *(
        Accepted(f'a status "{word}"', rows((*HALL[:4], word), CHURCH), statuses, [meant, "idee"])
        for word, meant in (
            ("valt af", "afgevallen"),
            ("vervallen", "afgevallen"),
            ("nee", "afgevallen"),
            ("geweigerd", "afgevallen"),
            ("akkoord", "akkoord eigenaar"),
        )
    ),
    Refused(
        "other words for the status, told all at once",
        rows((*HALL[:4], "dicht"), (*CHURCH[:4], "gesloten")),
        LIST,
        ['"dicht"', '"gesloten"'],
        column="status",
        ids=["row 2", "row 3"],
    ),
    Accepted(
        "a status in capitals with spaces",
        rows((*HALL[:4], " AFGEVALLEN "), CHURCH, ("Hal", 201_950, 501_050, 700, "")),
        lambda layers: sorted(statuses(layers)),
        ["afgevallen", "idee", "idee"],
    ),
    Accepted(
        "two spaces inside a status",
        rows((*HALL[:4], "in  gesprek"), CHURCH),
        lambda layers: sorted(statuses(layers)),
        ["idee", "in gesprek"],
    ),
    Accepted(
        "a column status that is not to be read",
        csv(csv_of((HEADER, (*HALL[:4], "verblijfsobject in gebruik"), CHURCH)), columns={"status": ""}),
        lambda layers: sorted(statuses(layers)),
        ["idee", "idee"],
    ),
    Refused(
        "a provision in other words",
        csv("naam;x;y;noodstroom\nHal;201050;501050;aggregaat\nKerk;205050;501050;ja\n"),
        LIST,
        ['"aggregaat"'],
        column="noodstroom",
        ids=["row 2"],
    ),
    Accepted(
        "an empty provision is unknown, not no",
        csv("naam;x;y;noodstroom\nHal;201050;501050;\nKerk;205050;501050;nee\n"),
        lambda layers: sorted(layers.sites["emergency_power"]),
        ["no", "unknown"],
    ),
    Refused(
        "ids that occur twice, mapped by the study",
        csv("id;naam;x;y\n7;Hal;201050;501050\n7;Kerk;205050;501050\n", columns={"id": "id"}),
        LIST,
        ["more than once"],
        ids=["7"],
    ),
    Refused(
        "a mapped column that is not there", csv(csv_of(), columns={"name": "gebouw"}), LIST, ['no column "gebouw"']
    ),
    Refused("a mapped field that does not exist", csv(csv_of(), columns={"naam": "naam"}), LIST, ['no field "naam"']),
)

WORKBOOKS: tuple[Case, ...] = (
    Accepted("a workbook", xlsx(), sorted_names, TWO),
    Accepted(
        "a stated dimension that is stale",
        xlsx((HEADER, HALL, CHURCH, ("Hal", 201_950, 501_950, 5, "idee")), parts={SHEET: stale_dimension("A1:E2")}),
        sorted_names,
        ["Dorpshuis", "Hal", "Kerk"],
    ),
    Accepted("a stated dimension that is too narrow", xlsx(parts={SHEET: stale_dimension("A1:C3")}), capacities, {"Dorpshuis": 700.0, "Kerk": 300.0}),
    Accepted("a stated dimension of a million rows", xlsx(parts={SHEET: stale_dimension("A1:XFD1048576")}), sorted_names, TWO),
    Refused("rows hidden by a filter", xlsx(change=lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True)), LIST, ["hidden", "row 3"]),
    Accepted("a hidden empty row", xlsx(change=lambda sheet: setattr(sheet.row_dimensions[9], "hidden", True)), sorted_names, TWO),
    Refused("merged cells of a capacity", xlsx((HEADER, HALL, (*CHURCH[:3], None, "idee")), change=lambda sheet: sheet.merge_cells("D2:D3")), LIST, ["merged", "D2:D3"], column="capaciteit"),
    Accepted("merged cells beside the table", xlsx(change=lambda sheet: sheet.merge_cells("H2:H3")), sorted_names, TWO),
    Refused("a formula without a stored value", xlsx(change=cell("D2", "=3*250")), LIST, ["formula", "D2"], column="capaciteit"),
    Refused("an error value in a name", xlsx(change=cell("A2", "#N/A")), LIST, ["#N/A", "A2"], column="naam"),
    Refused("an error value in a coordinate", xlsx(change=cell("B2", "#VALUE!")), LIST, ["#VALUE!", "B2"], column="x"),
    Accepted("an error value in a column that is not read", xlsx((*((*row, extra) for row, extra in zip(ROWS, ("opmerking", "#REF!", "ok"), strict=True)),)), sorted_names, TWO),
    Refused("a date as a capacity", xlsx(change=cell("D2", dt.datetime(2025, 3, 1))), LIST, ["2025-03-01", "D2"], column="capaciteit"),
    Refused("a date as a name: a house number that Excel changed", xlsx(((*HEADER, "adres"), (*HALL, dt.datetime(2025, 3, 12)), (*CHURCH, "Weg 1"))), LIST, ["2025-03-12", "F2"], column="adres"),
    Refused("two sheets with rows", xlsx(sheets={"Blad2": ROWS}), LIST, ['"Lijst", "Blad2"']),
    Refused("a sheet that is not there", xlsx(settings={"layer": "Blad9"}), LIST, ['"Blad9"', '"Lijst"']),
    Accepted("a title above the header", xlsx((("Lijst van 2025",), (), *ROWS)), names, ["Dorpshuis", "Kerk"]),
    Refused("an old .xls", with_bytes("sites", "lijst.xls", b"\xd0\xcf\x11\xe0" + bytes(600)), LIST, [".xlsx"]),
    Refused("an old .xls named .xlsx", with_bytes("sites", "lijst.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), LIST, [".xlsx"]),
    Refused("a page of HTML named .xlsx", with_bytes("sites", "lijst.xlsx", b"<html><table><tr><td>naam</td></tr></table>"), LIST, ["no workbook"]),
    Refused("a CSV named .xlsx", with_bytes("sites", "lijst.xlsx", csv_of()), LIST, ["no workbook"]),
    Refused("a workbook named .csv", with_bytes("sites", "lijst.csv", lambda: book()), LIST, ["no text file"]),
    Refused("a workbook cut short", with_bytes("sites", "lijst.xlsx", lambda: book()[:-300]), LIST, ["cannot be read"]),
    Refused("a workbook without its sheet", with_bytes("sites", "lijst.xlsx", lambda: book().replace(b"sheet1.xml", b"sheet9.xml")), LIST, ["no rows"]),
    Refused("a sheet that unpacks to far more", xlsx(parts={SHEET: lambda text: text.replace("</sheetData>", " " * 80_000_000 + "</sheetData>")}), LIST, ["MiB", "refused"]),
    Refused("shared strings that unpack to far more", shared(lambda text: text.replace("</sst>", " " * 80_000_000 + "</sst>")), LIST, ["MiB", "refused"]),
    Refused("entities that grow", shared(lambda text: text.replace("<sst", bomb() + "<sst", 1).replace("Dorpshuis", "&e8;")), LIST, ["cannot be read"]),
    Refused("an entity that reads a file", shared(lambda text: text.replace("<sst", STOLEN + "<sst", 1).replace("Dorpshuis", "&f;")), LIST, ["cannot be read"]),
    Accepted("a hidden sheet beside the list", xlsx(sheets={"Verborgen": ()}), sorted_names, TWO),
    Accepted("truth values for a provision", xlsx(((*HEADER, "noodstroom"), (*HALL, True), (*CHURCH, False))), lambda layers: sorted(layers.sites["emergency_power"]), ["no", "yes"]),
    Accepted("numbers stored as text with a green triangle", xlsx((HEADER, ("Dorpshuis", "201050", "501050", "700", "idee"), CHURCH)), capacities, {"Dorpshuis": 700.0, "Kerk": 300.0}),
        Refused("a shared string that is not there", shared(lambda text: "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>"), LIST, ["cannot be read"]),
)  # fmt: skip


def bomb() -> str:
    """Entities that would grow to a gigabyte."""
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    return f'<!DOCTYPE w [<!ENTITY e0 "{"x" * 10}">{grown}]>'


STOLEN = '<!DOCTYPE s [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


def redirecting(name: str) -> Callable[[Path], World]:
    """A text that makes GDAL read a file elsewhere."""

    def make(folder: Path) -> World:
        (folder / "geheim.csv").write_text("naam,x,y\nGeheim,201050,501050\n", encoding="utf-8")
        (folder / name).write_bytes(VRT % str(folder / "geheim.csv").encode())
        return with_file("sites", name)(folder)

    return make


def a_fifo(name: str) -> Callable[[Path], World]:
    """A pipe that nobody writes to."""

    def make(folder: Path) -> World:
        os.mkfifo(folder / name)
        return with_file("sites", name)(folder)

    return make


OTHER_DRIVERS: tuple[Case, ...] = (
    *(
        Refused(f"a VRT that reads elsewhere, named {name}", redirecting(name), LIST, ["no GeoPackage" if name.endswith("gpkg") else "no GeoJSON"], file=name)
        for name in ("lijst.gpkg", "lijst.geojson", "lijst.json")
    ),
    *(
        Refused(f"{what} named lijst{suffix}", with_bytes("sites", f"lijst{suffix}", raw), LIST, [f"no {kind}"])
        for suffix, kind in ((".gpkg", "GeoPackage"), (".geojson", "GeoJSON"))
        for what, raw in (("a WFS that asks a server", WFS), ("GML", GML), ("KML with a link to a server", KML), ("ESRI JSON", ESRI_JSON), ("TopoJSON", TOPO_JSON), ("a CSV", csv_of(mark=",")))
    ),
    Refused("GeoJSON whose CRS is a link to a server", with_bytes("sites", "lijst.geojson", geojson(crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}})), LIST, ["CRS", "link"]),
    Refused("a GeoJSON that is only an address", with_bytes("sites", "lijst.geojson", b"http://127.0.0.1:9/a.geojson"), LIST, ["no GeoJSON"]),
    Refused("an address as path", with_file("sites", "http:/127.0.0.1:9/a.geojson"), LIST, ["not there"]),
    Refused("a path of GDAL over the network", lambda folder: world(folder, inputs={"sites": [{"source": "lijst", "path": "/vsicurl/http://127.0.0.1:9/a.gpkg"}]}), LIST, ["not there"]),
    Refused("a path into a zip", lambda folder: world(folder, inputs={"sites": [{"source": "lijst", "path": f"/vsizip/{folder}/a.zip/a.gpkg"}]}), LIST, ["not there"]),
    Refused("a pipe named .csv", a_fifo("lijst.csv"), LIST, ["no regular file"]),
    Refused("a pipe named .gpkg", a_fifo("lijst.gpkg"), LIST, ["no regular file"]),
    Refused("a pipe named .xlsx", a_fifo("lijst.xlsx"), LIST, ["no regular file"]),
    Refused("a device without end", lambda folder: linked(folder, "/dev/zero"), LIST, ["no regular file"]),
    Refused("a folder named .csv", lambda folder: [(folder / "lijst.csv").mkdir(), with_file("sites", "lijst.csv")(folder)][1], LIST, ["folder"]),
    Refused("a link to itself", lambda folder: linked(folder, str(folder / "lijst.csv")), LIST, ["not there"]),
    Refused("a file name of 300 letters", with_file("sites", "a" * 300 + ".csv"), LIST, ["too long"]),
    Refused("a GeoPackage with a table that reads elsewhere", lambda folder: virtual(folder), LIST, ["virtual"]),
)  # fmt: skip


def linked(folder: Path, target: str) -> World:
    """A list that is a link."""
    (folder / "lijst.csv").symlink_to(target)
    return with_file("sites", "lijst.csv")(folder)


def virtual(folder: Path) -> World:
    """A GeoPackage with a virtual table that opens another file."""
    path = vector(folder / "lijst.gpkg", {"naam": ["Hal"]}, [shapely.Point(201_050, 501_050)])
    with_sql(
        path,
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'elders', 'elders', 0, "
        "'CREATE VIRTUAL TABLE elders USING VirtualOGR(''/etc/passwd'')')",
    )
    return with_file("sites", "lijst.gpkg")(folder)


def shapes(
    name: str, table: dict[str, Any], geometry: list[Any], crs: Any = "EPSG:28992", **settings: Any
) -> Callable[[Path], World]:
    """A vector file as the list."""

    def make(folder: Path) -> World:
        vector(folder / name, table, geometry, crs)
        return with_file("sites", name, **settings)(folder)

    return make


AT_HALL, AT_CHURCH = shapely.Point(201_050, 501_050), shapely.Point(205_050, 501_050)
NAN = shapely.from_wkt("POINT (nan nan)")

VECTORS: tuple[Case, ...] = (
    Accepted("points with heights", shapes("l.gpkg", {"naam": TWO}, [shapely.Point(201_050, 501_050, 5), shapely.Point(205_050, 501_050, 9)]), sorted_names, TWO),
    Accepted("buildings as polygons", shapes("l.gpkg", {"naam": TWO}, [AT_HALL.buffer(10), AT_CHURCH.buffer(10)]), corner, [(201_050, 501_050), (205_050, 501_050)]),
    Accepted("polygons that cross themselves", shapes("l.gpkg", {"naam": TWO}, [shapely.Polygon([(201_040, 501_040), (201_060, 501_060), (201_060, 501_040), (201_040, 501_060)]), AT_CHURCH.buffer(5)]), n_sites, 2),
    Accepted("collections", shapes("l.gpkg", {"naam": TWO}, [shapely.GeometryCollection([AT_HALL]), shapely.GeometryCollection([AT_CHURCH])]), n_sites, 2),
    Refused("no CRS", shapes("l.gpkg", {"naam": TWO}, [AT_HALL, AT_CHURCH], None), LIST, ["does not state its CRS"]),
    Refused("a local CRS", shapes("l.gpkg", {"naam": TWO}, [AT_HALL, AT_CHURCH], 'LOCAL_CS["bouwplaats",UNIT["metre",1]]'), LIST, ["CRS"]),
    Refused("a wrong CRS", shapes("l.gpkg", {"naam": TWO}, [AT_HALL, AT_CHURCH], "EPSG:31370"), LIST, ["outside the Netherlands"]),
    Refused("a missing geometry", shapes("l.gpkg", {"naam": TWO}, [AT_HALL, None]), LIST, ["no coordinates"], ids=["row 2"]),
    Refused("an empty geometry", shapes("l.gpkg", {"naam": TWO}, [AT_HALL, shapely.Point()]), LIST, ["no coordinates"], ids=["row 2"]),
    Refused("NaN as a coordinate", shapes("l.gpkg", {"naam": TWO}, [AT_HALL, NAN]), LIST, ["no coordinates"], ids=["row 2"]),
    Refused("NaN in a polygon", shapes("l.gpkg", {"naam": TWO}, [AT_HALL.buffer(5), odd_polygon((205_000, 501_000), (205_010, float("nan")), (205_010, 501_010), (205_000, 501_010))]), LIST, ["row 2"], ids=["row 2"]),
    Refused("an infinite polygon", shapes("l.gpkg", {"naam": TWO}, [AT_HALL.buffer(5), odd_polygon((205_000, 501_000), (float("inf"), 501_000), (205_010, 501_010))]), LIST, ["row 2"], ids=["row 2"]),
    Refused("metres in a GeoJSON that cannot say so", with_bytes("sites", "l.geojson", geojson([({"naam": "Hal"}, (201_050, 501_050))])), LIST, ["metres"]),
    Accepted("GeoJSON with a CRS of its own", with_bytes("sites", "l.geojson", geojson([({"naam": "Hal"}, (201_050, 501_050)), ({"naam": "Kerk"}, (205_050, 501_050))], crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}})), sorted_names, ["Hal", "Kerk"]),
    Refused("GeoJSON with swapped degrees", with_bytes("sites", "l.geojson", geojson([({"naam": "Hal"}, (52.49521, 6.06529))])), LIST, ["swapped"]),
    Refused("GeoJSON cut short", with_bytes("sites", "l.geojson", geojson()[:-20]), LIST, ["cannot be read"]),
    Refused("GeoJSON nested a thousand deep", with_bytes("sites", "l.geojson", b'{"type":"FeatureCollection","features":[' + b"[" * 100_000), LIST, ["cannot be read"]),
    Refused("GeoJSON without features", with_bytes("sites", "l.geojson", b'{"type":"FeatureCollection"}'), LIST, []),
    Accepted("one Feature instead of a collection", with_bytes("sites", "l.geojson", b'{"type":"Feature","properties":{"naam":"Hal"},"geometry":{"type":"Point","coordinates":[6.06529,52.49521]}}'), lambda layers: names(layers)[0], "Hal"),
    Accepted("lists and tables in the properties", with_bytes("sites", "l.geojson", geojson([({"naam": "Hal", "tags": ["a", {"b": 1}]}, (6.06529, 52.49521)), ({"naam": "Kerk"}, (6.12419, 52.49486))])), sorted_names, ["Hal", "Kerk"]),
    Refused("a GeoPackage cut short", lambda folder: cut(folder), LIST, ["cut short"]),
    Refused("a database that is no GeoPackage", lambda folder: plain_database(folder), LIST, ["no GeoPackage"]),
)  # fmt: skip


def cut(folder: Path) -> World:
    """A GeoPackage of which the last part is missing."""
    path = vector(folder / "l.gpkg", {"naam": TWO}, [AT_HALL, AT_CHURCH])
    path.write_bytes(path.read_bytes()[:-30_000])
    return with_file("sites", "l.gpkg")(folder)


def plain_database(folder: Path) -> World:
    """An SQLite file with a table, named .gpkg."""
    with_sql(folder / "l.gpkg", "CREATE TABLE lijst (naam text, x real, y real)", "INSERT INTO lijst VALUES ('Hal', 201050, 501050)")  # fmt: skip
    return with_file("sites", "l.gpkg")(folder)


@parametrised(ENCODINGS, NUMBERS, PLACES, WORDS, WORKBOOKS, OTHER_DRIVERS, VECTORS)
def test_a_candidate_list(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)


def test_a_list_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is lowered for the test: a list of its true size takes too long to make."""
    monkeypatch.setattr("nsp_planner.layers.raw.limits.MAX_ROWS", 2)
    many = (HEADER, HALL, CHURCH, ("Hal", 201_950, 501_950, 5, "idee"))
    for name, content in (("lijst.csv", csv_of(many)), ("lijst.xlsx", book(many))):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        hold(Refused("too many rows", with_bytes("sites", name, content), LIST, ["more than 2 rows"]), folder)


def test_parts_of_archives_can_be_changed() -> None:
    assert changed_parts(book(), {SHEET: stale_dimension("A1:B1")}) != book()
