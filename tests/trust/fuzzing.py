"""Fuzzing of the readers. In: a reader and made-up or damaged files. Out: held, or the first input that surprised.

A reader either reads a file or refuses it: with faults that say what is wrong and what to do, in text that a terminal
can show, never with another exception, and without writing anything. :data:`READERS` has every kind of file that a
planner may hand in; :func:`damaged` changes bytes of a good one, :data:`MAKERS` make odd ones from the inside.
"""

from __future__ import annotations

import io
import json
import math
import shutil
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nsp_planner.config import load_scenario_study, load_study, study_from_dict
from nsp_planner.config.norms_file import read_norms_overlay
from nsp_planner.errors import Fault, NspError
from nsp_planner.layers.areas.buurten import read_buurten
from nsp_planner.layers.areas.gemeenten import check_overlaps, read_areas, select_region
from nsp_planner.layers.hazards.shapes import read_hazards
from nsp_planner.layers.network.backdrop import read_study_backdrop
from nsp_planner.layers.network.streets import read_streets
from nsp_planner.layers.population.demand import build_demand
from nsp_planner.layers.population.grid import read_population
from nsp_planner.layers.population.totals import read_totals
from nsp_planner.layers.population.visitors import read_visitors
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.sites.source import read_sites
from nsp_planner.report import write_report
from nsp_planner.study.edited_lists.merge import merge_lists
from nsp_planner.study.finished_run import read_finished_runs
from nsp_planner.sweep.file import read_sweep
from tests.layers.hazards.test_hazards import write_raster
from tests.layers.network.test_osmnx import graph
from tests.towns.open_data import PbfBuilder
from tests.towns.planned import RUN, make_toy
from tests.towns.raw_files import TOTALS, make_world, write_areas, write_grid, write_totals, write_vector
from tests.trust.corpus import CONTROL, as_toml, in_time, listing
from tests.trust.makers import book, csv_of, geojson

SECONDS = 30.0
Reader = Callable[[Path], Sequence[Fault]]


# --- what a file is read by ------------------------------------------------------------------------------------------


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="grond-"))
    write_grid(folder / "grid.gpkg")
    write_areas(folder / "areas.gpkg")
    write_totals(folder / "totals.csv")
    (folder / "run").mkdir()
    write_report(folder / "run", make_toy()[1], run_info=RUN)
    return folder


@cache
def _ground() -> tuple[Any, Any]:
    """All gemeenten of the world, and those of the region."""
    log = InputLog()
    study = study_from_dict(_tables())
    areas = read_areas(study.inputs.areas, log)
    assert areas is not None
    return areas, select_region(areas, study.region, log.faults, "areas")


def _tables(**inputs: Any) -> dict[str, Any]:
    folder = _folder()
    given = {
        "population": {"path": str(folder / "grid.gpkg")},
        "areas": {"path": str(folder / "areas.gpkg")},
        "sites": [{"path": "sites.csv", "source": "lijst"}],
        **inputs,
    }
    return {"title": "Toets", "region": {"name": "R", "gemeenten": ["GM0001", "GM0002"]}, "inputs": given}


def _sites(path: Path) -> Sequence[Fault]:
    log = InputLog()
    study = study_from_dict(_tables(sites=[{"path": str(path), "source": "lijst"}]))
    read_sites(study.inputs.sites, study, *_ground(), log)
    return log.faults.items


def _grid(path: Path) -> Sequence[Fault]:
    log = InputLog()
    study = study_from_dict(_tables(population={"path": str(path)}))
    grid = read_population(study.inputs.population, log)
    if grid is not None:
        build_demand(grid, *_ground(), None, 500.0, (path, None), log)
    return log.faults.items


def _one_table(name: str, read: Callable[[Any, InputLog], object]) -> Callable[[Path], Sequence[Fault]]:
    """Reading an input that has a reader of its own and needs no ground."""

    def read_it(path: Path) -> Sequence[Fault]:
        log = InputLog()
        source = getattr(study_from_dict(_tables(**{name: {"path": str(path)}})).inputs, name)
        assert source is not None
        read(source, log)
        return log.faults.items

    return read_it


def _areas(path: Path) -> Sequence[Fault]:
    log = InputLog()
    study = study_from_dict(_tables(areas={"path": str(path)}))
    areas = read_areas(study.inputs.areas, log)
    region = None if areas is None else select_region(areas, study.region, log.faults, path)
    if areas is not None and region is not None:
        check_overlaps(areas, region, log, path)
    return log.faults.items


