"""Before a long job. In: the folder it will write to. Out: a fault now if it cannot be written; leftovers cleared.

A run that is killed leaves a hidden draft. The next one that writes to the same folder names it and removes it; a
draft that was finished but could not be renamed gets its name. Drafts of a living process are left alone.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from nsp_planner.errors import Fault, SettingsError, SystemFaultError
from nsp_planner.storage.faults import free_bytes
from nsp_planner.storage.folders import WRITABLE
from nsp_planner.storage.owner import UNFINISHED, is_left_over
from nsp_planner.storage.publish import is_finished, publish_kept

logger = logging.getLogger(__name__)

LEAST_FREE_BYTES = 4 * 2**20
"""A run writes more than this; with less room it need not begin."""
MOST_NAMED = 3


def ready_folder(
    folder: Path, *, layer: str = "study", fix: str = WRITABLE, column: str | None = "output", inside: str = ""
) -> None:
    """See that a folder can be written, before hours of work, without making it; clear what dead processes left in it.

    Args:
        folder: The folder; it need not be there.
        layer: What is written, for the fault.
        fix: What to do where it cannot be written.
        column: The setting that names the folder, for the fault.
        inside: Pattern of folders in it that have drafts too, such as ``*``.

    Raises:
        SettingsError: It cannot be written. SystemFaultError: the disk is full.
    """
    there = next((each for each in (folder, *folder.absolute().parents) if os.path.lexists(each)), folder)
    if not there.is_dir():
        message = "cannot write: a file stands where a folder should be"
        raise SettingsError(Fault(layer, message, fix, str(folder), column))
    if not os.access(there, os.W_OK | os.X_OK):
        raise SettingsError(
            Fault(layer, "cannot write: no right to, or the disk is read-only", fix, str(folder), column)
        )
    if there == folder:
        clear_leftovers([folder, *(folder.glob(inside) if inside else ())])
    room = free_bytes(there)
    if room is not None and room < LEAST_FREE_BYTES:
        message = f"the disk is full: {room / 1e6:.1f} MB is free"
        raise SystemFaultError(Fault(layer, message, f"make room on this disk, or {fix}", str(folder), column))


def clear_leftovers(folders: Iterable[Path]) -> None:
    """Name and remove what dead processes left; finished folders get their names. One warning for each kind."""
    removed, named, waiting = list[Path](), list[Path](), list[Path]()
    for draft in [each for folder in folders for each in _drafts(folder)]:
        if not is_left_over(draft):
            continue
        if is_finished(draft):
            place = publish_kept(draft)
            named += [place] if place is not None else []
            waiting += [draft] if place is None and draft.exists() else []
        elif _remove(draft):
            removed.append(draft)
    if named:
        logger.warning("finished earlier and now in its place: %s", _listed(named))
    if waiting:
        logger.warning("finished earlier and still waiting for its name: %s", _listed(waiting))
    if removed:
        logger.warning("removed what a stopped run left unfinished: %s", _listed(removed))


def _drafts(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name.startswith(UNFINISHED))
    except OSError:
        return []


def _remove(draft: Path) -> bool:
    """Remove a draft; False where it cannot be, or another process was first."""
    try:
        if draft.is_dir() and not draft.is_symlink():
            shutil.rmtree(draft)
        else:
            draft.unlink()
    except OSError:
        return False
    return True


def _listed(paths: list[Path]) -> str:
    shown = ", ".join(str(path) for path in paths[:MOST_NAMED])
    return shown if len(paths) <= MOST_NAMED else f"{shown} and {len(paths) - MOST_NAMED} more"
