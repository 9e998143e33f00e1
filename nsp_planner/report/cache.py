"""Work done once per plan. In: a function of a plan. Out: the same function that keeps its last answer for each plan.

Several outputs need the same names and colours; a plan never changes, so its answer stays good for as long as it lives.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from nsp_planner.evaluate.tables import PlannedStudy

P = ParamSpec("P")
T = TypeVar("T")


def once_per_plan(
    function: Callable[Concatenate[PlannedStudy, P], T],
) -> Callable[Concatenate[PlannedStudy, P], T]:
    """Keep the last answer per plan, for the same further arguments (the very same objects); do not change it."""
    kept: WeakKeyDictionary[PlannedStudy, tuple[tuple[object, ...], T]] = WeakKeyDictionary()

    @wraps(function)
    def remembered(planned: PlannedStudy, /, *args: P.args, **kwargs: P.kwargs) -> T:
        others = (*args, *kwargs.values())
        found = kept.get(planned)
        same = found is not None and [id(each) for each in found[0]] == [id(each) for each in others]
        if found is not None and same:
            return found[1]
        answer = function(planned, *args, **kwargs)
        kept[planned] = (others, answer)
        return answer

    return remembered
