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
from nsp_planner.config.reference import settings_reference
from nsp_planner.config.scenario import Overlay
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.names import did_you_mean
from nsp_planner.norms import read_norms

KEYS = {
    "inhabitants_per_lnsp": "ratios.inhabitants_per_lnsp",
    "lnsp_per_cnsp": "ratios.lnsp_per_cnsp",
    "capacity_persons": "capacity.persons",
    "capacity_slack": "capacity.slack",
    "service_distance_kern_m": "distances.service_distance_kern_m",
    "service_distance_buitengebied_m": "distances.service_distance_buitengebied_m",
    "detour_factor": "distances.detour_factor",
    "kern_persons_within_500m": "distances.kern_persons_within_500m",
}
"""The study key of each norm whose name is not the last part of its key already, or stands in several sections."""


def key_of_norm(name: str) -> str | None:
    """The study key that a norm is the default of; None where no setting takes it."""
    if name in KEYS:
        return KEYS[name]
    found = [doc.key for doc in settings_reference() if doc.key.rsplit(".", 1)[-1] == name]
    return found[0] if len(found) == 1 else None


def read_norms_overlay(path: Path) -> Overlay:
    """The values of a norms file as an overlay.

    Raises:
        SettingsError: The file cannot be read, holds an unknown norm or no number, or changes nothing; a norm that no
            setting takes differs from the one in force.
    """
    tables = read_tables(path, layer="norms", what="norms")
    norms, faults = read_norms(), Faults()
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
        key = key_of_norm(name)
        if key is None:
            if value != norms[name].value:
                fix = "leave it out, or change norms.toml of the package"
                faults.add("norms", "no setting of a study takes this norm", fix, file=path, column=name)
            continue
        table = settings
        *sections, last = key.split(".")
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
        path.stem, f"Normen uit {path.name}", f"De normen zijn die van {path.name} ({told}).", settings, path
    )


def _source(entry: dict[str, Any]) -> str:
    source, date = entry.get("source"), entry.get("date")
    if not isinstance(source, str) or not source.strip():
        return ""
    return f"{source.strip()}, {date.isoformat()}" if isinstance(date, dt.date) else source.strip()
