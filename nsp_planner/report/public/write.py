"""The public version as files. In: an evaluation and the run. Out: a folder, or nothing.

Only L-NSPs whose owner agreed, or that are in use, and only name, kind, address, place, gemeente and where they lie: a
C-NSP does not serve residents. The files are made from these fields alone; the gate reads them back, and removes the
folder where it refuses. The folder of the run is hidden all that time.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.parts import Part
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.names import counted_nl
from nsp_planner.report.cards.write import write_cards
from nsp_planner.report.columns.rows import site_rows
from nsp_planner.report.columns.sites import PUBLIC_FEATURE
from nsp_planner.report.geojson.write import area_features, point_features, write_features
from nsp_planner.report.list.table import write_candidate_csv
from nsp_planner.report.paper.document import document_head, table
from nsp_planner.report.paper.html import render_page
from nsp_planner.report.places.write import place_list
from nsp_planner.report.public.gate import verify_public
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.svg.picture import points_picture
from nsp_planner.report.text.dutch import illustration_marks, measured_nl, metres_nl, text_or_dash

FOLDER = "openbaar"
PUBLIC_STATUSES = ("akkoord eigenaar", "operationeel")
PAGE = OutputFile(f"{FOLDER}/noodsteunpunten.html", "Openbaar: de noodsteunpunten per plaats, als webpagina")
LIST = OutputFile(f"{FOLDER}/noodsteunpunten-per-plaats.csv", "Openbaar: de noodsteunpunten per plaats (CSV)")
POINTS = OutputFile(f"{FOLDER}/noodsteunpunten.geojson", "Openbaar: de noodsteunpunten als punten (GeoJSON, WGS84)")
AREAS = OutputFile(f"{FOLDER}/verzorgingsgebieden.geojson", "Openbaar: de verzorgingsgebieden (GeoJSON, WGS84)")
LIST_COLUMNS = ["Gemeente", "Plaats", "Deel", "Keuze", "Noodsteunpunt", "Soort", "Adres",
                "Plaats van het noodsteunpunt", "Gemiddelde loopafstand (m)", "Minuten lopen"]  # fmt: skip
HIDDEN_PROVISIONS = ("emergency_power", "access_24_7")
"""Provisions that are nobody's business beforehand: where the power is, and who can get in at night."""


def public_site_ids(evaluation: Evaluation, *, with_pilots: bool = False) -> frozenset[str]:
    """Ids of the L-NSPs that may be known: agreed or in use, and pilots when asked."""
    statuses = (*PUBLIC_STATUSES, "pilot") if with_pilots else PUBLIC_STATUSES
    sites = evaluation.layers.sites
    may = sites["status"].isin(statuses) & sites["site_id"].isin(evaluation.lnsps["site_id"])
    return frozenset(sites.loc[may, "site_id"].astype(str))


def write_public(
    folder: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    *,
    with_pilots: bool = False,
) -> tuple[OutputFile, ...]:
    """Write ``folder/openbaar``; nothing of it stays when the gate refuses.

    Args:
        folder: An existing folder without a folder ``openbaar``.
        evaluation: Every figure of the plan.
        run_info: When and with what.
        with_pilots: Whether sites with the status pilot are public too.

    Raises:
        VerificationError: The written files hold something that may not be public.
    """
    published = public_site_ids(evaluation, with_pilots=with_pilots)
    public = folder / FOLDER
    public.mkdir()
    try:
        outputs = _write_files(public, evaluation, run_info, published)
        verify_public(public, evaluation, published)
    except BaseException:
        shutil.rmtree(public, ignore_errors=True)
        raise
    return outputs


