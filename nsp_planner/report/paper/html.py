"""Pages without script. In: a template of this package, plain data and pictures. Out: one HTML file without network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from nsp_planner.report.templates import asset, render


def render_page(template: str, data: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    """Render a page; every text of ``data`` is escaped, the SVG of ``pictures`` is this package's own."""
    svgs = {name: Markup(svg) for name, svg in pictures.items()}
    return render(template, **data, style=Markup(asset("paper/document.css")), pictures=svgs)
