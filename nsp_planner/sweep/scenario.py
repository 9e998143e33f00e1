"""One scenario of a sweep. In: its settings as plain tables. Out: a small record as plain tables, the same every time.

This runs in other processes and on other machines, so it takes and gives nothing but JSON's types. The layers of the
last study are kept, because most scenarios of a sweep share them; what ran before changes no result.
"""

from __future__ import annotations

import math
import time
from typing import Any

from nsp_planner.config import Study
from nsp_planner.errors import DataError, NoPlanError, NspError, SettingsError, SystemFaultError, VerificationError
from nsp_planner.layers.tables import Layers
from nsp_planner.sweep.memory import peak_memory

STATUS: dict[type[NspError], str] = {
    SettingsError: "wrong settings",
    DataError: "wrong data",
    NoPlanError: "no plan",
    VerificationError: "refused",
}
"""What becomes the result of a scenario without a plan; with any other fault the scenario is tried again later."""

_kept: dict[str, Layers] = {}


def solve_scenario(key: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Solve a scenario.

    Args:
        key: Its key.
        settings: The study as ``model_dump(mode="json")`` gives it, paths absolute.

    Returns:
        ``key``, ``result`` (the same for every run: status, faults, indicators per area, sites, value, bound, gap) and
        ``run`` (seconds and memory of this one).
    """
    started = time.perf_counter()
    with peak_memory() as peak:
        try:
            result = _solved(Study.model_validate(settings))
        except SystemFaultError:
            raise  # says nothing of the scenario
        except tuple(STATUS) as error:
            result = {"status": _status(error), "faults": [fault.as_dict() for fault in error.faults]}
    seconds = round(time.perf_counter() - started, 3)
    return {"key": key, "result": result, "run": {"seconds": seconds, "peak_megabytes": peak.megabytes}}


def _solved(study: Study) -> dict[str, Any]:
    from nsp_planner.evaluate.evaluate import evaluate_plan
    from nsp_planner.study.progress import SilentProgress
    from nsp_planner.study.solve import solve_study

    planned = solve_study(study, _layers(study), SilentProgress())
    evaluation = evaluate_plan(planned)
    areas: dict[str, dict[str, float | None]] = {}
    for row in evaluation.indicators.to_dict("records"):
        value = float(row["value"])
        areas.setdefault(str(row["area_code"]), {})[str(row["indicator"])] = value if math.isfinite(value) else None
    proof = {
        level: {"value": plan.value, "gap": plan.gap if math.isfinite(plan.gap) else None, "status": str(plan.status)}
        for level, plan in (("lnsp", planned.local_plan), ("cnsp", planned.coordination_plan))
    }
    if planned.goal.own_value is not None:
        # value and gap are of the region and its neighbours together
        proof["lnsp"]["own_value"] = planned.goal.own_value
    return {
        "status": "planned",
        "region": study.region.name,
        "illustration": study.illustration,
        "illustration_nl": study.illustration_nl,
        "n_squares": planned.local.n_demand,
        "n_candidates": planned.local.n_candidates,
        "indicators": areas,
        "proof": proof,
        "lnsps": sorted(str(i) for i in evaluation.lnsps["site_id"]),
        "cnsps": sorted(str(i) for i in evaluation.cnsps["site_id"]),
    }


def _layers(study: Study) -> Layers:
    from nsp_planner.study.read import check_layers, check_shared, layers_key

    name = layers_key(study)
    if name in _kept:
        check_shared(_kept[name], study)
    else:
        _kept.clear()
        _kept[name] = check_layers(study)
    return _kept[name]


def _status(error: NspError) -> str:
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))
