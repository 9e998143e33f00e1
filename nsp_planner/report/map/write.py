"""The interactive map. In: an evaluation and the run. Out: ``kaart.html``, one file without network.

folium carries the map, but not its links to five hosts: leaflet lies in the page, the squares are one canvas drawn from
packed columns, and everything a reader sees as text passes an escaping template once. (branca reads what elements
render as a template again, so a site named ``{{ 7 * 7 }}`` must never go through an element.) The only address is the
PDOK background, a layer that starts off.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import folium
from branca.element import MacroElement
from jinja2 import Template

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.view import View, view_of_gemeente, whole_view
from nsp_planner.report import palette
from nsp_planner.report.map.circumstances import circumstance_tables, lost_sites
from nsp_planner.report.map.data import map_data, site_numbers
from nsp_planner.report.map.phases import phase_table
from nsp_planner.report.map.tables import map_tables
from nsp_planner.report.page.packing import DATA_ID, pack
from nsp_planner.report.page.page import LEAFLET_SCRIPT, LEAFLET_STYLE, OfflineMap, Page
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.templates import render
from nsp_planner.report.text.circumstances import circumstances_nl
from nsp_planner.report.text.coordination import coordination_nl
from nsp_planner.report.text.dutch import attribution_nl, certainty_nl, date_nl, marks_nl, measured_nl, metres_nl
from nsp_planner.report.text.key_figures import key_figures

SCRIPTS = (
    LEAFLET_SCRIPT,
    "page/decode.js",
    "page/grid.js",
    "page/shell.js",
    "page/backdrop.js",
    "map/circumstances.js",
    "map/sites.js",
    "map/phases.js",
    "map/map.js",
)
STYLES = (LEAFLET_STYLE, "page/page.css")

FILE = OutputFile("kaart.html", "Interactieve kaart; opent zonder internet", open_rank=1)

BACKGROUND_URL = "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png"
BACKGROUND_ATTRIBUTION = "Kaartgegevens © Kadaster"
BACKGROUND_NL = f"Achtergrondkaart (alleen met internet): {BACKGROUND_ATTRIBUTION}."


class _PlanLayers(MacroElement):
    """Starts the layers of the plan on the map, with the folium tile layer as background."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        nsp.start({{ this._parent.get_name() }}, {
            data: {{ this.data_id|tojson }}, message: "nsp-message", legend: "nsp-legend",
            background: {{ this.background.get_name() }}
        });
        {% endmacro %}
        """
    )

    def __init__(self, background: folium.TileLayer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PlanLayers"
        self.background, self.data_id = background, DATA_ID


def write_map(
    path: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    *,
    gemeente_code: str | None = None,
    colours: Mapping[str, int] | None = None,
) -> None:
    """Write the map; no two maps share anything.

    Args:
        path: The file.
        evaluation: Every figure of the plan.
        run_info: When and with what.
        gemeente_code: Show one gemeente instead of the region; it gets the slider without the table of phases.
        colours: Colour number of the service area of each L-NSP (``site_colours``), where several maps share them.
    """
    view = whole_view(evaluation) if gemeente_code is None else view_of_gemeente(evaluation, gemeente_code)
    header, columns = map_data(view, colours)
    page = Page(
        title=f"{view.title}, {date_nl(run_info.created)}",
        above=render("map/above.html", **_above(view, run_info, header)),
        below=render("map/below.html", **_below(view, run_info, with_phases=gemeente_code is None)),
        data=pack(header, columns),
        scripts=SCRIPTS,
        styles=STYLES,
    )
    plan_map = OfflineMap(location=[52.2, 5.3], tiles=None)
    page.add_child(plan_map)
    background = folium.TileLayer(
        BACKGROUND_URL, attr=BACKGROUND_ATTRIBUTION, min_zoom=6, max_zoom=19, overlay=True, control=False, show=False
    )
    background.add_to(plan_map)
    _PlanLayers(background).add_to(plan_map)
    path.write_text(page.render(), encoding="utf-8")


def _above(view: View, run_info: RunInfo, header: dict[str, Any]) -> dict[str, Any]:
    evaluation, premises, phases = view.whole, view.whole.premises, view.whole.phases
    resolution_m = view.resolution_m
    labels = palette.class_labels(palette.population_breaks(resolution_m))
    return {
        "title": view.title,
        "region": view.region_name,
        "date": date_nl(run_info.created),
        "marks": marks_nl(evaluation),
        "scenarios": run_info.scenarios,
        "circumstances": circumstances_nl(evaluation),
        "coordination": coordination_nl(evaluation, view.own_tables),
        "drawn": {each["key"]: each["colour"] for each in header["circumstances"]},
        "lost": bool(lost_sites(evaluation)),
        "figures": key_figures(evaluation, view.tables),
        "metric": measured_nl(evaluation),
        "phase_years": [] if phases is None else list(phases.years),
        "backdrop": header["backdrop"],
        "has_backdrop": evaluation.layers.backdrop is not None,
        "norm_kern": metres_nl(premises.service_distance_kern_m),
        "norm_buitengebied": metres_nl(premises.service_distance_buitengebied_m),
        "norm_certainty": certainty_nl(evaluation.premises.norms["service_distance_kern_m"].certainty),
        "any_fixed": bool((evaluation.choices["chosen"] & (evaluation.choices["standing"] == "fixed")).any()),
        "second_classes": list(zip(palette.SECOND_COLOURS, palette.second_labels(), strict=True)),
        "resolution": resolution_m,
        "classes": list(zip(palette.POPULATION_COLOURS, labels, strict=True)),
        "area_colours": palette.AREA_COLOURS,
        "colours": {
            "candidate": palette.CANDIDATE_COLOUR,
            "cnsp": palette.CNSP_COLOUR,
            "beyond": palette.BEYOND_NORM_COLOUR,
            "border": palette.BORDER_COLOUR,
        },
    }


def _below(view: View, run_info: RunInfo, *, with_phases: bool) -> dict[str, Any]:
    evaluation, phases = view.whole, view.whole.phases
    tables = map_tables(view.tables, None if phases is None else phases.year_of_site)
    struck = circumstance_tables(view, site_numbers(view))
    return {
        "tables": [*([phase_table(phases)] if phases is not None and with_phases else []), *struck, *tables],
        "attribution": [*attribution_nl(evaluation), BACKGROUND_NL],
        "marks": marks_nl(evaluation),
        "date": date_nl(run_info.created),
        "version": run_info.version,
    }
