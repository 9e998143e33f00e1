"""Cards and lists as files. In: an evaluation and the run. Out: PDFs per gemeente, a list."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.parts import Part
from nsp_planner.names import counted_nl
from nsp_planner.report.cards.content import card_content
from nsp_planner.report.file_names import file_slug
from nsp_planner.report.paper.document import document_head
from nsp_planner.report.paper.pdf import write_pdf
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.svg.picture import centres_m, sketch_picture
from nsp_planner.report.text.dutch import unfinished_nl

CARDS_FOLDER = "meterkastkaarten"
SKETCH_WIDTH, SKETCH_HEIGHT, LEAST_HEIGHT = 400.0, 265.0, 190.0
"""Pixels of the sketch on a card; lower where the card has more to say than usual, so that it stays one page."""
LINE_HEIGHT = 14.5


def write_cards(
    folder: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    parts: Sequence[Part] | None = None,
    marks: Sequence[str] | None = None,
) -> tuple[OutputFile, ...]:
    """Write one PDF with all cards of each gemeente in ``folder/meterkastkaarten``.

    Args:
        folder: An existing folder.
        evaluation: Every figure of the plan.
        run_info: When and with what.
        parts: Parts to make cards for; all of them when left out. A part without an L-NSP has no card.
        marks: What every card bears in plain sight, instead of concept (and illustration).
    """
    parts = evaluation.report_figures.parts if parts is None else parts
    (folder / CARDS_FOLDER).mkdir(exist_ok=True)
    written: list[OutputFile] = []
    used: set[str] = set()
    for code in dict.fromkeys(part.gemeente_code for part in parts):
        own = [part for part in parts if part.gemeente_code == code and part.first is not None]
        if own:
            name = f"{CARDS_FOLDER}/{file_slug(own[0].gemeente, used)}.pdf"
            (folder / name).write_bytes(cards_pdf(evaluation, run_info, own, evaluation.place_points, marks))
            written.append(
                OutputFile(name, f"Meterkastkaarten {own[0].gemeente}: {counted_nl(len(own), 'kaarten')} op A5")
            )
    return tuple(written)


def cards_pdf(
    evaluation: Evaluation,
    run_info: RunInfo,
    parts: Sequence[Part],
    names: Sequence[tuple[str, float, float]],
    marks: Sequence[str] | None = None,
) -> bytes:
    """All cards of these parts as one PDF/UA, a card a page; ``names`` are those of places, for the sketches."""
    for lower in (0.0, 30.0, 75.0):
        pdf = _cards_pdf(evaluation, run_info, parts, names, marks, lower)
        if len(pypdf.PdfReader(BytesIO(pdf)).pages) == len(parts):
            break
    return pdf


def _cards_pdf(
    evaluation: Evaluation,
    run_info: RunInfo,
    parts: Sequence[Part],
    names: Sequence[tuple[str, float, float]],
    marks: Sequence[str] | None,
    lower: float,
) -> bytes:
    """The cards with every sketch so many pixels lower than its card has room for as a rule."""
    sites = evaluation.layers.sites.set_index("site_id")
    points = sites.geometry
    xy_m = centres_m(evaluation)
    pictures, cards = {}, []
    for number, part in enumerate(parts):
        name = f"kaart-{number}.svg"
        destinations = [d for d in (part.first, part.second) if d is not None]
        spots = [(str(n), points[d.site_id].x, points[d.site_id].y) for n, d in enumerate(destinations, start=1)]
        card = card_content(part, sites, evaluation.premises, picture=name)
        height = max(LEAST_HEIGHT, SKETCH_HEIGHT - lower - LINE_HEIGHT * _lines_more(card))
        pictures[name] = sketch_picture(
            evaluation, part.squares, spots, width=SKETCH_WIDTH, height=height, xy_m=xy_m, names=names
        )
        cards.append(card)
    head = document_head(evaluation, run_info)
    # what is not proven stands in the source line: a card has no room for it in its head
    unproven = unfinished_nl(evaluation.goal)
    shown = [mark for mark in head["marks"] if mark not in unproven] if marks is None else list(marks)
    data = {**head, "marks": shown, "title": f"Meterkastkaarten {parts[0].gemeente}", "cards": cards}
    return write_pdf("cards/meterkastkaarten.typ", data, pictures, run_info.created)


def _lines_more(card: dict[str, Any]) -> int:
    """Lines that a card has more than the usual one."""
    there = sum(1 + len(text) // 39 for text in card["there"])
    second = card["second"]
    length = 0 if second is None else len(second["name"]) + len(second["address"]) + len(second["how_far"]) + 50
    return (
        max(0, there - len(card["bring"]))
        + max(0, -(-length // 84) - 2)
        + len(card["place"]) // 34
        + len(card["first"]["name"]) // 46
        + len(card["side"]) // 20
    )
