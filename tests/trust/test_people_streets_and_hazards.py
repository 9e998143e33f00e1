"""Bad and odd buurten, guests, people by day, neighbours, streets, water and power cuts."""

from __future__ import annotations

import bz2
import gzip
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from nsp_planner.layers.tables import Layers
from tests.layers.hazards.test_hazards import write_raster
from tests.layers.network.test_osm import write_osm
from tests.trust.corpus import Accepted, Case, Refused, World, hold, parametrised, with_bytes, with_file, world
from tests.trust.makers import (
    ESRI_JSON,
    GML,
    KML,
    VRT,
    WFS,
    book,
    csv_of,
    geojson,
    odd_polygon,
    stale_dimension,
    vector,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),  # rasterio 1.4 with affine 3
]

OTHERS = (("a VRT", VRT % b"/etc/passwd"), ("a WFS", WFS), ("GML", GML), ("KML", KML), ("ESRI JSON", ESRI_JSON))


def fifo(key: str, name: str, **settings: Any) -> Callable[[Path], World]:
    """A pipe that nobody writes to."""

    def make(folder: Path) -> World:
        os.mkfifo(folder / name)
        return with_file(key, name, **settings)(folder)

    return make


# --- guests and people by day ---------------------------------------------------------------------------------------


def guests(
    content: bytes | str | Callable[[], bytes], name: str = "gasten.csv", **settings: Any
) -> Callable[[Path], World]:
    """The world with guests."""
    return with_bytes("guests", name, content.encode() if isinstance(content, str) else content, **settings)


def guests_in(table: Mapping[str, Sequence[object]], shapes: Sequence[Any]) -> Callable[[Path], World]:
    """The world with guests in a vector file."""

    def make(folder: Path) -> World:
        vector(folder / "g.gpkg", table, shapes)
        return with_file("guests", "g.gpkg")(folder)

    return make


def present(layers: Layers) -> dict[str, int]:
    """Guests and residents of the region."""
    assert layers.presence is not None
    return {key: int(layers.presence[key].sum()) for key in ("residents", "guests", "present")}


HUNDRED = {"residents": 680, "guests": 100, "present": 780}
GUESTS = "guests: camping"
CAMP = (("naam", "x", "y", "personen"), ("De Zon", 201_050, 501_050, 60), ("De Maan", 205_050, 501_050, 40))
FIELD = shapely.box(201_000, 501_000, 201_300, 501_300)

