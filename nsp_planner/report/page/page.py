"""A page with a map that needs no network. In: HTML, packed data, names of scripts. Out: a branca figure to render.

folium carries the map, but not its links to five hosts: leaflet lies in the page. branca reads what elements render as
a template again, so a site named ``{{ 7 * 7 }}`` must never go through an element: texts pass an escaping template once
and go in unread.
"""

from __future__ import annotations

from collections.abc import Sequence

import folium
from branca.element import Figure
from jinja2 import Template

from nsp_planner.report import palette
from nsp_planner.report.page.packing import DATA_ID
from nsp_planner.report.templates import asset, template

LEAFLET_SCRIPT, LEAFLET_STYLE = "page/leaflet/leaflet.js", "page/leaflet/leaflet.css"


class OfflineMap(folium.Map):
    """A folium map that loads nothing: no links, no bootstrap, no jquery, no tiles."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium reads a plain list here
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }} role="region"
             aria-label="Kaart; de tabellen eronder bevatten dezelfde gegevens"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }}, zoom: 8, maxZoom: 18, zoomSnap: 0.25, zoomDelta: 0.5,
            wheelPxPerZoomLevel: 90, attributionControl: false, zoomControl: false, fadeAnimation: false
        });
        L.control.zoom({zoomInTitle: "Inzoomen", zoomOutTitle: "Uitzoomen"}).addTo({{ this.get_name() }});
        L.control.attribution({prefix: false}).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )


class Page(Figure):
    """The page: lang, title and a viewport that lets readers zoom; content goes in unread, so braces stay braces."""

    def __init__(
        self,
        title: str,
        above: str,
        below: str,
        data: str,
        scripts: Sequence[str],
        styles: Sequence[str],
    ) -> None:
        """Take the parts as HTML, the packed data, and which scripts and styles (``templates.asset``) go in."""
        super().__init__(title=title)
        self._template = template("page/page.html")
        self.header._children.clear()  # the page declares its character set itself
        self.above, self.below, self.data, self.data_id = above, below, data, DATA_ID
        signs = f":root {{ --lnsp: {palette.LNSP_COLOUR}; --cnsp: {palette.CNSP_COLOUR}; }}"
        self.styles = "\n".join([*(asset(name) for name in styles), signs])
        self.scripts = "\n".join(asset(name) for name in scripts)