def _guests(path: Path) -> Sequence[Fault]:
    log = InputLog()
    read_visitors(study_from_dict(_tables(guests=[{"path": str(path), "label": "camping"}])), *_ground(), log)
    return log.faults.items


def _streets(path: Path) -> Sequence[Fault]:
    log = InputLog()
    with tempfile.TemporaryDirectory() as store:
        tables = _tables(network={"path": str(path), "store": store})
        study = study_from_dict({**tables, "distances": {"method": "network"}})
        read_streets(study, _ground()[1].union_all(), log)
        read_study_backdrop(study, _ground()[1].union_all(), log)
    return log.faults.items


def _water(path: Path) -> Sequence[Fault]:
    log = InputLog()
    key = "depth" if path.suffix in (".tif", ".asc") else "area"
    read_hazards(study_from_dict({**_tables(), "flood": {key: [str(path)]}}), _ground()[1].union_all(), log)
    return log.faults.items


def _raises(read: Callable[[Path], object]) -> Reader:
    def faults_of(path: Path) -> Sequence[Fault]:
        try:
            read(path)
        except NspError as error:
            return error.faults
        return ()

    return faults_of


def _study_beside(path: Path) -> Path:
    study = _folder() / "study.toml"
    if not study.exists():
        study.write_text(as_toml(_tables()), encoding="utf-8")
    return study


def _overlay(path: Path) -> object:
    return load_scenario_study(_study_beside(path), [str(path)])


def _norms(path: Path) -> object:
    return load_scenario_study(_study_beside(path), more=[read_norms_overlay(path)])


def _manifest(path: Path) -> object:
    with tempfile.TemporaryDirectory() as folder:
        run = shutil.copytree(_folder() / "run", Path(folder) / "run")
        shutil.copyfile(path, run / path.name)
        return read_finished_runs([run], "run")


READERS: Mapping[str, Reader] = {
    "sites.csv": _sites,
    "sites.xlsx": _sites,
    "sites.geojson": _sites,
    "sites.gpkg": _sites,
    "grid.gpkg": _grid,
    "grid.zip": _grid,
    "totals.csv": _one_table("totals", read_totals),
    "totals.xlsx": _one_table("totals", read_totals),
    "areas.gpkg": _areas,
    "areas.geojson": _areas,
    "buurten.gpkg": _one_table("buurten", read_buurten),
    "guests.csv": _guests,
    "guests.geojson": _guests,
    "streets.gpkg": _streets,
    "streets.osm.pbf": _streets,
    "streets.graphml": _streets,
    "water.geojson": _water,
    "water.tif": _water,
    "water.asc": _water,
    "study.toml": _raises(load_study),
    "overlay.toml": _raises(_overlay),
    "norms.toml": _raises(_norms),
    "sweep.toml": _raises(read_sweep),
    "edited.xlsx": _raises(lambda path: merge_lists(_folder() / "run", [path])),
    "edited.csv": _raises(lambda path: merge_lists(_folder() / "run", [path])),
    "manifest.json": _raises(_manifest),
    "plan.gpkg": _raises(_manifest),
    "kandidatenlijst.csv": _raises(_manifest),
}
"""Every kind of file, by a name that it may have, and who reads it."""


