"""Comparing runs. In: folders of finished runs, the first the reference. Out: a fresh folder with page and tables."""

from __future__ import annotations

import datetime as dt
import json
import string
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from nsp_planner import __version__
from nsp_planner.errors import DataError, Faults, SettingsError
from nsp_planner.evaluate.comparison import RunRecord
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.compare.answer import comparison_answer, write_comparison
from nsp_planner.report.geopackage.write import FILE as GEOPACKAGE
from nsp_planner.report.manifest.write import FILE as MANIFEST
from nsp_planner.report.map.write import FILE as MAP
from nsp_planner.report.page.backdrop import read_drawn_backdrop
from nsp_planner.report.run_info import OutputFile
from nsp_planner.storage import hidden_folder, ready_folder
from nsp_planner.study.run_folder import publish_run

MOST_RUNS = 12
"""More columns than this nobody compares; a sweep makes a table with a row per scenario."""


@dataclass(frozen=True, eq=False)
class ComparisonResult:
    """A finished comparison: where it is, what was written, and the answer."""

    folder: Path
    outputs: tuple[OutputFile, ...]
    answer: Answer
    seconds: float


def compare_runs(folders: Sequence[Path], output: Path) -> ComparisonResult:
    """Compare finished runs and write the comparison into a fresh folder under ``output``.

    Raises:
        SettingsError: Fewer than two runs, a run twice, runs of different regions, or ``output`` cannot be written.
        DataError: A folder is no finished run.
    """
    started, clock = dt.datetime.now().astimezone(), time.perf_counter()
    ready_folder(output)
    runs = read_runs(folders)
    answer = comparison_answer(runs)
    drawn = (read_drawn_backdrop(folder / MAP.name) for folder in folders)
    backdrop = next((each for each in drawn if each is not None), None)
    with hidden_folder(output) as hidden:
        outputs = write_comparison(hidden, runs, answer, created=started, version=__version__, backdrop=backdrop)
        folder = publish_run(hidden, output, f"vergelijking {runs[0].title[:40]}", started)
    return ComparisonResult(folder, outputs, answer, time.perf_counter() - clock)


def read_runs(folders: Sequence[Path]) -> list[RunRecord]:
    """Read run folders and refuse what cannot be compared; every fault at once."""
    faults = Faults()
    if len(folders) < 2:
        faults.add("compare", "a comparison needs two runs or more", "give the folders of finished runs")
    if len(folders) > MOST_RUNS:
        faults.add("compare", f"{len(folders)} runs are too many to compare", f"give at most {MOST_RUNS}")
    resolved = [folder.resolve() for folder in folders]
    for folder in dict.fromkeys(path for path in resolved if resolved.count(path) > 1):
        faults.add("compare", "this run is given twice", "give every run once", file=folder)
    faults.raise_if_any(SettingsError)
    runs = [read_run(folder, label, faults) for folder, label in zip(folders, string.ascii_uppercase, strict=False)]
    faults.raise_if_any(DataError)
    found = [run for run in runs if run is not None]
    reference = found[0]
    gemeenten = set(reference.areas["gemeente_code"])
    for run in found[1:]:
        if set(run.areas["gemeente_code"]) != gemeenten:
            message = f"this run plans other gemeenten ({run.region}) than the first one ({reference.region})"
            faults.add("compare", message, "compare runs of one region", file=run.name)
    faults.raise_if_any(SettingsError)
    return found


def read_run(folder: Path, label: str, faults: Faults) -> RunRecord | None:
    """One finished run; None, with a fault, where the folder is none."""
    manifest = _read_manifest(folder, faults)
    plan = folder / GEOPACKAGE.name
    if manifest is None:
        return None
    try:
        layers = {
            name: pyogrio.read_dataframe(plan, layer=name)
            for name in ("lnsp", "cnsp", "kandidaten", "vierkanten", "gemeenten")
        }
        if any(name == "lnsp_buren" for name, _ in pyogrio.list_layers(plan)):
            layers["lnsp_buren"] = pyogrio.read_dataframe(plan, layer="lnsp_buren")
    except (DataSourceError, DataLayerError) as error:
        faults.add("compare", f"the plan cannot be read: {error}", "make this run again", file=plan)
        return None
    squares = layers["vierkanten"]
    return RunRecord(
        label=label,
        name=folder.resolve().name,
        title=str(manifest["title"]),
        scenarios=tuple(str(scenario["title"]) for scenario in manifest.get("scenarios", ())),
        created=str(manifest["created"]),
        region=str(manifest["region"]),
        metric_nl=str(manifest["metric_nl"]),
        illustration=bool(manifest["illustration"]),
        attribution=tuple(manifest["attribution_nl"]),
        settings=dict(_flat(manifest["settings"])),
        inputs={str(item["layer"]): str(item["sha256"]) for item in manifest["inputs"]},
        indicators=pd.DataFrame(manifest["indicators"]),
        gaps={level: manifest["plan"][level]["gap"] for level in ("lnsp", "cnsp")},
        sites=_sites(layers),
        squares=pd.DataFrame(
            {
                "demand_id": squares["demand_id"],
                "persons": squares["inwoners"].astype(float),
                "site_id": squares["lnsp_id"],
                "distance_m": squares["afstand_m"].astype(float),
                **_centres(squares),
            }
        ),
        areas=layers["gemeenten"][["gemeente_code", "naam", "geometry"]],
    )


def _read_manifest(folder: Path, faults: Faults) -> dict[str, Any] | None:
    path = folder / MANIFEST.name
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fix = "give a folder that `nsp-planner plan` made" if folder.is_dir() else "the folder does not exist"
        faults.add("compare", "this is no finished run: it has no manifest", fix, file=folder)
        return None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        faults.add("compare", f"the manifest cannot be read: {error}", "make this run again", file=path)
        return None
    wanted = ("title", "region", "settings", "indicators", "plan", "inputs", "metric_nl", "created")
    missing = [key for key in wanted if not isinstance(manifest, dict) or key not in manifest]
    if missing:
        faults.add("compare", f"the manifest lacks {', '.join(missing)}", "make this run again", file=path)
        return None
    return manifest


def _sites(layers: dict[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    parts = []
    # the noodsteunpunten of the neighbours are in no plan of ours; people may go there, so their names are needed
    for layer, role in (("lnsp", "lnsp"), ("cnsp", "cnsp"), ("kandidaten", "none"), ("lnsp_buren", "none")):
        if layer not in layers:
            continue
        table = layers[layer]
        parts.append(
            gpd.GeoDataFrame(
                {
                    "site_id": table["site_id"].astype(str),
                    "name": table["naam"].astype(str),
                    "kind": table["soort"].astype(str),
                    "gemeente_name": table["gemeente"].fillna(table["gemeente_code"]).astype(str),
                    "role": role,
                    "persons": table["inwoners"].astype(float) if "inwoners" in table else float("nan"),
                },
                geometry=table.geometry.array,
                crs=table.crs,
            )
        )
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=layers["lnsp"].crs)


def _centres(squares: gpd.GeoDataFrame) -> dict[str, pd.Series]:
    """Centre and side of each square, whole metres."""
    bounds = squares.geometry.bounds
    side = (bounds["maxx"] - bounds["minx"]).round()
    return {
        "x_m": (bounds["minx"] + side / 2).round(),
        "y_m": (bounds["miny"] + side / 2).round(),
        "side_m": side,
    }


def _flat(settings: dict[str, Any], above: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in settings.items():
        key = f"{above}{name}"
        flat += _flat(value, f"{key}.") if isinstance(value, dict) and value else [(key, value)]
    return flat
