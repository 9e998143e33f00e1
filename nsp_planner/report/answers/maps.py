"""A page with a map per row of an answer. In: titles, texts and drawings. Out: one HTML file that opens offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nsp_planner.report.paper.html import render_page
from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.text.dutch import date_nl


@dataclass(frozen=True)
class RowMap:
    """The map of one row: its title, its figures in a sentence, and the drawing as SVG."""

    title: str
    text: str
    svg: str


def write_maps(
    path: Path,
    run_info: RunInfo,
    *,
    title: str,
    caption: str,
    maps: Sequence[RowMap],
    marks: Sequence[str],
    attribution: Sequence[str],
) -> None:
    """Write the page; every text is escaped, the drawings are this package's own."""
    data = {
        "title": title,
        "caption": caption,
        "maps": [(f"kaart-{n}", each.title, each.text) for n, each in enumerate(maps, start=1)],
        "marks": list(marks),
        "attribution": list(attribution),
        "date": date_nl(run_info.created),
        "version": f"nsp_planner {run_info.version}",
    }
    pictures = {f"kaart-{n}": each.svg for n, each in enumerate(maps, start=1)}
    path.write_text(render_page("answers/maps.html", data, pictures), encoding="utf-8")
