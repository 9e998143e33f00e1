"""The whole chain against a server on loopback: fetch, fetch again, init, plan."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from nsp_planner.config import load_study
from nsp_planner.errors import DataError, Faults, SettingsError
from nsp_planner.fetch import catalogue
from nsp_planner.fetch.init_study import find_folder, write_study
from nsp_planner.fetch.lockfile import LOCK_FILE
from nsp_planner.fetch.overrides import FetchSettings, SourceOverride
from nsp_planner.fetch.run import fetch_region
from nsp_planner.fetch.steps import Fetched
from nsp_planner.layers.network.osm_pbf import read_osm_pbf
from nsp_planner.layers.read import read_layers
from nsp_planner.norms import published_norms
from tests.fetch.conftest import FAST
from tests.towns.open_data import AREAS, BAG, CBS, FLOOD, GRID_PATH, OSM, WIJKEN, PbfBuilder, ijsselland_world
from tests.towns.server import Playbook, serving

pytestmark = pytest.mark.slow

Fetch = Callable[..., Fetched]


def test_a_name_brings_grid_boundaries_totals_candidates_and_streets(whole: Fetched) -> None:
    fetched = whole
    assert fetched.region.code == "VR04"
    assert fetched.region.gemeenten == {"GM0177": "Raalte", "GM1773": "Olst-Wijhe"}
    assert set(fetched.files) == {
        "population",
        "areas",
        "totals",
        "wijken",
        "buurten",
        "flood_zones",
        "streets",
        "bag",
        "sites_osm",
        "stations_osm",
        "left_out_osm",
    }
    assert all(path.parent == fetched.folder and path.is_file() for path in fetched.files.values())
    assert [fault.layer for fault in fetched.skipped] == ["fetch: polling_places"]


def test_everything_is_clipped_to_the_region_and_its_buffer(fetch: Fetch, example_book: Playbook) -> None:
    fetched = fetch(buffer_m=500, optional=("buurten",))
    borders = example_book.collections[f"{AREAS}/gemeente_gegeneraliseerd/items"].query("jaarcode == 2024")
    ours = borders[borders["statcode"].isin(fetched.region.gemeenten)].union_all().buffer(500)
    squares = pyogrio.read_dataframe(fetched.files["population"])
    assert squares.centroid.intersects(ours.buffer(0.01)).all()
    with_neighbours = pyogrio.read_dataframe(fetched.files["areas"])
    assert sorted(with_neighbours["statcode"]) == ["GM0177", "GM1773", "GM9001"]
    assert sorted(pd.read_csv(fetched.files["totals"], sep=";")["gemeentecode"].unique()) == [
        "GM0177",
        "GM1773",
        "GM9001",
    ]
    assert set(pyogrio.read_dataframe(fetched.files["buurten"])["gemeentecode"]) == {"GM0177", "GM1773", "GM9001"}


def test_no_square_of_the_region_is_lost_by_clipping(whole: Fetched) -> None:
    published = pyogrio.read_dataframe(f"/vsizip/{whole.folder.parent}/landelijk/{Path(GRID_PATH).name}")
    clipped = pyogrio.read_dataframe(whole.files["population"])
    assert len(clipped) == len(published)
    assert clipped["aantal_inwoners"].sum() == published["aantal_inwoners"].sum()


def test_only_the_provinces_that_are_touched_are_fetched(fetch: Fetch, world: Playbook) -> None:
    fetch()
    extracts = [path for path in world.paths() if path.startswith(OSM)]
    assert extracts == [f"{OSM}/overijssel-latest.osm.pbf", f"{OSM}/gelderland-latest.osm.pbf"]


def test_a_second_run_sends_no_request_at_all_and_changes_no_file(
    whole: Fetched, fetch: Fetch, world: Playbook, tmp_path: Path
) -> None:
    root = tmp_path / "again"
    shutil.copytree(whole.folder.parent, root)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    second = fetch(root=root, optional=("bag", "wijken", "buurten", "flood_zones"))
    assert world.requests == []
    assert second.n_requests == 0 < whole.n_requests
    assert {name: path.name for name, path in second.files.items()} == {
        name: path.name for name, path in whole.files.items()
    }
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_without_a_year_the_newest_grid_is_found_and_a_second_run_still_sends_nothing(
    fetch: Fetch, world: Playbook
) -> None:
    assert fetch(year=None).year == 2024
    world.requests.clear()
    assert fetch(year=None).n_requests == 0


def test_offline_opens_no_socket(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch()

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert fetch(offline=True).n_requests == 0


def test_offline_with_nothing_on_disk_names_what_is_missing_and_opens_no_socket(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    with pytest.raises(DataError) as caught:
        fetch(offline=True)
    assert [fault.layer for fault in caught.value.faults] == ["fetch: grid_100m", "fetch: register"]
    assert all("--offline" in fault.message and "--file" in fault.fix for fault in caught.value.faults)


def test_the_lock_file_names_address_date_size_and_checksum_of_every_file(whole: Fetched) -> None:
    root = whole.folder.parent
    entries = json.loads((root / LOCK_FILE).read_text())["files"]
    on_disk = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.name not in (LOCK_FILE, "regio.json")
    }
    assert set(entries) == on_disk
    grid = entries[f"landelijk/{Path(GRID_PATH).name}"]
    assert grid["address"] == "https://download.cbs.nl/vierkant/100/2025-cbs_vk100_2024_v1.zip"
    assert grid["n_bytes"] == (root / "landelijk" / Path(GRID_PATH).name).stat().st_size
    assert len(grid["sha256"]) == 64
    assert grid["date"].endswith("+00:00")
    assert all(entry["licence"] and entry["attribution"] for entry in entries.values())


def test_candidates_carry_floor_area_use_and_address_of_the_bag(whole: Fetched, example_book: Playbook) -> None:
    table = pd.read_csv(whole.files["sites_osm"], sep=";", encoding="utf-8-sig")
    assert (table["floor_area_source"] == "BAG").mean() > 0.95
    bag = example_book.collections[BAG]
    assert set(table["floor_area_m2"].dropna()) <= set(bag["oppervlakte"]) | set(range(1_000, 3_000))
    assert set(table["use_bag"].dropna()) <= {"bijeenkomstfunctie", "bijeenkomstfunctie,sportfunctie"}
    assert {"bijeenkomstfunctie", "bijeenkomstfunctie,sportfunctie"} <= set(table["use_bag"])


def test_one_failing_source_stops_neither_the_others_nor_says_only_itself(fetch: Fetch, world: Playbook) -> None:
    del world.files[GRID_PATH]
    del world.files[f"{OSM}/gelderland-latest.osm.pbf"]
    with pytest.raises(DataError) as caught:
        fetch()
    assert [fault.layer for fault in caught.value.faults] == ["fetch: grid_100m", "fetch: osm"]
    assert "gelderland-latest.osm.pbf answered 404" in caught.value.faults[1].message
    assert "--file osm=PATH" in caught.value.faults[1].fix
    world.files[GRID_PATH] = b""
    assert f"{OSM}/overijssel-latest.osm.pbf" in world.paths()


def test_a_source_a_plan_can_do_without_is_skipped_with_its_reason(fetch: Fetch, world: Playbook) -> None:
    del world.collections[FLOOD]
    fetched = fetch(optional=("flood_zones",))
    assert "flood_zones" not in fetched.files
    reasons = {fault.layer: fault.message for fault in fetched.skipped}
    assert "risk_zone/items" in reasons["fetch: flood_zones"]
    assert "404" in reasons["fetch: flood_zones"]


NEW_SOURCES = """
[hospitals]
title_nl = "Ziekenhuizen"
address = "https://api.pdok.nl/zorg/ogc/v1"
collection = "ziekenhuizen"
kept_as = "ziekenhuizen_{year}.gpkg"
page = "https://example.org/zorg"
format = "ogc"
licence = "CC0"
attribution = "Ziekenhuizen: verzonnen"
clip = "points in the region or its buffer"
needed = false
verified = ""

