"""What a building counts for: known answers of the two measures, and of a column that does not say which it is.

At the norms of use 20 % of the inhabitants comes on a day and stays 2 hours, at the busiest moment twice as many as on
average: one in thirty is there at once. So 30 inhabitants are 1 person in the hall, 5,000 are 167, 250 are 7,500.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsp_planner.config import Capacity
from nsp_planner.evaluate.sites.use import visitors_at_once
from nsp_planner.layers.sites.capacity import count_capacity, share_at_once
from nsp_planner.layers.tables import Layers
from nsp_planner.norms import published_norms
from nsp_planner.report.columns.sites import CAPACITY, PRESENT
from tests.towns.raw_files import faults_of, layers_of, make_world

NORMS = published_norms()


def counted(persons: float | None, present: float | None, **settings: float) -> tuple[float, float, str]:
    """What one building counts for: inhabitants, people at once, and why."""
    sites = pd.DataFrame({"capacity_persons": [persons], "capacity_present": [present]}).astype("Float64")
    row = count_capacity(sites, Capacity(**settings), NORMS).iloc[0]
    return round(row["counted_persons"], 6), round(row["counted_present"], 2), row["capacity_basis"]


def test_one_in_thirty_inhabitants_is_in_the_hall_at_the_busiest_moment_of_the_norms() -> None:
    assert share_at_once(NORMS) == pytest.approx(1 / 30)
    assert share_at_once(NORMS.with_values({"max_stay_hours": 4})) == pytest.approx(1 / 15)
    assert share_at_once(NORMS.with_values({"peak_factor": 1, "share_attending_per_day": 0.4})) == pytest.approx(1 / 30)


@given(present=st.floats(min_value=1, max_value=149))
def test_one_formula_turns_people_at_once_into_inhabitants_and_back(present: float) -> None:
    persons, again, _ = counted(None, present)
    assert visitors_at_once(persons, NORMS) == pytest.approx(present, rel=1e-5)
    assert again == pytest.approx(present, abs=0.01)


@pytest.mark.parametrize(
    ("persons", "present", "counts"),
    [
        (None, None, (5000, 166.67, "assumed")),
        (None, 60, (1800, 60, "present")),
        (None, 250, (5000, 166.67, "enough")),
        (None, 800, (5000, 166.67, "enough")),
        (3000, None, (3000, 100, "persons")),
        (7500, None, (5000, 166.67, "enough")),
        (4000, 60, (1800, 60, "present")),
        (1500, 60, (1500, 50, "persons")),
        (9000, 800, (5000, 166.67, "enough")),
    ],
)
def test_the_smaller_of_both_counts_and_none_for_more_than_the_ratio(
    persons: float | None, present: float | None, counts: tuple[float, float, str]
) -> None:
    assert counted(persons, present) == counts


def test_with_another_largest_a_great_hall_may_do_the_work_of_two_and_a_small_one_stays_small() -> None:
    assert counted(None, 800, largest=2) == (10_000, 333.33, "enough")
    assert counted(None, 250, largest=2) == (7500, 250, "present")
    assert counted(None, None, largest=2) == (5000, 166.67, "assumed")


@given(present=st.floats(min_value=1, max_value=1e6), largest=st.floats(min_value=1, max_value=10))
def test_a_hall_that_can_hold_the_ratio_never_counts_for_less_than_one_nobody_knows_of(
    present: float, largest: float
) -> None:
    enough = present >= visitors_at_once(5000, NORMS)
    assert (counted(None, present, largest=largest)[0] >= counted(None, None)[0] - 1e-6) == enough


# --- a column that is only called capaciteit -------------------------------------------------------------------------


def read(folder: Path, header: str, *values: object, **settings: Any) -> Layers:
    """The world of raw files with halls in a row, their last columns as given; "" is an empty cell."""
    rows = "".join(f"Hal {n};{200_550 + 300 * n};501050;{value}\n" for n, value in enumerate(values))
    path = folder / "zalen.csv"
    path.write_text(f"naam;x;y;{header}\n{rows}", encoding="utf-8")
    return layers_of(make_world(folder, sites=[{"path": str(path), "source": "zalen", **settings}]))


def known(layers: Layers, column: str) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in layers.sites[column]]


def notes_of(layers: Layers) -> list[str]:
    """What was noted of columns called capaciteit."""
    return [note for note in layers.notes["note"] if "apaciteit" in note]


def test_a_bare_column_of_small_numbers_is_people_at_once_and_that_is_said_once(tmp_path: Path) -> None:
    layers = read(tmp_path, "Capaciteit", 250, 80, "", 2000)
    assert known(layers, "capacity_present") == [250, 80, None, 2000]
    assert known(layers, "capacity_persons") == [None] * 4
    (note,) = notes_of(layers)
    assert 'kolom "Capaciteit" van zalen.csv gelezen als mensen tegelijk: 3 gebouwen, middelste waarde 250' in note
    assert 'columns = { capacity_persons = "Capaciteit" }' in note


@pytest.mark.slow
def test_a_bare_column_of_large_numbers_is_inhabitants_and_that_is_said_too(tmp_path: Path) -> None:
    layers = read(tmp_path, "capaciteit", 5000, 900, 4000)
    assert known(layers, "capacity_persons") == [5000, 900, 4000]
    assert known(layers, "capacity_present") == [None] * 3
    (note,) = notes_of(layers)
    assert "gelezen als inwoners: 3 gebouwen" in note
    assert 'columns = { capacity_present = "capaciteit" }' in note


@pytest.mark.slow
@pytest.mark.parametrize(("middle", "field"), [(1499, "capacity_present"), (1500, "capacity_persons")])
def test_the_middle_value_decides_at_1500(tmp_path: Path, middle: int, field: str) -> None:
    layers = read(tmp_path, "capaciteit", middle)
    assert known(layers, field) == [middle]


@pytest.mark.slow
@pytest.mark.parametrize("field", ["capacity_persons", "capacity_present"])
def test_a_column_that_the_study_names_is_believed_and_nothing_is_said(tmp_path: Path, field: str) -> None:
    layers = read(tmp_path, "capaciteit", 250, 5000, columns={field: "capaciteit"})
    assert known(layers, field) == [250, 5000]
    assert notes_of(layers) == []


def test_a_bare_column_can_be_left_unread(tmp_path: Path) -> None:
    layers = read(tmp_path, "capaciteit", 250, columns={"capacity_persons": ""})
    assert known(layers, "capacity_present") == known(layers, "capacity_persons") == [None]


def test_columns_that_say_what_they_hold_are_read_as_that_however_small(tmp_path: Path) -> None:
    layers = read(tmp_path, "capaciteit inwoners;capaciteit (mensen tegelijk)", "400;30", ";900")
    assert known(layers, "capacity_persons") == [400, None]
    assert known(layers, "capacity_present") == [30, 900]
    assert notes_of(layers) == []


@pytest.mark.slow
def test_our_own_list_and_layers_are_read_as_what_they_say(tmp_path: Path) -> None:
    for columns in ((CAPACITY.label, PRESENT.label), (CAPACITY.name, PRESENT.name)):
        layers = read(tmp_path, ";".join(columns), "1400;60")
        assert (known(layers, "capacity_persons"), known(layers, "capacity_present")) == ([1400], [60])
        assert notes_of(layers) == []


def test_a_bare_column_beside_one_that_says_the_same_is_not_read_and_that_is_said(tmp_path: Path) -> None:
    layers = read(tmp_path, "capaciteit;zaalcapaciteit", "250;90")
    assert known(layers, "capacity_present") == [90]
    assert ['"zaalcapaciteit" zegt al hoeveel mensen tegelijk' in note for note in notes_of(layers)] == [True]


def test_an_empty_bare_column_says_nothing(tmp_path: Path) -> None:
    assert notes_of(read(tmp_path, "capaciteit", "", "")) == []


def test_too_little_room_is_told_in_both_measures(tmp_path: Path) -> None:
    (tmp_path / "zalen.csv").write_text("naam;x;y;capaciteit\nHal;201050;501050;10\n", encoding="utf-8")
    told = faults_of(make_world(tmp_path, sites=[{"path": str(tmp_path / "zalen.csv"), "source": "zalen"}]))
    assert "the 1 candidates together hold 360 persons (slack included), the region has 680" in told
    assert "5,000 of them are 167 people in the hall at once" in told
