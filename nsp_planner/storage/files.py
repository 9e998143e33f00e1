"""One file. In: a place. Out: a draft beside it, renamed when it is complete; its SHA-256.

Drafts are hidden names in the same folder, so that the rename cannot fail half way and a reader, or a run that is
killed, never sees half a file.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nsp_planner.storage.owner import draft_name
from nsp_planner.storage.patience import patiently


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
    draft = target.with_name(draft_name(target.name))
    try:
        yield draft
        flush(draft)
        patiently(lambda: draft.replace(target))
    finally:
        draft.unlink(missing_ok=True)


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    with fresh_file(target) as draft:
        draft.write_bytes(content)


def flush(path: Path) -> None:
    """Wait until a file is on the disk itself: a name must not outlive a power cut that its content does not.

    Raises:
        OSError: It cannot be written; a disk that knows no flushing is no error.
    """
    with path.open("rb+") as stream:
        try:
            os.fsync(stream.fileno())
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
