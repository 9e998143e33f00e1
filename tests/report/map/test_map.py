"""The map as a file: what it holds, how large it is, and that nothing in it is anything but text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import folium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.view import whole_view
from nsp_planner.layers.rd import RD
from nsp_planner.report.map.data import FLAG_BEYOND_NORM, FLAG_BUITENGEBIED, map_data
from nsp_planner.report.map.write import OfflineMap, write_map
from nsp_planner.report.page.packing import NO_SITE, STEP_M, pack, unpack
from nsp_planner.report.page.projection import fit_web_mercator
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, make_study, make_synthetic_region, make_toy


class Reader(HTMLParser):
    """Tags with their attributes, texts of cells and headings, and the packed data."""

    def __init__(self, html: str) -> None:
        """Read a whole page."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.data = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self._in_script = True
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a script."""
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        """Note text, apart where it is script."""
        if not self._in_script:
            self.texts.append(data)
            return
        self.scripts[-1] += data
        if dict(self.tags[-1][1]).get("id") == "nsp-data":
            self.data += data


@pytest.fixture(scope="module")
def page(toy_folder: Path) -> Reader:
    return Reader((toy_folder / "kaart.html").read_text(encoding="utf-8"))


def test_nothing_in_the_page_is_fetched_from_elsewhere(page: Reader) -> None:
    fetched = [
        value
        for tag, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "srcset", "data", "poster") or (name == "href" and tag != "a")
    ]
    assert fetched == []
    assert not any(tag in ("link", "iframe", "object", "embed", "base") for tag, _ in page.tags)


def test_the_only_address_in_style_and_own_script_is_the_background(toy_folder: Path) -> None:
    html = (toy_folder / "kaart.html").read_text(encoding="utf-8")
    assert "@import" not in html
    assert all(url.startswith("data:") for url in re.findall(r"url\((?!#)['\"]?([^)'\"]+)", html))
    hosts = set(re.findall(r"https?://([^/\s\"'<>;)]+)", html))
    # leaflet names its own site and SVG's namespace; neither is ever fetched.
    assert hosts <= {"service.pdok.nl", "leafletjs.com", "www.w3.org", "github.com"}


def test_the_page_is_dutch_has_a_title_and_can_be_zoomed(page: Reader) -> None:
    assert ("html", {"lang": "nl"}) in page.tags
    viewport = next(a["content"] for t, a in page.tags if t == "meta" and a.get("name") == "viewport")
    assert viewport is not None
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    assert "Noodsteunpunten Toystad, 21 november 2026" in page.texts


def test_the_policy_of_the_page_lets_nothing_in_but_the_background(page: Reader) -> None:
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert re.findall(r"https?://\S+?(?=[;\s]|$)", policy) == ["https://service.pdok.nl"]


def test_the_tables_hold_every_open_site_and_every_gemeente_with_its_figures(page: Reader) -> None:
    assert {"Dorpshuis De Toekomst", "Kulturhus & Co", "Kazerne Toystad", "Links", "Rechts"} <= set(page.texts)
    # 17.5 squares of ten persons left (one square half), 18.5 right; capacity 5,000 each.
    assert "175" in page.texts
    assert "185" in page.texts
    assert page.texts.count("4 %") == 2
    buttons = [a["data-nsp-site"] for t, a in page.tags if t == "button"]
    assert buttons == ["0", "1", "2"]


def test_the_key_figures_stand_above_the_map_in_plain_words(page: Reader) -> None:
    assert "ten hoogste 0,3 % van het best mogelijke plan af" in page.texts
    assert "bewezen het best mogelijke plan" in page.texts
    assert {"% binnen 1 km", "% binnen 2,5 km", "Max. belasting", "360"} <= set(page.texts)
    assert any("hemelsbreed x 1,3" in text for text in page.texts)
    assert "CONCEPT" in page.texts
    assert "Illustratie: verzonnen gegevens" not in page.texts


def test_made_up_data_are_marked_in_plain_sight(tmp_path: Path) -> None:
    write_map(tmp_path / "kaart.html", make_toy(study=make_study(illustration=True))[1], RUN)
    html = (tmp_path / "kaart.html").read_text(encoding="utf-8")
    assert '<span class="nsp-mark nsp-illustration">Illustratie: verzonnen gegevens</span>' in html


def test_names_stay_text_whatever_they_hold(evil_folder: Path, toy_folder: Path) -> None:
    html = (evil_folder / "kaart.html").read_text(encoding="utf-8")
    evil, good = Reader(html), Reader((toy_folder / "kaart.html").read_text(encoding="utf-8"))
    assert [t for t, _ in evil.tags] == [t for t, _ in good.tags]
    assert len(evil.scripts) == len(good.scripts)
    assert EVIL_NAMES[0] in evil.texts
    assert EVIL_NAMES[1] in evil.texts
    assert EVIL_NAMES[3] in evil.texts
    header, _ = unpack(evil.data)
    assert [record["name"] for record in header["lnsps"]] == sorted(EVIL_NAMES[:2], key=EVIL_NAMES.index)
    assert header["candidates"][0][0] == EVIL_NAMES[2]


def test_braces_in_a_name_are_never_read_as_a_template(tmp_path: Path) -> None:
    _, evaluation = make_toy(("{{ 7 * 7 }}", "{% for x in y %}", "{# weg #}", "{{ this.title }}"))
    write_map(tmp_path / "kaart.html", evaluation, RUN)
    texts = Reader((tmp_path / "kaart.html").read_text(encoding="utf-8")).texts
    assert {"{{ 7 * 7 }}", "{% for x in y %}", "{{ this.title }}"} <= set(texts)
    assert "49" not in texts


def test_the_packed_data_hold_squares_sites_and_shared_squares(toy: tuple[PlannedStudy, Evaluation]) -> None:
    header, columns = unpack(pack(*map_data(whole_view(toy[1]))))
    assert columns["persons"].sum() == 360
    assert (columns["ix"].min(), columns["ix"].max(), columns["iy"].max()) == (0, 5, 5)
    assert [record["name"] for record in header["lnsps"]] == ["Dorpshuis De Toekomst", "Kulturhus & Co"]
    assert header["lnsps"][1]["fixed"]
    assert header["cnsps"][0]["lnsps"] == [0, 1]
    assert header["candidates"] == [["Kerk", "gemeenschapshuis", "Rechts", "idee"]]
    assert columns["shared_square"].tolist() == [0, 0]
    assert sorted(columns["shared_site"].tolist()) == [0, 1]
    assert columns["shared_persons"].tolist() == [5, 5]
    assert (columns["flags"] & FLAG_BUITENGEBIED).all()
    assert columns["site_x"][0] == 210_150
    assert header["site_colours"][0] != header["site_colours"][1]


def test_an_unreachable_square_has_no_site_and_counts_as_beyond_its_norm() -> None:
    _, columns = unpack(pack(*map_data(whole_view(make_toy(lost=True)[1]))))
    assert columns["site"][35] == NO_SITE
    assert columns["nearest"][35] == NO_SITE
    assert columns["flags"][35] & FLAG_BEYOND_NORM
    assert not columns["flags"][34] & FLAG_BEYOND_NORM


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3),
    st.lists(st.lists(st.integers(-(2**31), 2**32 - 1), max_size=5), min_size=1, max_size=4),
)
def test_what_is_packed_comes_back(header: dict[str, str], values: list[list[int]]) -> None:
    header.pop("columns", None)
    arrays = {f"c{n}": np.array(v, dtype=np.int64) for n, v in enumerate(values)}
    mixed = any(len(a) and a.min() < 0 and a.max() >= 2**31 for a in arrays.values())
    if mixed:
        with pytest.raises(OverflowError):
            pack(header, arrays)
        return
    head, back = unpack(pack(header, arrays))
    both_sides = {"no_site": NO_SITE, "step_m": STEP_M}
    assert {k: v for k, v in head.items() if k != "columns"} == {**header, **both_sides}
    assert {k: v.tolist() for k, v in back.items()} == {k: v.tolist() for k, v in arrays.items()}


@pytest.mark.parametrize(
    "bounds", [(180_000, 460_000, 250_000, 550_000), (10_000, 306_000, 280_000, 620_000), (0, 400_000, 500, 400_500)]
)
def test_the_browser_places_points_within_half_a_metre(bounds: tuple[float, float, float, float]) -> None:
    fit = fit_web_mercator(bounds)
    random = np.random.default_rng(1)
    x, y = random.uniform(bounds[0], bounds[2], 2_000), random.uniform(bounds[1], bounds[3], 2_000)
    expected = Transformer.from_crs(RD, "EPSG:3857", always_xy=True).transform(x, y)
    assert np.hypot(*(np.array(fit.apply(x, y)) - np.array(expected))).max() < 0.5


def test_two_maps_in_one_process_share_nothing(tmp_path: Path) -> None:
    first, second = tmp_path / "een.html", tmp_path / "twee.html"
    write_map(first, make_toy()[1], RUN)
    write_map(second, make_toy(("Aap", "Noot", "Mies", "Wim"))[1], RUN)
    html = second.read_text(encoding="utf-8")
    assert "Dorpshuis" not in html
    assert first.read_text(encoding="utf-8").count("L.map(") == html.count("L.map(")
    assert OfflineMap.default_js == []
    assert len(folium.Map.default_js) > 3


@pytest.mark.parametrize("resolution_m", [100, 500])
def test_both_grids_become_a_map(tmp_path: Path, resolution_m: int) -> None:
    write_map(tmp_path / "kaart.html", make_toy(resolution_m=resolution_m)[1], RUN)
    page = Reader((tmp_path / "kaart.html").read_text(encoding="utf-8"))
    assert f"Inwoners per vierkant van {resolution_m} m" in page.texts
    assert unpack(page.data)[0]["resolution_m"] == resolution_m


@pytest.mark.slow
def test_a_map_of_25000_squares_and_700_candidates_stays_below_1200_kb(tmp_path: Path) -> None:
    write_map(tmp_path / "kaart.html", make_synthetic_region(25_000, 700, 114)[1], RUN)
    assert (tmp_path / "kaart.html").stat().st_size <= 1_200_000


def test_persons_out_of_reach_stand_out_among_the_key_figures(tmp_path: Path, toy_folder: Path) -> None:
    write_map(tmp_path / "kaart.html", make_toy(lost=True)[1], RUN)
    alarm = '<div class="nsp-alarm"><dt>Zonder L-NSP binnen bereik</dt><dd>10</dd></div>'
    assert alarm in (tmp_path / "kaart.html").read_text(encoding="utf-8")
    assert 'class="nsp-alarm"' not in (toy_folder / "kaart.html").read_text(encoding="utf-8")
