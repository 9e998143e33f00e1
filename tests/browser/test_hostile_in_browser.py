"""Pages made of hostile text in a real Chromium: nothing runs, nothing is asked for, no text breaks the page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.browser.chrome import Page
from tests.browser.test_deliverables_in_browser import open_page
from tests.cli.test_command_line import run_here
from tests.towns.hostile_town import HOSTILE

pytestmark = pytest.mark.slow

pytest.importorskip("typst", reason="the report needs typst")

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHOWN = "getComputedStyle(document.body).display !== 'none' && document.body.innerText.length"
LAYERS = """[...document.querySelectorAll('.leaflet-control-layers label')]
    .filter((label) => !label.innerText.includes('internet nodig')).map((label) => label.click()).length"""
TOLD = "[...document.querySelectorAll('.leaflet-tooltip, .leaflet-popup')].map((e) => e.innerText).join()"


def harmless(page: Page, path: Path) -> None:
    """An open page ran nothing, asked for nothing and still shows all of itself."""
    assert page.run("window.kwaad === undefined"), path.name
    assert page.requests == [path.as_uri()], path.name
    assert page.errors == [], path.name
    assert page.run(WIDE) <= 1, path.name
    assert page.run(SHOWN) > 200, path.name
    assert page.run("document.querySelectorAll('img[onerror], svg[onload], [onmouseover]').length") == 0, path.name


def test_pages_of_a_run_stay_pages(page: Page, hostile_run: Path) -> None:
    paths = sorted(hostile_run.rglob("*.html"))
    assert len(paths) == 6
    for path in paths:
        if path.name != "kaart.html":
            open_page(page, path)
            harmless(page, path)
    open_page(page, hostile_run / "bestuursrapport.html")
    text = page.run("document.body.innerText")
    assert all(shown in text for shown in (HOSTILE[0], HOSTILE[1], HOSTILE[6], "{{ 7 * 7 }}"))


def test_maps_stay_maps_when_everything_on_them_is_pointed_at(page: Page, hostile_run: Path) -> None:
    for path in sorted(hostile_run.rglob("kaart.html")):
        page.open(path)
        page.run(LAYERS)
        n_sites = page.run("nsp.maps[0].sites.latlng.length")
        assert n_sites >= 12
        shown = set()
        for number in range(n_sites):
            x, y = page.run(
                f"""(() => {{ const entry = nsp.maps[0];
                    entry.map.setView(entry.sites.latlng[{number}], entry.map.getMaxZoom(), {{animate: false}});
                    const at = entry.map.latLngToContainerPoint(entry.sites.latlng[{number}]);
                    const box = entry.map.getContainer().getBoundingClientRect();
                    return [at.x + box.x, at.y + box.y]; }})()"""
            )
            page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
            page.pause(0.05)
            shown.add(page.run(TOLD))
        assert len(shown) > n_sites / 2, "what is pointed at must be told"
        harmless(page, path)


@pytest.mark.trust
def test_answers_and_comparisons_stay_pages(page: Page, hostile_run: Path, tmp_path: Path) -> None:
    study = hostile_run.parent.parent / "study.toml"
    again = shutil.copytree(hostile_run, tmp_path / "nog-eens")
    commands = [("compare", str(hostile_run), str(again))]
    commands += [("question", name, str(study)) for name in ("capacity", "phasing", "refusals", "robustness")]
    for command in commands:
        result = run_here(*command, "--output", str(tmp_path / "uit"), "--json")
        assert result.returncode == 0, result.stderr
        pages = sorted(Path(json.loads(result.stdout)["folder"]).rglob("*.html"))
        assert pages
        for path in pages:
            if "kaart" in path.name:
                page.open(path)
            else:
                open_page(page, path)
            harmless(page, path)


def test_a_script_that_does_run_would_be_seen(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "kwaad.html"
    path.write_text(f"<html><body>{HOSTILE[1]}<p>{'woord ' * 90}</p></body></html>", encoding="utf-8")
    open_page(page, path)
    with pytest.raises(AssertionError):
        harmless(page, path)
    assert page.run("window.kwaad") == 1
