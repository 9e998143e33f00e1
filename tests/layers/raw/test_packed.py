"""Extracts that unpack to far more than one does: every limit at its border, and the blocks of a .pbf by hand."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pytest

from nsp_planner.layers.raw import packed
from nsp_planner.layers.raw.packed import refuse_packed

MIB, GIB = 2**20, 2**30


@pytest.mark.parametrize(
    ("unpacked", "read", "refused"),
    [
        (64 * MIB, 1, False),  # as dense as it likes
        (64 * MIB + 1, 0, True),
        (100 * MIB, MIB // 2, False),  # exactly 200 to one
        (100 * MIB, MIB // 2 - 1, True),
        (64 * GIB, GIB, False),
        (64 * GIB + 1, GIB, True),
    ],
)
def test_too_much_is_past_64_mib_and_200_to_one_or_past_64_gib(unpacked: int, read: int, *, refused: bool) -> None:
    assert (packed._judged(iter([(1, 1), (unpacked, read)])) is not None) is refused


def test_a_refusal_says_how_much_of_the_file_unpacks_to_what() -> None:
    refusal = packed._judged(iter([(512 * MIB, MIB + MIB // 2)]))
    assert refusal is not None
    assert refusal.message == "1.5 MiB of it unpack to 512 MiB: refused as a bomb"


@pytest.mark.parametrize(("ending", "opener"), [(".osm.gz", gzip.open), (".osm.bz2", bz2.open)])
def test_a_packed_file_of_nothing_is_refused_and_a_small_one_is_not(
    tmp_path: Path, ending: str, opener: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a{ending}"
    with opener(path, "wb") as stream:  # type: ignore[operator]
        stream.write(b"0" * 3_000_000)
    assert refuse_packed(path) is None
    monkeypatch.setattr(packed, "MAX_RATIO_FREE_BYTES", 2_999_999)
    assert refuse_packed(path) is not None
    monkeypatch.setattr(packed, "MAX_RATIO_FREE_BYTES", 3_000_000)
    assert refuse_packed(path) is None


def test_a_damaged_file_or_one_of_another_format_is_left_to_its_reader(tmp_path: Path) -> None:
    for name in ("a.osm.gz", "a.osm.bz2", "a.osm.pbf", "a.osm"):
        path = tmp_path / name
        path.write_bytes(b"no archive at all")
        assert refuse_packed(path) is None
        assert refuse_packed(tmp_path / f"gone-{name}") is None


def varint(number: int) -> bytes:
    """A whole number in groups of seven bits, the lowest first, all but the last with the high bit set."""
    groups = []
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])


def block(raw_size: int | None, data: bytes, *, extra: bytes = b"") -> bytes:
    """A block: length of its header in four bytes, header (type, size of the block), block (its size, its bytes)."""
    body = (b"" if raw_size is None else b"\x10" + varint(raw_size)) + b"\x1a" + varint(len(data)) + data
    header = b"\x0a\x07OSMData" + extra + b"\x18" + varint(len(body))
    return len(header).to_bytes(4, "big") + header + body


def pbf(path: Path, *blocks: bytes) -> list[tuple[int, int]]:
    path.write_bytes(b"".join(blocks))
    with path.open("rb") as stream:
        return list(packed._pbf_sizes(stream))


def test_the_blocks_of_a_pbf_say_what_they_unpack_to(tmp_path: Path) -> None:
    one, two = block(70_000, b"x" * 50), block(5, b"y" * 300)
    path = tmp_path / "a.osm.pbf"
    assert pbf(path, one, two) == [(70_000, len(one)), (70_005, len(one) + len(two))]
    with_index = block(9, b"z", extra=b"\x12\x02ix")
    assert pbf(path, with_index) == [(9, len(with_index))]


def test_a_block_that_does_not_say_its_size_is_as_large_as_it_is_packed(tmp_path: Path) -> None:
    assert pbf(tmp_path / "a.osm.pbf", block(None, b"x" * 10)) == [(12, 4 + 9 + 2 + 12)]


def test_what_is_no_block_of_a_pbf_ends_the_count(tmp_path: Path) -> None:
    path, good = tmp_path / "a.osm.pbf", block(7, b"x")
    too_long = (64 * 1024 + 1).to_bytes(4, "big")
    assert pbf(path, good, too_long + b"\x18\x05" + b"0" * 70_000) == [(7, len(good))]
    assert pbf(path, good, b"\x00\x00") == [(7, len(good))]
    assert pbf(path, good, b"\x00\x00\x00\x02\x0a\x00") == [(7, len(good))]  # a header without the size of its block
    assert pbf(path, good, b"\x00\x00\x00\x02\x1d\x00") == [(7, len(good))]  # a number of fixed width


def test_a_header_may_have_64_kib(tmp_path: Path) -> None:
    room = 64 * 1024 - 9 - 2 - 4
    full = block(7, b"x", extra=b"\x12" + varint(room) + b"i" * room)
    assert int.from_bytes(full[:4], "big") == 64 * 1024
    assert pbf(tmp_path / "a.osm.pbf", full) == [(7, len(full))]


def test_a_pbf_that_says_it_unpacks_to_a_hundred_gib_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(block(100 * GIB, b"x"))
    refusal = refuse_packed(path)
    assert refusal is not None
    assert "unpack to 102,400 MiB" in refusal.message
