"""Maps and reports, measured. In: nothing. Out: docs/benchmarks-report.md; nothing in it by hand.

Run with ``python -m benchmarks.reports`` from the root of the project. A made-up region of the true size is planned by
a rule of thumb (no solver: it is the outputs that are measured); its maps are opened in a real Chromium without
network, beside a map of the same plan as folium makes it when left to itself.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import shapely

from benchmarks.results import machine_line
from nsp_planner.evaluate.evaluate import evaluate_run
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.layers.network.backdrop import LOCAL_ROAD, MAIN_ROAD, MOTORWAY, STREET, Backdrop
from nsp_planner.report import write_report
from nsp_planner.report.gis.geometry import lines_between, square_polygons
from nsp_planner.report.map.write import write_map
from nsp_planner.report.options import DeliverOptions
from tests.browser.chrome import Page, chromium_page, find_chromium
from tests.towns.planned import RUN, make_synthetic_region

PAGE = Path("docs/benchmarks-report.md")
N_SQUARES, N_SITES, N_OPEN = 25_000, 1_000, 300
TIMES = 5
TARGETS = {"region map": (1.2, 1.0), "gemeente map": (0.5, 1.0)}
"""Megabytes and seconds to ready that were promised."""
WRITE_TARGET_S = 20.0
READY = (
    "<script>window.addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => {"
    "document.documentElement.dataset.nspReadyMs = Math.round(performance.now()); })));</script>"
)


def main() -> None:
    """Measure everything and write the page."""
    executable = find_chromium()
    if executable is None:
        raise SystemExit("no Chromium found: install Debian's chromium, or name one in NSP_CHROMIUM")
    planned, _ = make_synthetic_region(N_SQUARES, N_SITES, N_OPEN)
    backdrop = make_backdrop(planned.layers.areas.total_bounds, np.random.default_rng(1))
    planned = replace(planned, layers=replace(planned.layers, backdrop=backdrop))
    evaluation = evaluate_run(planned, reports=True)
    rows = []
    with tempfile.TemporaryDirectory() as name, chromium_page(executable) as page:
        folder = Path(name)
        code = str(planned.layers.areas["area_code"].iloc[2])
        cases: dict[str, Callable[[Path], None]] = {
            "region map": lambda path: write_map(path, evaluation, RUN),
            "gemeente map": lambda path: write_map(path, evaluation, RUN, gemeente_code=code),
            "folium left to itself": lambda path: write_naive_map(path, evaluation),
        }
        for case, write in cases.items():
            path = folder / f"{case}.html"
            seconds, cpu_s = timed(lambda write=write, path=path: write(path))
            ready_s = [page.open(path, timeout_s=180) / 1000 for _ in range(TIMES)]
            offline = case in TARGETS and page.requests == [path.as_uri()] and page.errors == []
            rows.append((case, path.stat().st_size / 1e6, seconds, cpu_s, ready_s, pan_ms(page), offline))
        (folder / "alles").mkdir()
        whole = timed(lambda: write_report(folder / "alles", evaluation, run_info=RUN, deliver=DeliverOptions()))
        n_files = sum(path.is_file() for path in (folder / "alles").rglob("*"))
        n_bytes = sum(path.stat().st_size for path in (folder / "alles").rglob("*") if path.is_file())
    PAGE.write_text(page_text(rows, whole, n_files, n_bytes / 1e6), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))  # noqa: T201 - a command that prints what it wrote


def make_backdrop(bounds_m: np.ndarray, random: np.random.Generator) -> Backdrop:
    """Winding roads of every class and two rivers over a region: as many points as an extract of that size gives."""
    x0, y0, x1, y1 = bounds_m
    classes = np.repeat([MOTORWAY, MAIN_ROAD, LOCAL_ROAD, STREET], [6, 150, 900, 12_000])
    n_points = np.repeat([200, 60, 25, 6], [6, 150, 900, 12_000])
    roads = [winding(random, x0, y0, x1, y1, n) for n in n_points]
    rivers = np.array([winding(random, x0, y0, x1, y1, 400) for _ in range(2)], dtype=object)
    water = shapely.get_parts(shapely.union_all(shapely.buffer(rivers, 60.0)))
    return Backdrop("verzonnen", np.array(roads, dtype=object), classes, water, rivers)


def winding(
    random: np.random.Generator, x0: float, y0: float, x1: float, y1: float, n_points: int
) -> shapely.LineString:
    """A road with a bend every 120 m or so."""
    turn = random.normal(0, 0.35, n_points).cumsum() + random.uniform(0, 2 * np.pi)
    steps = 120.0 * np.column_stack([np.cos(turn), np.sin(turn)])
    return shapely.LineString(random.uniform([x0, y0], [x1, y1]) + steps.cumsum(axis=0))


def write_naive_map(path: Path, evaluation: Evaluation) -> None:
    """The same plan with folium's own means: squares as GeoJSON, a marker per site, a line per square.

    folium's page is white without internet; leaflet is put into it here, or there would be nothing to time.
    """
    demand, sites = evaluation.layers.demand, evaluation.layers.sites.set_index("site_id")
    squares = gpd.GeoDataFrame(
        {"persons": demand["population_persons"], "site": evaluation.demand["site_id"].astype(str)},
        geometry=square_polygons(demand),
    ).to_crs("EPSG:4326")
    plan_map = folium.Map(location=[52.4, 6.4], zoom_start=10, tiles=None)
    folium.GeoJson(
        squares,
        style_function=lambda feature: {"weight": 0, "fillOpacity": min(1.0, feature["properties"]["persons"] / 100)},
        tooltip=folium.GeoJsonTooltip(["persons", "site"]),
    ).add_to(plan_map)
    places = sites.to_crs("EPSG:4326").geometry
    for site_id, point in places.items():
        folium.Marker([point.y, point.x], tooltip=str(sites.loc[site_id, "name"])).add_to(plan_map)
    known = evaluation.demand["site_id"].notna().to_numpy()
    ends = sites.geometry.loc[evaluation.demand.loc[known, "site_id"]].reset_index(drop=True)
    for line in lines_between(demand.geometry[known].reset_index(drop=True), ends).to_crs("EPSG:4326"):
        folium.PolyLine([(y, x) for x, y in line.coords], weight=1).add_to(plan_map)
    html = plan_map.get_root().render()
    html = re.sub(r'<script src="https?://[^"]*"></script>|<link[^>]*href="https?://[^"]*"[^>]*/?>', "", html)
    static = files("nsp_planner.report") / "page" / "leaflet"
    leaflet = (
        f"<style>{(static / 'leaflet.css').read_text()}</style><script>{(static / 'leaflet.js').read_text()}</script>"
    )
    path.write_text(html.replace("<head>", f"<head>{leaflet}{READY}", 1), encoding="utf-8")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


def pan_ms(page: Page) -> float | None:
    """Milliseconds of script for one pan of 200 pixels; None where the map is not ours to move."""
    pan = (
        "(() => { const t = performance.now(); nsp.maps[0].map.panBy([200, 0], {animate: false});"
        " return performance.now() - t })()"
    )
    return float(page.run(pan)) if page.run("typeof nsp !== 'undefined'") else None


Row = tuple[str, float, float, float, list[float], float | None, bool]


def page_text(rows: list[Row], whole: tuple[float, float], n_files: int, megabytes: float) -> str:
    """The page."""
    today = f"{dt.datetime.now().astimezone():%d-%m-%Y}"
    lines = [
        "# Maps and reports, measured",
        "",
        f"Written by `python -m benchmarks.reports` on {today}: {machine_line()}, load over 5 minutes "
        f"{os.getloadavg()[1]:.1f}. A load above the number of cores means that other work slowed the rows down: then "
        "compare CPU seconds and the best of the times to ready.",
        "",
        f"A made-up region of {N_SQUARES:,} squares, {N_SITES:,} candidates and {N_OPEN} L-NSPs, with roads and water. "
        f"Ready: from opening to the second frame after drawing, headless Chromium without network, {TIMES} times.",
        "",
        "| what | MB | written in s (CPU) | ready in s: best, median | one pan, ms | works offline | promised | met |",
        "| --- | ---: | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for case, size_mb, seconds, cpu_s, ready_s, pan, offline in rows:
        asked = TARGETS.get(case)
        met = "-" if asked is None else "yes" if size_mb <= asked[0] and min(ready_s) <= asked[1] else "**no**"
        lines.append(
            f"| {case} | {size_mb:.2f} | {seconds:.1f} ({cpu_s:.1f}) | {min(ready_s):.2f}, {np.median(ready_s):.2f} | "
            f"{'-' if pan is None else f'{pan:.0f}'} | {'yes' if offline else 'no (leaflet was put in to time it)'} | "
            f"{'-' if asked is None else f'{asked[0]:g} MB, {asked[1]:g} s'} | {met} |"
        )
    met = "yes" if min(whole) <= WRITE_TARGET_S else "**no**"
    lines += [
        "",
        f"Everything a run hands out ({n_files} files, {megabytes:.0f} MB: maps, lists, GeoPackage, board report, "
        f"cards, packs, GeoJSON, public version): {whole[0]:.1f} s, {whole[1]:.1f} s of CPU on one core; promised on a "
        f"free machine {WRITE_TARGET_S:g} s: {met}.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
