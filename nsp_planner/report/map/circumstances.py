"""Circumstances on a map. In: an evaluation. Out: shapes as packed numbers, what each is called, and tables.

Drawn are land under water, land without power, closed roads, bridges and ferries, and barriers; each by its own pattern
as well as its colour. An outage of the whole region has no edge to draw: the page says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.view import View
from nsp_planner.report import palette
from nsp_planner.report.map.tables import Column, Row, Table
from nsp_planner.report.page.backdrop import MARGIN_M, packed_lines
from nsp_planner.report.page.projection import WebMercatorFit
from nsp_planner.report.text.circumstances import LINKS_NL
from nsp_planner.report.text.dutch import metres_nl, number_nl, text_or_dash

WATER, POWER, CLOSED, BARRIER = range(4)
"""Kinds of shapes, as in the columns."""
TITLES = {
    WATER: "Onder water",
    POWER: "Zonder stroom",
    CLOSED: "Dichte wegen, bruggen en veren",
    BARRIER: "Barrières",
}
LOOKS = {
    WATER: "blauwe schuine strepen",
    POWER: "paarse stippen",
    CLOSED: "rode streepjeslijn met een kruis",
    BARRIER: "zwarte lijn met dwarsstrepen",
}
"""How each is drawn, in words, for who cannot tell the colours or see the map."""
KEYS = {WATER: "water", POWER: "power", CLOSED: "closed", BARRIER: "barrier"}
"""Names of the layers in the page."""

COLOURS = {
    WATER: palette.WATER_COLOUR,
    POWER: palette.POWER_COLOUR,
    CLOSED: palette.CLOSED_COLOUR,
    BARRIER: palette.BARRIER_COLOUR,
}

MOST_POINTS = 12_000
"""About 35 kB in the page."""
TOLERANCES_M = (2.0, 5.0, 12.0, 25.0, 50.0, 100.0, 250.0)
CAUSES_NL = {"power_outage": "stroomuitval", "flood": "hoogwater"}
EFFECTS_NL = {"dropped": "valt uit", "penalty": "telt als verder weg"}


@dataclass(frozen=True, eq=False)
class Drawn:
    """What one kind of circumstance looks like: polygons or lines in RD."""

    kind: int
    shapes: np.ndarray


def drawn_circumstances(evaluation: Evaluation) -> list[Drawn]:
    """What the circumstances of the study touch, in the order in which it is drawn; empty in an ordinary plan."""
    struck = evaluation.hazards
    kinds = (
        (WATER, struck.under_water),
        (POWER, struck.without_power),
        (CLOSED, struck.closed),
        (BARRIER, struck.barriers),
    )
    return [Drawn(kind, parts) for kind, parts in kinds if len(parts)]


def circumstance_columns(
    drawn: Sequence[Drawn], fit: WebMercatorFit, bounds_m: tuple[float, float, float, float]
) -> tuple[list[dict[str, Any]], dict[str, IntArray]]:
    """Header (layer by layer: kind, key, title) and columns ``cs_kind``, ``cs_length``, ``cs_x``, ``cs_y``.

    Both are empty where nothing is to be drawn within the bounds.
    """
    x0, y0, x1, y1 = bounds_m
    box = (x0 - MARGIN_M, y0 - MARGIN_M, x1 + MARGIN_M, y1 + MARGIN_M)
    kinds, lines = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=object)]
    for each in drawn:
        parts = shapely.get_parts(shapely.clip_by_rect(each.shapes, *box))
        parts = parts[~shapely.is_empty(parts)]
        if each.kind in (WATER, POWER):
            parts = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
        kinds.append(np.full(len(parts), each.kind, dtype=np.int64))
        lines.append(parts)
    kind, line = np.concatenate(kinds), np.concatenate(lines)
    if not len(line):
        return [], {}
    for tolerance_m in TOLERANCES_M:
        simple = shapely.simplify(line, tolerance_m, preserve_topology=False)
        if shapely.get_num_coordinates(simple).sum() <= MOST_POINTS:
            break
    some = shapely.get_num_coordinates(simple) >= np.where(kind <= POWER, 4, 2)
    columns = packed_lines(kind[some], simple[some], fit, "cs")
    there = sorted(set(columns["cs_kind"].tolist()))
    header = [{"kind": k, "key": KEYS[k], "title": TITLES[k], "colour": COLOURS[k]} for k in there]
    return (header, columns) if header else ([], {})


def circumstance_tables(view: View, site_ids: Sequence[str]) -> list[Table]:
    """What is drawn as tables, counted on the squares and buildings of this map; ``site_ids`` numbers the sites."""
    evaluation = view.whole
    facts = evaluation.consequences
    if facts is None:
        return []
    sites = facts.sites[facts.sites["site_id"].astype(str).isin(set(site_ids))]
    rows: list[Row] = []
    for kind, struck in ((WATER, view.flood), (POWER, view.outage)):
        if struck is None:
            continue
        size, look = "hele regio", "niet apart getekend"
        if struck.area_km2 is not None:
            size, look = f"{number_nl(struck.area_km2, 1)} km²", LOOKS[kind]
        counts = (number_nl(n) for n in (struck.persons, struck.lost_lnsps, struck.lost_cnsps))
        rows.append(Row((TITLES[kind], size, *counts, look)))
    for row in facts.links.to_dict("records"):
        change = str(row["change"])
        if change == "under_water":
            continue
        what = LINKS_NL[change].format(value=row["value"])
        look = LOOKS[BARRIER if change == "barriers" else CLOSED]
        rows.append(Row((f"{what[:1].upper()}{what[1:]}", metres_nl(row["length_m"]), "–", "–", "–", look)))
    if not rows:
        return []
    columns = (
        Column("Omstandigheid"),
        Column("Omvang (hele regio)", number=True),
        Column("Inwoners op deze kaart", number=True),
        Column("Gebouwen voor een L-NSP die uitvallen", number=True),
        Column("Kazernes die uitvallen", number=True),
        Column("Op de kaart", wide=True),
    )
    caption = "Hetzelfde als getekend is op de kaart, in woorden. Lengte van wegen is die in het loopnetwerk."
    tables = [Table("tabel-omstandigheden", "Omstandigheden", caption, columns, tuple(rows))]
    hit = sites[sites["effect"].isin(list(EFFECTS_NL))]
    return tables if hit.empty else [*tables, _buildings(evaluation, hit, site_ids)]


def _buildings(evaluation: Evaluation, hit: Any, site_ids: Sequence[str]) -> Table:
    number = {site_id: n for n, site_id in reversed(list(enumerate(site_ids)))}
    names = evaluation.layers.areas.set_index("area_code")["name"]
    rows = tuple(
        Row(
            (
                text_or_dash(row["name"]),
                text_or_dash(names.get(row["gemeente_code"], row["gemeente_code"])),
                "C-NSP" if row["role"] == "cnsp" else "L-NSP",
                CAUSES_NL.get(str(row["cause"]), str(row["cause"])),
                EFFECTS_NL[str(row["effect"])] + ("" if row["known"] else " (niet bekend of er noodstroom is)"),
            ),
            number.get(str(row["site_id"])),
        )
        for row in hit.sort_values(["cause", "gemeente_code", "name"], kind="stable").to_dict("records")
    )
    columns = tuple(Column(label) for label in ("Gebouw", "Gemeente", "Kan zijn", "Oorzaak", "Gevolg"))
    caption = "Gebouwen die door de omstandigheden niet of minder goed te gebruiken zijn."
    return Table("tabel-uitval", "Gebouwen die uitvallen", caption, columns, rows)


def lost_sites(evaluation: Evaluation) -> set[str]:
    """Ids of the buildings that the circumstances take out."""
    facts = evaluation.consequences
    if facts is None or facts.sites.empty:
        return set()
    return set(facts.sites.loc[facts.sites["effect"] == "dropped", "site_id"].astype(str))