def expect_no_surprise(name: str, content: bytes) -> None:
    """Read a file of these bytes; ``AssertionError`` or the exception itself where the reader surprises."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with in_time(SECONDS):
            faults = READERS[name](path)
        assert listing(Path(folder)) == [name], "something was left behind"
        assert path.read_bytes() == content, "the input was changed"
    for fault in faults:
        text = fault.as_text()
        assert fault.message.strip(), fault
        assert fault.fix.strip(), fault
        assert not CONTROL.search(text.replace("\n", " ")), repr(text)
        assert len(text) < 5_000, text[:500]
        assert "Traceback" not in text


def fuzz(name: str, contents: SearchStrategy[bytes], n_examples: int, *, derandomize: bool) -> None:
    """Hold a reader against so many files; hypothesis shrinks what surprises it and says how to make it again."""

    @settings(
        max_examples=n_examples,
        deadline=None,
        derandomize=derandomize,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(contents)
    def hold(content: bytes) -> None:
        expect_no_surprise(name, content)

    hold()


# --- good files, and bytes of them changed ---------------------------------------------------------------------------


def _bytes_of(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            write(path)
        return path.read_bytes()


def _zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vk.gpkg", good("grid.gpkg"))


def _pbf(path: Path) -> None:
    builder = PbfBuilder()
    for y in range(501_000, 504_000, 500):
        builder.way([(x, y) for x in range(200_500, 208_000, 500)], {"highway": "residential", "name": f"Weg {y}"})
    builder.square(201_050, 501_050, 40, {"natural": "water"})
    builder.write(path)


def _graphml(path: Path) -> None:
    import osmnx

    osmnx.save_graphml(graph(), path)


def _polygons(path: Path, column: str) -> None:
    boxes = [shapely.box(200_000 + 4_000 * n, 500_000, 204_000 + 4_000 * n, 504_000) for n in range(2)]
    names = {column: ["BU00010001", "BU00020001"], "buurtnaam": ["A", "B"]}
    frame = gpd.GeoDataFrame(names, geometry=boxes, crs="EPSG:28992")
    write_vector(path, frame.to_crs(4326) if path.suffix == ".geojson" else frame)


def _lines(path: Path) -> None:
    shapes = [shapely.LineString([(200_500, y), (207_500, y)]) for y in (501_000, 502_000)]
    write_vector(path, gpd.GeoDataFrame({"naam": ["a", "b"]}, geometry=shapes, crs="EPSG:28992"))


@cache
def good(name: str) -> bytes:
    """A file of this kind that is read without a fault (but for files that are not there)."""
    study = as_toml(make_world(_folder()))
    grid = '[values]\n"ratios.lnsp_per_cnsp" = [3]\n'
    makers: dict[str, Callable[[], bytes]] = {
        "sites.csv": csv_of,
        "sites.xlsx": book,
        "sites.geojson": geojson,
        "sites.gpkg": lambda: _bytes_of(
            lambda path: write_vector(
                path,
                gpd.GeoDataFrame(
                    {"naam": ["Hal", "Kerk"], "status": ["idee", "pilot"]},
                    geometry=gpd.points_from_xy([201_050, 205_050], [501_050, 501_050]),
                    crs="EPSG:28992",
                ),
            ),
            "a.gpkg",
        ),
        "grid.gpkg": lambda: _bytes_of(write_grid, "a.gpkg"),
        "grid.zip": lambda: _bytes_of(_zipped, "a.zip"),
        "totals.csv": lambda: _bytes_of(write_totals, "a.csv"),
        "totals.xlsx": lambda: book((("gemeentecode", "aantal_inwoners"), *TOTALS.items())),
        "areas.gpkg": lambda: _bytes_of(write_areas, "a.gpkg"),
        "areas.geojson": lambda: _bytes_of(lambda path: write_areas(path, to_crs="EPSG:4326"), "a.geojson"),
        "buurten.gpkg": lambda: _bytes_of(lambda path: _polygons(path, "buurtcode"), "a.gpkg"),
        "guests.csv": lambda: b"naam;x;y;personen\nCamping;201050;501050;12\nPark;205050;501050;7\n",
        "guests.geojson": lambda: geojson((({"naam": "Camping", "personen": 12}, (6.06529, 52.49521)),)),
        "streets.gpkg": lambda: _bytes_of(_lines, "a.gpkg"),
        "streets.osm.pbf": lambda: _bytes_of(_pbf, "a.osm.pbf"),
        "streets.graphml": lambda: _bytes_of(_graphml, "a.graphml"),
        "water.geojson": lambda: _bytes_of(lambda path: _polygons(path, "n"), "a.geojson"),
        "water.tif": lambda: _bytes_of(lambda path: write_raster(path, np.ones((10, 10))), "a.tif"),
        "water.asc": lambda: b"ncols 3\nnrows 3\nxllcorner 201000\nyllcorner 501000\ncellsize 100\n" + b"1 0 2\n" * 3,
        "study.toml": study.encode,
        "overlay.toml": lambda: b'title = "a"\nsentence = "b"\n[ratios]\nlnsp_per_cnsp = 3\nquota = { GM0001 = 2 }\n',
        "norms.toml": lambda: b'[capacity_persons]\nvalue = 4000\nsource = "wij"\n',
        "sweep.toml": lambda: f'title = "R"\nstudies = ["{_study_beside(Path())}"]\noutput = "uit"\n{grid}'.encode(),
        "edited.xlsx": (_folder() / "run" / "kandidatenlijst.xlsx").read_bytes,
        "edited.csv": (_folder() / "run" / "kandidatenlijst.csv").read_bytes,
        "manifest.json": (_folder() / "run" / "manifest.json").read_bytes,
        "plan.gpkg": (_folder() / "run" / "plan.gpkg").read_bytes,
        "kandidatenlijst.csv": (_folder() / "run" / "kandidatenlijst.csv").read_bytes,
    }
    return makers[name]()


ODD_BYTES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"NaN", b"-1", b"1e999", b"<", b"\n", b'";']
    ),
)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A good file with bytes overwritten, taken out, put in, moved or cut off."""
    raw = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(raw) - 1)))
        odd = draw(ODD_BYTES)
        match draw(st.sampled_from(["over", "out", "in", "twice", "cut"])):
            case "over":
                raw[at : at + len(odd)] = odd
            case "out":
                del raw[at : at + draw(st.integers(1, 64))]
            case "in":
                raw[at:at] = odd
            case "twice":
                raw[at:at] = raw[at : at + draw(st.integers(1, 256))]
            case _:
                del raw[at : None if draw(st.integers(0, 9)) == 0 else at + 1]
    return bytes(raw)


