"""Calibration: sums exact, nobody negative, order of rows of no account, the rule as documented."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from nsp_planner.layers.population.calibrate import (
    MAX_WITHHELD_PERSONS,
    apportion,
    persons_within,
    place_missing_persons,
)

RURAL, KERN = "buitengebied", "kern"


def squares_of(rows: list[tuple[str, str, int | None]]) -> pd.DataFrame:
    """Squares from gemeente code, area type and published persons (``None`` = withheld)."""
    return pd.DataFrame(
        {
            "demand_id": [f"E{2000 + n}N5000" for n in range(len(rows))],
            "gemeente_code": [code for code, _, _ in rows],
            "area_type": [kind for _, kind, _ in rows],
            "published_persons": pd.array([persons for _, _, persons in rows], dtype="Int64"),
        }
    )


def added(rows: list[tuple[str, int | None]], official: int) -> list[int]:
    """Persons added in one gemeente."""
    squares = squares_of([("GM0001", *row) for row in rows])
    return place_missing_persons(squares, pd.Series({"GM0001": official})).tolist()


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["GM0001", "GM0002", "GM0003"]),
        st.sampled_from([RURAL, KERN]),
        st.one_of(st.none(), st.integers(1, 400)),
    ),
    min_size=1,
    max_size=40,
)
OFFICIAL = st.fixed_dictionaries({code: st.integers(0, 5_000) for code in ("GM0001", "GM0002")})


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, official=OFFICIAL)
def test_every_gemeente_gets_its_official_total_exactly_and_nobody_is_negative(
    rows: list[tuple[str, str, int | None]], official: dict[str, int]
) -> None:
    squares = squares_of(rows)
    total = squares["published_persons"].fillna(0).astype(np.int64) + place_missing_persons(
        squares, pd.Series(official)
    )
    assert (total >= 0).all()
    sums = total.groupby(squares["gemeente_code"]).sum()
    published = squares["published_persons"].groupby(squares["gemeente_code"]).sum()
    for code in sums.index:
        assert sums[code] == official.get(code, published[code])


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, official=OFFICIAL)
def test_calibrating_twice_changes_nothing(rows: list[tuple[str, str, int | None]], official: dict[str, int]) -> None:
    squares = squares_of(rows)
    once = squares["published_persons"].fillna(0).astype(np.int64) + place_missing_persons(squares, pd.Series(official))
    again = squares.assign(published_persons=once.astype("Int64"))
    assert not place_missing_persons(again, pd.Series(official)).any()


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, official=OFFICIAL, seed=st.integers(0, 1_000))
def test_the_order_of_the_squares_does_not_matter(
    rows: list[tuple[str, str, int | None]], official: dict[str, int], seed: int
) -> None:
    squares = squares_of(rows)
    shuffled = squares.sample(frac=1, random_state=seed)
    one = pd.Series(place_missing_persons(squares, pd.Series(official)), squares["demand_id"])
    other = pd.Series(place_missing_persons(shuffled, pd.Series(official)), shuffled["demand_id"])
    assert one.equals(other.reindex(one.index))


@given(
    total=st.integers(0, 10**6),
    weights=st.lists(st.integers(0, 10**4), min_size=1, max_size=30).filter(lambda w: sum(w) > 0),
)
def test_apportioned_shares_are_the_exact_share_rounded_up_or_down(total: int, weights: list[int]) -> None:
    shares = apportion(total, np.array(weights), np.arange(len(weights), dtype=np.uint64))
    exact = np.array([total * w / sum(weights) for w in weights])
    assert shares.sum() == total
    assert (np.abs(shares - exact) < 1 + 1e-6).all()
    assert (shares[np.array(weights) == 0] == 0).all()


def test_withheld_rural_squares_come_first_with_at_most_four_each() -> None:
    assert added([(RURAL, None), (RURAL, None), (RURAL, 50), (KERN, 900)], official=956) == [3, 3, 0, 0]
    assert added([(RURAL, None), (RURAL, None), (RURAL, 50), (KERN, 900)], official=960) == [4, 4, 2, 0]


def test_the_rest_goes_evenly_over_published_rural_squares() -> None:
    assert added([(RURAL, 5), (RURAL, 200), (KERN, 900)], official=1_205) == [50, 50, 0]


def test_withheld_squares_in_the_kern_get_nobody_while_the_buitengebied_has_squares() -> None:
    assert added([(KERN, None), (RURAL, 10), (KERN, 900)], official=1_010) == [0, 100, 0]


def test_without_a_buitengebied_the_kern_takes_them_in_proportion_after_its_withheld_squares() -> None:
    assert added([(KERN, None), (KERN, 100), (KERN, 300)], official=444) == [MAX_WITHHELD_PERSONS, 10, 30]


def test_with_nothing_published_the_withheld_squares_take_everybody() -> None:
    assert sorted(added([(RURAL, None), (KERN, None)], official=21)) == [10, 11]


def test_above_the_official_total_squares_are_scaled_down_in_proportion() -> None:
    assert added([(RURAL, 100), (KERN, 300), (RURAL, None)], official=200) == [-50, -150, 0]


def test_a_gemeente_without_an_official_total_stays_as_published() -> None:
    squares = squares_of([("GM0009", RURAL, 10), ("GM0009", RURAL, None)])
    assert place_missing_persons(squares, pd.Series({"GM0001": 50})).tolist() == [0, 0]


def test_single_persons_left_over_do_not_all_go_to_one_side() -> None:
    squares = squares_of([("GM0001", RURAL, 5)] * 100)
    extra = place_missing_persons(squares, pd.Series({"GM0001": 550}))
    assert extra.sum() == 50
    assert 15 <= extra[:50].sum() <= 35


def test_persons_within_500_m_count_the_square_itself_and_a_neighbour_at_500_m_sharp() -> None:
    x, y = np.array([0.0, 500.0, 1_001.0]), np.zeros(3)
    assert persons_within(x, y, np.array([1, 10, 100])).tolist() == [11, 11, 100]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 300)), min_size=1, max_size=30))
def test_persons_within_500_m_equal_a_plain_count(points: list[tuple[int, int, int]]) -> None:
    x, y, w = (np.array(column) for column in zip(*points, strict=True))
    near = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 <= 25
    assert persons_within(x * 100.0, y * 100.0, w).tolist() == (near @ w).tolist()
