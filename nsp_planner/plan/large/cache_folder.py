"""Where compiled code is kept. In: the folders of numba. Out: one that can be written, set before anything compiles.

numba keeps compiled code beside the package, else in the user's cache folder, and refuses to work where neither can be
written: a read-only installation run by a user without a home. Then it goes to a fresh folder for this process.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)

VARIABLE = "NUMBA_CACHE_DIR"


def find_cache_folder() -> Path | None:
    """Set a folder of our own where none of numba's can be written; None where one of them can.

    It is new and for this user only: what is in it is executed, so a folder that others could have filled before
    will not do.
    """
    if any(_can_be_written(folder) for folder in _folders_of_numba()):
        return None
    folder = Path(tempfile.mkdtemp(prefix="nsp-planner-compiled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[VARIABLE] = str(folder)
    advice = f"set {VARIABLE} to a folder of your own to spare the next run a minute"
    logger.warning("compiled code can be kept nowhere, and is made for this run alone: %s", advice)
    return folder


def _folders_of_numba() -> list[Path]:
    """Where numba looks, in its order: as set, beside the code, the user's cache."""
    given = os.environ.get(VARIABLE)
    beside = Path(__file__).parent / "__pycache__"
    try:
        home = Path.home()
    except RuntimeError:
        home = Path(os.devnull)
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "numba" / "Cache"
    elif sys.platform == "darwin":
        cache = home / "Library" / "Caches" / "numba"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME", home / ".cache")) / "numba"
    return [*([Path(given)] if given else []), beside, cache]


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


find_cache_folder()
