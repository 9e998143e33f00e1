"""The page of a comparison. In: runs, what moved and the answer. Out: one HTML file with a folium map, no network.

The map reuses the offline map of a plan: leaflet in the page, names as text only, boundaries as background. Per other
run there is what differs (sites that stayed, came and went, squares that walk nearer or farther, lines from where
people went to where they go now), the plan before and the plan after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from branca.element import MacroElement
from jinja2 import Template

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.change.comparison import SAME_M, Moved
from nsp_planner.evaluate.solved.finished_run import DrawnLines, FinishedRun
from nsp_planner.names import inhabitants_nl
from nsp_planner.report import palette
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.answers.write import answer_body
from nsp_planner.report.compare.squares import compare_squares
from nsp_planner.report.page.backdrop import backdrop_looks
from nsp_planner.report.page.packing import DATA_ID, pack
from nsp_planner.report.page.page import LEAFLET_SCRIPT, LEAFLET_STYLE, OfflineMap, Page
from nsp_planner.report.page.signs import site_signs
from nsp_planner.report.templates import render
from nsp_planner.report.text.change_reasons import reason_nl
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP, date_nl

SCRIPTS = (LEAFLET_SCRIPT, "page/decode.js", "page/grid.js", "page/shell.js", "page/backdrop.js", "compare/compare.js")
STYLES = (LEAFLET_STYLE, "page/page.css", "answers/answer.css")
BORDER_TOLERANCE_M = 25.0
LEAST_FLOW_PERSONS = 1.0
CHANGES = {
    "came": {"colour": palette.CAME_COLOUR, "text": "komt erbij"},
    "went": {"colour": palette.WENT_COLOUR, "text": "vervalt"},
    "stayed": {"colour": palette.STAYED_COLOUR, "text": "blijft"},
}
"""How a site that comes, goes or stays is drawn and called."""
SQUARE_LOOKS = [
    {"colour": palette.NEARER_COLOUR},
    {"colour": palette.FARTHER_COLOUR, "hatched": True},
    {"colour": palette.ELSEWHERE_COLOUR},
]
"""Squares that come nearer, go farther, or go elsewhere and as far: in this order for the page."""
ROLE_NL = {"lnsp": ROLE_LNSP, "cnsp": ROLE_CNSP}


class _CompareLayers(MacroElement):
    """Starts the layers of the comparison on the map."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        nsp.startComparison({{ this._parent.get_name() }}, {
            data: {{ this.data_id|tojson }}, message: "nsp-message", legend: "nsp-legend"
        });
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "CompareLayers"
        self.data_id = DATA_ID


def write_compare_page(
    path: Path,
    runs: Sequence[FinishedRun],
    moved: Sequence[Moved],
    answer: Answer,
    *,
    created: dt.datetime,
    version: str,
    backdrop: DrawnLines | None = None,
) -> None:
    """Write the page; the same runs give the same page but for the date.

    ``backdrop`` is the water and roads that lie under the map of a run, drawn under this one too.
    """
    words: dict[str, Any] = {"answer": answer, "date": date_nl(created), "version": version}
    classes = list(zip(palette.SECOND_COLOURS, palette.second_labels(), strict=True))
    header, columns = compare_data(runs, moved, backdrop)
    words |= {name: header[name] for name in ("colours", "changes", "square_looks", "same_m")} | {
        "backdrop": backdrop_looks()
    }
    has_backdrop = "bd_kind" in columns
    page = Page(
        title=answer.title,
        above=render("compare/above.html", **words, distance_classes=classes, has_backdrop=has_backdrop),
        below=render("answers/below.html", **words, body=answer_body(answer)),
        data=pack(header, columns),
        scripts=SCRIPTS,
        styles=STYLES,
    )
    compare_map = OfflineMap(location=[52.2, 5.3], tiles=None)
    page.add_child(compare_map)
    _CompareLayers().add_to(compare_map)
    path.write_text(page.render(), encoding="utf-8")


