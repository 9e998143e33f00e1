"""One file that was read. In: its path. Out: :class:`InputFile` with its size and checksum, for the manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nsp_planner.storage import sha256_of


@dataclass(frozen=True)
class InputFile:
    """One raw file, for the manifest: what it is for, path as in the study, bytes, SHA-256, rows read."""

    layer: str
    path: str
    n_bytes: int
    sha256: str
    n_rows: int


def record_file(layer: str, path: Path, n_rows: int) -> InputFile:
    """The record of a file of which ``n_rows`` rows were read."""
    return InputFile(layer, str(path), path.stat().st_size, sha256_of(path), n_rows)
