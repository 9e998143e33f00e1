"""The one reader of finished runs. In: the folder of a run. Out: :class:`FinishedRun`, or every fault of it.

The names of files and layers are those of their writers in ``report``.
"""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from nsp_planner.errors import DataError, Faults
from nsp_planner.evaluate.sites.unfit import unfit_reasons
from nsp_planner.evaluate.solved.finished_run import FinishedRun
from nsp_planner.evaluate.solved.goal import Proof
from nsp_planner.layers.raw.opening import refuse_file, refuse_format
from nsp_planner.report.columns.sites import COUNTED
from nsp_planner.report.csv_files import read_semicolon_rows
from nsp_planner.report.geopackage.write import FILE as GEOPACKAGE
from nsp_planner.report.list.table import CSV
from nsp_planner.report.manifest.write import FILE as MANIFEST
from nsp_planner.report.map.write import FILE as MAP
from nsp_planner.report.page.backdrop import read_drawn_backdrop
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP

AGAIN = "make this run again"
TYPES = {
    "title": str,
    "region": str,
    "settings": dict,
    "indicators": list,
    "plan": dict,
    "inputs": list,
    "scenarios": list,
    "metric_nl": str,
    "created": str,
}
"""What the keys of a manifest hold."""
IN_MANIFEST = (
    "title",
    "region",
    "settings",
    "indicators",
    "plan",
    "inputs",
    "metric_nl",
    "created",
    "illustration",
    "attribution_nl",
)
LAYERS = ("lnsp", "cnsp", "kandidaten", "vierkanten", "gemeenten")
OF_NEIGHBOURS, UNFIT = "lnsp_buren", "ongeschikt"
"""Layers that not every run has."""


def read_finished_runs(folders: Sequence[Path], layer: str) -> list[FinishedRun]:
    """Several runs, labelled A, B, C and so on; ``DataError`` with every fault of all of them at once."""
    faults = Faults()
    runs = [read_finished_run(folder, faults, layer, label=chr(ord("A") + n)) for n, folder in enumerate(folders)]
    faults.raise_if_any(DataError)
    return [run for run in runs if run is not None]


def read_finished_run(folder: Path, faults: Faults, layer: str, *, label: str = "A") -> FinishedRun | None:
    """One finished run; None, with a fault, where the folder is none.

    Args:
        folder: What `nsp-planner plan` made.
        faults: Where faults are added.
        layer: What the run is read for, for the faults.
        label: Its letter where runs stand side by side.
    """
    manifest = read_manifest(folder, faults, layer)
    if manifest is None:
        return None
    layers, rows = _read_layers(folder, faults, layer), _read_candidates(folder, faults, layer)
    if layers is None or rows is None:
        return None
    try:
        return _finished_run(folder, label, manifest, layers, rows)
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        message = f"this is no finished run: its files do not hold what they should ({type(error).__name__})"
        faults.add(layer, message.replace("Error", ""), AGAIN, file=folder)
        return None


def _finished_run(
    folder: Path,
    label: str,
    manifest: dict[str, Any],
    layers: dict[str, gpd.GeoDataFrame],
    rows: list[dict[str, str]],
) -> FinishedRun:
    if not {"indicator", "area_code", "area_level", "value"} <= {key for row in manifest["indicators"] for key in row}:
        raise ValueError("indicators")
    return FinishedRun(
        folder=folder,
        label=label,
        title=str(manifest["title"]),
        scenarios=tuple(str(scenario["title"]) for scenario in manifest.get("scenarios", ())),
        created=dt.datetime.fromisoformat(manifest["created"]),
        region=str(manifest["region"]),
        metric_nl=str(manifest["metric_nl"]),
        illustration=bool(manifest["illustration"]),
        attribution=tuple(manifest["attribution_nl"]),
        study=manifest["settings"],
        inputs={str(item["layer"]): str(item["sha256"]) for item in manifest["inputs"]},
        indicators=pd.DataFrame(manifest["indicators"]),
        proofs={level: _proof(manifest["plan"][level]) for level in ("lnsp", "cnsp")},
        candidates=tuple(rows),
        lnsps=_chosen(rows, ROLE_LNSP),
        cnsps=_chosen(rows, ROLE_CNSP),
        sites=_sites(layers, rows),
        squares=_squares(layers["vierkanten"]),
        areas=layers["gemeenten"][["gemeente_code", "naam", "geometry"]],
        backdrop=read_drawn_backdrop(folder / MAP.name),
        unfit=_unfit(layers.get(UNFIT)),
    )


def _unfit(layer: gpd.GeoDataFrame | None) -> dict[str, str]:
    return {} if layer is None else unfit_reasons(layer["id"], layer["regel"], layer["reden"])


def _proof(level: dict[str, Any]) -> Proof:
    gap = float("inf") if level["gap"] is None else float(level["gap"])
    return Proof(gap, float(level["gap_asked"]), float(level["time_limit_s"]), str(level["stopped_by"]))