def compare_data(
    runs: Sequence[FinishedRun], moved: Sequence[Moved], backdrop: DrawnLines | None = None
) -> tuple[dict[str, Any], dict[str, IntArray]]:
    """What the map draws: borders, squares, the sites of each run, and per other run what came, went and moved."""
    reference = runs[0]
    places: dict[str, list[float]] = {}
    for run in reversed(runs):
        places |= dict(zip(run.sites["site_id"], _lat_lng(run.sites), strict=True))
    chosen = reference.sites[reference.sites["role"] != "none"]
    squares, columns = compare_squares(runs, backdrop)
    header = {
        **squares,
        "colours": {"flow": palette.FLOW_COLOUR, "border": palette.COMPARED_BORDER_COLOUR},
        "changes": CHANGES,
        "square_looks": SQUARE_LOOKS,
        "same_m": round(SAME_M),
        "signs": site_signs(),
        "roles": ROLE_NL,
        "borders": _borders(reference.areas),
        "before": _open_sites(reference, places),
        "reference": f"{reference.label}: {reference.caption}",
        "others": [_other(reference, run, what, places) for run, what in zip(runs[1:], moved, strict=True)],
        "stayed": {
            str(row.site_id): [places[row.site_id], str(row.role), str(row.site_name), str(row.gemeente_name)]
            for row in chosen.rename(columns={"name": "site_name"}).itertuples(index=False)
        },
    }
    return header, columns


def _open_sites(run: FinishedRun, places: dict[str, list[float]]) -> list[list[Any]]:
    """Every site of a run's plan: place, role, name, where, persons as text; C-NSPs first, L-NSPs on top of them."""
    chosen = run.sites[run.sites["role"] != "none"].sort_values("role", kind="stable")
    return [
        [
            places[row.site_id],
            str(row.role),
            str(row.site_name),
            f"{row.gemeente_name} · {row.kind}",
            inhabitants_nl(row.persons) if row.role == "lnsp" else "",
        ]
        for row in chosen.rename(columns={"name": "site_name"}).itertuples(index=False)
    ]


def _other(reference: FinishedRun, run: FinishedRun, what: Moved, places: dict[str, list[float]]) -> dict[str, Any]:
    sites = what.sites.rename(columns={"name": "site_name"})
    names = {i: n for r in (run, reference) for i, n in zip(r.sites["site_id"], r.sites["name"], strict=True)}
    why = {(reason.site_id, reason.role): reason_nl(reason, names) for reason in what.reasons}
    return {
        "title": f"{run.label}: {run.caption}",
        "after": _open_sites(run, places),
        "changed": [
            [
                places[row.site_id],
                str(row.role),
                str(row.change),
                str(row.site_name),
                f"{row.gemeente_name} · {row.kind}",
                " · ".join(
                    [*([inhabitants_nl(row.persons)] if row.role == "lnsp" else []), why[row.site_id, row.role]]
                ),
            ]
            for row in sites.itertuples(index=False)
        ],
        "went": [str(site) for site in what.sites.loc[what.sites["change"] == "went", "site_id"]],
        "flows": [
            [
                places[flow["from_id"]],
                places[flow["to_id"]],
                round(flow["persons"]),
                f"{inhabitants_nl(flow['persons'])}: van {names[flow['from_id']]} naar {names[flow['to_id']]}",
            ]
            for flow in what.flows[what.flows["persons"] >= LEAST_FLOW_PERSONS].to_dict("records")
            if flow["from_id"] and flow["to_id"]
        ],
    }


def _lat_lng(points: gpd.GeoDataFrame) -> list[list[float]]:
    there = points.geometry.to_crs("EPSG:4326")
    return [[round(y, 5), round(x, 5)] for x, y in zip(there.x, there.y, strict=True)]


def _borders(areas: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    simple = shapely.coverage_simplify(areas.geometry.to_numpy(), tolerance=BORDER_TOLERANCE_M)
    there = gpd.GeoSeries(simple, crs=areas.crs).to_crs("EPSG:4326")
    label = gpd.GeoSeries(areas.geometry.representative_point(), crs=areas.crs).to_crs("EPSG:4326")
    return [
        {
            "name": str(name),
            "label": [round(point.y, 5), round(point.x, 5)],
            "rings": [
                [[round(y, 5), round(x, 5)] for x, y in shapely.get_coordinates(ring)]
                for ring in shapely.get_rings(shapely.get_parts(shape))
            ],
        }
        for name, point, shape in zip(areas["naam"], label, there, strict=True)
    ]