PEOPLE: tuple[Case, ...] = (
    Accepted("guests at two places", guests(csv_of(CAMP)), present, HUNDRED),
    Accepted(
        "guests in a workbook with a stale dimension",
        guests(book(CAMP, parts={"xl/worksheets/sheet1.xml": stale_dimension("A1:D2")}), "gasten.xlsx"),
        present,
        HUNDRED,
    ),
    Accepted(
        "guests in a polygon with a hole",
        guests_in({"naam": ["a"], "personen": [100]}, [FIELD.difference(FIELD.buffer(-110))]),
        present,
        HUNDRED,
    ),
    Accepted("guests by gemeente", guests("gemeentecode;personen\n0001;60\nGM0002;40\n"), present, HUNDRED),
    Refused(
        "a number of guests that may be 1,250 or 1.25",
        guests(csv_of((CAMP[0], (*CAMP[1][:3], "1,250")))),
        GUESTS,
        ["1,250"],
        column="personen",
        ids=["De Zon"],
    ),
    Refused("guests in words", guests(csv_of((CAMP[0], (*CAMP[1][:3], "veel")))), GUESTS, ["veel"], ids=["De Zon"]),
    Refused("guests below 0", guests(csv_of((CAMP[0], (*CAMP[1][:3], -5)))), GUESTS, ["-5"], ids=["De Zon"]),
    Refused("guests without end", guests(csv_of((CAMP[0], (*CAMP[1][:3], "inf")))), GUESTS, ["inf"], ids=["De Zon"]),
    Refused("1e18 guests", guests(csv_of((CAMP[0], (*CAMP[1][:3], "1e18")))), GUESTS, ["1e18"], ids=["De Zon"]),
    Refused(
        "guests without a number",
        guests(csv_of((CAMP[0], (*CAMP[1][:3], "")))),
        GUESTS,
        ["no number of persons"],
        ids=["De Zon"],
    ),
    Refused(
        "guests without a place", guests(csv_of((CAMP[0], ("De Zon", "", "", 5)))), GUESTS, ["no place"], ids=["De Zon"]
    ),
    Refused(
        "guests outside the region",
        guests(csv_of((CAMP[0], ("De Zon", 120_000, 487_000, 5)))),
        GUESTS,
        ["outside the region"],
        ids=["De Zon"],
    ),
    Refused("guests in an unknown gemeente", guests("gemeentecode;personen\n9999;60\n"), GUESTS, ["GM9999"]),
    Refused(
        "guests with a formula without a stored value",
        guests(book((CAMP[0], (*CAMP[1][:3], "=30*2"))), "gasten.xlsx"),
        GUESTS,
        ["formula", "D2"],
    ),
    Refused(
        "guests with an error value",
        guests(book((CAMP[0], (*CAMP[1][:3], "#DIV/0!"))), "gasten.xlsx"),
        GUESTS,
        ["#DIV/0!", "D2"],
    ),
    Refused(
        "guests in hidden rows",
        guests(
            lambda: book(CAMP, change=lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True)), "gasten.xlsx"
        ),
        GUESTS,
        ["hidden", "row 3"],
    ),
    Refused(
        "guests in merged cells",
        guests(
            lambda: book((CAMP[0], CAMP[1], (*CAMP[2][:3], None)), change=lambda sheet: sheet.merge_cells("D2:D3")),
            "gasten.xlsx",
        ),
        GUESTS,
        ["merged", "D2:D3"],
    ),
    Refused("guests in a pipe", fifo("guests", "gasten.csv"), GUESTS, ["no regular file"]),
    Refused(
        "guests in a polygon of NaN",
        guests_in(
            {"naam": ["a"], "personen": [100]},
            [odd_polygon((201_000, 501_000), (201_100, float("nan")), (201_100, 501_100), (201_000, 501_000))],
        ),
        GUESTS,
        ["a"],
        ids=["a"],
    ),
    Refused(
        "guests in polygons of which one is missing",
        guests_in({"naam": ["a", "b"], "personen": [100, 5]}, [FIELD, None]),
        GUESTS,
        ["place"],
        ids=["b"],
    ),
    Refused(
        "guests in a collection of nothing",
        guests_in({"naam": ["a", "b"], "personen": [100, 5]}, [FIELD, shapely.GeometryCollection()]),
        GUESTS,
        ["place"],
        ids=["b"],
    ),
    Refused(
        "points and polygons in one file",
        guests_in({"naam": ["a", "b"], "personen": [100, 5]}, [FIELD, FIELD.centroid]),
        GUESTS,
        ["Point"],
    ),
    *(
        Refused(f"guests as {what} named .geojson", guests(raw, "gasten.geojson"), GUESTS, ["no GeoJSON"])
        for what, raw in OTHERS
    ),
    Refused(
        "a label with markup that is not there",
        guests(csv_of(CAMP), "gasten.csv", label="[/red]campings", persons_column="n"),
        "guests: [/red]campings",
        ['"n"'],
    ),
    Refused(
        "tourism in a gemeente elsewhere",
        lambda folder: world(folder, tourism={"persons": 5, "gemeenten": ["GM0003"]}),
        "tourism",
        ["GM0003"],
    ),
    Refused(
        "by day more people than the region has",
        lambda folder: {
            **with_bytes("day", "dag.csv", csv_of((CAMP[0], (*CAMP[1][:3], 5_000))))(folder),
            "day": {"time": "day"},
        },
        "day",
        ["5,000"],
        column="day.leaving",
    ),
    Refused(
        "people by day with a broken byte",
        lambda folder: {
            **with_bytes("day", "dag.csv", csv_of((CAMP[0], ("Café", *CAMP[1][1:]))) + b"\xff;1;1;1\n")(folder),
            "day": {"time": "day"},
        },
        "day: camping",
        ["line 3"],
    ),
)


# --- buurten ---------------------------------------------------------------------------------------------------------

NORTH, SOUTH, EAST = (
    shapely.box(200_000, 502_000, 204_000, 504_000),
    shapely.box(200_000, 500_000, 204_000, 502_000),
    shapely.box(204_000, 500_000, 208_000, 504_000),
)
BUURTEN = ("BU00010001", "BU00010002", "BU00020001")