# --- odd files from the inside ---------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", "0", "-1", "1.250", "1,250", "1.250,5", "1e300", "nan", "inf", "-inf", "1e-320", "0x10", "１２", "½",
         "ja", "nee", "afgevallen", "idee", "201050", "501050", "6,06", "52.49", "GM0001", "1", "GM9999", "NaT", "None",
         "\ud800", "\x00", "=1+1", "'", '"', "a" * 300, "2026-03-12", "E2010N5010", "-99997", "٣", "1_0", "١٢٣", "²"]
    ),
)  # fmt: skip
COLUMNS = st.sampled_from(
    ["naam", "x", "y", "lon", "lat", "capaciteit", "status", "soort", "adres", "plaats", "gemeentecode", "id", "reden",
     "personen", "aantal_inwoners", "noodstroom", "", " ", "naam ", "NAAM", "x\u200b", "geometry", "vloeroppervlakte"]
)  # fmt: skip
VALUES = st.one_of(
    TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["a", "b"]), st.integers(), max_size=2), st.integers(-(2**70), 2**70),
)  # fmt: skip
IN_RANGE = (st.floats(200_000, 208_000), st.floats(500_000, 504_000), st.floats(5, 7), st.floats(51, 53))
COORDINATES = st.one_of(*IN_RANGE, st.floats(), st.just(0.0))


def storable(value: object) -> object:
    """A value as a workbook can store it: no control characters, nothing infinite."""
    if isinstance(value, str):
        return "".join(each for each in value if " " <= each < "\ufffe" and not 0xD800 <= ord(each) < 0xE000)
    return None if isinstance(value, float) and math.isinf(value) else value


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, errors="surrogatepass" if encoding.startswith("utf") else "replace")


@st.composite
def csvs(draw: st.DrawFn) -> bytes:
    """Text tables with odd names, values, separators, quotes and encodings."""
    header = draw(st.lists(COLUMNS, min_size=1, max_size=7))
    n_columns = len(header) + draw(st.sampled_from([0, 0, 0, 0, 1, -1]))
    rows = draw(st.lists(st.lists(TEXTS, min_size=max(1, n_columns), max_size=max(1, n_columns)), max_size=5))
    mark = draw(st.sampled_from([";", ",", "\t", "|"]))
    quoted = draw(st.booleans())

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [mark.join(map(cell, row)) for row in [header, *rows]]
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines)
    return _encoded(text, draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "latin-1"])))


@st.composite
def books(draw: st.DrawFn) -> bytes:
    """Workbooks with odd names and values."""
    header = draw(st.lists(COLUMNS, min_size=1, max_size=6))
    simple = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False))
    rows = draw(st.lists(st.lists(simple, min_size=len(header), max_size=len(header)), max_size=5))

    return book([[storable(value) for value in row] for row in [header, *rows]])


@st.composite
def geometries(draw: st.DrawFn, depth: int = 0) -> object:
    """A geometry of GeoJSON: of any kind, too short, empty, wound wrongly, in itself, or none at all."""
    point = st.lists(COORDINATES, min_size=2, max_size=3)
    line = st.lists(point, max_size=6)
    ring = line.map(lambda points: [*points, *points[:1]])
    kinds: dict[str, SearchStrategy[Any]] = {
        "Point": point,
        "MultiPoint": line,
        "LineString": line,
        "MultiLineString": st.lists(line, max_size=3),
        "Polygon": st.lists(ring, max_size=3),
        "MultiPolygon": st.lists(st.lists(ring, max_size=2), max_size=3),
    }
    kind = draw(st.sampled_from([*kinds, "none", "odd", *(["GeometryCollection"] if depth < 2 else [])]))
    if kind == "none":
        return None
    if kind == "odd":
        return draw(VALUES)
    if kind == "GeometryCollection":
        return {"type": kind, "geometries": draw(st.lists(geometries(depth + 1), max_size=3))}
    return {"type": kind, "coordinates": draw(kinds[kind])}


