"""Giving a complete hidden folder its name. In: the folder, names to try. Out: its place; a finished one is never lost.

A rename claims a name at once or not at all, so runs that race for one name each get their own. A rename that fails is
tried again, then made with a copy; where that fails too, the folder stays under its hidden name, marked as finished,
and the message says where: the next start tries again.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nsp_planner.errors import Fault, KeptAsideError, NspError, SystemFaultError
from nsp_planner.storage.files import flush
from nsp_planner.storage.owner import draft_name
from nsp_planner.storage.patience import patiently

FINISHED = ".finished.json"
"""Stands in a hidden folder that is complete and could not be given its name yet; holds the name."""
RACES = 20
"""How often a folder is put in the place of another before we give up to whoever else does so."""
_TAKEN = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR})


class NameTakenError(Exception):
    """Something stands under every name that was tried."""


def publish(hidden: Path, names: Path | Iterable[Path], *, replace: bool = False) -> Path:
    """Rename a complete hidden folder to the first free name; others may read it from then on.

    Args:
        hidden: The folder; everything in it is flushed to disk first.
        names: Its name, or names to try in turn.
        replace: Put it in the place of what stands there, which is removed afterwards.

    Raises:
        NameTakenError: Every name is taken.
        KeptAsideError: It is complete and cannot be renamed, now or some seconds later; it says where the folder is.
    """
    hidden.chmod(0o755)
    flush_all(hidden)
    tried: Iterable[Path] = [names] if isinstance(names, Path) else names
    if replace:
        # another one may put its folder in the place that we have just cleared
        tried = (place for place in tried for _ in range(RACES))
    for place in tried:
        aside = _set_aside(place) if replace else None
        try:
            moved = not os.path.lexists(place) and _move(hidden, place)
        except OSError as error:
            if aside is not None and not os.path.lexists(place):
                aside.rename(place)
            raise _kept(hidden, place, error) from error
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        if moved:
            return place
    raise NameTakenError(str(hidden))


def is_finished(hidden: Path) -> bool:
    """Whether a hidden folder is complete and waits for its name."""
    return (hidden / FINISHED).is_file()


def publish_kept(hidden: Path) -> Path | None:
    """Give a finished folder that was kept its name, or a free one like it; None where that does not work yet."""
    try:
        wanted = hidden.parent / Path(json.loads((hidden / FINISHED).read_text(encoding="utf-8"))["name"]).name
    except (OSError, ValueError, KeyError, TypeError):
        wanted = hidden.parent / "afgemaakt"
    for place in (wanted, *(wanted.with_name(f"{wanted.name}-{n}") for n in range(2, 100))):
        try:
            if not os.path.lexists(place):
                hidden.rename(place)
                (place / FINISHED).unlink(missing_ok=True)
                return place
        except OSError as error:
            if error.errno not in _TAKEN:
                return None
    return None


def _move(hidden: Path, place: Path) -> bool:
    """Rename a folder, patiently, else by a copy; False where the name was taken meanwhile."""

    def mark() -> None:
        # From here on a kill or Ctrl-C may come while we wait: what is finished must be found again.
        with suppress(OSError):
            (hidden / FINISHED).write_text(json.dumps({"name": place.name}), encoding="utf-8")

    try:
        patiently(lambda: hidden.rename(place), mark)
    except OSError as error:
        if error.errno in _TAKEN or os.path.lexists(place):
            return False
        if not hidden.is_dir():
            raise
        mark()
        if not _copy(hidden, place):
            raise
    with suppress(OSError):
        (place / FINISHED).unlink(missing_ok=True)
    return True


def _copy(hidden: Path, place: Path) -> bool:
    """Copy a folder beside its place and rename the copy: what holds the first, or another disk, does not hold that."""
    twin = place.parent / draft_name()
    try:
        shutil.copytree(hidden, twin)
        flush_all(twin)
        twin.rename(place)
    except OSError:
        shutil.rmtree(twin, ignore_errors=True)
        return False
    shutil.rmtree(hidden, ignore_errors=True)
    return True


def _set_aside(place: Path) -> Path | None:
    """Rename what stands in a place to a hidden name; None where nothing stands there."""
    aside = place.parent / draft_name()
    try:
        patiently(lambda: place.rename(aside))
    except FileNotFoundError:
        return None
    return aside


def _kept(hidden: Path, place: Path, error: OSError) -> NspError:
    if not hidden.is_dir():
        fix = "see whether the folder was moved or a disk disconnected, and run again"
        return SystemFaultError(Fault("output", "the folder is gone while it was written", fix, str(hidden)))
    message = f"it is finished, but could not be renamed to {place.name} ({error.strerror or error})"
    fix = f"close what holds the folder and rename it yourself; the next run into {place.parent} tries it too"
    return KeptAsideError(Fault("output", message, fix, str(hidden)))


def flush_all(folder: Path) -> None:
    """Wait until every file of a folder is on the disk itself."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            flush(path)
