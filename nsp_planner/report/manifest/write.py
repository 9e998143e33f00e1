"""The manifest of a run. In: an evaluation, the run and its files. Out: ``manifest.json``.

Enough to make the plan again and to check that nothing was changed since: inputs and outputs with SHA-256, settings in
full, norms in force, versions, times, the solver's report on both levels and what became of every inhabitant.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterable
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from nsp_planner.evaluate.change.changes import Changes
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.goal import Goal, LevelResult
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.changes import changes_data
from nsp_planner.report.text.circumstances import circumstances_data
from nsp_planner.report.text.dutch import attribution_nl, is_missing, norm_rows
from nsp_planner.report.text.objective import PROVEN_OF_BOTH_NL, objective_nl, reached_nl
from nsp_planner.report.text.presence import presence_data
from nsp_planner.storage import sha256_of

FILE = OutputFile("manifest.json", "Verantwoording: invoer, instellingen, normen, versies en bewijs")
PACKAGES = (
    "folium",
    "geopandas",
    "highspy",
    "networkx",
    "numba",
    "numpy",
    "pandas",
    "pulp",
    "pydantic",
    "pyogrio",
    "pyproj",
    "scipy",
    "shapely",
    "xlsxwriter",
)
"""Libraries whose version may change a plan or its files."""


def write_manifest(
    path: Path,
    evaluation: Evaluation,
    run_info: RunInfo,
    outputs: Iterable[OutputFile],
    options: DeliverOptions | None = None,
) -> None:
    """Write the manifest; ``outputs`` are files that lie beside ``path`` already, ``options`` what reports hold."""
    premises, layers, phases = evaluation.premises, evaluation.layers, evaluation.phases
    manifest = {
        "title": premises.title,
        "region": premises.region_name,
        "illustration": premises.illustration_nl is not None,
        "created": run_info.created.isoformat(),
        "command": run_info.command,
        "scenarios": [scenario.data for scenario in run_info.scenarios],
        "reports": None if options is None else _asked_for(options),
        "seconds": round(run_info.seconds, 3),
        "nsp_planner": run_info.version,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": _package_versions(),
        "metric": evaluation.metric,
        "metric_nl": evaluation.metric_nl,
        "attribution_nl": attribution_nl(evaluation),
        "inputs": [vars(file) for file in layers.inputs],
        "settings": premises.settings,
        "norms": [{**row, "date": row["date"].isoformat()} for row in norm_rows(evaluation.premises)],
        "persons": vars(evaluation.account),
        "calibration": layers.calibration.to_dict(orient="records"),
        "unreachable": evaluation.unreachable.to_dict(orient="records"),
        "not_connected_sites": evaluation.not_connected.to_dict(orient="records"),
        "detour": None if evaluation.detour is None else evaluation.detour.to_dict(orient="records"),
        "circumstances": circumstances_data(evaluation),
        "phases": None
        if phases is None
        else {"year_of_site": dict(phases.year_of_site), "per_phase": phases.per_phase.to_dict(orient="records")},
        "changes": _changes(evaluation.changes),
        "people": presence_data(evaluation),
        "n_merged_rows": len(layers.merged),
        "n_left_out_rows": len(layers.left_out),
        "plan": {
            "lnsp": {
                **_level(evaluation.goal.lnsp),
                "objective_nl": objective_nl(evaluation.goal),
                "reached_nl": reached_nl(evaluation.goal),
                **_of_the_region(evaluation.goal),
            },
            "cnsp": {**_level(evaluation.goal.cnsp), "parts": asdict(evaluation.goal.cnsp_value)},
        },
        "indicators": evaluation.indicators.to_dict(orient="records"),
        "outputs": [_output_entry(path.parent, output) for output in outputs],
    }
    text = json.dumps(_plain(manifest), ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _changes(changes: Changes | None) -> dict[str, Any] | None:
    """The changes, with the checksum of the run before: it decided on the plan as the inputs did."""
    if changes is None:
        return None
    return {"sha256": sha256_of(changes.previous.folder / FILE.name), **(changes_data(changes) or {})}


def _asked_for(options: DeliverOptions) -> dict[str, Any]:
    return {
        "decisions_asked": list(options.decisions_asked),
        "alternatives": [str(run.folder) for run in options.alternatives],
        "public_pilots": options.public_pilots,
    }


def _package_versions() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def _level(level: LevelResult) -> dict[str, Any]:
    report = level.report
    return {
        "objective": level.objective,
        "value": level.value,
        "bound": level.bound,
        "gap": level.gap,
        "status": str(level.status),
        "engine": report.engine,
        "solver": report.solver,
        "seed": report.seed,
        "threads": report.threads,
        "seconds": round(report.seconds, 3),
        "gap_asked": report.gap_asked,
        "time_limit_s": report.time_limit_s,
        "stopped_by": report.stopped_by,
        "trace": [vars(point) for point in report.trace],
    }


def _of_the_region(goal: Goal) -> dict[str, Any]:
    """Where the neighbours were planned with the region: our part of the value, and of what the proof is."""
    if goal.own_value is None:
        return {}
    return {"own_value": goal.own_value, "proven_of_nl": PROVEN_OF_BOTH_NL}


def _output_entry(folder: Path, output: OutputFile) -> dict[str, Any]:
    path = folder / output.name
    return {
        "name": output.name,
        "description_nl": output.description_nl,
        "n_bytes": path.stat().st_size,
        "sha256": sha256_of(path),
    }


def _plain(value: Any) -> Any:
    """The same value in JSON's own types: numpy scalars become numbers, missing and infinite become null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is pd.NaT or is_missing(value):
        return None
    if isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)
