"""The folder of a run, an answer or a comparison. In: a complete hidden folder. Out: its place, by title and time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.names import plain_name
from nsp_planner.storage import publish


def publish_run(hidden: Path, output: Path, title: str, started: dt.datetime) -> Path:
    """Rename a complete hidden folder to its place under ``output``: a name from the title and the time, never taken.

    Raises:
        SettingsError: A thousand names are taken.
    """
    name = f"{plain_name(title, longest=80, otherwise='plan')}-{started:%Y%m%d-%H%M%S}"
    for attempt in range(1, 1000):
        folder = output / (name if attempt == 1 else f"{name}-{attempt}")
        if not folder.exists():
            return publish(hidden, folder)
    raise SettingsError(Fault("study", "every name for a new run is taken", "clear the output folder", name))
