"""A folder to write in, and one at a time. In: a place. Out: a hidden folder in it that is published or removed."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from nsp_planner.errors import Fault, KeptAsideError, SettingsError, SystemFaultError
from nsp_planner.storage.faults import system_fault, write_fault
from nsp_planner.storage.owner import draft_name
from nsp_planner.storage.publish import is_finished

logger = logging.getLogger(__name__)

WRITABLE = "give a folder you may write in as `output` in the study or with --output"


@contextmanager
def hidden_folder(
    parent: Path, *, layer: str = "study", fix: str = WRITABLE, column: str | None = "output"
) -> Iterator[Path]:
    """A new hidden folder to write in, in ``parent``; removed at the end, unless it was published or is finished.

    Args:
        parent: The folder it is made in; made itself if it is not there.
        layer: What the output is of, for the fault.
        fix: What to do where it cannot be made.
        column: The setting that names ``parent``, for the fault.

    Raises:
        SettingsError: The folder cannot be written; a disk that is full or gone half way too.
    """
    hidden = parent / draft_name()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        hidden.mkdir(mode=0o700)
    except OSError as error:
        raise SettingsError(Fault(layer, f"cannot write: {error.strerror}", fix, str(parent), column)) from None
    try:
        yield hidden
    except KeptAsideError:
        raise
    except Exception as error:
        if (found := write_fault(error, hidden, layer=layer, fix=fix)) is not None:
            raise found from error
        raise
    finally:
        if is_finished(hidden):
            logger.warning("what is in %s is finished; the next run into %s gives it its name", hidden, parent)
        else:
            shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def one_at_a_time(guard: Path, busy: Fault, *, timeout_s: float = 0.0, fix: str = WRITABLE) -> Iterator[None]:
    """Wait until no other process has this guard file; the system lets go of it when a process dies.

    Args:
        guard: The file that is locked; its folder is made.
        busy: The fault where another process still has it.
        timeout_s: How long to wait for it.
        fix: What to do where the folder cannot be written.

    Raises:
        SettingsError: Another process is still busy after ``timeout_s``, or the folder cannot be written.
    """
    lock = FileLock(guard)
    try:
        guard.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=timeout_s)
    except Timeout:
        raise SettingsError(busy) from None
    except OSError as error:
        if (found := system_fault(error, layer=busy.layer, place=guard.parent)) is None:
            raise
        fault = found.faults[0]
        raise SystemFaultError(Fault(busy.layer, f"cannot write: {fault.message}", fix, str(guard.parent))) from None
    try:
        yield
    finally:
        lock.release()
