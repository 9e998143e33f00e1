"""Documents on paper. In: a typst template of this package, plain data and pictures. Out: a tagged PDF (PDF/UA-1).

typst sets the pages: one wheel, no program of the system. Texts reach the template as data (``json``), never as
markup, so that a name such as ``#eval`` or ``*`` is printed as it is. Fonts come with the package, hence the same pages
on every computer. A character that the fonts lack would make the PDF inaccessible, and typst refuses it: it is printed
as a box.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from importlib.resources import as_file
from typing import Any

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.report.templates import asset_path

NOT_IN_THE_FONTS = "□"

_PRINTABLE = (
    "\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce"
    "\u0401-\u040c\u040e-\u044f\u0451-\u045c\u045e-\u045f\u2013-\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2026\u2030\u2039-\u203a\u20ac\u2122\u2248\u2264\u2265\u25a1"
)
_NOT_PRINTABLE = re.compile(f"[^{_PRINTABLE}]")


def printable(text: str) -> str:
    """The text with a box for every character the fonts do not have; line ends and tabs become spaces."""
    return _NOT_PRINTABLE.sub(NOT_IN_THE_FONTS, re.sub(r"\s", " ", text))


def write_pdf(template: str, data: Mapping[str, Any], pictures: Mapping[str, str], created: dt.datetime) -> bytes:
    """Set a document.

    Args:
        template: Path of a template below ``nsp_planner/report``, such as ``board/bestuursrapport.typ``.
        data: What the template reads as ``data.json``: text, numbers, truth values, lists and dictionaries.
        pictures: SVG text per file name that the data name.
        created: Moment the PDF bears; the same input gives the same bytes.

    Returns:
        The PDF, tagged, PDF/UA-1.

    Raises:
        SettingsError: The package typst is not installed.
    """
    try:
        import typst
    except ImportError:
        fix = "install it (pip install typst), or ask for maps and lists only"
        raise SettingsError(Fault("report", "PDFs need the package typst, which is not installed", fix)) from None
    sources = {
        "main.typ": asset_path(template).read_bytes(),
        "common.typ": asset_path("paper/common.typ").read_bytes(),
        "data.json": json.dumps(_printable_all(data), ensure_ascii=False, allow_nan=False).encode("utf-8"),
        **{name: svg.encode("utf-8") for name, svg in pictures.items()},
    }
    with as_file(asset_path("paper/fonts")) as fonts:
        pdf: bytes = typst.compile(  # type: ignore[call-overload]  # its stub lacks several files in memory
            sources,
            format="pdf",
            pdf_standards=["ua-1"],
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            timestamp=created.replace(microsecond=0),
        )
    return pdf


def _printable_all(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {str(key): _printable_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable_all(item) for item in value]
    return value
