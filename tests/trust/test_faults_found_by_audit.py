"""Faults planted in what tells people and figures, each in a whole run: the auditor finds them in the run's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nsp_planner.audit.run import audit_run
from nsp_planner.config import Study
from nsp_planner.errors import NspError
from nsp_planner.evaluate import evaluate, indicators
from nsp_planner.layers.population import demand
from nsp_planner.study.run import run_study

pytestmark = pytest.mark.trust


def after(original: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    """A function with its result changed."""
    return lambda *args, **keywords: change(original(*args, **keywords))


def first_row(column: str, change: Callable[[Any], Any]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def changed(table: pd.DataFrame) -> pd.DataFrame:
        table = table.copy()
        table[column] = [change(table[column].iloc[0]), *table[column].iloc[1:]]
        return table

    return changed


def one_value(name: str, change: Callable[[float], float]) -> Callable[[dict[str, float]], dict[str, float]]:
    return lambda values: {**values, name: change(values[name])}


def one_person_less(added: Any) -> Any:
    """Calibration that loses one person."""
    added = added.copy()
    added[int(added.argmax())] -= 1
    return added


def exchanged(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A table with the values of a column in the order from below."""

    def changed(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{column: table[column].to_numpy()[::-1]})

    return changed


FAULTS: dict[str, tuple[Any, str, Callable[[Any], Any]]] = {
    "a person lost in calibration": (demand, "place_missing_persons", one_person_less),
    "a person lost in the indicators": (indicators, "_people_values", one_value("persons", lambda v: v - 1)),
    "a village not counted as served": (indicators, "_people_values", one_value("served_persons", lambda v: v - 50)),
    "people beyond the norm counted within": (
        indicators,
        "_distance_values",
        one_value("share_within_norm", lambda v: v + 5),
    ),
    "a share within 1 km too high": (
        indicators,
        "_distance_values",
        one_value("share_within_1000m", lambda v: 1.01 * v),
    ),
    "a mean distance 1 % too small": (indicators, "_distance_values", one_value("mean_distance_m", lambda v: 0.99 * v)),
    "a worst distance of another": (indicators, "_distance_values", one_value("worst_distance_m", lambda v: v - 100)),
    "minutes to the C-NSP at another speed": (
        indicators,
        "_coordination_values",
        one_value("cnsp_mean_minutes", lambda v: 1.1 * v),
    ),
    "one L-NSP more beyond the norm of the C-NSP": (
        indicators,
        "_coordination_values",
        one_value("n_beyond_cnsp_norm", lambda v: v + 1),
    ),
    "a quantile of the wrong share": (indicators, "weighted_quantile", lambda v: 0.9 * v),
    "a person too many at an L-NSP": (evaluate, "build_lnsps", first_row("persons", lambda v: v + 1)),
    "L-NSPs with each other's persons": (evaluate, "build_lnsps", exchanged("persons")),
    "a wrong distance to the coordinator": (evaluate, "build_lnsps", first_row("cnsp_distance_m", lambda v: v + 500)),
    "squares with each other's L-NSP": (evaluate, "build_demand", exchanged("site_id")),
    "squares with each other's distance": (evaluate, "build_demand", exchanged("distance_m")),
    "a C-NSP with an L-NSP too many": (evaluate, "build_cnsps", first_row("n_lnsp", lambda v: v + 1)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_what_a_run_tells_is_found(
    fault: str, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, change = FAULTS[fault]
    monkeypatch.setattr(module, name, after(getattr(module, name), change))
    try:
        run = run_study(study.change(output=tmp_path / "runs"), command="test").folder
    except NspError:
        return  # refused before anything was written
    assert [finding.check for finding in audit_run(run).findings if not finding.holds], "nothing found it"