[schools]
title_nl = "Scholen"
address = "https://example.org/scholen_{year}.csv"
kept_as = "scholen.csv"
page = "https://example.org/scholen"
format = "csv"
licence = "CC0"
attribution = "Scholen: verzonnen"
clip = "whole file"
needed = false
verified = ""
"""


def test_a_source_is_one_entry_and_needs_no_code(
    fetch: Fetch, world: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {**catalogue.known_sources(), **catalogue.read_sources(NEW_SOURCES)}
    monkeypatch.setattr(catalogue, "known_sources", lambda: sources)
    wards = gpd.GeoDataFrame(world.collections[FLOOD]).assign(naam="De Weezenlanden")
    world.collections["/api.pdok.nl/zorg/ogc/v1/collections/ziekenhuizen/items"] = wards
    world.files["/example.org/scholen_2024.csv"] = b"naam;x;y\nDe Brug;203000;503000\n"
    fetched = fetch()
    hospitals = gpd.read_file(fetched.files["hospitals"])
    assert fetched.files["hospitals"].name == "ziekenhuizen_2024.gpkg"
    assert set(hospitals["naam"]) == {"De Weezenlanden"}
    assert fetched.files["schools"].read_bytes().startswith(b"naam;x;y")
    region = json.loads((fetched.folder / "regio.json").read_text(encoding="utf-8"))
    assert {"Ziekenhuizen: verzonnen", "Scholen: verzonnen"} <= set(region["attributions"])


def test_without_the_bag_candidates_have_the_outline_as_floor_area(fetch: Fetch, world: Playbook) -> None:
    world.always[BAG] = ("status", 500)
    fetched = fetch(optional=("bag",))
    table = pd.read_csv(fetched.files["sites_osm"], sep=";", encoding="utf-8-sig")
    assert set(table["floor_area_source"]) == {"omtrek OSM"}
    assert (table["floor_area_m2"] - 400).abs().max() <= 2
    assert "fetch: bag" in [fault.layer for fault in fetched.skipped]


def test_without_a_register_membership_comes_from_the_borders(fetch: Fetch, world: Playbook) -> None:
    del world.collections[f"{AREAS}/gebiedsindelingen_register/items"]
    fetched = fetch()
    assert fetched.region.code == "VR04"
    assert fetched.region.gemeenten == {"GM0177": "Raalte", "GM1773": "Olst-Wijhe"}
    assert [path for path in world.paths() if path.startswith(OSM)] == [
        f"{OSM}/overijssel-latest.osm.pbf",
        f"{OSM}/gelderland-latest.osm.pbf",
    ]


def test_a_name_that_does_not_exist_gives_the_nearest_and_a_gemeente_its_region(fetch: Fetch) -> None:
    with pytest.raises(SettingsError, match='Did you mean "IJsselland"'):
        fetch("Ijselland")
    with pytest.raises(SettingsError, match='Raalte is a gemeente in IJsselland: nsp-planner fetch "IJsselland"'):
        fetch("raalte")
    with pytest.raises(SettingsError, match="There are: IJsselland, Twente, Zeeland"):
        fetch("Qqqq")


@pytest.mark.parametrize("name", ["ijsselland", "VR04", "Veiligheidsregio IJsselland", "veiligheidsregio  ijsselland"])
def test_case_code_and_the_word_veiligheidsregio_do_not_matter(fetch: Fetch, name: str) -> None:
    assert fetch(name).region.name == "IJsselland"


def test_a_file_given_by_hand_is_taken_in_place_of_the_download(fetch: Fetch, world: Playbook, tmp_path: Path) -> None:
    given = tmp_path / "my-vk100_2024.zip"
    given.write_bytes(world.files.pop(GRID_PATH))
    fetched = fetch(sources={"grid_100m": {"file": given}})
    assert not world.asked("vierkant")
    entries = json.loads((fetched.folder.parent / LOCK_FILE).read_text())["files"]
    assert entries["landelijk/cbs_vk100_2024.zip"]["address"].startswith("file: my-vk100_2024.zip")
    world.requests.clear()
    assert fetch().n_requests == 0, "what was given by hand stays"


def test_a_file_put_into_its_place_by_hand_is_taken(fetch: Fetch, world: Playbook, tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "landelijk"
    folder.mkdir(parents=True)
    (folder / Path(GRID_PATH).name).write_bytes(world.files.pop(GRID_PATH))
    fetch()
    assert not world.asked("vierkant")


def test_polling_places_given_by_hand_become_candidates(fetch: Fetch, tmp_path: Path) -> None:
    given = tmp_path / "stemlokalen.csv"
    given.write_text("id;naam;plaats;x;y\n1;Dorpshuis Heino;Heino;212650;494650\n2;Mobiel;;;\n", encoding="utf-8")
    fetched = fetch(sources={"polling_places": {"file": given}})
    study = write_study(fetched.folder, tmp_path / "s.toml", published_norms())
    assert study.sources == ("osm", "stemlokalen", "kazernes")
    faults = Faults()
    layers = read_layers(load_study(study.path), faults)
    assert faults.items == []
    assert layers is not None
    assert "Mobiel" in set(layers.left_out["name"])


def test_a_web_page_given_by_hand_as_grid_is_refused(fetch: Fetch, tmp_path: Path) -> None:
    given = tmp_path / "grid.zip"
    given.write_text("<!doctype html><html><title>Inloggen</title></html>")
    with pytest.raises(DataError, match=r'a web page \("Inloggen"\) in place of a zip'):
        fetch(sources={"grid_100m": {"file": given}})


def test_a_raw_file_that_was_changed_is_a_fault_and_not_downloaded_over(fetch: Fetch) -> None:
    fetched = fetch()
    raw = fetched.folder.parent / "landelijk" / "overijssel-latest.osm.pbf"
    raw.write_bytes(raw.read_bytes() + b"x")
    with pytest.raises(DataError, match="the file was changed after"):
        fetch()


def test_a_list_a_planner_worked_on_is_kept(fetch: Fetch) -> None:
    fetched = fetch()
    path = fetched.files["sites_osm"]
    text = path.read_text(encoding="utf-8-sig").replace("unknown", "yes", 1)
    path.write_text(text, encoding="utf-8-sig")
    assert fetch().files["sites_osm"].read_text(encoding="utf-8-sig") == text


def test_renewing_fetches_again(fetch: Fetch, world: Playbook) -> None:
    fetch()
    world.requests.clear()
    fetch(renew=True)
    assert GRID_PATH in world.paths()
    assert f"{OSM}/overijssel-latest.osm.pbf" in world.paths()


def _fetch_in_process(address: str, root: str, queue: multiprocessing.Queue[object]) -> None:
    sources = {name: SourceOverride(skip=True) for name in ("bag", "wijken", "buurten", "flood_zones")}
    settings = FetchSettings(mirror=address, year=2024, buffer_m=2_000, sources=sources)
    queue.put(fetch_region("IJsselland", Path(root), settings, politeness=FAST).n_requests)


@pytest.mark.slow
def test_two_runs_at_once_download_each_file_once(world: Playbook, tmp_path: Path) -> None:
    world.mishaps[GRID_PATH] = [("slow", 0.3)]
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    runs = [context.Process(target=_fetch_in_process, args=(world.address, str(tmp_path), queue)) for _ in range(2)]
    for run in runs:
        run.start()
    counts = sorted(int(str(queue.get(timeout=60))) for _ in runs)
    for run in runs:
        run.join()
    assert counts[0] == 0 < counts[1]
    assert world.paths().count(GRID_PATH) == 1


def test_a_run_that_waits_too_long_for_another_says_so(fetch: Fetch, tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "raw").mkdir()
    with FileLock(tmp_path / "raw" / ".fetch.lock"), pytest.raises(SettingsError, match="another run"):
        fetch(lock_timeout_s=0.1)


def test_unsafe_addresses_and_unknown_sources_are_refused_before_anything_is_sent(
    fetch: Fetch, world: Playbook
) -> None:
    with pytest.raises(SettingsError, match="http is not encrypted"):
        fetch(sources={"bag": {"address": "http://example.org/bag"}})
    with pytest.raises(SettingsError, match='Did you mean "grid_100m"'):
        fetch(sources={"grid_100": {}})
    with pytest.raises(SettingsError, match="cannot do without"):
        fetch(sources={"osm": {"skip": True}})
    assert world.requests == []


def test_the_study_that_init_writes_loads_and_its_layers_have_no_faults(whole: Fetched, tmp_path: Path) -> None:
    written = write_study(
        find_folder("ijsselland", whole.folder.parent), tmp_path / "studies" / "ijsselland.toml", published_norms()
    )
    study = load_study(written.path)
    assert study.region.gemeenten == ("GM0177", "GM1773")
    assert [source.source for source in study.inputs.sites] == ["osm", "kazernes"]
    faults = Faults()
    layers = read_layers(study, faults)
    assert faults.items == []
    assert layers is not None
    assert layers.demand["population_persons"].sum() == 18_550 + 37_790
    assert layers.sites["can_be_cnsp"].sum() == 5
    assert {"kulturhus", "school", "kerk", "bibliotheek", "brandweerkazerne"} <= set(layers.sites["kind"])
    known = layers.sites.set_index("kind")
    assert set(known.loc["bibliotheek", "step_free"]) == {"yes"}
    assert set(known.loc["sporthal", "step_free"]) == {"no"}
    assert set(known.loc["school", "step_free"]) == {"unknown"}


def test_init_replaces_no_study_unless_forced_and_knows_what_was_not_fetched(whole: Fetched, tmp_path: Path) -> None:
    target = tmp_path / "s.toml"
    write_study(whole.folder, target, published_norms())
    target.write_text("mine")
    with pytest.raises(SettingsError, match="--force"):
        write_study(whole.folder, target, published_norms())
    assert target.read_text() == "mine"
    write_study(whole.folder, target, published_norms(), force=True)
    with pytest.raises(SettingsError, match='Run first: nsp-planner fetch "Twente"'):
        find_folder("Twente", whole.folder.parent)


def test_the_streets_make_a_walking_network(whole: Fetched) -> None:
    network = read_osm_pbf(whole.files["streets"], "foot")
    assert network.n_edges >= 40


@pytest.mark.slow
def test_fetch_init_and_plan_run_from_a_name_to_a_folder(whole: Fetched, tmp_path: Path) -> None:
    from nsp_planner.study.run import run_study

    written = write_study(whole.folder, tmp_path / "ijsselland.toml", published_norms())
    study = load_study(written.path)
    study = study.change(solver={"time_limit_s": 20, "threads": 1})
    result = run_study(study, command="test")
    assert result.folder.is_dir()
    assert list(result.folder.glob("*.html"))
    assert list(result.folder.glob("*.gpkg"))


@pytest.mark.slow
def test_the_true_ijsselland_has_eleven_gemeenten_and_all_its_inhabitants(shared_dir: Path, tmp_path: Path) -> None:
    with serving(ijsselland_world(shared_dir)) as book:
        settings = FetchSettings(mirror=book.address, year=2024)
        fetched = fetch_region("IJsselland", tmp_path / "raw", settings, politeness=FAST)
        provinces = sorted(path for path in book.paths() if path.startswith(OSM))
    assert len(provinces) == 2
    assert len(fetched.region.gemeenten) == 11
    written = write_study(fetched.folder, tmp_path / "ijsselland.toml", published_norms())
    faults = Faults()
    layers = read_layers(load_study(written.path), faults)
    assert faults.items == []
    assert layers is not None
    assert layers.demand["population_persons"].sum() == 548_227
    assert len(layers.sites[layers.sites["can_be_cnsp"]]) == 34


def test_a_collection_of_another_year_says_which_years_there_are(fetch: Fetch, world: Playbook) -> None:
    world.known_year_parameter = False
    path = f"{AREAS}/gemeente_gegeneraliseerd/items"
    world.collections[path] = world.collections[path].query("jaarcode == 2023")
    with pytest.raises(DataError, match=r"has nothing for 2024; it has 2023"):
        fetch()


def test_a_service_that_ignores_the_year_still_gives_one_year(fetch: Fetch, world: Playbook) -> None:
    world.known_year_parameter = False
    areas = pyogrio.read_dataframe(fetch().files["areas"])
    assert not areas["statcode"].duplicated().any()


def test_columns_in_camel_case_arrive_in_snake_case(whole: Fetched) -> None:
    totals = pd.read_csv(whole.files["totals"], sep=";")
    assert {"aantal_inwoners", "percentage_personen_65_jaar_en_ouder"} <= set(totals.columns)


def test_a_service_that_answers_in_degrees_is_brought_to_rd(fetch: Fetch, world: Playbook) -> None:
    path = f"{WIJKEN}/buurten/items"
    in_degrees = world.collections[path].to_crs("EPSG:4326")
    page = json.loads(in_degrees.drop(columns="feature_key").to_json())
    world.always[path] = ("json", page)
    buurten = pyogrio.read_dataframe(fetch(optional=("buurten",)).files["buurten"])
    assert isinstance(buurten, gpd.GeoDataFrame)
    assert buurten.crs.to_epsg() == 28992
    assert shapely.box(180_000, 470_000, 250_000, 510_000).contains(shapely.box(*buurten.total_bounds))


def test_squares_of_500_m_are_fetched_when_asked_for(fetch: Fetch, world: Playbook, tmp_path: Path) -> None:
    areas = world.collections[f"{AREAS}/gemeente_gegeneraliseerd/items"]
    west, south, east, north = areas[areas["statnaam"] != "Verstad"].total_bounds // 500 * 500
    corners = [(x, y) for x in range(int(west), int(east), 500) for y in range(int(south), int(north), 500)]
    squares = gpd.GeoDataFrame(
        {"crs28992res500m": [f"E{x // 100:04d}N{y // 100:04d}" for x, y in corners], "aantal_inwoners": 10},
        geometry=[shapely.box(x, y, x + 500, y + 500) for x, y in corners],
        crs="EPSG:28992",
    )
    squares.to_file(tmp_path / "cbs_vk500_2024_v1.gpkg", layer="vierkant_500m_2024")
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(tmp_path / "cbs_vk500_2024_v1.gpkg", "cbs_vk500_2024_v1.gpkg")
    world.files[f"{CBS}/500/2025-cbs_vk500_2024_v1.zip"] = packed.read_bytes()
    fetched = fetch(resolution_m=500)
    assert not world.asked("vk100")
    assert 0 < len(pyogrio.read_dataframe(fetched.files["population"])) <= len(squares)
    assert "squares of 500 m" in write_study(fetched.folder, tmp_path / "s.toml", published_norms()).path.read_text(
        encoding="utf-8"
    )


def test_the_national_geopackage_of_cbs_does_for_register_and_boundaries(
    fetch: Fetch, world: Playbook, tmp_path: Path
) -> None:
    areas = world.collections.pop(f"{AREAS}/gemeente_gegeneraliseerd/items").query("jaarcode == 2024")
    register = world.collections.pop(f"{AREAS}/gebiedsindelingen_register/items").query("jaarcode == 2024")
    given = tmp_path / "cbsgebiedsindelingen2024.gpkg"
    padded = areas.drop(columns=["feature_key", "jaarcode"]).assign(statcode=areas["statcode"] + "    ")
    pyogrio.write_dataframe(padded, given, layer="gemeente_gegeneraliseerd")
    pyogrio.write_dataframe(padded.head(1), given, layer="ggdregio_gegeneraliseerd", append=True)
    table = pd.DataFrame(register.drop(columns=["geometry", "feature_key", "jaarcode"]))
    pyogrio.write_dataframe(table, given, layer="gebiedsindelingen_register", append=True)
    fetched = fetch(sources={"register": {"file": given}, "gemeenten": {"file": given}})
    assert fetched.region.gemeenten == {"GM0177": "Raalte", "GM1773": "Olst-Wijhe"}
    assert not world.asked("gebiedsindelingen")
    with pytest.raises(DataError, match="the file has the layers"):
        fetch(sources={"kerncijfers": {"file": given}})


def test_a_list_a_planner_worked_on_is_never_written_over_by_newer_data(fetch: Fetch, world: Playbook) -> None:
    fetched = fetch()
    path = fetched.files["sites_osm"]
    path.write_text(path.read_text(encoding="utf-8-sig") + "extra", encoding="utf-8-sig")
    mine = path.read_bytes()
    pbf = PbfBuilder()
    pbf.square(212_000, 490_000, 30, {"building": "yes", "amenity": "library"})
    world.files[f"{OSM}/overijssel-latest.osm.pbf"] = pbf.content()
    with pytest.raises(DataError, match="the raw data are newer, and this list was changed by hand"):
        fetch(renew=True)
    assert path.read_bytes() == mine
    path.unlink()
    fetch()
    assert path.read_bytes() != mine


def test_a_service_that_refuses_the_year_parameter_is_asked_without(fetch: Fetch, world: Playbook) -> None:
    world.refused_parameters = ("jaarcode",)
    assert fetch().region.gemeenten == {"GM0177": "Raalte", "GM1773": "Olst-Wijhe"}


def test_a_second_region_shares_what_is_national(fetch: Fetch, world: Playbook) -> None:
    fetch("IJsselland")
    world.requests.clear()
    fetched = fetch("Twente")
    assert world.requests == []
    assert fetched.region.gemeenten == {"GM9001": "Buurstad"}
    assert fetched.folder.name == "twente"
