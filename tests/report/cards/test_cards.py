"""Cards and lists per place: everyone has one, and they say what the plan says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.parts import Destination, build_parts
from nsp_planner.evaluate.residents.places import place_names
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.premises import premises_of
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.report.cards.content import THERE_IS, card_content, how_far
from nsp_planner.report.cards.write import cards_pdf, write_cards
from nsp_planner.report.places.write import place_list, write_place_list
from tests.report.paper import is_tagged_pdf_ua, page_texts, squeezed
from tests.towns.hostile_names import NASTY
from tests.towns.planned import RUN, make_study, make_synthetic_region, make_toy


@pytest.fixture(scope="module")
def region() -> tuple[PlannedStudy, Evaluation]:
    return make_synthetic_region(3_000, 200, 60)


def test_a_square_belongs_to_the_place_of_the_nearest_building_of_its_gemeente() -> None:
    planned, _ = make_toy()
    sites = planned.layers.sites
    sites["place"] = pd.array(["Linkum", "Rechtum", pd.NA, pd.NA], dtype="string")
    names = place_names(planned)
    assert set(names[planned.layers.demand["gemeente_code"] == "GM0001"]) == {"Linkum"}
    assert set(names[planned.layers.demand["gemeente_code"] == "GM0002"]) == {"Rechtum"}
    sites["place"] = pd.array([pd.NA, pd.NA, pd.NA, "  "], dtype="string")
    assert set(place_names(replace(planned))) == {"Links", "Rechts"}


def test_a_city_of_many_lnsps_has_a_card_for_each_of_them() -> None:
    planned, evaluation = make_synthetic_region(3_000, 200, 60)
    planned.layers.sites["place"] = pd.array(["Stad"] * len(planned.layers.sites), dtype="string")
    planned.layers.areas["name"] = "Stad"
    persons = pd.Series(planned.local.population_persons)
    groups = persons.groupby([planned.layers.demand["gemeente_code"], evaluation.demand["site_id"]]).sum()
    parts = build_parts(planned, evaluation, place_names(planned))
    large = groups[groups >= 500]
    assert len(large) > 25
    assert set(large.index.get_level_values(1)) <= {part.first.site_id for part in parts if part.first is not None}


def test_every_inhabitant_is_in_exactly_one_part(region: tuple[PlannedStudy, Evaluation]) -> None:
    parts = build_parts(*region, region[1].place_names)
    assert (np.sum([part.squares for part in parts], axis=0) == 1).all()
    assert sum(part.persons for part in parts) == region[0].local.population_persons.sum()


def test_a_part_goes_where_most_of_its_people_are_allocated(region: tuple[PlannedStudy, Evaluation]) -> None:
    planned, evaluation = region
    for part in build_parts(*region, region[1].place_names):
        sums = pd.Series(planned.local.population_persons[part.squares]).groupby(
            evaluation.demand["site_id"][part.squares].to_numpy(), dropna=False
        ).sum()  # fmt: skip
        assert part.first is not None
        assert sums[part.first.site_id] == part.persons_to_first == sums.max()
        assert part.second is None or part.second.site_id != part.first.site_id


def test_distances_on_a_card_are_those_of_the_plan() -> None:
    planned, evaluation = make_toy()
    left = build_parts(planned, evaluation, place_names(planned))[0]
    demand = planned.layers.demand[left.squares]
    xy, site = demand.geometry.get_coordinates().to_numpy(), planned.layers.sites.geometry.iloc[0]
    metres = 1.3 * np.hypot(xy[:, 0] - site.x, xy[:, 1] - site.y)
    assert left.first is not None
    assert left.first.mean_distance_m == pytest.approx(metres.mean(), abs=0.01)
    assert left.first.worst_distance_m == pytest.approx(metres.max(), abs=0.01)


def test_people_out_of_reach_are_listed_and_have_no_card_of_their_own() -> None:
    planned, evaluation = make_toy(lost=True)
    planned.layers.sites["place"] = pd.array(["Linkum", "Rechtum", "Hoek", pd.NA], dtype="string")
    evaluation.demand.loc[place_names(planned).to_numpy() == "Hoek", "site_id"] = pd.NA
    parts = build_parts(planned, evaluation, place_names(planned))
    lost = [part for part in parts if part.first is None]
    assert [part.place for part in lost] == ["Hoek"]
    table = place_list(evaluation, parts)
    assert table.loc[table["Plaats"] == "Hoek", "Noodsteunpunt"].tolist() == ["geen binnen bereik"]
    assert table.drop_duplicates("Deel")["Inwoners"].sum() == 360


def test_only_provisions_that_are_known_to_be_there_stand_on_a_card() -> None:
    planned, evaluation = make_toy()
    part = build_parts(planned, evaluation, place_names(planned))[0]
    sites = planned.layers.sites.set_index("site_id")
    card = card_content(part, sites, planned.premises, picture="x.svg")
    assert card["there"] == [THERE_IS["toilets"]]
    sites.loc["gebouwen-1", list(GAP_COLUMNS)] = "unknown"
    assert card_content(part, sites, planned.premises, picture="x.svg")["there"] == []


@pytest.mark.parametrize(
    ("metres", "text"),
    [
        (20.0, "gemiddeld 50 meter, ongeveer 1 minuut lopen"),
        (612.0, "gemiddeld 600 meter, ongeveer 8 minuten lopen"),
        (2_449.0, "gemiddeld 2,4 km, ongeveer 30 minuten lopen"),
        (float("nan"), "te ver om te lopen"),
    ],
)
def test_a_distance_is_told_as_people_say_it(metres: float, text: str) -> None:
    assert how_far(Destination("a", "A", metres, metres), premises_of(make_study())) == text


@pytest.mark.slow
def test_all_cards_of_a_gemeente_are_one_tagged_pdf_with_a_page_each(
    region: tuple[PlannedStudy, Evaluation], tmp_path: Path
) -> None:
    parts = [part for part in build_parts(*region, region[1].place_names) if part.gemeente_code == "GM0003"]
    outputs = write_cards(tmp_path, region[1], RUN, parts)
    assert [output.name for output in outputs] == ["meterkastkaarten/gemeente-gm0003.pdf"]
    pages = page_texts(tmp_path / outputs[0].name)
    assert len(pages) == len(parts)
    for page, part in zip(pages, parts, strict=True):
        assert part.first is not None
        assert squeezed(part.first.name) in squeezed(page)
        assert "CONCEPT" in page
        assert "Dit noodsteunpunt is er nog niet" in page
    assert is_tagged_pdf_ua(tmp_path / outputs[0].name)


def test_names_stay_text_and_a_card_stays_one_page(tmp_path: Path) -> None:
    planned, evaluation = make_toy(NASTY)
    planned.layers.sites["place"] = pd.array([NASTY[2], NASTY[3], pd.NA, pd.NA], dtype="string")
    planned.layers.sites["address"] = NASTY[3]
    parts = build_parts(planned, evaluation, place_names(planned))
    (tmp_path / "kaart.pdf").write_bytes(cards_pdf(evaluation, RUN, parts, []))
    pages = page_texts(tmp_path / "kaart.pdf")
    assert len(pages) == len(parts)
    assert squeezed(NASTY[0]) in squeezed(pages[0])
    write_place_list(tmp_path, evaluation, RUN)
    cells = [
        c for sheet in openpyxl.load_workbook(tmp_path / "noodsteunpunten-per-plaats.xlsx") for r in sheet for c in r
    ]
    assert all(cell.data_type != "f" for cell in cells)
    assert NASTY[1] in {cell.value for cell in cells}
    assert "\"'=HYPERLINK" in (tmp_path / "noodsteunpunten-per-plaats.csv").read_text(encoding="utf-8-sig")