def _write_files(
    public: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    published: Collection[str],
) -> tuple[OutputFile, ...]:
    marks = illustration_marks(evaluation.premises)
    parts = [_public_part(part, published) for part in evaluation.report_figures.parts]
    places = place_list(evaluation, parts, only=published)[LIST_COLUMNS]
    note = " · ".join(
        [*marks, f"versie {run_info.created.date().isoformat()}", f"loopafstand: {measured_nl(evaluation)}"]
    )
    write_candidate_csv(public / Path(LIST.name).name, places, note)
    features = point_features(site_rows(evaluation, sorted(published)), PUBLIC_FEATURE)
    write_features(public / Path(POINTS.name).name, "noodsteunpunten", features, evaluation, run_info, marks)
    areas = area_features(evaluation, only=published)
    write_features(public / Path(AREAS.name).name, "verzorgingsgebieden", areas, evaluation, run_info, marks)
    content = {
        **document_head(evaluation, run_info),
        "marks": marks,
        "tables": _tables(places) if published else [],
        "not_yet": _without(places),
        "n": len(published),
        "picture_alt": _picture_alt(evaluation, len(published)),
    }
    points = evaluation.layers.sites.set_index("site_id").geometry.loc[sorted(published)]
    picture = points_picture(evaluation, zip(points.x, points.y, strict=True))
    page = render_page("public/openbaar.html", content, {"kaart.svg": picture})
    (public / Path(PAGE.name).name).write_text(page, encoding="utf-8")
    with_card = [part for part in parts if part.first is not None]
    shown = _without_hidden_provisions(evaluation)
    cards = write_cards(public, shown, run_info, with_card, marks=marks)
    named = tuple(OutputFile(f"{FOLDER}/{card.name}", f"Openbaar: {card.description_nl}") for card in cards)
    return (PAGE, LIST, *named, POINTS, AREAS)


def _public_part(part: Part, published: Collection[str]) -> Part:
    """The part without destinations that are not public; its name too must not give one away."""
    first = part.first if part.first is not None and part.first.site_id in published else None
    second = part.second if first is not None and part.second is not None and part.second.site_id in published else None
    if first is None and part.side:
        return replace(part, first=None, second=None, name=part.place, side="")
    return replace(part, first=first, second=second)


def _without_hidden_provisions(evaluation: Evaluation) -> Evaluation:
    assert set(HIDDEN_PROVISIONS) <= set(GAP_COLUMNS)
    sites = evaluation.layers.sites.assign(**dict.fromkeys(HIDDEN_PROVISIONS, "unknown"))
    return replace(evaluation, layers=replace(evaluation.layers, sites=sites))


def _tables(places: pd.DataFrame) -> list[dict[str, object]]:
    """Per gemeente the parts of places that have a noodsteunpunt."""
    columns = ("Plaats", "Noodsteunpunt", "Adres", "Gemiddelde loopafstand")
    tables = []
    for gemeente, rows in places[places["Keuze"].notna()].groupby("Gemeente", sort=True):
        cells = [
            (
                text_or_dash(row["Deel"]),
                text_or_dash(row["Noodsteunpunt"]) + (" (tweede keuze)" if row["Keuze"] == 2 else ""),
                ", ".join(str(row[c]) for c in ("Adres", "Plaats van het noodsteunpunt") if pd.notna(row[c])) or "–",
                metres_nl(row["Gemiddelde loopafstand (m)"]),
            )
            for _, row in rows.drop_duplicates(["Deel", "Keuze", "Noodsteunpunt"]).iterrows()
        ]
        tables.append(table(f"Gemeente {gemeente}", columns, cells, columns[3:]))
    return tables


def _without(places: pd.DataFrame) -> list[tuple[str, str]]:
    """Per gemeente, in words, the places that have no noodsteunpunt yet, or not in every part."""
    statements = []
    for gemeente, rows in places.groupby("Gemeente", sort=True):
        some = set(rows.loc[rows["Keuze"].notna(), "Plaats"])
        names = sorted({str(place) for place in rows.loc[rows["Keuze"].isna(), "Plaats"]})
        parts = [f"{name} (overige delen)" if name in some else name for name in names]
        if parts:
            statements.append((str(gemeente), ", ".join(parts)))
    return statements


def _picture_alt(evaluation: Evaluation, n: int) -> str:
    what = counted_nl(n, "stippen")
    region = evaluation.premises.region_name
    return f"Kaart van {region} met {what}: de noodsteunpunten die vaststaan. De tabellen noemen ze."
