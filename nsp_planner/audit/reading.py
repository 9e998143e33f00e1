"""The files of a run. In: its folder. Out: manifest, proof, rows of the GeoPackage, and what is looked up in them.

Raises ValueError where the folder is no finished run with a proof.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from nsp_planner.audit.bound import Arrays


def read_run(run: Path) -> tuple[dict[str, Any], Arrays]:
    """The manifest and the proof; whole numbers in 64 bits."""
    try:
        manifest: dict[str, Any] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        with np.load(run / "bewijs.npz", allow_pickle=False) as file:
            stored = {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"no finished run with a proof: {error}") from None
    missing = [key for key in ("outputs", "inputs", "plan", "indicators", "persons") if key not in manifest]
    missing += [key for key in ("lnsp_value", "cnsp_value", "walk_m", "cnsp_metres") if key not in stored]
    if missing:
        raise ValueError(f"no finished run with a proof: {', '.join(missing)} is missing")
    return manifest, {name: each.astype(np.int64) if each.dtype.kind in "iu" else each for name, each in stored.items()}


def part(proof: Arrays, prefix: str) -> Arrays:
    """The arrays of the proof with this prefix, without it."""
    return {key.removeprefix(prefix): each for key, each in proof.items() if key.startswith(prefix)}


def read_package(run: Path, *queries: str) -> list[list[tuple[Any, ...]]]:
    """The rows of every query to plan.gpkg."""
    with closing(sqlite3.connect(f"file:{(run / 'plan.gpkg').as_posix()}?mode=ro", uri=True)) as package:
        return [package.execute(query).fetchall() for query in queries]


def of_region(manifest: dict[str, Any]) -> dict[str, float | None]:
    """The indicators of the region by name."""
    return {row["indicator"]: row["value"] for row in manifest["indicators"] if row["area_level"] == "region"}


def norms_of(manifest: dict[str, Any]) -> dict[str, float]:
    """The norms in force by name."""
    return {row["name"]: float(row["value"]) for row in manifest["norms"]}


def sha256(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
