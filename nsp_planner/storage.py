"""Files and folders that are there whole or not at all. In: a place. Out: a draft beside it, renamed when complete.

Drafts are hidden names in the same folder, so that the rename cannot fail half way and a reader, or a run that is
killed, never sees half a file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nsp_planner.errors import Fault, SettingsError

UNFINISHED = ".unfinished-"
"""How the names of drafts begin: what is left of one after a kill may be removed."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def fresh_file(target: Path) -> Iterator[Path]:
    """A hidden path beside the target to write to; flushed to disk and renamed at the end, removed on any failure.

    It ends in the target's name, since numpy, GDAL and osmium choose the format by it. The folder is made.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{UNFINISHED}{uuid.uuid4().hex[:12]}-{target.name}")
    try:
        yield draft
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    with fresh_file(target) as draft:
        draft.write_bytes(content)


@contextmanager
def hidden_folder(
    parent: Path,
    *,
    layer: str = "study",
    fix: str = "give a folder you may write in as `output` in the study or with --output",
    column: str | None = "output",
) -> Iterator[Path]:
    """A new hidden folder to write in, in ``parent``; removed at the end, unless it was published.

    Args:
        parent: The folder it is made in; made itself if it is not there.
        layer: What the output is of, for the fault.
        fix: What to do where it cannot be made.
        column: The setting that names ``parent``, for the fault.

    Raises:
        SettingsError: The folder cannot be written.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    except OSError as error:
        raise SettingsError(Fault(layer, f"cannot write: {error.strerror}", fix, str(parent), column)) from None
    try:
        yield hidden
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def publish(hidden: Path, folder: Path) -> Path:
    """Rename a complete hidden folder to its place, where nothing stands; others may read it from then on."""
    hidden.chmod(0o755)
    return hidden.rename(folder)
