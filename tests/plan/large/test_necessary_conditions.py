"""What rules out a plan before anything is solved: each on a town of six halls, and nothing at its very edge."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nsp_planner.errors import NoPlanError
from nsp_planner.plan.instance import LocalInstance
from nsp_planner.plan.large.necessary_conditions import require_possible
from tests.towns.instances import costs_of, local_instance


def town(**changes: Any) -> LocalInstance:
    """300 persons on three squares, six halls of 50 to 300 in two gemeenten, of which two open."""
    instance = local_instance(
        [100, 100, 100],
        [300, 200, 150, 100, 60, 50],
        costs_of(np.full((3, 6), 500.0), 1_000.0),
        2,
        site_gemeente=np.array([0, 0, 0, 1, 1, 1]),
        gemeente_codes=("GM0001", "GM0002"),
    )
    return replace(instance, **changes)


def at(*sites: int) -> np.ndarray:
    return np.isin(np.arange(6), sites)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"refused": at(0, 1, 4, 5), "capacity_persons": np.array([0, 0, 200, 100, 0, 0.0])},  # as many as open
        {"fixed": at(4, 0)},  # as many as open, and together just enough with 60 to spare
        {"quota": np.array([2, 0])},
        {"quota": np.array([1, 1])},
        {"min_sites": np.array([1, 1])},
        {"min_sites": np.array([0, 2]), "capacity_persons": np.full(6, 150.0)},
        {"capacity_persons": np.array([150, 150, 1, 1, 1, 1.0])},  # just enough
        {"fixed": at(5), "capacity_persons": np.array([250, 9, 9, 9, 9, 50.0])},  # just enough with the fixed one
        {"population_persons": np.zeros(3), "n_sites": 0},
    ],
)
def test_what_is_possible_passes(changes: dict[str, Any]) -> None:
    require_possible(town(**changes))


@pytest.mark.parametrize(
    ("changes", "message", "ids"),
    [
        ({"fixed": at(1), "refused": at(1, 2)}, "fixed and refused at once", ("s1",)),
        ({"refused": at(0, 1, 2, 3, 4)}, "the plan needs 2 sites but has 1 candidates", ()),
        ({"fixed": at(0, 3, 4)}, "the plan has 3 fixed sites but may open 2", ("s0", "s3", "s4")),
        ({"quota": np.array([1, 1]), "refused": at(3, 4, 5)}, "gemeente GM0002 needs 1 sites but has 0", ()),
        ({"quota": np.array([1, 1]), "fixed": at(0, 2)}, "GM0001 has 2 fixed sites but may open 1", ("s0", "s2")),
        ({"min_sites": np.array([0, 2]), "refused": at(4, 5)}, "GM0002 needs at least 2 sites but has 1", ()),
        ({"min_sites": np.array([2, 1])}, "2 sites may open, but minima per gemeente and fixed sites need 3", ()),
        ({"min_sites": np.array([0, 1]), "fixed": at(0, 1)}, "2 sites may open, but minima .* need 3", ()),
        ({"capacity_persons": np.array([150, 149, 1, 1, 1, 1.0])}, "300 persons .* may open hold 299", ()),
        # the fixed one counts with what it holds, beside the largest of the others
        ({"fixed": at(5), "capacity_persons": np.array([249, 240, 9, 9, 9, 50.0])}, "hold 299", ()),
        # refused ones hold nothing
        ({"refused": at(0)}, "", None),
        # per gemeente the largest of that gemeente
        ({"quota": np.array([0, 2])}, "hold 160", ()),
        ({"n_sites": 0}, "no site may open", ()),
    ],
)  # fmt: skip
def test_what_rules_out_a_plan_is_named(changes: dict[str, Any], message: str, ids: tuple[str, ...] | None) -> None:
    if ids is None:
        require_possible(town(**changes))
        return
    with pytest.raises(NoPlanError, match=message) as refused:
        require_possible(town(**changes))
    (fault,) = [each for each in refused.value.faults if re.search(message, each.message)]
    assert tuple(fault.ids) == ids


def test_people_out_of_reach_need_no_room() -> None:
    distance_m = np.full((3, 6), 500.0)
    distance_m[2] = 9_999.0
    require_possible(town(costs=costs_of(distance_m, 1_000.0), capacity_persons=np.full(6, 100.0)))
    with pytest.raises(NoPlanError, match="200 persons"):
        require_possible(town(costs=costs_of(distance_m, 1_000.0), capacity_persons=np.full(6, 99.0)))


def test_all_that_rules_out_a_plan_is_told_at_once() -> None:
    with pytest.raises(NoPlanError) as refused:
        require_possible(town(quota=np.array([1, 1]), fixed=at(0, 1, 3, 4)))
    assert len(refused.value.faults) == 2
