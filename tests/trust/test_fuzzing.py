"""Fuzzing: whatever stands in a file, its reader reads it or refuses it with a message; a short run, and a long one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trust.fuzzing import READERS, contents, expect_no_surprise, fuzz, good

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # rasterio 1.4 with affine 3

FEW, MANY = 4, int(os.environ.get("NSP_FUZZ_EXAMPLES", "250"))
"""Files of each kind in the suite, and in the long run; more with NSP_FUZZ_EXAMPLES."""
SLOW = {"edited.xlsx": 10, "edited.csv": 4, "sites.xlsx": 2}
"""Kinds that take longer per file get a part of them."""


@pytest.mark.slow
@pytest.mark.parametrize("name", list(READERS))
def test_a_good_file_of_every_kind_is_read_and_a_few_odd_ones_hold(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(good(name))
    faults = [fault.message for fault in READERS[name](path)]
    assert faults == []
    fuzz(name, contents(name), max(1, FEW // SLOW.get(name, 1)), derandomize=True)


@pytest.mark.trust
@pytest.mark.parametrize("name", list(READERS))
def test_many_odd_files_hold(name: str, record_property: Callable[[str, object], None]) -> None:
    begun, n_files = time.monotonic(), max(20, MANY // SLOW.get(name, 1))
    fuzz(name, contents(name), n_files, derandomize=False)
    record_property("figure", f"{name}: {n_files:,} odd files in {time.monotonic() - begun:.0f} s, none surprised")


@pytest.mark.slow
def test_a_reader_that_surprises_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path) -> tuple[()]:
        if b"1,250" in path.read_bytes():
            raise KeyError("not a fault")
        return ()

    monkeypatch.setattr("tests.trust.fuzzing.READERS", {**READERS, "totals.csv": broken})
    with pytest.raises(KeyError):
        expect_no_surprise("totals.csv", b"a\n1,250\n")
    with pytest.raises(KeyError):
        fuzz("totals.csv", contents("totals.csv"), 400, derandomize=True)


def test_a_reader_that_leaves_something_behind_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def untidy(path: Path) -> tuple[()]:
        path.with_name("rest").write_text("x", encoding="utf-8")
        return ()

    monkeypatch.setattr("tests.trust.fuzzing.READERS", {**READERS, "totals.csv": untidy})
    with pytest.raises(AssertionError, match="left behind"):
        expect_no_surprise("totals.csv", b"a")
