"""OGC API page by page, the grid's editions, zips from outside, the catalogue."""

from __future__ import annotations

import datetime as dt
import io
import stat
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.errors import DataError, SettingsError
from nsp_planner.fetch.archive import unzipped_geopackage
from nsp_planner.fetch.catalogue import (
    Source,
    configured_sources,
    known_sources,
    mirrored,
    unsafe_address,
)
from nsp_planner.fetch.cbs import clip_grid, find_grid
from nsp_planner.fetch.ogc import read_collection, snake_case
from nsp_planner.fetch.overrides import FetchSettings, read_fetch_settings
from nsp_planner.fetch.web import Web, WebError
from nsp_planner.layers.raw.zips import MAX_MEMBERS, refuse_zip
from tests.fetch.conftest import FAST
from tests.towns.server import Playbook

ITEMS = "/api.pdok.nl/kadaster/bag/ogc/v2/collections/verblijfsobject/items"
BAG: Source = known_sources()["bag"]
GRID: Source = known_sources()["grid_100m"]


def _door(server: Playbook) -> Web:
    return Web(politeness=FAST, mirror=lambda address: mirrored(address, server.address))


def _points(n: int) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"feature_key": [f"f{i}" for i in range(n)], "oppervlakteMin": range(n)},
        geometry=gpd.points_from_xy([200_000 + 100 * i for i in range(n)], [500_000] * n),
        crs="EPSG:28992",
    )


def test_all_pages_are_read_by_their_next_links(server: Playbook) -> None:
    server.collections[ITEMS], server.page_size = _points(23), 10
    table = read_collection(_door(server), BAG)
    assert len(server.requests) == 3
    assert sorted(table["oppervlakte_min"]) == list(range(23))
    assert table.crs.to_epsg() == 28992
    assert table.total_bounds.tolist() == [200_000, 500_000, 202_200, 500_000]


def test_only_the_box_asked_for_comes(server: Playbook) -> None:
    server.collections[ITEMS] = _points(23)
    table = read_collection(_door(server), BAG, bounds=(200_450, 499_000, 200_850, 501_000))
    assert sorted(table["oppervlakte_min"]) == [5, 6, 7, 8]


def test_a_collection_with_nothing_in_the_box_is_an_empty_table(server: Playbook) -> None:
    server.collections[ITEMS] = _points(3)
    assert len(read_collection(_door(server), BAG, bounds=(0, 300_000, 10, 300_010))) == 0


def _page(n: int, **more: object) -> dict[str, object]:
    features = [{"type": "Feature", "id": f"f{i}", "geometry": None, "properties": {}} for i in range(n)]
    return {"type": "FeatureCollection", "features": features, **more}


@pytest.mark.parametrize("following", ["itself", "new cursor"])
def test_a_page_that_links_to_itself_is_a_fault_and_not_an_endless_loop(server: Playbook, following: str) -> None:
    links = [{"rel": "next", "href": "?cursor=again"}]
    server.always[ITEMS] = ("json", _page(2, links=links))
    with pytest.raises(WebError, match="the service never ends"):
        read_collection(_door(server), BAG)
    assert len(server.requests) <= 3


def test_fewer_features_than_the_service_counts_is_a_fault(server: Playbook) -> None:
    server.always[ITEMS] = ("json", _page(2, numberMatched=5))
    with pytest.raises(WebError, match="gave 2 of the 5 features it counts"):
        read_collection(_door(server), BAG)


def test_a_web_page_instead_of_features_is_told_with_its_title(server: Playbook) -> None:
    server.always[ITEMS] = ("html",)
    with pytest.raises(WebError, match=r'gave a web page \("Storing bij PDOK"\)'):
        read_collection(_door(server), BAG)


def test_an_error_in_json_is_told_in_its_own_words(server: Playbook) -> None:
    server.always[ITEMS] = ("json", {"title": "collection not found"})
    with pytest.raises(WebError, match="gave no features: collection not found"):
        read_collection(_door(server), BAG)


def test_a_next_page_on_an_unsafe_address_is_not_fetched(server: Playbook) -> None:
    links = [{"rel": "next", "href": "http://example.org/items?cursor=1"}]
    server.always[ITEMS] = ("json", _page(2, links=links))
    with pytest.raises(WebError, match="http is not encrypted"):
        read_collection(_door(server), BAG)


