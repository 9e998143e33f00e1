"""Why there is no plan, in words a reader has: never English, never "impossible" for what was only not found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nsp_planner.plan
from nsp_planner.errors import Fault
from nsp_planner.report.text.no_plan import NOT_FOUND_NL, OTHERWISE_NL, no_plan_nl, without_plan_nl


def test_what_was_not_found_is_not_called_impossible() -> None:
    fault = Fault("solver", "no plan found within 5 s", "raise the time limit", column="capacity_persons", proven=False)
    assert no_plan_nl(fault) == NOT_FOUND_NL
    assert without_plan_nl("niet haalbaar", no_plan_nl(fault)) == NOT_FOUND_NL


@pytest.mark.parametrize(
    ("column", "words"),
    [("distances.cutoff_m", "binnen bereik"), ("capacity", "te weinig plaats"), ("decisions.fixed", "vastgelegde")],
)
def test_what_is_proven_is_told_with_its_reason(column: str, words: str) -> None:
    why = no_plan_nl(Fault("plan", "some 9 persons", "do something", column=column))
    assert words in why
    assert without_plan_nl("niet mogelijk", why) == f"niet mogelijk: {why}"


def test_every_column_a_solver_blames_has_a_reason_of_its_own() -> None:
    folder = Path(nsp_planner.plan.__file__).parent
    blamed = set()
    for path in (*folder.glob("diagnose/*.py"), folder / "groups.py", folder / "large" / "necessary_conditions.py"):
        blamed |= set(re.findall(r'column="([^"]+)"', path.read_text(encoding="utf-8")))
    assert len(blamed) > 8
    assert {each for each in blamed if no_plan_nl(Fault("plan", "x", "y", column=each)) == OTHERWISE_NL} == set()
