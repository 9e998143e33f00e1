"""Reports, packs and new layers in a real Chromium without network."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsp_planner.report.map.write import write_map
from tests.browser.chrome import Page
from tests.browser.test_map_in_browser import PAINTED, fair_ms, place_of_site, switch, text_of
from tests.towns.hostile_names import EVIL_NAMES
from tests.towns.planned import RUN, evaluated, make_study, make_synthetic_region, make_toy

pytestmark = pytest.mark.slow

pytest.importorskip("typst", reason="the report needs typst")


def open_page(page: Page, path: Path) -> None:
    """Open a page that has no script of its own."""
    page.size(1280, 900)
    page.requests.clear()
    page.errors.clear()
    page.call("Page.navigate", url=path.resolve().as_uri())
    page.pause(0.6)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything a run writes, with names that try to be markup and one site that is public."""
    from nsp_planner.report import write_report
    from nsp_planner.report.options import DeliverOptions

    folder = tmp_path_factory.mktemp("alles")
    planned, _ = make_toy(EVIL_NAMES)
    planned.layers.sites.loc[0, "status"] = "operationeel"
    write_report(folder, evaluated(planned), run_info=RUN, deliver=DeliverOptions())
    return folder


@pytest.mark.parametrize("name", ["begin-hier.html", "bestuursrapport.html", "openbaar/noodsteunpunten.html"])
def test_a_page_asks_for_nothing_and_runs_nothing(page: Page, delivered: Path, name: str, artefacts: Path) -> None:
    open_page(page, delivered / name)
    assert page.requests == [(delivered / name).as_uri()]
    assert page.errors == []
    assert page.run("document.scripts.length") == 0
    assert page.run("document.documentElement.lang") == "nl"
    assert page.run("document.querySelectorAll('h1').length") == 1
    page.screenshot(artefacts / f"{Path(name).stem}.png", full=True)


def test_the_report_shows_a_hostile_name_as_text(page: Page, delivered: Path) -> None:
    open_page(page, delivered / "bestuursrapport.html")
    assert "<script>alert(1)</script>" in text_of(page, "body")


def test_every_link_of_the_first_page_leads_to_a_file(page: Page, delivered: Path) -> None:
    open_page(page, delivered / "begin-hier.html")
    links = page.run("[...document.links].map((a) => a.getAttribute('href'))")
    assert len(links) > 10
    assert all((delivered / link).is_file() for link in links)


def test_the_map_of_a_gemeente_shows_that_gemeente(page: Page, tmp_path: Path, artefacts: Path) -> None:
    _, evaluation = make_synthetic_region(17_000, 700, 114)
    path = tmp_path / "kaart.html"
    write_map(path, evaluation, RUN, gemeente_code="GM0003")
    assert path.stat().st_size <= 500_000
    ready_ms = [page.open(path)]
    while min(ready_ms) >= 1_000 and len(ready_ms) < 12:
        ready_ms.append(page.open(path))
    assert min(ready_ms) < fair_ms(1_000)
    assert page.errors == []
    assert page.requests == [path.as_uri()]
    assert "Gemeente GM0003" in text_of(page, "h1")
    assert page.run(PAINTED % "nsp-squares") > 1_000
    page.screenshot(artefacts / "kaart-gemeente.png")


def test_the_layer_of_the_second_lnsp_draws_every_square(page: Page, toy_map: Path, artefacts: Path) -> None:
    page.open(toy_map)
    switch(page, "Inwoners per vierkant")
    before = page.run("nsp.maps[0].layers.second.groups.map((g) => g.length)")
    assert sum(before) == 36
    assert page.run("nsp.maps[0].grid.header.distance_colours.length") == len(before)
    switch(page, "Afstand tot het tweede L-NSP")
    assert page.run(PAINTED % "nsp-squares") > 1_000
    assert page.errors == []
    page.screenshot(artefacts / "kaart-tweede-lnsp.png")


def test_a_refused_building_says_so_and_a_fixed_cnsp_too(page: Page, tmp_path: Path) -> None:
    study = make_study(decisions={"refused": ["gebouwen-3"], "fixed_cnsp": ["kazernes-4"]})
    path = tmp_path / "kaart.html"
    write_map(path, make_toy(study=study)[1], RUN)
    page.open(path)
    switch(page, "Kandidaten (niet gekozen)")
    page.mouse(*place_of_site(page, 3), click=True)
    assert "afgewezen" in text_of(page, ".leaflet-popup-content")
    assert page.run("document.querySelectorAll('.leaflet-marker-icon.nsp-cnsp.nsp-fixed').length") == 1
    assert page.errors == []