@pytest.mark.parametrize("use", ["bijeenkomstfunctie,sportfunctie", ["bijeenkomstfunctie", "sportfunctie"]])
def test_a_use_may_be_text_or_a_list(server: Playbook, use: object) -> None:
    page = _page(1)
    page["features"][0]["properties"] = {"gebruiksdoel": use}  # type: ignore[index]
    server.always[ITEMS] = ("json", page)
    assert read_collection(_door(server), BAG)["gebruiksdoel"].tolist() == ["bijeenkomstfunctie,sportfunctie"]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("aantalInwoners65JaarEnOuder", "aantal_inwoners_65_jaar_en_ouder"),
        ("aantalInwoners0Tot15Jaar", "aantal_inwoners_0_tot_15_jaar"),
        ("aantal_inwoners_65_jaar_en_ouder", "aantal_inwoners_65_jaar_en_ouder"),
        ("crs28992res100m", "crs28992res100m"),
        ("INWONER", "inwoner"),
        ("pand.href", "pand_href"),
    ],
)
def test_names_of_columns_become_those_of_the_geopackage(name: str, plain: str) -> None:
    assert snake_case(name) == plain


@settings(deadline=None)
@given(st.from_regex(r"[a-z]{1,6}(_[a-z]{1,6}|_[0-9]{1,3}){0,4}", fullmatch=True))
def test_names_in_snake_case_stay_as_they_are(name: str) -> None:
    assert snake_case(name) == name


def _editions(server: Playbook, *names: str) -> None:
    server.files |= {f"/download.cbs.nl/vierkant/100/{name}": b"x" for name in names}


def test_the_newest_year_and_its_newest_version_are_found(server: Playbook) -> None:
    _editions(server, "2025-cbs_vk100_2024_v1.zip", "2026-cbs_vk100_2025_v1.zip", "2026-cbs_vk100_2024_v2.zip")
    address, year = find_grid(_door(server), GRID, None, dt.date(2026, 11, 1))
    assert (address.rsplit("/", 1)[1], year) == ("2026-cbs_vk100_2025_v1.zip", 2025)
    address, year = find_grid(_door(server), GRID, 2024, dt.date(2026, 11, 1))
    assert (address.rsplit("/", 1)[1], year) == ("2026-cbs_vk100_2024_v2.zip", 2024)


def test_looking_for_the_newest_grid_takes_a_handful_of_requests(server: Playbook) -> None:
    _editions(server, "2025-cbs_vk100_2024_v1.zip")
    assert find_grid(_door(server), GRID, None, dt.date(2026, 11, 1))[1] == 2024
    assert len(server.requests) <= 4


def test_a_year_without_a_grid_names_what_was_tried(server: Playbook) -> None:
    _editions(server, "2025-cbs_vk100_2024_v1.zip")
    with pytest.raises(WebError, match=r"there is no grid of 2019; tried .*2022-cbs_vk100_2019_v3.zip"):
        find_grid(_door(server), GRID, 2019, dt.date(2026, 11, 1))


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "name", ["../evil.gpkg", "a/../../evil.gpkg", "/etc/evil.gpkg", "C:\\evil.gpkg", "..\\evil.gpkg", "\\evil.gpkg"]
)
def test_a_zip_that_climbs_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "grid.zip"
    path.write_bytes(_zip({"grid.gpkg": b"x", name: b"y"}))
    with pytest.raises(DataError, match="points outside its folder"), unzipped_geopackage(path, GRID):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["grid.zip"]


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("grid.gpkg")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "grid.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr(member, "/etc/passwd")
    assert "points outside" in (refuse_zip(path) or "")


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "grid.zip"
    path.write_bytes(_zip({"grid.gpkg": b"\0" * (80 * 2**20)}))
    assert "zip bomb" in (refuse_zip(path) or "")


def test_a_member_that_is_longer_than_it_says_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    packed = bytearray(_zip({"grid.gpkg": bytes(range(256)) * 4_096}))
    size = packed.rindex(b"PK\x01\x02") + 24
    packed[size : size + 4] = (1_000).to_bytes(4, "little")
    path = tmp_path / "grid.zip"
    path.write_bytes(bytes(packed))
    with pytest.raises(DataError, match="the zip is damaged"), unzipped_geopackage(path, GRID):
        pass


def test_too_many_members_and_two_grids_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "grid.zip"
    path.write_bytes(_zip({f"{i}.txt": b"" for i in range(MAX_MEMBERS + 1)}))
    assert "members" in (refuse_zip(path) or "")
    path.write_bytes(_zip({"a.gpkg": b"x", "b.gpkg": b"y"}))
    assert "2 GeoPackages" in (refuse_zip(path) or "")


