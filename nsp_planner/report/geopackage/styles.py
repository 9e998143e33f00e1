"""Styles for QGIS. In: the resolution of the squares and the number of area colours. Out: one QML text per layer.

QML is QGIS' own format; only the elements a renderer needs are written, in the form QGIS 3.22 and later reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from nsp_planner.report.palette import (
    AREA_COLOURS,
    BORDER_COLOUR,
    CANDIDATE_COLOUR,
    CNSP_COLOUR,
    LNSP_COLOUR,
    POPULATION_COLOURS,
    class_labels,
    population_breaks,
)


def layer_styles(resolution_m: int) -> dict[str, str]:
    """The QML of every layer that gets one, by layer name."""
    breaks = population_breaks(resolution_m)
    limits = [0.0, *map(float, breaks), 1e9]
    squares = [_fill(colour, outline=None) for colour in POPULATION_COLOURS]
    areas = [_fill(colour, outline="#555555", alpha=110) for colour in AREA_COLOURS]
    return {
        "lnsp": _single(_marker("circle", LNSP_COLOUR, 4.0), label="naam", label_up_to=250_000),
        "cnsp": _single(_marker("square", CNSP_COLOUR, 4.6), label="naam", label_up_to=250_000),
        "kandidaten": _single(_marker("triangle", "#ffffff", 2.2, outline=CANDIDATE_COLOUR)),
        "ongeschikt": _single(_marker("cross2", "#999999", 1.8, outline="#777777")),
        "vierkanten": _graduated("inwoners", limits, class_labels(breaks), squares),
        "verzorgingsgebieden": _categorised("kleur", [str(n) for n in range(len(AREA_COLOURS))], areas),
        "toewijzing_l_c": _single(_line(CNSP_COLOUR, 0.4, "dash")),
        "gemeenten": _single(_fill(None, outline=BORDER_COLOUR, width=0.5), label="naam"),
    }


def _document() -> ET.Element:
    return ET.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology|Labeling"})


def _rgba(colour: str, alpha: int = 255) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + f",{alpha}"


def _symbol(kind: str, layer_class: str, properties: dict[str, str]) -> ET.Element:
    symbol = ET.Element("symbol", {"type": kind, "name": "0", "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"})
    layer = ET.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1", "locked": "0", "pass": "0"})
    for key, value in properties.items():
        ET.SubElement(layer, "prop", {"k": key, "v": value})
    return symbol


def _marker(shape: str, colour: str, size_mm: float, outline: str = "#ffffff") -> ET.Element:
    return _symbol(
        "marker",
        "SimpleMarker",
        {
            "name": shape,
            "color": _rgba(colour),
            "outline_color": _rgba(outline),
            "outline_style": "solid",
            "outline_width": "0.4",
            "outline_width_unit": "MM",
            "size": f"{size_mm}",
            "size_unit": "MM",
        },
    )


def _fill(colour: str | None, outline: str | None, alpha: int = 255, width: float = 0.2) -> ET.Element:
    return _symbol(
        "fill",
        "SimpleFill",
        {
            "color": _rgba(colour or "#ffffff", alpha),
            "style": "no" if colour is None else "solid",
            "outline_color": _rgba(outline or "#000000"),
            "outline_style": "no" if outline is None else "solid",
            "outline_width": f"{width}",
            "outline_width_unit": "MM",
        },
    )


def _line(colour: str, width_mm: float, style: str) -> ET.Element:
    width = {"line_width": f"{width_mm}", "line_width_unit": "MM"}
    return _symbol("line", "SimpleLine", {"line_color": _rgba(colour), "line_style": style, **width})


def _with_symbols(renderer: ET.Element, symbols: Sequence[ET.Element]) -> None:
    holder = ET.SubElement(renderer, "symbols")
    for number, symbol in enumerate(symbols):
        symbol.set("name", str(number))
        holder.append(symbol)


def _single(symbol: ET.Element, label: str | None = None, label_up_to: int | None = None) -> str:
    """One symbol; labels from a column, down to map scale 1 : ``label_up_to`` where given."""
    root = _document()
    if label is not None:
        root.set("labelsEnabled", "1")
    renderer = ET.SubElement(root, "renderer-v2", {"type": "singleSymbol", "symbollevels": "0", "enableorderby": "0"})
    _with_symbols(renderer, [symbol])
    if label is not None:
        settings = ET.SubElement(ET.SubElement(root, "labeling", {"type": "simple"}), "settings")
        text = {
            "fieldName": label,
            "isExpression": "0",
            "fontSize": "8",
            "fontSizeUnit": "Point",
            "fontWeight": "63",
            "textColor": "40,40,40,255",
        }
        style = ET.SubElement(settings, "text-style", text)
        ET.SubElement(
            style,
            "text-buffer",
            {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,255"},
        )
        ET.SubElement(settings, "placement", {"placement": "0", "dist": "1.5", "distUnits": "MM"})
        # An area must not keep the names of the sites within it away, as labelled areas do by default.
        rendering = {"obstacle": "0"}
        if label_up_to is not None:
            rendering |= {"scaleVisibility": "1", "scaleMin": "1", "scaleMax": str(label_up_to)}
        ET.SubElement(settings, "rendering", rendering)
    return ET.tostring(root, encoding="unicode")


def _graduated(column: str, limits: Sequence[float], labels: Sequence[str], symbols: Sequence[ET.Element]) -> str:
    root = _document()
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        {"type": "graduatedSymbol", "attr": column, "graduatedMethod": "GraduatedColor", "symbollevels": "0"},
    )
    ranges = ET.SubElement(renderer, "ranges")
    for number, label in enumerate(labels):
        # QGIS takes the first class that holds the value, so the upper limit is just below the next class.
        upper = limits[number + 1] - 0.001
        ET.SubElement(
            ranges,
            "range",
            {
                "symbol": str(number),
                "lower": f"{limits[number]:.6f}",
                "upper": f"{upper:.6f}",
                "label": label,
                "render": "true",
            },
        )
    _with_symbols(renderer, symbols)
    return ET.tostring(root, encoding="unicode")


def _categorised(column: str, values: Sequence[str], symbols: Sequence[ET.Element]) -> str:
    root = _document()
    renderer = ET.SubElement(root, "renderer-v2", {"type": "categorizedSymbol", "attr": column, "symbollevels": "0"})
    categories = ET.SubElement(renderer, "categories")
    for number, value in enumerate(values):
        attributes = {"symbol": str(number), "value": value, "type": "long", "label": f"kleur {value}"}
        attributes["render"] = "true"
        ET.SubElement(categories, "category", attributes)
    _with_symbols(renderer, symbols)
    return ET.tostring(root, encoding="unicode")
