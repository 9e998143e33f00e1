"""A finished run as its folder tells it. In: nothing. Out: :class:`FinishedRun`, frozen.

``nsp_planner.study.finished_run`` is the one reader; comparisons, the board report, an existing plan and edited lists
have their facts of an earlier run from this value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from nsp_planner.costs.matrix import IntArray
from nsp_planner.evaluate.solved.goal import Proof


@dataclass(frozen=True, eq=False)
class DrawnLines:
    """Water and roads as a map drew them: kind of each line or ring, and the lines in RD."""

    kinds: IntArray
    lines: npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """One finished run.

    Attributes:
        folder: Where it is.
        label: One letter where runs stand side by side, A for the first.
        title: Title of the study.
        scenarios: Titles of the scenarios laid over it.
        created: When it was made.
        region: Name of the region.
        metric_nl: How distance is measured.
        illustration: Whether the data are made up.
        attribution: Whose data it shows.
        study: The settings in full, section by section.
        inputs: SHA-256 of each input by layer.
        indicators: Tidy: area_level, area_code, area_name, indicator, value, unit.
        proofs: What is proven per level (lnsp, cnsp).
        candidates: Rows of the candidate list, Dutch columns, text.
        lnsps, cnsps: Name per id of what was chosen, in the order of the candidate list.
        sites: Every site: site_id, name, kind, gemeente_name, role (lnsp, cnsp or none), persons, counted_persons,
            status, status_reason, decision (ja, nee, afgewezen), cnsp_id and cnsp_distance_m (of an L-NSP), geometry
            (RD); a text is "" where there is none.
        squares: demand_id, persons, site_id (allocated L-NSP, NA when none), distance_m, and where the square lies:
            x_m, y_m (its centre, RD) and side_m.
        areas: Boundaries of the gemeenten with name.
        backdrop: Water and roads under its map; None where there are none.
        unfit: Per id of a building that a rule left out: the rule and why, in Dutch.
    """

    folder: Path
    label: str
    title: str
    scenarios: tuple[str, ...]
    created: dt.datetime
    region: str
    metric_nl: str
    illustration: bool
    attribution: tuple[str, ...]
    study: Mapping[str, Any]
    inputs: Mapping[str, str]
    indicators: pd.DataFrame
    proofs: Mapping[str, Proof]
    candidates: tuple[dict[str, str], ...]
    lnsps: Mapping[str, str]
    cnsps: Mapping[str, str]
    sites: gpd.GeoDataFrame
    squares: pd.DataFrame
    areas: gpd.GeoDataFrame
    backdrop: DrawnLines | None
    unfit: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.folder.resolve().name

    @property
    def caption(self) -> str:
        """Title with scenarios, for headings."""
        return " + ".join(self.scenarios) if self.scenarios else self.title

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Every setting, dotted key to value."""
        return dict(dotted(self.study))

    def value(self, indicator: str) -> float | None:
        """An indicator of the region, NaN where the run has no value; None where it does not have the indicator."""
        table = self.indicators
        found = table.loc[(table["area_level"] == "region") & (table["indicator"] == indicator), "value"]
        return None if found.empty else float(found.astype(float).iloc[0])


def dotted(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Nested settings as dotted keys with their values."""
    for name, value in settings.items():
        key = f"{above}{name}"
        if isinstance(value, dict) and value:
            yield from dotted(value, f"{key}.")
        else:
            yield key, value