def test_every_entry_has_licence_attribution_and_a_safe_address() -> None:
    for source in known_sources().values():
        assert source.licence, source.name
        assert source.attribution, source.name
        assert source.page.startswith("https://"), source.name
        assert not source.address or unsafe_address(source.address) is None, source.name
        assert source.verified == "", "fill in the date in sources.toml and take this source out of the test"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://download.cbs.nl/a.zip", True),
        ("http://127.0.0.1:8000/a", True),
        ("http://localhost/a", True),
        ("http://[::1]/a", True),
        ("http://download.cbs.nl/a.zip", False),
        ("ftp://download.cbs.nl/a", False),
        ("file:///etc/passwd", False),
        ("https://user:secret@example.org/a", False),
        ("http://127.0.0.1.example.org/", False),
        ("https:///a", False),
        ("", False),
        ("http://[::1/a", False),
    ],
)
def test_only_https_or_this_machine_is_safe(address: str, safe: bool) -> None:
    assert (unsafe_address(address) is None) is safe


def test_a_mirror_has_host_and_path_behind_its_own_address() -> None:
    assert mirrored("https://a.nl/b/c.zip?d=1", "https://m.nl/x/") == "https://m.nl/x/a.nl/b/c.zip?d=1"
    assert mirrored("https://m.nl/x/a.nl/b", "https://m.nl/x") == "https://m.nl/x/a.nl/b"
    assert mirrored("https://a.nl/b", None) == "https://a.nl/b"


def test_settings_are_read_from_the_table_fetch_of_a_study(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text('title = "x"\n[fetch]\nbuffer_m = 5000\n[fetch.sources.grid_100m]\nfile = "raw/a.zip"\n')
    settings = read_fetch_settings(path)
    assert settings.buffer_m == 5_000
    assert configured_sources(settings)["grid_100m"].file == tmp_path / "raw" / "a.zip"
    path.write_text("[fetch]\nbufer_m = 5000\n[fetch.sources.osm]\nsha256 = 'abc'\n")
    with pytest.raises(SettingsError) as caught:
        read_fetch_settings(path)
    assert {fault.column for fault in caught.value.faults} == {"fetch.bufer_m", "fetch.sources.osm.sha256"}


def test_an_address_of_ones_own_goes_before_the_known_one_and_needs_no_verification_note() -> None:
    settings = FetchSettings.model_validate({"sources": {"bag": {"address": "https://bag.example.org"}}})
    source = configured_sources(settings)["bag"]
    assert source.address == "https://bag.example.org"
    assert "nobody has verified" not in source.by_hand()
    assert "nobody has verified" in BAG.by_hand()


def test_a_page_larger_than_the_limit_is_refused(server: Playbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nsp_planner.fetch.web.MAX_PAGE_BYTES", 1_000)
    server.always[ITEMS] = ("json", _page(100))
    with pytest.raises(WebError, match="an answer of more than"):
        read_collection(_door(server), BAG)


def test_a_server_that_knows_no_head_is_asked_with_get(server: Playbook) -> None:
    _editions(server, "2025-cbs_vk100_2024_v1.zip")
    server.without_head = True
    assert find_grid(_door(server), GRID, 2024, dt.date(2025, 11, 1))[1] == 2024


def test_squares_of_a_file_of_cbs_are_clipped_by_their_centre(shared_dir: Path, tmp_path: Path) -> None:
    given = shared_dir / "data" / "cbs-vierkant-rijnmond-2024" / "cbs_vk100_2024_rijnmond.gpkg"
    target = tmp_path / "clip.gpkg"
    n = clip_grid(given, GRID, shapely.box(90_000, 430_000, 91_000, 431_000), target, "clip")
    clipped = pyogrio.read_dataframe(target)
    whole = pyogrio.read_dataframe(given)
    corner = whole["crs28992res100m"].str.extract(r"E(\d+)N(\d+)").astype(int)
    inside = corner[0].between(900, 909) & corner[1].between(4_300, 4_309)
    assert n == len(clipped) == inside.sum() > 0
    assert sorted(clipped["crs28992res100m"]) == sorted(whole.loc[inside, "crs28992res100m"])
    assert list(clipped.columns) == list(whole.columns)
    with pytest.raises(DataError, match="no square in this region"):
        clip_grid(given, GRID, shapely.box(0, 300_000, 1_000, 301_000), target, "clip")
