"""Pages without script. In: a template of this package, plain data and pictures. Out: one HTML file without network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render_page(template: str, data: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    """Render a page; every text of ``data`` is escaped, the SVG of ``pictures`` is this package's own."""
    style = (files("nsp_planner.report") / "static" / "document.css").read_text(encoding="utf-8")
    svgs = {name: Markup(svg) for name, svg in pictures.items()}
    return _templates().get_template(template).render(**data, style=Markup(style), pictures=svgs)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("nsp_planner.report", "static"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
