"""What must be checked of a building: by a rule on its kind, by a wish against what is known of a station.

The toy of two L-NSPs, a candidate and a station; the first L-NSP is registered as a dwelling, the station is let.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from nsp_planner.config import Eligibility
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.to_check import find_to_check
from nsp_planner.evaluate.view import whole_view
from nsp_planner.layers.sites.station_rules import station_rules
from nsp_planner.report.board.annex import annex_tables
from nsp_planner.report.list.workbook import write_candidate_workbook
from nsp_planner.report.map.data import map_data
from nsp_planner.report.text.to_check import chosen_to_check_nl
from tests.towns.planned import RUN, evaluated, make_study, make_toy

DWELLING = "geregistreerd met alleen een woonfunctie; ga na of er een zaal is die dag en nacht open mag"
LET = "Eigendom: particuliere huur"


@pytest.fixture(scope="module")
def toy() -> Evaluation:
    study = make_study(decisions={"stations": {"tenure": {"Particuliere  Huur": 1000}, "renewal": {"2030": "fixed"}}})
    planned, _ = make_toy(study=study)
    planned.layers.sites["kind"] = ["woonfunctie", "kerk", "Woonfunctie", "woonfunctie"]
    planned.layers.sites["tenure"] = [None, None, None, "particuliere huur"]
    planned.layers.sites["renewal"] = [None, None, None, "2030"]
    return evaluated(planned)


def test_a_dwelling_and_a_let_station_are_to_be_checked_chosen_or_not(toy: Evaluation) -> None:
    assert toy.to_check.to_numpy().tolist() == [
        ["gebouwen-1", "", DWELLING],
        ["gebouwen-3", "", DWELLING],
        ["kazernes-4", "tenure", "particuliere huur"],
    ]


def test_a_study_switches_the_rule_off_and_a_rule_or_no_metres_are_no_wish(toy: Evaluation) -> None:
    sites = toy.layers.sites
    nothing = make_study(decisions={"stations": {"tenure": {"particuliere huur": 0}}}).decisions.stations
    assert find_to_check(sites, Eligibility(off=("woonfunctie",)), station_rules(sites, nothing)).empty


def test_a_rule_that_asks_to_check_is_about_buildings() -> None:
    with pytest.raises(ValueError, match='of = "building"'):
        Eligibility.model_validate(
            {"rules": [{"id": "x", "words": ["x"], "reason": "x", "then": "check", "of": "row"}]}
        )


def test_list_map_and_report_name_the_chosen_ones_with_the_reason(toy: Evaluation, tmp_path: Path) -> None:
    write_candidate_workbook(tmp_path / "a.xlsx", toy, RUN)
    head, *rows = openpyxl.load_workbook(tmp_path / "a.xlsx")["Regio"].iter_rows(min_row=4, values_only=True)
    assert [row[head.index("Te controleren")] for row in rows] == [DWELLING, None, LET]
    header, _ = map_data(whole_view(toy))
    assert ["Te controleren", DWELLING] in header["lnsps"][0]["facts"]
    assert ["Te controleren", LET] in header["cnsps"][0]["facts"]
    assert ["Te controleren", DWELLING] in header["candidates"][0][-1]
    (table,) = [each for each in annex_tables(toy) if "gecontroleerd" in each["caption"]]
    assert [row[1:] for row in table["rows"]] == [[DWELLING, "L-NSP"], [LET, "C-NSP"]]
    (told,) = chosen_to_check_nl(toy)
    assert told.startswith(
        "2 gekozen gebouwen moeten eerst gecontroleerd worden: Dorpshuis De Toekomst; Kazerne Toystad."
    )
