"""What the system does to us. In: an error of disk, memory or installation. Out: a fault with the way out, or nothing.

A full disk is no fault of nsp-planner: it is told as what it is, with the file and what to do (exit code 2).
"""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from pathlib import Path

from nsp_planner.errors import Fault, NspError, SystemFaultError

ELSEWHERE = "give a folder on a disk that can be written"
NEARLY_FULL_BYTES = 8 * 2**20
"""Below this, a library that fails to write most likely failed for want of room, whatever it says."""
MOST_SAID = 120
"""Characters of what a library says of its failure."""
_ROOM = "make room on this disk, or give a folder on another one, and run again"
_RIGHTS = "ask for rights on it, or give another one"
_MEANING: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", _ROOM),
    errno.EDQUOT: ("the disk is full: your share of it (quota) is used", _ROOM),
    errno.EFBIG: ("the file grows larger than this system allows", "raise the limit (ulimit -f), or use another disk"),
    errno.EROFS: ("the disk is read-only", ELSEWHERE),
    errno.EACCES: ("it may not be read or written by you", _RIGHTS),
    errno.EPERM: ("the system does not allow it", _RIGHTS),
    errno.EBUSY: ("another program holds it", "close that program (a virus scanner, a synchronised folder), run again"),
    errno.ETXTBSY: ("another program holds it", "close that program, and run again"),
    errno.ENOENT: ("it is not there (any more)", "see whether the folder was moved or a disk disconnected, run again"),
    errno.ESTALE: ("it is not there any more", "see whether the network disk is connected, and run again"),
    errno.ENOTDIR: ("a file stands where a folder should be", "give another folder"),
    errno.EISDIR: ("a folder stands where a file should be", "give another path, or move that folder away"),
    errno.EIO: ("the disk gives errors", "see whether it is healthy and connected; use another disk"),
    errno.ENODEV: ("the disk is gone", "connect it again, and run again"),
    errno.ENXIO: ("the disk is gone", "connect it again, and run again"),
    errno.ENAMETOOLONG: ("the name is too long for this disk", "give a folder with a shorter path"),
    errno.ELOOP: ("links go round in a circle", "repair the links, or give another path"),
    errno.EMFILE: ("too many files are open", "raise the limit (ulimit -n), and run again"),
    errno.ENFILE: ("too many files are open on this computer", "close other programs, and run again"),
    errno.ENOMEM: ("there is not enough memory", "close other programs, or plan a smaller region"),
}


def system_fault(error: BaseException, *, layer: str = "system", place: Path | None = None) -> SystemFaultError | None:
    """The error as a fault of disk, memory or installation; None where it is none of these.

    Args:
        error: What was raised.
        layer: What was being done.
        place: The file or folder, where the error does not name it.
    """
    named = None if place is None else str(place)
    if isinstance(error, MemoryError):
        message, fix = _MEANING[errno.ENOMEM]
        return SystemFaultError(Fault(layer, message, fix, named))
    if isinstance(error, ImportError):
        return _missing_package(error, layer)
    if not isinstance(error, OSError) or error.errno not in _MEANING:
        return None
    message, fix = _MEANING[error.errno]
    file = next((str(name) for name in (error.filename, named) if isinstance(name, str | Path)), None)
    return SystemFaultError(Fault(layer, message, fix, file))


def write_fault(error: Exception, hidden: Path, *, layer: str, fix: str) -> SystemFaultError | None:
    """Why writing a hidden folder failed, where the disk is to blame; libraries do not always raise its own error."""
    if isinstance(error, NspError):
        return None
    place = str(hidden.parent)
    if not hidden.is_dir():
        message = "the folder is gone while it was written"
        return SystemFaultError(Fault(layer, message, f"{_MEANING[errno.ENOENT][1]}; or {fix}", place))
    if (found := system_fault(error, layer=layer, place=hidden)) is not None:
        return SystemFaultError([replace(fault, file=_visible(fault.file, hidden)) for fault in found.faults])
    if (room := free_bytes(hidden)) is not None and room < NEARLY_FULL_BYTES:
        said = str(error).splitlines()[0][:MOST_SAID] if str(error) else ""
        message = f"writing failed with {room / 1e6:.1f} MB free on the disk ({type(error).__name__}: {said})"
        return SystemFaultError(Fault(layer, message, _ROOM, place))
    return None


def _visible(file: str | None, hidden: Path) -> str | None:
    """The folder that people know, for a file in a hidden folder that is removed."""
    return str(hidden.parent) if file is not None and hidden.name in file else file


def free_bytes(folder: Path) -> int | None:
    """Bytes free where a folder is; None where that is not known (some network disks say nothing)."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free if usage.total > 0 else None


def _missing_package(error: ImportError, layer: str) -> SystemFaultError | None:
    name = (error.name or "").split(".")[0]
    if not name or name == "nsp_planner":
        return None
    if isinstance(error, ModuleNotFoundError):
        fix = f"install it (pip install {name}), or install nsp-planner again with all it needs"
        return SystemFaultError(Fault(layer, f"the package {name} is not installed", fix))
    fix = f"install it again (pip install --force-reinstall {name})"
    return SystemFaultError(Fault(layer, f"the package {name} does not load: {error}", fix, error.path))
