"""Whether a packed extract unpacks to far more than an extract does. In: its path. Out: nothing, or why it is refused.

osmium reads what it is given to the end: a few kilobytes that unpack to terabytes of nothing would keep it busy for
ever. The blocks of a ``.pbf`` say how large they are (wiki.openstreetmap.org/wiki/PBF_Format); ``.gz`` and ``.bz2`` are
unpacked once for it, without keeping anything.
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from nsp_planner.layers.raw.opening import Refusal

MAX_RATIO = 200
"""Extracts unpack to three (.pbf) or twenty times their size (.bz2)."""
MAX_RATIO_FREE_BYTES = 64 * 2**20
MAX_UNPACKED_BYTES = 64 * 2**30
"""The whole country as XML has 30 GiB."""
CHUNK_BYTES = 2**20
MAX_HEADER_BYTES = 64 * 2**10
"""The header of a block of a .pbf has no more, by its description."""


def refuse_packed(path: Path) -> Refusal | None:
    """Why an extract is not read: it unpacks to too much. What is damaged in it is left to its reader to tell."""
    name = path.name.lower()
    try:
        if name.endswith(".pbf"):
            with path.open("rb") as stream:
                return _judged(_pbf_sizes(stream))
        if name.endswith((".gz", ".bz2")):
            opening = gzip.open if name.endswith(".gz") else bz2.open
            with path.open("rb") as packed, opening(packed) as opened:
                return _judged(_unpacked_sizes(packed, opened))
    except (OSError, EOFError, zlib.error):
        return None
    return None


def _judged(sizes: Iterator[tuple[int, int]]) -> Refusal | None:
    """The first place at which too much was unpacked; ``sizes`` are bytes unpacked from bytes read, growing."""
    for unpacked, read in sizes:
        too_dense = unpacked > MAX_RATIO_FREE_BYTES and unpacked > MAX_RATIO * read
        if too_dense or unpacked > MAX_UNPACKED_BYTES:
            message = f"{read / 2**20:,.1f} MiB of it unpack to {unpacked / 2**20:,.0f} MiB: refused as a bomb"
            return Refusal(message, "This is no extract: download it again, as .osm.pbf.")
    return None


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _unpacked_sizes(packed: BinaryIO, opened: _Readable) -> Iterator[tuple[int, int]]:
    unpacked = 0
    while chunk := opened.read(CHUNK_BYTES):
        unpacked += len(chunk)
        yield unpacked, packed.tell()


def _pbf_sizes(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """A block is its header's length (4 bytes), its header, which says the length of the block, and the block."""
    unpacked = 0
    while len(length := stream.read(4)) == 4:
        n_header = int.from_bytes(length, "big")
        if n_header > MAX_HEADER_BYTES:
            return
        n_block = _number_field(stream.read(n_header), 3)
        if n_block is None:
            return
        beginning = stream.read(min(n_block, 32))
        unpacked += _number_field(beginning, 2) or n_block
        stream.seek(n_block - len(beginning), 1)
        yield unpacked, stream.tell()


def _number_field(message: bytes, wanted: int) -> int | None:
    """A whole number in a message of protocol buffers, by its field; None where it does not hold one so far."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        match key & 7:
            case 0 if key >> 3 == wanted:
                return value
            case 0:
                continue
            case 2:
                at += value
            case _:
                return None
    return None


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at
