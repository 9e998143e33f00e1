"""axe-core looks at every page that is written, and print and keyboard work: WCAG 2.1 AA, EN 301 549."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from nsp_planner.evaluate.evaluate import evaluate_plan
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report import write_report
from nsp_planner.report.answers.answer import Answer, AnswerFigure, AnswerTable, Column
from nsp_planner.report.answers.write import write_answer
from nsp_planner.report.compare.answer import comparison_answer, write_comparison
from nsp_planner.report.map.write import write_map
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.svg.chart import Axis, Series, line_chart
from nsp_planner.study.finished_run import read_finished_runs
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.solve import solve_study
from tests.browser.chrome import Page
from tests.browser.test_deliverables_in_browser import open_page
from tests.browser.test_map_in_browser import PAINTED, place_of_square, switch, text_of
from tests.towns.planned import RUN, evaluated, make_study, make_toy
from tests.towns.planned_more import make_phases, with_backdrop
from tests.towns.river_region import part_of_town, river_layers, river_study

pytest.importorskip("typst", reason="the report needs typst")
pytestmark = pytest.mark.slow

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """axe.run().then((found) => JSON.stringify(found.violations.map((v) =>
    [v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 160), v.nodes[0].failureSummary.slice(0, 300)])))"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every page there is: those of a run with phases and a backdrop, of a comparison, of an answer."""
    folder = tmp_path_factory.mktemp("bladzijden")
    for name, decisions in (("a", {}), ("b", {"fixed": ["gebouwen-1"]})):
        planned, evaluation = make_toy(study=make_study(illustration=True, decisions=decisions))
        planned.layers.sites.loc[0, "status"] = "operationeel"
        complete = evaluated(planned, make_phases(planned, evaluation))
        (folder / name).mkdir()
        write_report(
            folder / name,
            with_backdrop(complete),
            run_info=RUN,
            deliver=DeliverOptions(),
        )
    compared = read_finished_runs([folder / "a", folder / "b"], "test")
    (folder / "vergelijking").mkdir()
    answer = comparison_answer(compared)
    write_comparison(folder / "vergelijking", compared, answer, created=RUN.created, version=RUN.version)
    (folder / "nood").mkdir()
    write_map(folder / "nood" / "kaart.html", make_hard_times(folder), RUN)
    (folder / "antwoord").mkdir()
    write_answer(folder / "antwoord", make_answer(), created=RUN.created, version=RUN.version)
    return folder


def make_hard_times(folder: Path) -> Evaluation:
    """The river town with water in the east, no power in the south and its bridge closed."""
    layers = river_layers(flood=part_of_town(1300, 250, 1500, 350), power_outage=part_of_town(500, -100, 1500, 120))
    network = layers.networks["foot"]
    study = river_study(
        folder,
        flood={"area": ["water.gpkg"]},
        power_outage={"area": ["stroom.gpkg"], "without": "keep"},
        ratios={"lnsp_per_cnsp": 2},
        links={"closed_ids": [int(network.line_id[network.bridge][0])]},
    )
    return evaluate_plan(solve_study(study, layers, SilentProgress()))


def make_answer() -> Answer:
    series = [Series("Eén", [2.0, 3.0]), Series("Twee", [1.0, 5.0])]
    chart = line_chart([1.0, 2.0], series, x_axis=Axis("L-NSP's"), left=Axis("Inwoners"), title="Proef")
    table = AnswerTable(
        "t", "Tabel", (Column("Naam"), Column("Inwoners", "persons")), (("Dorpshuis", 12.0),), "Uitleg."
    )
    figure = AnswerFigure("f", "Figuur", chart, "Twee lijnen die stijgen.")
    return Answer("proef", "Titel", "Vraag?", "Conclusie.", (table,), (figure,), ("Noot.",), ("CONCEPT",), ("CBS.",))


PAGES = [
    "a/kaart.html",
    "a/gemeenten/links/kaart.html",
    "a/begin-hier.html",
    "a/bestuursrapport.html",
    "a/openbaar/noodsteunpunten.html",
    "vergelijking/vergelijking.html",
    "nood/kaart.html",
    "antwoord/antwoord.html",
]


