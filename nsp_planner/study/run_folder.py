"""The folder of a run, an answer or a comparison. In: a complete hidden folder. Out: its place, by title and time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.names import plain_name
from nsp_planner.storage import NameTakenError, publish

MOST_OF_ONE_NAME = 1000


def publish_run(hidden: Path, output: Path, title: str, started: dt.datetime) -> Path:
    """Rename a complete hidden folder to its place under ``output``: a name from the title and the time, never taken.

    Raises:
        SettingsError: A thousand names are taken.
        KeptAsideError: It cannot be renamed, and is kept under its hidden name.
    """
    name = f"{plain_name(title, longest=80, otherwise='plan')}-{started:%Y%m%d-%H%M%S}"
    names = (output / (name if n == 1 else f"{name}-{n}") for n in range(1, MOST_OF_ONE_NAME))
    try:
        return publish(hidden, names)
    except NameTakenError:
        fault = Fault("study", "every name for a new run is taken", "clear the output folder", name)
        raise SettingsError(fault) from None
