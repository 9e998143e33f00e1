"""Runs made before. In: the folder of a run. Out: its title, date, indicators and chosen sites, to compare with."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from nsp_planner.errors import DataError, Fault
from nsp_planner.report.csv_files import read_semicolon_rows
from nsp_planner.report.text.dutch import ROLE_CNSP, ROLE_LNSP

LIST_NAME = "kandidatenlijst.csv"


@dataclass(frozen=True, eq=False)
class EarlierRun:
    """One run as its own files tell it.

    Attributes:
        title: Title of its study.
        created: When it was made.
        indicators: Value per indicator, for the region.
        gap: Proven gap of the L-NSPs; infinite where none is proven.
        lnsps: Name per id of every L-NSP.
        cnsps: Name per id of every C-NSP.
    """

    title: str
    created: dt.datetime
    indicators: dict[str, float]
    gap: float
    lnsps: dict[str, str]
    cnsps: dict[str, str]


def read_run(folder: Path) -> EarlierRun:
    """Read the manifest and the candidate list of a run.

    Raises:
        DataError: The folder is no run, or its files are damaged.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        rows = read_semicolon_rows(folder / LIST_NAME)
        gap = manifest["plan"]["lnsp"]["gap"]
        return EarlierRun(
            title=str(manifest["title"]),
            created=dt.datetime.fromisoformat(manifest["created"]),
            indicators={
                str(row["indicator"]): float("nan") if row["value"] is None else float(row["value"])
                for row in manifest["indicators"]
                if row["area_level"] == "region"
            },
            gap=float("inf") if gap is None else float(gap),
            lnsps={row["Id"]: row["Naam"] for row in rows if ROLE_LNSP in row["Rol"].split(" en ")},
            cnsps={row["Id"]: row["Naam"] for row in rows if ROLE_CNSP in row["Rol"].split(" en ")},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"this is no complete run of nsp_planner: {type(error).__name__}: {error}"
        fix = f"give the folder of a run, with manifest.json and {LIST_NAME} in it"
        raise DataError(Fault("earlier run", message, fix, str(folder))) from None