def test_no_page_that_is_written_is_left_out_of_these_tests(written: Path) -> None:
    found = {path.relative_to(written).as_posix() for path in written.rglob("*.html")}
    twins = {name.replace("a/", "b/", 1) for name in found} | {"a/gemeenten/rechts/kaart.html"}
    assert found - twins - set(PAGES) == set()
    assert set(PAGES) <= found


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(page: Page, written: Path, name: str) -> None:
    show(page, written / name)
    page.call("Runtime.evaluate", expression=AXE)
    found = json.loads(page.run(RUN_AXE))
    assert [finding for finding in found if finding[0] in ("serious", "critical")] == []
    if page.run("typeof nsp !== 'undefined' && !!nsp.maps[0].sites"):
        page.act("nsp.maps[0].sites.goTo(0, true)")
        found = json.loads(page.run(RUN_AXE))
        assert [finding for finding in found if finding[0] in ("serious", "critical")] == []
    assert page.errors == []
    assert page.requests == [(written / name).as_uri()]


def show(page: Page, path: Path) -> None:
    if "nspReadyMs" in path.read_text(encoding="utf-8"):
        page.open(path)
    else:
        open_page(page, path)


def test_the_slider_works_by_keyboard_and_says_what_it_shows(page: Page, written: Path) -> None:
    page.open(written / "a" / "kaart.html")
    assert text_of(page, ".nsp-phase-year") == "2028"
    assert page.run("document.querySelectorAll('.nsp-site.nsp-later').length - 1") == 0  # one is the legend's
    page.act("document.getElementById('nsp-phase').focus()")
    page.key("ArrowLeft", 37)
    page.pause(0.2)
    assert text_of(page, ".nsp-phase-year") == "2027"
    assert text_of(page, ".nsp-phase-facts").startswith("1 van 2 L-NSP's en 1 van 1 C-NSP's open")
    assert page.run("document.getElementById('nsp-phase').getAttribute('aria-valuetext')").startswith("2027: 1 van 2")
    assert page.run("document.querySelectorAll('.leaflet-marker-icon.nsp-later').length") == 1
    assert page.run("nsp.maps[0].sites.coordinationLayer.getLayers()[0].getLatLngs().length") == 1
    page.act("nsp.maps[0].sites.goTo(1)")
    assert "Opent in\n2028" in text_of(page, ".leaflet-popup-content")
    switch(page, "L-NSP's")
    switch(page, "L-NSP's")
    assert page.run("document.querySelectorAll('.leaflet-marker-icon.nsp-later').length") == 1


def test_who_waits_is_coloured_and_the_box_takes_it_away(page: Page, written: Path) -> None:
    page.open(written / "a" / "kaart.html")
    waiting = "nsp.maps[0].phases.waiting.groups[0].length"
    assert page.run(waiting) == 0
    page.act("const s = document.getElementById('nsp-phase'); s.value = 0; s.dispatchEvent(new Event('input'))")
    first = page.run("Array.from(nsp.maps[0].grid.columns.norm_phase).filter((p) => p > 0).length")
    assert page.run(waiting) == first
    page.act("document.querySelector('.nsp-phase-box input').click()")
    assert not page.run("nsp.maps[0].map.hasLayer(nsp.maps[0].phases.waiting)")


def test_water_and_roads_are_drawn_and_can_be_switched_off(page: Page, written: Path) -> None:
    page.open(written / "a" / "kaart.html")
    assert page.run(PAINTED % "nsp-water") > 500
    assert page.run(PAINTED % "nsp-roads") > 500
    legend = "document.querySelector('[data-nsp-for=backdrop]').hidden"
    assert page.run(legend) is False
    switch(page, "Water en wegen")
    assert page.run("!document.querySelector('.leaflet-nsp-water-pane canvas')")
    assert page.run(legend) is True


def test_the_legend_tells_of_layers_that_are_on_only(page: Page, written: Path) -> None:
    page.open(written / "a" / "kaart.html")
    assert "Kandidaat, niet gekozen" not in text_of(page, "#nsp-legend")
    switch(page, "Kandidaten (niet gekozen)")
    assert "Kandidaat, niet gekozen" in text_of(page, "#nsp-legend")


