"""Finding and reading scenarios. In: a study file and names or paths of overlays. Out: the study with them applied.

A name is looked up as ``NAME.toml`` in ``scenarios/`` beside the study, then beside the study itself; anything that
ends in ``.toml`` or holds a slash is a path.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from nsp_planner.config.loading import read_tables
from nsp_planner.config.overlay import AppliedScenario, Overlay
from nsp_planner.config.scenario import apply_overlays
from nsp_planner.config.study import Study
from nsp_planner.errors import Fault, Faults, SettingsError
from nsp_planner.names import did_you_mean

FOLDER = "scenarios"
TEXT_KEYS = ("title", "sentence")
STUDY_ONLY = ("region", "inputs")
"""Tables that only make a whole study together; a file with all of them is no overlay."""


def load_scenario_study(
    path: Path, scenarios: Sequence[str] = (), *, more: Sequence[Overlay] = ()
) -> tuple[Study, tuple[AppliedScenario, ...]]:
    """Read a study and lay scenarios over it.

    Args:
        path: The study file.
        scenarios: Names or paths of overlays, applied in this order.
        more: Overlays made otherwise (norms, a cell of a sweep), applied after them.

    Raises:
        SettingsError: A file is missing or wrong, or two overlays touch one key.
    """
    raw = read_tables(path)
    overlays = [read_overlay(find_overlay(name, path)) for name in scenarios]
    return apply_overlays(raw, [*overlays, *more], folder=path.parent, file=str(path))


def find_overlay(name: str, study_file: Path) -> Path:
    """The file of a scenario; ``SettingsError`` with the nearest name when there is none."""
    if name.endswith(".toml") or "/" in name or os.sep in name:
        path = Path(name)
        if path.is_file():
            return path
        folders = [path.parent]
    else:
        folders = [study_file.parent / FOLDER, study_file.parent]
        for folder in folders:
            if (folder / f"{name}.toml").is_file():
                return folder / f"{name}.toml"
    known = sorted({file.stem for folder in folders for file in folder.glob("*.toml") if _is_overlay(file)})
    none = f"put NAME.toml in {folders[0]}, or give the path of an overlay"
    others = f"known here: {', '.join(known)}" if known else none
    fix = did_you_mean(Path(name).stem, known, others, cutoff=0.5)
    raise SettingsError(Fault("scenario", f"there is no scenario {name!r}", fix, str(folders[0])))


def read_overlay(path: Path) -> Overlay:
    """Read one overlay file.

    Raises:
        SettingsError: It cannot be read, has no title or sentence, is a whole study, or sets nothing.
    """
    tables = read_tables(path, layer="scenario", what="scenario")
    faults = Faults()
    if all(key in tables for key in STUDY_ONLY):
        fix = "give it as STUDY instead, or leave out what it does not change"
        faults.add("scenario", "this file is a whole study, not a scenario", fix, file=path)
        faults.raise_if_any(SettingsError)
    texts = {}
    for key in TEXT_KEYS:
        text = tables.pop(key, None)
        if not isinstance(text, str) or not text.strip():
            faults.add("scenario", "this key must hold a text", f'add {key} = "..." in Dutch', file=path, column=key)
        elif not " ".join(text.split()).isprintable():
            message = "the text holds control characters or invisible marks"
            faults.add("scenario", message, f"write {key} again", file=path, column=key)
        else:
            texts[key] = " ".join(text.split())
    if not tables:
        faults.add("scenario", "nothing is changed", "add keys of a study (`nsp-planner settings`)", file=path)
    faults.raise_if_any(SettingsError)
    return Overlay(path.stem, texts["title"], texts["sentence"], tables, path)


def _is_overlay(path: Path) -> bool:
    try:
        return "sentence" in read_tables(path)
    except SettingsError:
        return False