def buurten(
    shapes: Sequence[Any] = (NORTH, SOUTH, EAST),
    codes: Sequence[object] = BUURTEN,
    crs: Any = "EPSG:28992",
    table: bytes | None = None,
    name: str = "b.gpkg",
    **columns: Any,
) -> Callable[[Path], World]:
    """The world with buurten."""

    def make(folder: Path) -> World:
        vector(
            folder / name,
            {"buurtcode": list(codes), "buurtnaam": [f"Buurt {n}" for n in range(len(codes))], **columns},
            shapes,
            crs,
        )
        settings: dict[str, Any] = {}
        if table is not None:
            (folder / "cijfers.csv").write_bytes(table)
            settings["table"] = str(folder / "cijfers.csv")
        return {
            **with_file("buurten", name, **settings)(folder),
            **({"vulnerable": {"buurt_columns": {"oud": "oud"}}} if "oud" in columns or table is not None else {}),
        }

    return make


def of_buurt(layers: Layers) -> dict[str, int]:
    """Persons per buurt."""
    assert layers.buurten is not None
    return dict(zip(layers.buurten["buurt_code"], layers.buurten["persons"].astype(int), strict=True))


def old(layers: Layers) -> int:
    """Persons of the group read per buurt."""
    return int(layers.demand["vulnerable_oud"].sum())


PER_BUURT = b"buurtcode;oud\nBU00010001;2\nBU00010002;100\nBU00020001;7\n"

NEIGHBOURHOODS: tuple[Case, ...] = (
    Accepted("buurten", buurten(), lambda layers: sum(of_buurt(layers).values()), 680),
    Accepted("figures per buurt in a table", buurten(table=PER_BUURT), old, 109),
    Accepted("a table with lines of blanks", buurten(table=PER_BUURT.replace(b"\n", b"\n;\n\n")), old, 109),
    Refused(
        "a figure per buurt in words",
        buurten(oud=["veel", "5", "6"]),
        "buurten",
        ["veel"],
        column="oud",
        ids=["BU00010001"],
    ),
    Refused("a figure per buurt below 0", buurten(oud=[-4, 5, 6]), "buurten", ["-4"], ids=["BU00010001"]),
    Refused("a figure per buurt of 1e300", buurten(oud=[1e300, 5, 6]), "buurten", ["1e+300"], ids=["BU00010001"]),
    Refused(
        "a buurt twice in the table",
        buurten(table=PER_BUURT + b"BU00010001;3\n"),
        "buurten: table",
        ["more than once"],
        ids=["BU00010001"],
    ),
    Refused(
        "a table of another region",
        buurten(table=b"buurtcode;oud\nBU99990001;2\n"),
        "buurten",
        ["none of the codes"],
        ids=["BU99990001"],
    ),
    Refused(
        "buurten of another region",
        buurten([shapely.affinity.translate(s, -80_000, -10_000) for s in (NORTH, SOUTH, EAST)]),
        "buurten",
        ["no square of the region"],
    ),
    Refused("buurten without a CRS", buurten(crs=None), "buurten", ["does not state its CRS"]),
    Refused("buurten as lines", buurten([s.boundary for s in (NORTH, SOUTH, EAST)]), "buurten", ["LineString"]),
    Refused("buurten without codes", buurten(codes=["", "", ""]), "buurten", ["no row has a code"]),
    Refused(
        "a buurt of NaN",
        buurten(
            [
                NORTH,
                SOUTH,
                odd_polygon((204_000, 500_000), (208_000, float("nan")), (208_000, 504_000), (204_000, 500_000)),
            ]
        ),
        "buurten",
        ["BU00020001"],
        n_faults=1,
    ),
    Refused(
        "a pipe for the table",
        lambda folder: [
            os.mkfifo(folder / "t.csv"),
            buurten()(folder),
            with_file("buurten", "b.gpkg", table=str(folder / "t.csv"))(folder),
        ][2],
        "buurten: table",
        ["no regular file"],
    ),
    *(
        Refused(f"buurten as {what} named .gpkg", with_bytes("buurten", "b.gpkg", raw), "buurten", ["no GeoPackage"])
        for what, raw in OTHERS
    ),
)


# --- neighbours ------------------------------------------------------------------------------------------------------


