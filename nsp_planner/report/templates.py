"""Templates, scripts and styles of the outputs. In: a path below ``nsp_planner/report``. Out: HTML, or the file's text.

Each file lies beside the code that uses it, as ``map/above.html``; what several outputs share lies in ``page`` (maps)
and ``paper`` (documents). Every text that a template prints is escaped.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def render(name: str, /, **data: Any) -> str:
    """A template filled in; a name that it prints and ``data`` lacks is an error."""
    return template(name).render(**data)


def template(name: str) -> Template:
    """A template as it is."""
    return _environment().get_template(name)


def asset(name: str) -> str:
    """A file as text."""
    return asset_path(name).read_text(encoding="utf-8")


def asset_path(name: str) -> Traversable:
    """Where a file or folder of this package lies."""
    return files("nsp_planner.report").joinpath(*name.split("/"))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("nsp_planner.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