def read_manifest(folder: Path, faults: Faults, layer: str) -> dict[str, Any] | None:
    """The manifest of a finished run; None, with a fault, where there is none or it lacks what every one has."""
    path = folder / MANIFEST.name
    if path.exists() and not _can_be_opened(path, faults, layer):
        return None
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fix = "give a folder that `nsp-planner plan` made" if folder.is_dir() else "the folder does not exist"
        faults.add(layer, "this is no finished run: it has no manifest", fix, file=folder)
        return None
    except (OSError, ValueError, RecursionError) as error:
        faults.add(layer, f"this is no finished run: its manifest cannot be read: {error}", AGAIN, file=path)
        return None
    wrong = (
        []
        if not isinstance(manifest, dict)
        else [key for key, kind in TYPES.items() if key in manifest and not isinstance(manifest[key], kind)]
    )
    if wrong:
        message = f"this is no finished run: {', '.join(wrong)} in its manifest are of another type"
        faults.add(layer, message, AGAIN, file=path)
        return None
    missing = [key for key in IN_MANIFEST if not isinstance(manifest, dict) or key not in manifest]
    if missing:
        message = f"this is no finished run: its manifest lacks {', '.join(missing)}"
        faults.add(layer, message, AGAIN, file=path)
        return None
    return manifest


def _can_be_opened(path: Path, faults: Faults, layer: str) -> bool:
    refusal = refuse_file(path) or (refuse_format(path) if path.suffix == ".gpkg" else None)
    if refusal is not None:
        faults.add(layer, f"this is no finished run: {path.name}: {refusal.message}", AGAIN, file=path)
    return refusal is None


def _read_layers(folder: Path, faults: Faults, layer: str) -> dict[str, gpd.GeoDataFrame] | None:
    plan = folder / GEOPACKAGE.name
    if not _can_be_opened(plan, faults, layer):
        return None
    try:
        there = [str(name) for name, _ in pyogrio.list_layers(plan)]
        wanted = (*LAYERS, *(name for name in (OF_NEIGHBOURS, UNFIT) if name in there))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on damage that can still be read
            return {name: pyogrio.read_dataframe(plan, layer=name) for name in wanted}
    except (DataSourceError, DataLayerError) as error:
        faults.add(layer, f"this is no finished run: its plan cannot be read: {error}", AGAIN, file=plan)
        return None


def _read_candidates(folder: Path, faults: Faults, layer: str) -> list[dict[str, str]] | None:
    path = folder / CSV.name
    if not _can_be_opened(path, faults, layer):
        return None
    try:
        return read_semicolon_rows(path)
    except (OSError, ValueError, KeyError) as error:
        faults.add(layer, f"this is no finished run: its candidate list cannot be read: {error}", AGAIN, file=path)
        return None


def _chosen(rows: Sequence[dict[str, str]], role: str) -> dict[str, str]:
    return {row["Id"]: row["Naam"] for row in rows if role in row["Rol"].split(" en ")}


def _sites(layers: dict[str, gpd.GeoDataFrame], rows: Sequence[dict[str, str]]) -> gpd.GeoDataFrame:
    parts = []
    decisions = {row["Id"]: row["Vastgelegd"] for row in rows}
    # the noodsteunpunten of the neighbours are in no plan of ours; people may go there, so their names are needed
    for layer, role in (("lnsp", "lnsp"), ("cnsp", "cnsp"), ("kandidaten", "none"), (OF_NEIGHBOURS, "none")):
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
                    COUNTED.source: table[COUNTED.name].astype(float) if COUNTED.name in table else float("nan"),
                    "status": table["status"].fillna("").astype(str),
                    "status_reason": table["reden"].fillna("").astype(str),
                    "decision": table["site_id"].astype(str).map(decisions).astype(object).fillna("nee"),
                    "cnsp_id": table["cnsp_id"].fillna("").astype(str) if "cnsp_id" in table else "",
                    "cnsp_distance_m": table["cnsp_afstand_m"].astype(float) if role == "lnsp" else float("nan"),
                },
                geometry=table.geometry.array,
                crs=table.crs,
            )
        )
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=layers["lnsp"].crs)


def _squares(table: gpd.GeoDataFrame) -> pd.DataFrame:
    bounds = table.geometry.bounds
    side = (bounds["maxx"] - bounds["minx"]).round()
    return pd.DataFrame(
        {
            "demand_id": table["demand_id"],
            "persons": table["inwoners"].astype(float),
            "site_id": table["lnsp_id"],
            "distance_m": table["afstand_m"].astype(float),
            "x_m": (bounds["minx"] + side / 2).round(),
            "y_m": (bounds["miny"] + side / 2).round(),
            "side_m": side,
        }
    )