def neighbours(folder: Path, **changes: Any) -> World:
    """The world with the neighbours in Cedorp; changes replace what it gives."""
    (folder / "buren.csv").write_text("naam;x;y;personen\nBoerderij;208150;501050;12\n", encoding="utf-8")
    (folder / "hal-buren.csv").write_text("naam;x;y\nHal van buren;208250;501050\n", encoding="utf-8")
    given = {
        "people": {"path": str(folder / "buren.csv"), "label": "buren"},
        "sites": [{"path": str(folder / "hal-buren.csv"), "source": "buren"}],
        **changes,
    }
    return {
        **world(folder, inputs={"neighbours": {k: v for k, v in given.items() if v is not None}}),
        "neighbours": {"cross_border": "on"},
    }


def across(layers: Layers) -> tuple[int, list[str]]:
    """Persons and buildings of the neighbours."""
    assert layers.neighbours is not None
    return int(layers.neighbours.demand["population_persons"].sum()), layers.neighbours.sites["name"].tolist()


def neighbour_file(name: str, content: bytes, key: str = "people", **settings: Any) -> Callable[[Path], World]:
    """Neighbours of whom one file is odd."""

    def make(folder: Path) -> World:
        (folder / name).write_bytes(content)
        one = {
            "path": str(folder / name),
            **({"label": "buren"} if key == "people" else {"source": "buren"}),
            **settings,
        }
        return neighbours(folder, **{key: one if key == "people" else [one]})

    return make


ACROSS: tuple[Case, ...] = (
    Accepted("neighbours", neighbours, across, (12, ["Hal van buren"])),
    Refused(
        "neighbours without people and buildings",
        lambda folder: neighbours(folder, people=None, sites=[]),
        "neighbours",
        ["neither people nor"],
    ),
    Refused(
        "neighbours whose number may be 1,250 or 1.25",
        neighbour_file("n.csv", b"naam;x;y;personen\nB;208150;501050;1,250\n"),
        "neighbours: people",
        ["1,250"],
    ),
    Refused(
        "neighbours in a VRT", neighbour_file("n.geojson", VRT % b"/etc/passwd"), "neighbours: people", ["no GeoJSON"]
    ),
    Refused(
        "a status of the neighbours in other words",
        neighbour_file("n.csv", b"naam;x;y;status\nH;208250;501050;gesloten\n", "sites"),
        "sites: buren",
        ['"gesloten"'],
    ),
    Refused(
        "neighbours without coordinates",
        neighbour_file("n.csv", b"gemeentecode;personen\n0003;12\n"),
        "neighbours",
        ["no coordinates"],
    ),
    Refused(
        "neighbours in a pipe",
        lambda folder: [
            os.mkfifo(folder / "p.csv"),
            neighbours(folder, people={"path": str(folder / "p.csv"), "label": "b"}),
        ][1],
        "neighbours: people",
        ["no regular file"],
    ),
)


# --- streets ---------------------------------------------------------------------------------------------------------


def streets(name: str, write: Callable[[Path], object], **settings: Any) -> Callable[[Path], World]:
    """The world with a network."""

    def make(folder: Path) -> World:
        write(folder / name)
        tables = world(folder, inputs={"network": {"path": str(folder / name), **settings}})
        return {**tables, "distances": {"method": "network"}}

    return make


STREET = [
    shapely.LineString([(200_500, 501_000), (207_500, 501_000)]),
    shapely.LineString([(203_000, 501_000), (203_000, 503_500)]),
    shapely.LineString([(205_000, 501_000), (205_000, 503_500)]),
    shapely.LineString([(207_000, 501_000), (207_000, 503_500)]),
]


def lines(shapes: Sequence[Any] = STREET, crs: Any = "EPSG:28992", **columns: Any) -> Callable[[Path], object]:
    """A layer of lines."""
    return lambda path: vector(path, {"naam": ["Weg"] * len(shapes), **columns}, shapes, crs)


def metres(layers: Layers) -> int:
    """Length of the network on foot."""
    return round(float(layers.networks["foot"].length_m.sum()))


def raw(content: bytes) -> Callable[[Path], object]:
    """A file of these bytes."""
    return lambda path: path.write_bytes(content)


NET = "network"
DEEP = b"<?xml version='1.0'?><graphml><graph>" + b"<node><data>" * 5_000


