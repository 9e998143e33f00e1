"""Arrays kept for the next run. In: arrays and a path. Out: a file that is believed only when its content is unchanged.

Beside the arrays stands a SHA-256 of the file's own name (its key) and everything in it. What is damaged, altered or
another file under this name counts as not there, with a note: what is kept can always be made again. So does a disk
that keeps nothing.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nsp_planner.storage.files import fresh_file
from nsp_planner.storage.leftovers import clear_leftovers

logger = logging.getLogger(__name__)

CHECKSUM = "sha256"

Arrays = dict[str, npt.NDArray[Any]]


def write_kept(path: Path, arrays: Mapping[str, npt.ArrayLike], *, compressed: bool) -> bool:
    """Keep arrays under a name; False, with a note, where the disk is full or may not be written."""
    kept = {name: np.asarray(array) for name, array in arrays.items()}
    kept[CHECKSUM] = np.frombuffer(_digest(path.name, kept), dtype=np.uint8)
    try:
        clear_leftovers([path.parent])
        with fresh_file(path) as draft:
            (np.savez_compressed if compressed else np.savez)(draft, **kept)  # type: ignore[arg-type]
    except OSError as error:
        logger.warning("%s is not kept for the next run: %s", path, error.strerror or error)
        return False
    return True


def read_kept(path: Path) -> Arrays | None:
    """Kept arrays, marked as used now; None where there are none, or, with a note, where they are not as written."""
    if not os.path.lexists(path):
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays: Arrays = {name: file[name] for name in file.files}
        if bytes(arrays.pop(CHECKSUM)) != _digest(path.name, arrays):
            raise ValueError("its content is not what was kept")
    except Exception as error:  # a damaged file raises whatever its reader meets: zlib, struct, a size without end
        logger.warning("%s is damaged and is made again: %s: %s", path, type(error).__name__, error)
        return None
    with suppress(OSError):  # in a folder that may only be read nothing is pruned either
        os.utime(path)
    return arrays


def _digest(name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    digest = hashlib.sha256(name.encode())
    for key in sorted(arrays):
        array = np.ascontiguousarray(arrays[key])
        digest.update(f"|{key}|{array.dtype.str}|{array.shape}|".encode())
        digest.update(array.tobytes())
    return digest.digest()