def test_water_outage_and_closed_bridge_are_drawn_told_and_can_be_switched_off(
    page: Page, written: Path, artefacts: Path
) -> None:
    page.open(written / "nood" / "kaart.html")
    page.screenshot(artefacts / "omstandigheden.png")
    layers = {"water": "Onder water", "power": "Zonder stroom", "closed": "Dichte wegen, bruggen en veren"}
    for key, title in layers.items():
        drawn = f"nsp.maps[0].map.hasLayer(nsp.maps[0].layers.{key})"
        legend = f"document.querySelector('[data-nsp-for={key}]').hidden"
        assert page.run(drawn) is True
        assert page.run(legend) is False
        page.act(f"nsp.maps[0].layers.{key}.remove()")
        assert page.run(legend) is True
        page.act(f"nsp.maps[0].layers.{key}.addTo(nsp.maps[0].map)")
        switch(page, title)
        assert page.run(drawn) is False
        switch(page, title)
    for pane in ("nsp-circumstances", "nsp-closed"):
        assert page.run(PAINTED % pane) > 200
    page.act("nsp.maps[0].map.setZoom(nsp.maps[0].map.getZoom() - 1, {animate: false})")
    flags = page.run("Array.from(nsp.maps[0].grid.columns.flags)")
    page.mouse(*place_of_square(page, next(i for i, flag in enumerate(flags) if flag & 4)))
    assert "Ligt onder water" in text_of(page, ".nsp-hover")
    assert "Te evacueren" in text_of(page, ".nsp-hover")
    assert "blauwe schuine strepen" in text_of(page, "#tabellen")
    assert page.errors == []


def test_a_comparison_has_the_same_ground_a_legend_and_a_switch_for_the_keyboard(page: Page, written: Path) -> None:
    page.open(written / "vergelijking" / "vergelijking.html")
    assert page.run(PAINTED % "nsp-water") > 500
    assert page.run(PAINTED % "nsp-roads") > 500
    assert "water; weg" in text_of(page, "#nsp-legend")
    page.act("document.querySelector('input[value=backdrop]').click()")
    assert page.run("!document.querySelector('.leaflet-nsp-water-pane canvas')")
    assert "water; weg" not in text_of(page, "#nsp-legend")
    page.act("document.querySelector('input[value=difference]').focus()")
    page.key("ArrowDown", 40)
    page.pause(0.2)
    assert page.run("nsp.maps[0].state.view") == "before"
    page.key("ArrowDown", 40)
    page.pause(0.2)
    assert page.run("nsp.maps[0].state.view") == "after"
    assert "L-NSP van dit plan" in text_of(page, "#nsp-legend")
    assert page.run("document.querySelectorAll('main table').length") >= 3


def test_before_and_after_of_two_plans(page: Page, written: Path, artefacts: Path) -> None:
    path = written / "vergelijking" / "vergelijking.html"
    page.open(path)
    choose = "document.querySelector('input[value=%s]').click()"
    assert page.run("nsp.maps[0].shown.hasLayer(nsp.maps[0].plans[0].signs)")
    for view, layer in (("before", "before"), ("after", "plans[0].after"), ("difference", "plans[0].signs")):
        page.act(choose % view)
        assert page.run(f"nsp.maps[0].shown.hasLayer(nsp.maps[0].{layer})")
        page.screenshot(artefacts / f"vergelijking-{view}.png")
    page.act(choose % "before")
    assert page.run(PAINTED % "nsp-squares") > 500
    page.act(choose % "squares")
    assert page.run("!document.querySelector('.leaflet-nsp-squares-pane canvas')")
    page.mouse(*place_of_square(page, 30))
    assert "Vóór: Dorpshuis De Toekomst" in text_of(page, ".nsp-hover")
    assert "Na: Dorpshuis De Toekomst" in text_of(page, ".nsp-hover")
    assert page.errors == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a/kaart.html", ["Dorpshuis De Toekomst", "Kulturhus & Co", "Fasering"]),
        ("vergelijking/vergelijking.html", ["Vergelijking van 2 plannen", "Instellingen"]),
    ],
)
def test_a_map_prints_on_a3_with_its_tables(
    page: Page, written: Path, artefacts: Path, name: str, told: list[str]
) -> None:
    pypdf = pytest.importorskip("pypdf")
    page.open(written / name)
    size = {"paperWidth": 16.54, "paperHeight": 11.69, "printBackground": True, "preferCSSPageSize": True}
    path = artefacts / f"{Path(name).stem}-a3.pdf"
    path.write_bytes(base64.b64decode(page.call("Page.printToPDF", **size)["data"]))
    pages = pypdf.PdfReader(path).pages
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == pytest.approx([1191, 842], abs=2)
    text = " ".join(sheet.extract_text() for sheet in pages)
    assert [what for what in told if what not in text] == []
    assert "Zoek gebouw" not in text
