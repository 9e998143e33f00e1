"""Another norms file as a scenario. In: a file of the form of ``norms.toml``. Out: an overlay on the study.

The national advice is due early 2027: then its figures go into a copy of ``norms.toml`` and every study can be made
again with ``--norms FILE`` beside the old one. A norm in the file replaces the value of the study, also where the study
sets it itself; norms that are not in the file stay as they are.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from nsp_planner.config.loading import read_tables
from nsp_planner.config.norm_fields import norm_keys
from nsp_planner.config.overlay import Overlay
from nsp_planner.config.study import Study
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.names import did_you_mean
from nsp_planner.norms import published_norms


def read_norms_overlay(path: Path) -> Overlay:
    """The values of a norms file as an overlay.

    Raises:
        SettingsError: The file cannot be read, holds an unknown norm or no number, or changes nothing.
    """
    tables = read_tables(path, layer="norms", what="norms")
    norms, faults = published_norms(), Faults()
    keys = list(norm_keys(Study))
    settings: dict[str, Any] = {}
    sources: list[str] = []
    for name, entry in tables.items():
        if name not in norms:
            fix = did_you_mean(name, norms, f"known norms: {', '.join(norms)}")
            faults.add("norms", "unknown norm", fix, file=path, column=name)
            continue
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(value, int | float) or isinstance(value, bool):
            faults.add("norms", "a norm needs a number", "give value = ...", file=path, column=f"{name}.value")
            continue
        for key in (key for norm, key in keys if norm == name):
            *sections, last = key.split(".")
            table = settings
            for section in sections:
                table = table.setdefault(section, {})
            table[last] = value
        if value != norms[name].value:
            sources.append(_source(entry))
    if not settings and not faults.items:
        faults.add("norms", "nothing is changed", "take over norms from norms.toml and change their value", file=path)
    faults.raise_if_any(SettingsError)
    told = "; ".join(dict.fromkeys(source for source in sources if source)) or "geen bron genoemd"
    return Overlay(
        path.stem,
        f"Normen uit {path.name}",
        f"De normen zijn die van {path.name} ({told}).",
        settings,
        path,
        adds_sections=False,
    )


def _source(entry: dict[str, Any]) -> str:
    source, date = entry.get("source"), entry.get("date")
    if not isinstance(source, str) or not source.strip():
        return ""
    return f"{source.strip()}, {date.isoformat()}" if isinstance(date, dt.date) else source.strip()
