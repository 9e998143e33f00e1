"""Dutch numbers and words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsp_planner.evaluate.solved.goal import Proof
from nsp_planner.evaluate.solved.premises import premises_of
from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.report.text.dutch import (
    GAP_LABELS,
    INDICATOR_COLUMNS,
    attribution_nl,
    gap_nl,
    marks_nl,
    measured_text_nl,
    metres_nl,
    norm_rows,
    number_nl,
    percent_nl,
    proof_nl,
)
from tests.towns.planned import make_study, make_toy
from tests.towns.planned_more import with_backdrop


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234, 0, "1.234"), (1234567.891, 2, "1.234.567,89"), (0, 0, "0"), (-0.2, 0, "0"), (-1234.5, 1, "-1.234,5")],
)
def test_numbers_have_points_between_thousands_and_a_comma_before_decimals(
    value: float, decimals: int, text: str
) -> None:
    assert number_nl(value, decimals) == text


@pytest.mark.parametrize("missing", [None, pd.NA, float("nan"), np.float64("nan"), math.inf])
def test_a_missing_value_is_a_dash_never_zero(missing: object) -> None:
    assert {number_nl(missing), percent_nl(missing), metres_nl(missing)} == {"–"}


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_reads_back_as_itself(value: int) -> None:
    assert int(number_nl(value).replace(".", "")) == value


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (0.0, "bewezen het best mogelijke plan"),
        (0.0025, "ten hoogste 0,3 % van het best mogelijke plan af"),
        (0.003, "ten hoogste 0,3 % van het best mogelijke plan af"),
        (0.000001, "ten hoogste 0,1 % van het best mogelijke plan af"),
        (math.inf, "niet bewezen hoever het van het best mogelijke plan af ligt"),
    ],
)
def test_a_gap_is_rounded_up_so_that_it_never_promises_more_than_is_proven(gap: float, text: str) -> None:
    assert gap_nl(gap) == text
    assert proof_nl(Proof(gap, max(gap, 0.01), 40.0, "gap")) == text


def test_a_norm_replaced_by_the_study_says_so_and_shows_both_values() -> None:
    rows = {row["name"]: row for row in norm_rows(premises_of(make_study()))}
    assert rows["inhabitants_per_lnsp"]["replaced"]
    assert (rows["inhabitants_per_lnsp"]["value"], rows["inhabitants_per_lnsp"]["published_value"]) == (200, 5000)
    assert rows["inhabitants_per_lnsp"]["text_nl"] == "1 lokaal noodsteunpunt (L-NSP) per 200 inwoners"
    assert not rows["detour_factor"]["replaced"]
    assert "1,30" in rows["detour_factor"]["text_nl"]


def test_made_up_data_are_marked_and_attributed_to_nobody() -> None:
    _, evaluation = make_toy(study=make_study(illustration=True))
    assert marks_nl(evaluation) == ["CONCEPT", "Illustratie: verzonnen gegevens"]
    assert not any("CBS" in line for line in attribution_nl(evaluation))


def test_modelled_data_say_what_is_modelled_and_keep_their_sources() -> None:
    study = make_study(illustration=True, illustration_nl="gemodelleerde bevolking")
    study = study.change(inputs={"population": {"source_nl": "een model"}})
    _, evaluation = make_toy(study=study)
    assert marks_nl(evaluation) == ["CONCEPT", "Illustratie: gemodelleerde bevolking"]
    lines = attribution_nl(evaluation)
    assert lines[:2] == [
        "Illustratie: gemodelleerde bevolking; geen officiële cijfers.",
        "Bevolking per vierkant: een model.",
    ]
    assert any(line.startswith("Gebouwen: Gebouwenlijst") for line in lines)


def test_roads_of_openstreetmap_are_attributed() -> None:
    _, evaluation = make_toy()
    assert not any("OpenStreetMap" in line for line in attribution_nl(evaluation))
    assert "Wegen en water: © OpenStreetMap-bijdragers (ODbL)." in attribution_nl(with_backdrop(evaluation))


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ("loopafstand over het wegennet (overijssel.osm.pbf)", "gemeten over het wegennet"),
        ("fietsafstand over het wegennet", "gemeten over het wegennet, op de fiets"),
        ("hemelsbreed x 1,3 (geschatte loopafstand)", "hemelsbreed x 1,3 (geschatte loopafstand)"),
    ],
)
def test_how_distance_is_measured_is_said_without_the_file(metric: str, text: str) -> None:
    assert measured_text_nl(metric) == text


def test_a_grid_without_official_totals_is_named_as_such() -> None:
    _, evaluation = make_toy(study=make_study().change(inputs={"totals": None}))
    assert any("Niet geijkt" in line for line in attribution_nl(evaluation))


def test_every_provision_and_indicator_has_a_dutch_name_of_its_own() -> None:
    assert tuple(GAP_LABELS) == GAP_COLUMNS
    assert tuple(INDICATOR_COLUMNS) == tuple(INDICATORS)
    assert len(set(INDICATOR_COLUMNS.values())) == len(INDICATORS)
