"""The fewest sites by capacity: every set of sites tried that decisions and minima allow."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.min_sites import fewest_by_capacity
from tests.towns.instances import costs_of, local_instance


def town(
    persons: float, capacity: list[float], minimum: list[int] | None, fixed: list[int], refused: list[int]
) -> LocalInstance:
    m = len(capacity)
    distance_m = np.full((2, m), 100.0)
    distance_m[1] = 9e9  # a square out of reach asks for no room
    return local_instance(
        [persons, 500], capacity, costs_of(distance_m, 1_000.0), m,
        objective="min_sites", site_gemeente=np.arange(m) % 2, gemeente_codes=("GM0001", "GM0002"),
        min_sites=None if minimum is None else np.array(minimum), fixed=np.isin(np.arange(m), fixed),
        refused=np.isin(np.arange(m), refused),
    )  # fmt: skip


def fewest(instance: LocalInstance) -> float:
    """The least number of any set that has room; infinite for none."""
    least = np.inf
    minimum = np.zeros(2) if instance.min_sites is None else instance.min_sites
    for chosen in itertools.product([False, True], repeat=instance.n_candidates):
        is_open = np.array(chosen)
        per = np.bincount(instance.site_gemeente[is_open], minlength=2)
        room = instance.capacity_persons[is_open].sum() >= instance.population_persons[instance.reachable].sum()
        decided = not (instance.fixed & ~is_open).any() and not (instance.refused & is_open).any()
        if room and decided and (per >= minimum).all() and is_open.any():
            least = min(least, int(is_open.sum()))
    return least


@pytest.mark.parametrize(
    ("persons", "minimum", "fixed", "refused", "expected"),
    [
        (100, None, [], [], 1),
        (101, None, [], [], 2),
        (160, None, [], [], 2),
        (161, None, [], [], 3),
        (100, None, [], [0], 2),  # 60 and 40 without the largest
        (100, None, [3], [], 1 + 1),  # the fixed one holds 10: one more
        (110, None, [3], [], 1 + 1),
        (111, None, [3], [], 1 + 2),
        (5, None, [3], [], 1),  # the fixed one is enough
        (5, [1, 1], [], [], 2),
        (5, [0, 2], [0], [], 3),  # fixed in one gemeente, two of the other
        (0, None, [], [], 1),  # whoever lives there, one
    ],
)
def test_the_largest_sites_that_hold_everyone(
    persons: float, minimum: list[int] | None, fixed: list[int], refused: list[int], expected: int
) -> None:
    instance = town(persons, [100, 60, 40, 10], minimum, fixed, refused)
    assert fewest_by_capacity(instance) == expected
    assert fewest(instance) == expected


def test_it_is_never_more_than_any_set_of_sites_needs() -> None:
    same = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        capacity = rng.integers(1, 60, 5).astype(float).tolist()
        decided = rng.permutation(5)
        minimum = [None, [1, 1], [2, 0]][seed % 3]
        instance = town(
            float(rng.integers(1, 120)), capacity, minimum, decided[: seed % 2].tolist(), decided[2:3].tolist()
        )
        found, least = fewest_by_capacity(instance), fewest(instance)
        assert found <= least
        if not np.isfinite(least):
            continue
        assert minimum is not None or found == least
        same += found == least
    assert same >= 20


def test_more_than_there_are_where_all_together_are_too_small() -> None:
    assert fewest_by_capacity(town(211, [100, 60, 40, 10], None, [], [])) == 5
    assert fewest_by_capacity(town(211, [100, 60, 40, 10], None, [1], [3])) == 1 + 2 + 1
