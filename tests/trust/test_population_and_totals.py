"""Bad and odd population grids, totals and boundaries: what CBS and PDOK give, spoilt."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from nsp_planner.layers.tables import Layers
from tests.towns.raw_files import SQUARES, WITHHELD, square_box, write_areas, write_grid
from tests.trust.corpus import Accepted, Case, Refused, World, hold, parametrised, with_bytes, with_file, world
from tests.trust.makers import ESRI_JSON, GML, KML, VRT, WFS, book, geojson, odd_polygon, stale_dimension, vector

pytestmark = pytest.mark.slow  # hundreds of small cases, a minute or two together

TOTAL_ROWS = (("gemeentecode", "aantal_inwoners"), ("GM0001", 630), ("GM0002", 50))


def grid(*args: Any, settings: Mapping[str, Any] | None = None, **kwargs: Any) -> Callable[[Path], World]:
    """The world with another grid."""

    def make(folder: Path) -> World:
        write_grid(folder / "vk.gpkg", *args, **kwargs)
        return with_file("population", "vk.gpkg", **(settings or {}))(folder)

    return make


def zipped(members: Mapping[str, Callable[[Path], bytes]]) -> Callable[[Path], World]:
    """The world with its grid in a zip, or something else in it."""

    def make(folder: Path) -> World:
        good = write_grid(folder / "good.gpkg")
        with zipfile.ZipFile(folder / "vk.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content(good))
        good.unlink()
        return with_file("population", "vk.zip")(folder)

    return make


def persons(layers: Layers) -> dict[str, int]:
    """Persons per gemeente."""
    return {str(k): int(v) for k, v in layers.demand.groupby("gemeente_code")["population_persons"].sum().items()}


def published(layers: Layers) -> int:
    """Persons of the file in the region."""
    return int(layers.calibration["published_persons"].sum())


CALIBRATED = {"GM0001": 630, "GM0002": 50}
BOXES = [square_box(s) for s in SQUARES]
POP, TOTALS_LAYER, AREAS = "population", "totals", "areas"
IDS, PERSONS = "crs28992res100m", "aantal_inwoners"

GRIDS: tuple[Case, ...] = (
    Accepted("the grid as it is", grid(), persons, CALIBRATED),
    Accepted("a zip with a readme beside the grid", zipped({"leesmij.txt": lambda _: b"x", "cbs.gpkg": lambda good: good.read_bytes()}), persons, CALIBRATED),
    Accepted("counts as text", grid({s: str(n) for s, n in SQUARES.items()}), persons, CALIBRATED),
    Accepted("counts as decimals", grid({s: float(n) for s, n in SQUARES.items()}), persons, CALIBRATED),
    Accepted("withheld squares as empty cells", grid({s: None if n == WITHHELD else n for s, n in SQUARES.items()}), persons, CALIBRATED),
    Accepted("ids in lower case with spaces", grid([(f" {s.lower()} ", n) for s, n in SQUARES.items()], geometry=BOXES), persons, CALIBRATED),
    Accepted("centre points instead of squares", grid(geometry=[box.centroid for box in BOXES]), persons, CALIBRATED),
    Refused("one square under two ids", grid([*SQUARES.items(), ("E201000N501000", 600)], geometry=[*BOXES, BOXES[0]]), POP, ["more than once"], column=IDS, ids=["E2010N5010", "E201000N501000"]),
    Refused("none of the squares published", grid(dict.fromkeys(SQUARES, WITHHELD)), POP, ["none", "published"]),
    Refused("nobody in any square", grid(dict.fromkeys(SQUARES, 0)), POP, ["no squares with inhabitants"]),
    Refused("a grid of another region", grid({"E1200N4870": 600, "E1210N4870": 5}), POP, ["no squares with inhabitants"]),
    Refused("two columns of persons that differ", grid(inwoner=[1] * len(SQUARES)), POP, ["aantal_inwoners", "inwoner"]),
    Accepted("two columns of persons that agree", grid(inwoner=list(SQUARES.values())), persons, CALIBRATED),
    Refused("an id that is missing", grid([("", 5), *SQUARES.items()], geometry=[BOXES[0], *BOXES]), POP, ["no squares of the CBS grid"], column=IDS),
    Refused("a square named in hectometres and again in metres", grid([*SQUARES.items(), ("E201000N501000", 5)], geometry=[*BOXES, BOXES[0]]), POP, ["more than once"], column=IDS, ids=["E2010N5010", "E201000N501000"]),
    Refused("counts below 0", grid({**SQUARES, "E2030N5010": -7}), POP, ["-7"], column=PERSONS, ids=["E2030N5010"]),
    Refused("half persons", grid({**SQUARES, "E2030N5010": 2.5}), POP, ["2.5"], ids=["E2030N5010"]),
    Refused("an infinite count", grid({**SQUARES, "E2030N5010": float("inf")}), POP, ["inf"], ids=["E2030N5010"]),
    Refused("a count of 1e300", grid({**SQUARES, "E2030N5010": 1e300}), POP, ["1e+300"], ids=["E2030N5010"]),
    Refused("a square of 30 million persons", grid({**SQUARES, "E2030N5010": 30_000_000}), POP, ["30000000"], ids=["E2030N5010"]),
    Refused("words for counts", grid({s: "veel" if n == 600 else str(n) for s, n in SQUARES.items()}), POP, ["veel"], ids=["E2010N5010"]),
    Refused("ids of 100 m in a column of 500 m", grid(columns=("crs28992res500m", PERSONS)), POP, ["elsewhere than their id"]),
    Refused("another resolution in the study", grid(settings={"resolution_m": 500}), POP, ["500 m"], column="resolution_m"),
    Refused("degrees", grid(geometry=list(pd.Series(BOXES)), crs="EPSG:4326"), POP, ["EPSG:4326"]),
    Refused("a local CRS", grid(crs='LOCAL_CS["rooster",UNIT["metre",1]]'), POP, ["CRS"]),
    Refused("no CRS", grid(crs=None), POP, ["does not state its CRS"]),
    Refused("squares that moved 100 m", grid(geometry=[shapely.affinity.translate(b, 100, 0) for b in BOXES]), POP, ["elsewhere than their id"], ids=list(SQUARES)),
    Refused("squares without geometry", grid(geometry=[None, *BOXES[1:]]), POP, ["geometry"], ids=["E2010N5010"]),
    Refused("a square of NaN", grid(geometry=[odd_polygon((201_000, 501_000), (201_100, float("nan")), (201_100, 501_100), (201_000, 501_000)), *BOXES[1:]]), POP, ["geometry"], ids=["E2010N5010"]),
    Refused("no column of persons", grid(columns=(IDS, "aantal_huishoudens")), POP, ["inhabitants"]),
    Refused("no column of ids", grid(columns=("vierkant", PERSONS)), POP, ["no column holds the ids"]),
    Refused("households for persons", grid({s: n // 4 if n > 0 else n for s, n in SQUARES.items()}), TOTALS_LAYER, ["Aldorp"], n_faults=2),
    Refused("a text named .gpkg", with_bytes("population", "vk.gpkg", b"hallo"), POP, ["no GeoPackage"], file="vk.gpkg"),
    *(Refused(f"{what} named .gpkg as the grid", with_bytes("population", "vk.gpkg", raw), POP, ["no GeoPackage"]) for what, raw in (("a VRT", VRT % b"/etc/passwd"), ("a WFS", WFS), ("GML", GML), ("KML", KML), ("ESRI JSON", ESRI_JSON), ("GeoJSON", geojson()))),
    Refused("a zip with two grids", zipped({"a.gpkg": lambda good: good.read_bytes(), "b.gpkg": lambda good: good.read_bytes()}), POP, ["2 GeoPackages"]),
    Refused("a zip without a grid", zipped({"a.csv": lambda _: b"x"}), POP, ["no GeoPackage"]),
    Refused("a zip with a VRT named .gpkg", zipped({"a.gpkg": lambda _: VRT % b"/etc/passwd"}), POP, ["no GeoPackage"], file="vk.zip"),
    Refused("a zip in a zip", zipped({"vk.zip": lambda good: good.read_bytes()}), POP, ["no GeoPackage"]),
    Refused("a zip that unpacks to far more", zipped({"a.gpkg": lambda _: bytes(80 * 2**20)}), POP, ["refused as a zip bomb"]),
    Refused("a zip with a password", with_bytes("population", "vk.zip", lambda: locked()), POP, ["cannot be read"]),
    Accepted("a member that climbs out is read, and written nowhere", zipped({"../../vk.gpkg": lambda good: good.read_bytes()}), persons, CALIBRATED),
    Refused("a pipe named .zip", lambda folder: [os.mkfifo(folder / "vk.zip"), with_file("population", "vk.zip")(folder)][1], POP, ["no regular file"]),
    Refused("a layer that is not there", grid(settings={"layer": "vierkanten"}), POP, ["vierkanten"], column="layer"),
    Refused("a layer name with control characters", grid(settings={"layer": "a\x1b[31m\x07"}), "study", ["control characters"], column="inputs.population.layer", exit_code=2),
    Accepted("a layer name with quotes", grid(layer='vk "2024"; DROP TABLE'), persons, CALIBRATED),
    Refused("a group whose column is not there", lambda folder: world(folder, vulnerable={"columns": {"kind": "aantal_kinderen"}}), POP, ["aantal_kinderen"]),
)  # fmt: skip


def locked() -> bytes:
    """A zip whose member says that it is encrypted."""
    import io

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.gpkg", b"x" * 100)
    raw = bytearray(stream.getvalue())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def totals(content: str | bytes, name: str = "totalen.csv", **settings: Any) -> Callable[[Path], World]:
    """The world with other totals."""
    return with_bytes("totals", name, content.encode() if isinstance(content, str) else content, **settings)


def rows(*lines: str, mark: str = ",") -> str:
    """Totals as CSV."""
    return "".join(f"{line}\n" for line in (mark.join(TOTAL_ROWS[0]), *lines))


TOTALS: tuple[Case, ...] = (
    Accepted("totals with quotes and spaces", totals(rows('" GM0001 ","630"', "GM0002, 50")), persons, CALIBRATED),
    Accepted("codes without GM", totals(rows("1,630", "0002,50")), persons, CALIBRATED),
    Refused("a total of 0.630", totals(rows("GM0001;0.630", "GM0002;50", mark=";")), TOTALS_LAYER, ["0.630"], ids=["GM0001"]),
    Accepted("totals as a workbook", totals(book(TOTAL_ROWS), "totalen.xlsx"), persons, CALIBRATED),
    Accepted("a workbook whose stated dimension is stale", totals(book(TOTAL_ROWS, parts={"xl/worksheets/sheet1.xml": stale_dimension("A1:B2")}), "totalen.xlsx"), persons, CALIBRATED),
    Accepted("rows of provinces and of the country", totals(rows("NL00,17000000", "PV25,500000", "GM0001,630", "GM0002,50")), persons, CALIBRATED),
    Refused("a total that may be 1,250 or 1.25", totals(rows('GM0001,"1,250"', "GM0002,50")), TOTALS_LAYER, ['1,250'], column=PERSONS, ids=["GM0001"]),
    Refused("a total below 0", totals(rows("GM0001,-630", "GM0002,50")), TOTALS_LAYER, ["-630"], ids=["GM0001"]),
    Refused("a total that is half", totals(rows("GM0001,630.5", "GM0002,50")), TOTALS_LAYER, ["630.5"], ids=["GM0001"]),
    Refused("a total in words", totals(rows("GM0001,veel", "GM0002,50")), TOTALS_LAYER, ["veel"], ids=["GM0001"]),
    Refused("a total without end", totals(rows("GM0001,inf", "GM0002,50")), TOTALS_LAYER, ["inf"], ids=["GM0001"]),
    Refused("a total of 1e300", totals(rows("GM0001,1e300", "GM0002,50")), TOTALS_LAYER, ["1e300"], ids=["GM0001"]),
    Refused("a total of 1e18", totals(rows("GM0001,1e18", "GM0002,50")), TOTALS_LAYER, ["1e18"], ids=["GM0001"]),
    Refused("a gemeente twice, added up beyond belief", totals(rows("GM0001,630", "GM0001,640", "GM0002,50")), TOTALS_LAYER, ["1,270"], ids=["GM0001"]),
    Refused("a gemeente of the region that is missing", totals(rows("GM0001,630")), TOTALS_LAYER, ["GM0002"]),
    Refused("totals of another year's column", totals(rows("GM0001,6300", "GM0002,500")), TOTALS_LAYER, ["Aldorp"], n_faults=2),
    Refused("a column that is not there", totals(rows("GM0001,630"), persons_column="inwoners_2025"), TOTALS_LAYER, ["inwoners_2025"], column="inwoners_2025"),
    Refused("no codes of gemeenten", totals(rows("PV25,5")), TOTALS_LAYER, ["no row has the code"]),
    Refused("a formula without a stored value in the totals", totals(book((TOTAL_ROWS[0], ("GM0001", "=600+30"), TOTAL_ROWS[2])), "totalen.xlsx"), TOTALS_LAYER, ["formula", "B2"]),
    Refused("an error value in the totals", totals(book((TOTAL_ROWS[0], ("GM0001", "#REF!"), TOTAL_ROWS[2])), "totalen.xlsx"), TOTALS_LAYER, ["#REF!", "B2"]),
    Refused("merged cells in the totals", totals(book((TOTAL_ROWS[0], TOTAL_ROWS[1], ("GM0002", None)), change=lambda sheet: sheet.merge_cells("B2:B3")), "totalen.xlsx"), TOTALS_LAYER, ["merged", "B2:B3"]),
    Refused("hidden rows in the totals", totals(book(TOTAL_ROWS, change=lambda sheet: setattr(sheet.row_dimensions[2], "hidden", True)), "totalen.xlsx"), TOTALS_LAYER, ["hidden", "row 2"]),
    Refused("a broken byte in the totals", totals(rows("GM0001,630", "GM0002,50").encode() + "GM0003,5,Café".encode()[:-1] + b"\n"), TOTALS_LAYER, ["line 4"]),
    Refused("totals that are a folder", lambda folder: [(folder / "t.csv").mkdir(), with_file("totals", "t.csv")(folder)][1], TOTALS_LAYER, ["folder"]),
    Refused("totals that are not there, with the nearest name", with_file("totals", "totlas.csv"), TOTALS_LAYER, ['Did you mean "totals.csv"?']),
)  # fmt: skip


def areas(*args: Any, settings: Mapping[str, Any] | None = None, **kwargs: Any) -> Callable[[Path], World]:
    """The world with other boundaries."""

    def make(folder: Path) -> World:
        write_areas(folder / "g.gpkg", *args, **kwargs)
        return with_file("areas", "g.gpkg", **(settings or {}))(folder)

    return make


def drawn(
    *rows: tuple[str, str, Any], crs: Any = "EPSG:28992", name: str = "g.gpkg", **more: list[object]
) -> Callable[[Path], World]:
    """The world with boundaries drawn one by one: code, name, polygon."""

    def make(folder: Path) -> World:
        table = {"statcode": [r[0] for r in rows], "statnaam": [r[1] for r in rows], **more}
        vector(folder / name, table, [r[2] for r in rows], crs)
        return with_file("areas", name)(folder)

    return make


def cell(n: int, width: int = 1) -> shapely.Polygon:
    """The n-th gemeente of the world."""
    return shapely.box(200_000 + 4_000 * n, 500_000, 200_000 + 4_000 * (n + width), 504_000)


A, B, C = ("GM0001", "Aldorp", cell(0)), ("GM0002", "Bedorp", cell(1)), ("GM0003", "Cedorp", cell(2))
BOW = shapely.Polygon(
    [
        (200_000, 500_000),
        (204_000, 500_000),
        (204_000, 504_000),
        (200_000, 504_000),
        (200_000, 503_990),
        (200_010, 504_000),
    ]
)


def area_names(layers: Layers) -> dict[str, str]:
    """Name per code."""
    return dict(zip(layers.areas["area_code"], layers.areas["name"], strict=True))


def area_notes(layers: Layers) -> list[str]:
    """Notes on boundaries."""
    return [
        str(note) for layer, note in zip(layers.notes["layer"], layers.notes["note"], strict=True) if layer == AREAS
    ]


BOUNDARIES: tuple[Case, ...] = (
    Accepted("boundaries in degrees, stated", areas(to_crs="EPSG:4326"), persons, CALIBRATED),
    Accepted("boundaries as GeoJSON", lambda folder: [write_areas(folder / "g.geojson", to_crs="EPSG:4326"), with_file("areas", "g.geojson")(folder)][1], persons, CALIBRATED),
    Accepted("a gemeente in two pieces", drawn((*A[:2], shapely.box(200_000, 500_000, 202_000, 504_000)), (*A[:2], shapely.box(202_000, 500_000, 204_000, 504_000)), B, C), persons, CALIBRATED),
    Accepted("a repaired polygon is noted", drawn((*A[:2], shapely.Polygon([(200_000, 500_000), (204_000, 500_000), (204_000, 504_000), (200_000, 504_000), (200_000, 500_000), (199_999, 500_000), (200_000, 500_000)])), B, C), lambda layers: area_notes(layers), ["ongeldige geometrie hersteld"]),
    Accepted("a polygon that crosses itself is repaired and noted", drawn((*A[:2], BOW), B, C), lambda layers: [note for note in area_notes(layers) if "hersteld" in note], ["ongeldige geometrie hersteld"]),
    Refused("two gemeenten that overlap for the most part", drawn(A, ("GM0002", "Bedorp", cell(0, 2)), C), AREAS, ["overlap"], ids=["GM0001 Aldorp", "GM0002 Bedorp"]),
    Accepted("a small overlap is noted", drawn(("GM0001", "Aldorp", shapely.box(200_000, 500_000, 204_030, 504_000)), B, C), lambda layers: ["overlap" in note for note in area_notes(layers)], [True]),
    Accepted("two gemeenten of one name are told apart by their codes", drawn(A, ("GM0002", "Aldorp", cell(1)), C), area_names, {"GM0001": "Aldorp (GM0001)", "GM0002": "Aldorp (GM0002)"}),
    Refused("a name per piece that differs", drawn((*A[:2], shapely.box(200_000, 500_000, 202_000, 504_000)), ("GM0001", "Anders", shapely.box(202_000, 500_000, 204_000, 504_000)), B, C), AREAS, ["GM0001"], ids=["GM0001"]),
    Refused("an empty name", drawn(("GM0001", "", cell(0)), B, C), AREAS, ["name"], ids=["GM0001"]),
    Accepted("control characters in a name", drawn(("GM0001", "Al\x1b[31mdorp\u202e", cell(0)), B, C), lambda layers: all(name.isprintable() for name in area_names(layers).values()), True),
    Accepted("a name of 300 letters", drawn(("GM0001", "A" * 300, cell(0)), B, C), lambda layers: len(area_names(layers)["GM0001"]), 300),
    Refused("lines for polygons", drawn((*A[:2], cell(0).boundary), B, C), AREAS, ["LineString"]),
    Refused("a collection without area", drawn((*A[:2], shapely.GeometryCollection([shapely.Point(200_000, 500_000)])), B, C), AREAS, ["GM0001"], n_faults=1),
    Refused("a polygon with NaN", drawn((*A[:2], odd_polygon((200_000, 500_000), (204_000, float("nan")), (204_000, 504_000), (200_000, 500_000))), B, C), AREAS, ["GM0001"], n_faults=1),
    Refused("an infinite polygon", drawn((*A[:2], odd_polygon((200_000, 500_000), (float("inf"), 500_000), (204_000, 504_000), (200_000, 500_000))), B, C), AREAS, ["GM0001"], n_faults=1),
    Refused("a gemeente without polygon", drawn((*A[:2], None), B, C), "region", ["GM0001"], ids=["GM0001"]),
    Refused("no CRS in the boundaries", areas(crs=None), AREAS, ["does not state its CRS"]),
    Refused("a local CRS in the boundaries", areas(crs='LOCAL_CS["kaart",UNIT["metre",1]]'), AREAS, ["CRS"]),
    Refused("boundaries in another country", drawn(*((c, n, shapely.affinity.translate(p, 0, -4e5)) for c, n, p in (A, B, C))), AREAS, ["outside the Netherlands"]),
    Refused("a region that is not in the boundaries", lambda folder: world(folder, region={"name": "x", "gemeenten": ["GM0009"]}), "region", ["GM0009"], ids=["GM0009"]),
    Refused("a region with a gemeente twice", lambda folder: world(folder, region={"name": "x", "gemeenten": ["GM0001", "GM0001", "GM0002"]}), "study", ["GM0001"], column="region.gemeenten", exit_code=2),
    *(Refused(f"{what} as boundaries", with_bytes("areas", f"g{suffix}", raw), AREAS, [f"no {kind}"]) for suffix, kind in ((".gpkg", "GeoPackage"), (".geojson", "GeoJSON")) for what, raw in ((f"a VRT named {suffix}", VRT % b"/etc/passwd"), (f"a WFS named {suffix}", WFS), (f"GML named {suffix}", GML))),
    Refused("no name column", areas(columns=("statcode", "omschrijving")), AREAS, ["name of a gemeente"]),
    Refused("codes of provinces", areas({"PV01": "a", "PV02": "b"}), AREAS, ["no row has the code"]),
)  # fmt: skip


@parametrised(GRIDS, TOTALS, BOUNDARIES)
def test_people_and_boundaries(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