def packed_osm(pack: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """An extract as XML, packed."""

    def write(path: Path) -> object:
        plain = write_osm(path.with_name("plain.osm"))
        path.write_bytes(pack(plain.read_bytes()))
        return plain.unlink()

    return write


def pbf_bomb() -> bytes:
    """Blocks of a .pbf that say they hold 32 MiB each, the most there may be, in 12 bytes."""
    block = b"\x10" + b"\x80\x80\x80\x10" + b"\x1a\x05aaaaa"
    header = b"\x0a\x07OSMData" + b"\x18" + bytes([len(block)])
    return (len(header).to_bytes(4, "big") + header + block) * 10


NETWORKS: tuple[Case, ...] = (
    Accepted("lines", streets("w.gpkg", lines()), metres, 14_500),
    Accepted(
        "lines in degrees",
        streets(
            "w.geojson",
            lambda path: vector(
                path, {"naam": ["Weg"] * 4}, list(gpd.GeoSeries(STREET, crs="EPSG:28992").to_crs(4326)), "EPSG:4326"
            ),
        ),
        lambda layers: abs(metres(layers) - 14_500) < 5,
        True,
    ),
    Refused(
        "lines with no length",
        streets("w.gpkg", lines([*STREET, shapely.LineString([(200_500, 501_000), (200_500, 501_000)])])),
        NET,
        ["no length"],
        ids=["5"],
    ),
    Refused("lines without geometry", streets("w.gpkg", lines([*STREET, None])), NET, ["no geometry"], ids=["5"]),
    Refused("points for lines", streets("w.gpkg", lines([s.centroid for s in STREET])), NET, ["no lines"]),
    Refused(
        "lines without a CRS in degrees",
        streets("w.gpkg", lines([shapely.LineString([(6.1, 52.5), (6.2, 52.5)])], None)),
        NET,
        ["degrees"],
    ),
    Refused(
        "lines in another country",
        streets("w.gpkg", lines([shapely.affinity.translate(s, 0, -4e5) for s in STREET])),
        NET,
        ["outside the Netherlands"],
    ),
    Refused(
        "lines of another region",
        streets("w.gpkg", lines([shapely.affinity.translate(s, -60_000, 0) for s in STREET])),
        NET,
        ["region"],
    ),
    Refused("a local CRS of the lines", streets("w.gpkg", lines(crs='LOCAL_CS["weg",UNIT["metre",1]]')), NET, ["CRS"]),
    Refused("a CRS of the study that is none", streets("w.gpkg", lines(crs=None), crs="EPSG:1"), NET, ["CRS"]),
    *(
        Refused(f"streets as {what} named .gpkg", streets("w.gpkg", raw(content)), NET, ["no GeoPackage"])
        for what, content in OTHERS
    ),
    Refused(
        "streets in GeoJSON whose CRS is a link",
        streets("w.geojson", raw(geojson(crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/c"}}))),
        NET,
        ["CRS", "link"],
    ),
    Refused("a text named .parquet", streets("w.parquet", raw(b"PAR1 no PAR1")), NET, ["cannot be read"]),
    Refused("a text named .fgb", streets("w.fgb", raw(b"hallo")), NET, ["no FlatGeobuf"]),
    Refused("a VRT named .fgb", streets("w.fgb", raw(VRT % b"/etc/passwd")), NET, ["no FlatGeobuf"]),
    Refused("a VRT named .shp", streets("w.shp", raw(VRT % b"/etc/passwd")), NET, ["no shapefile"]),
    Refused("an extract that is a text", streets("w.osm.pbf", raw(b"hallo")), NET, ["cannot be read"]),
    Refused(
        "an extract cut short",
        streets("w.osm.pbf", lambda path: path.write_bytes(write_osm(path).read_bytes()[:-40])),
        NET,
        ["cut off"],
        n_faults=1,
    ),
    Accepted("an extract", streets("w.osm.pbf", write_osm), lambda layers: metres(layers) > 1_000, True),
    Refused(
        "a graph with entities that grow",
        streets(
            "w.graphml",
            raw(
                b'<!DOCTYPE g [<!ENTITY a "aaaaaaaaaa">'
                + b"".join(b'<!ENTITY b%d "%s">' % (n, (b"&b%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9))
                + b"]><graphml>&b8;</graphml>"
            ),
        ),
        NET,
        ["no graph"],
    ),
    Refused("a graph that never ends", streets("w.graphml", raw(DEEP)), NET, ["no graph"]),
    Refused("a graph that is a list", streets("w.graphml", raw(b"[]")), NET, ["no graph"]),
    Refused("streets in a folder", streets("w.gpkg", lambda path: path.mkdir()), NET, ["folder"]),
    Refused("streets in a pipe", streets("w.gpkg", lambda path: os.mkfifo(path)), NET, ["no regular file"]),
    *(
        Accepted(
            f"an extract packed as .{ending}",
            streets(f"w.osm.{ending}", packed_osm(pack)),
            lambda layers: metres(layers) > 1_000,
            True,
        )
        for ending, pack in (("gz", gzip.compress), ("bz2", bz2.compress))
    ),
    *(
        Refused(
            f"an extract of nothing that unpacks without end, as .{ending}",
            streets(f"w.osm.{ending}", raw(pack(b"<osm>" + b" " * 80 * 2**20))),
            NET,
            ["bomb"],
        )
        for ending, pack in (("gz", gzip.compress), ("bz2", bz2.compress))
    ),
    Refused("an extract whose blocks unpack to far more", streets("w.osm.pbf", raw(pbf_bomb())), NET, ["bomb"]),
    Refused(
        "an extract on a device without end",
        streets("w.osm.pbf", lambda path: path.symlink_to("/dev/zero")),
        NET,
        ["no regular file"],
    ),
    Refused("an extract in a pipe", streets("w.osm.pbf", lambda path: os.mkfifo(path)), NET, ["no regular file"]),
    Refused("streets that are not there", streets("w.gpkg", lambda path: None), NET, ["not there"]),
    Refused("an empty file", streets("w.gpkg", raw(b"")), NET, ["empty"]),
    Refused("a layer of streets that is not there", streets("w.gpkg", lines(), layer="wegen"), NET, ["wegen"]),
    Refused("an ending that is not read", streets("w.dwg", raw(b"AC1015")), NET, ['".dwg"'], n_faults=1),
)


# --- water and power -------------------------------------------------------------------------------------------------


def water(name: str, write: Callable[[Path], object], **settings: Any) -> Callable[[Path], World]:
    """The world with land under water, from polygons (``area``) or a raster (``depth``)."""
    key = "depth" if name.endswith((".tif", ".asc", ".vrt")) else "area"

    def make(folder: Path) -> World:
        write(folder / name)
        return world(folder, flood={key: [str(folder / name)], **settings})

    return make


LAND = shapely.box(200_500, 500_500, 201_500, 501_500)
ASC = "ncols 10\nnrows 10\nxllcorner 200000\nyllcorner 500000\ncellsize 100\nNODATA_value -9999\n"


def area(*shapes: Any, crs: Any = "EPSG:28992") -> Callable[[Path], object]:
    """A layer of polygons."""
    return lambda path: vector(path, {"n": list(range(len(shapes)))}, shapes, crs)


HAZARDS: tuple[Case, ...] = (
    Refused(
        "water without geometry", water("n.gpkg", area(LAND, None)), "flood", ["empty"], column="flood.area", ids=["2"]
    ),
    Refused("water as lines", water("n.gpkg", area(LAND.boundary)), "flood", ["Polygon"], ids=["1"]),
    Refused(
        "water that crosses itself",
        water(
            "n.gpkg",
            area(shapely.Polygon([(200_500, 500_500), (201_500, 501_500), (201_500, 500_500), (200_500, 501_500)])),
        ),
        "flood",
        ["invalid"],
        ids=["1"],
    ),
    Refused(
        "water of NaN",
        water(
            "n.gpkg",
            area(
                LAND, odd_polygon((200_500, 500_500), (201_500, float("nan")), (201_500, 501_500), (200_500, 500_500))
            ),
        ),
        "flood",
        ["2"],
        ids=["2"],
    ),
    Refused(
        "water elsewhere",
        water("n.gpkg", area(shapely.affinity.translate(LAND, 50_000, 0))),
        "flood",
        ["no polygon touches"],
    ),
    Refused(
        "water in degrees, said to be metres",
        water("n.gpkg", area(shapely.box(6, 52, 6.1, 52.1))),
        "flood",
        ["degrees"],
    ),
    Refused(
        "a local CRS of the water", water("n.gpkg", area(LAND, crs='LOCAL_CS["w",UNIT["metre",1]]')), "flood", ["CRS"]
    ),
    *(
        Refused(f"water as {what} named .gpkg", water("n.gpkg", raw(content)), "flood", ["no GeoPackage"])
        for what, content in OTHERS
    ),
    *(
        Refused(f"water as {what} named .geojson", water("n.geojson", raw(content)), "flood", ["no GeoJSON"])
        for what, content in OTHERS
    ),
    Refused(
        "a power cut as a VRT named .gpkg",
        lambda folder: [
            (folder / "p.gpkg").write_bytes(VRT % b"/etc/passwd"),
            world(folder, power_outage={"area": [str(folder / "p.gpkg")]}),
        ][1],
        "power_outage",
        ["no GeoPackage"],
        column="power_outage.area",
    ),
    Refused("water in a pipe", water("n.gpkg", lambda path: os.mkfifo(path)), "flood", ["no regular file"]),
    Refused("a raster in a pipe", water("n.tif", lambda path: os.mkfifo(path)), "flood", ["no regular file"]),
    Refused("a raster that is a folder", water("n.tif", lambda path: path.mkdir()), "flood", ["folder"]),
    Refused("a raster that is not there", water("n.tif", lambda path: None), "flood", ["not there"]),
    Refused("a text named .tif", water("n.tif", raw(b"hallo")), "flood", ["no GeoTIFF"]),
    Refused(
        "a raster VRT named .tif",
        water(
            "n.tif",
            lambda path: path.write_text(
                f'<VRTDataset rasterXSize="10" rasterYSize="10"><SRS>EPSG:28992</SRS><GeoTransform>200000,100,0,501000,0,-100</GeoTransform><VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename>{path.parent / "diepte.tif"}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>'
            ),
        ),
        "flood",
        ["no GeoTIFF"],
    ),
    Refused(
        "a raster that asks a server, named .tif",
        water(
            "n.tif",
            raw(
                b'<GDAL_WMS><Service name="TMS"><ServerUrl>http://127.0.0.1:9/${z}/${x}/${y}.png</ServerUrl></Service><DataWindow><SizeX>10</SizeX><SizeY>10</SizeY></DataWindow></GDAL_WMS>'
            ),
        ),
        "flood",
        ["no GeoTIFF"],
    ),
    Refused("a PNG named .tif", water("n.tif", raw(b"\x89PNG\r\n\x1a\n" + bytes(100))), "flood", ["no GeoTIFF"]),
    Refused(
        "a raster cut short",
        water("n.tif", lambda path: path.write_bytes(write_raster(path, np.ones((40, 40))).read_bytes()[:300])),
        "flood",
        ["cannot be read"],
    ),
    Refused(
        "a raster in centimetres",
        water("n.tif", lambda path: write_raster(path, np.full((10, 10), 150.0))),
        "flood",
        ["150 m"],
    ),
    Refused(
        "an infinitely deep raster",
        water("n.tif", lambda path: write_raster(path, np.full((10, 10), np.inf))),
        "flood",
        ["inf"],
    ),
    Refused(
        "an ASCII grid in degrees without a CRS",
        water(
            "n.asc",
            lambda path: path.write_text(
                ASC.replace("200000", "6").replace("500000", "52").replace("100\n", "0.001\n")
                + "1 1 1 1 1 1 1 1 1 1\n" * 10
            ),
        ),
        "flood",
        ["degrees"],
    ),
    Refused(
        "an ASCII grid whose cells have no size",
        water("n.asc", lambda path: path.write_text(ASC.replace("cellsize 100", "cellsize 0") + "1 " * 100)),
        "flood",
        ["no size"],
    ),
    Refused(
        "an ASCII grid that lies nowhere",
        water("n.asc", lambda path: path.write_text(ASC.replace("200000", "nan") + "1 " * 100)),
        "flood",
        ["no place"],
    ),
    Refused(
        "an ASCII grid with words",
        water("n.asc", lambda path: path.write_text(ASC + "nat droog " * 50)),
        "flood",
        ["cannot be read"],
    ),
    Refused(
        "a CRS for the raster that is none",
        water("n.asc", lambda path: path.write_text(ASC + "1 1 1 1 1 1 1 1 1 1\n" * 10), depth_crs="EPSG:1"),
        "flood",
        ["CRS"],
    ),
)


@parametrised(PEOPLE, NEIGHBOURHOODS, ACROSS, NETWORKS, HAZARDS)
def test_people_streets_and_hazards(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
