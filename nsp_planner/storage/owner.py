"""Whose a draft is. In: nothing, or a draft. Out: a name that tells its owner, and whether that one is dead.

The owner stands in the name, so that no draft is ever without one: computer, process and when that process started. A
process number is used again after a while; together with the start it is not.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import re
import sys
import time
import uuid
from functools import cache
from pathlib import Path

UNFINISHED = ".unfinished-"
"""How the names of drafts begin."""
OTHERS_AGE_S = 86_400.0
"""A draft of another computer, or of nobody known, is left alone until nothing in it has changed for this long."""
LONGEST_ENDING = 100
"""Characters of the final name that a draft's name ends in; a name may have 255 bytes in all."""
_NAME = re.compile(re.escape(UNFINISHED) + r"(?P<host>[0-9a-f]{8})-(?P<pid>[0-9]+)-(?P<start>[0-9a-f]{8})-")
_STILL_ACTIVE, _QUERY_LIMITED_INFORMATION, _ACCESS_DENIED = 259, 0x1000, 5


def draft_name(ending: str = "") -> str:
    """A hidden name that nothing else has, of this process; it ends as ``ending`` does (a format is chosen by it)."""
    pid = os.getpid()
    own = f"{UNFINISHED}{_host()}-{pid}-{_start(pid)}-{uuid.uuid4().hex[:8]}"
    return f"{own}-{ending[-LONGEST_ENDING:]}" if ending else own


def is_left_over(draft: Path) -> bool:
    """Whether nobody works on a draft any more: its process is dead, or it is another's and old."""
    owner = _NAME.match(draft.name)
    if owner is None or owner["host"] != _host():
        return time.time() - _last_changed(draft) > OTHERS_AGE_S
    pid = int(owner["pid"])
    return not _is_alive(pid) or _start(pid) != owner["start"]


@cache
def _host() -> str:
    """This computer, and on Linux this container: a process number says nothing outside it."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return _short(f"{platform.node()} {space}")


def _start(pid: int) -> str:
    """When a process started, as this system tells it: ticks since it booted, and which boot; the same for all else."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return _short("")
    return _short(f"{boot} {fields[19]}")


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":  # there os.kill would end it
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, pid)
        if not handle:
            return ctypes.get_last_error() == _ACCESS_DENIED
        code = ctypes.c_ulong()
        known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return not known or code.value == _STILL_ACTIVE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _last_changed(draft: Path) -> float:
    """When anything in a draft was changed last; now, where that cannot be told."""
    try:
        return max(path.lstat().st_mtime for path in (draft, *draft.rglob("*")))
    except OSError:
        return time.time()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