@st.composite
def geojsons(draw: st.DrawFn) -> bytes:
    """GeoJSON with odd properties, geometries and members."""
    names = st.one_of(COLUMNS, st.sampled_from(["statcode", "statnaam", "buurtcode", "buurtnaam"]))
    features: list[object] = []
    for _ in range(draw(st.integers(0, 4))):
        feature: dict[str, object] = {"type": "Feature", "geometry": draw(geometries())}
        feature["properties"] = draw(st.one_of(st.dictionaries(names, VALUES, max_size=5), st.none()))
        features.append(feature if draw(st.integers(0, 9)) else draw(VALUES))
    name = draw(st.sampled_from(["EPSG:28992", "urn:ogc:def:crs:OGC:1.3:CRS84", "x", ""]))
    crs = {"type": "name", "properties": {"name": name}}
    more = draw(st.sampled_from([{}, {}, {"crs": crs}, {"crs": {}}, {"crs": None}, {"bbox": []}, {"features": None}]))
    whole = {"type": "FeatureCollection", "features": features, **more}
    return _encoded(json.dumps(whole), "utf-8")


TOML_VALUES = st.one_of(
    st.booleans(), st.integers(-(10**13), 10**13), st.floats(), TEXTS.filter(lambda text: text.isprintable()),
    st.just([]), st.just({}), st.lists(st.integers(), max_size=2), st.just({"a": {"b": [1]}}), st.just("GM0001"),
)  # fmt: skip


@cache
def study_keys() -> tuple[tuple[str, str], ...]:
    """Every section of a study with its keys."""
    from nsp_planner.config.base import section_of
    from nsp_planner.config.study import Study

    found = []
    for section, field in Study.model_fields.items():
        model = section_of(field.annotation)
        found += [(section, key) for key in model.model_fields] if model is not None else [(section, "")]
    return tuple(found)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(value)
    return as_toml({"a": value}).removeprefix("a = ").strip()


@st.composite
def tomls(draw: st.DrawFn, content: bytes) -> bytes:
    """A good TOML file with keys of a study set to odd values in it."""
    text = content.decode()
    for section, key in draw(st.lists(st.sampled_from(study_keys()), min_size=1, max_size=4, unique=True)):
        value = _written(draw(TOML_VALUES))
        text = f"{text}\n[{section}]\n{key} = {value}\n" if key else f"{section} = {value}\n{text}"
    return text.encode()


@st.composite
def jsons(draw: st.DrawFn, content: bytes) -> bytes:
    """A good JSON file with one to three of its values, at any depth, replaced by odd ones."""
    whole = json.loads(content)
    for _ in range(draw(st.integers(1, 3))):
        here: Any = whole
        while isinstance(here, dict | list) and here:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            key = draw(st.sampled_from(keys))
            if not isinstance(here[key], dict | list) or not here[key] or draw(st.integers(0, 2)) == 0:
                here[key] = draw(VALUES)
                break
            here = here[key]
    return _encoded(json.dumps(whole), "utf-8")


@st.composite
def edited_books(draw: st.DrawFn, content: bytes) -> bytes:
    """A candidate list of a run with some cells changed to odd values."""
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook[draw(st.sampled_from(workbook.sheetnames))]
    odd = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False))
    for _ in range(draw(st.integers(1, 6))):
        row, column = draw(st.integers(1, sheet.max_row + 2)), draw(st.integers(1, sheet.max_column + 1))
        cell: Any = sheet.cell(row, column)
        cell.value = storable(draw(odd))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def made(name: str) -> SearchStrategy[bytes] | None:
    """Odd files of this kind made from the inside, where there is a maker."""
    suffix = Path(name).suffix
    if name == "edited.xlsx":
        return edited_books(good(name))
    if suffix == ".toml":
        return tomls(good(name))
    makers: dict[str, Callable[[], SearchStrategy[bytes]]] = {
        ".csv": csvs,
        ".xlsx": books,
        ".geojson": geojsons,
        ".json": lambda: jsons(good(name)),
    }
    return makers[suffix]() if suffix in makers else None


def contents(name: str) -> SearchStrategy[bytes]:
    """Odd files of a kind, made from the inside and damaged."""
    inside = made(name)
    return damaged(good(name)) if inside is None else st.one_of(inside, damaged(good(name)))
