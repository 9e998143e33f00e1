"""Our hall instead of yours: the exchange, what people notice of it, and the sentence that tells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.sites.local_wish import (
    IMPOSSIBLE,
    MOST_LIKELY,
    NOT_SOLVED,
    SOLVED,
    WISH_IN,
    WISH_OUT,
    local_wishes,
)
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report.packs.wish import sentence, wish_table
from nsp_planner.report.packs.write import write_packs
from tests.towns.planned import RUN, make_study, make_synthetic_region, make_toy


@pytest.fixture(scope="module")
def region() -> tuple[PlannedStudy, Evaluation]:
    return make_synthetic_region(2_000, 120, 30)


@pytest.mark.slow
def test_every_candidate_has_one_row_and_chosen_ones_are_left_out(region: tuple[PlannedStudy, Evaluation]) -> None:
    planned, evaluation = region
    wishes = local_wishes(planned)
    assert wishes["site_id"].tolist() == list(planned.local.site_ids)
    out = set(wishes.loc[wishes["wish"] == WISH_OUT, "site_id"])
    assert out == set(evaluation.lnsps["site_id"])
    solved = wishes[wishes["state"] == SOLVED]
    assert not {site for opened in solved["opened"] for site in opened} & out
    assert {site for closed in solved["closed"] for site in closed} <= out
    assert (solved["cost"] >= 0).all()
    assert wishes.loc[wishes["state"] != SOLVED, ["cost", "mean_after_m"]].isna().all(axis=None)
    n_in = solved[solved["wish"] == WISH_IN].groupby("gemeente_code").size()
    assert 0 < n_in.max() <= MOST_LIKELY


def test_the_effect_is_that_of_measuring_everyone_again(region: tuple[PlannedStudy, Evaluation]) -> None:
    planned, _evaluation = region
    wishes = local_wishes(planned).query("state == @SOLVED")
    position = {site: j for j, site in enumerate(planned.local.site_ids)}
    costs, persons = planned.distances, planned.local.population_persons
    dense = np.full((costs.n_origins, costs.n_destinations), np.inf)
    dense[costs.arc_origin, costs.destination] = costs.distance_m
    code = planned.layers.demand["gemeente_code"].to_numpy()
    for row in wishes.iloc[:: max(1, len(wishes) // 25)].itertuples():
        goes, comes = ({position[site] for site in ids} for ids in (row.closed, row.opened))
        (goes if row.wish == WISH_OUT else comes).add(position[row.site_id])
        sites = set(planned.local_plan.open_sites.tolist())
        before = dense[:, sorted(sites)].min(axis=1)
        after = dense[:, sorted(sites - goes | comes)].min(axis=1)
        own = code == row.gemeente_code
        means = [np.average(np.minimum(d[own], costs.cutoff_m), weights=persons[own]) for d in (before, after)]
        assert row.mean_before_m == pytest.approx(means[0])
        assert row.mean_after_m == pytest.approx(means[1])
        norm = planned.local.service_distance_m
        change = persons[own & (after <= norm)].sum() - persons[own & (before <= norm)].sum()
        assert row.within_norm_change_persons == pytest.approx(change)


def test_a_fixed_site_never_gives_way_and_a_refused_one_has_no_row() -> None:
    planned, _evaluation = make_toy()  # gebouwen-2, on the right, is fixed; gebouwen-3 stands above it
    wishes = local_wishes(planned).set_index("site_id")
    assert wishes.loc["gebouwen-3", "closed"] == ("gebouwen-1",)
    assert wishes.loc["gebouwen-2", "opened"] == ("gebouwen-3",)
    refused = make_toy(study=make_study())[0]
    refused.local.refused[2] = True
    assert "gebouwen-3" not in set(local_wishes(refused)["site_id"])


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (("out", 100.0, 145.4, -120.0), "Valt A af en komt B ervoor in de plaats, dan lopen de inwoners van Links "
         "gemiddeld 45 m verder en hebben 120 inwoners minder een L-NSP binnen de norm."),
        (("in", 100.0, 90.0, 0.0), "Komt A in de plaats van B, dan lopen de inwoners van Links gemiddeld 10 m minder; "
         "voor de norm maakt het niet uit."),
        (("in", 100.0, 100.2, 1_500.0), "Komt A in de plaats van B, dan lopen de inwoners van Links gemiddeld even ver "
         "en hebben 1.500 inwoners meer een L-NSP binnen de norm."),
    ],
)  # fmt: skip
def test_an_exchange_is_told_in_plain_dutch(row: tuple[str, float, float, float], text: str) -> None:
    named = dict(zip(("wish", "mean_before_m", "mean_after_m", "within_norm_change_persons"), row, strict=True))
    named |= {"state": SOLVED, "site_id": "hal-1"}
    opened, closed = (["B"], []) if row[0] == WISH_OUT else ([], ["B"])
    assert sentence(named, "Links", "A", opened, closed) == text
    assert "geen plan gevonden" in sentence({**named, "state": IMPOSSIBLE}, "Links", "A", [], [])
    asked = sentence({**named, "state": NOT_SOLVED}, "Links", "A", [], [])
    assert asked.endswith(f"{'--site' if row[0] == WISH_OUT else '--insist'} hal-1.")


def test_more_than_one_exchange_is_told_in_one_sentence() -> None:
    row = {"state": SOLVED, "mean_before_m": 1.0, "mean_after_m": 1.0, "within_norm_change_persons": 1.0}
    told = sentence({**row, "wish": WISH_OUT}, "Links", "A", ["B", "C"], ["D"])
    assert told.startswith("Valt A af, komen B en C erbij en vervalt D, dan lopen de inwoners van Links gemiddeld even")
    assert told.endswith("en heeft 1 inwoner meer een L-NSP binnen de norm.")
    assert sentence({**row, "wish": WISH_IN}, "Links", "A", [], ["D", "E"]).startswith(
        "Komt A erbij, vervallen D en E, dan"
    )


def test_the_sheet_of_a_gemeente_has_its_own_buildings_and_those_in_talks_first(tmp_path: Path) -> None:
    planned, evaluation = make_toy()
    planned.layers.sites.loc[2, "status"] = "in gesprek"
    table = wish_table(evaluation, local_wishes(planned), "GM0002")
    assert table["Id"].tolist() == ["gebouwen-2", "gebouwen-3"]
    assert table["In het plan"].tolist() == ["ja, vastgelegd", "nee"]
    write_packs(tmp_path, evaluation, RUN)
    sheet = openpyxl.load_workbook(tmp_path / "gemeenten" / "rechts" / "pakket.xlsx")["Lokale wens"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert rows[0][0] == "Gebouw"
    assert rows[1][-1] == "gebouwen-2"
    assert isinstance(rows[2][6], int | float)
    assert str(rows[2][10]).startswith("Komt Kerk in de plaats van Dorpshuis De Toekomst")


@pytest.mark.slow
def test_a_gemeente_without_people_has_no_mean() -> None:
    planned, evaluation = make_synthetic_region(400, 40, 10)
    empty = planned.layers.sites["gemeente_code"].iloc[0]
    planned.layers.demand.loc[planned.layers.demand["gemeente_code"] == empty, "gemeente_code"] = "GM9999"
    wishes = local_wishes(planned)
    own = wishes[wishes["gemeente_code"] == empty]
    assert own["mean_after_m"].isna().all()
    assert isinstance(wish_table(evaluation, wishes, str(empty)), pd.DataFrame)
