"""The signs of sites. In: nothing. Out: SVG per role, the same on the map and in its legend."""

from __future__ import annotations

from typing import Any

from nsp_planner.report.templates import template


def site_signs() -> dict[str, str]:
    """A sign per role, coloured by the style of the page."""
    signs: Any = template("page/signs.html").module
    return {role: str(signs.sign(role)) for role in ("lnsp", "cnsp")}
