"""The lock file. In: files that were fetched or made. Out: ``sources.lock.json``, and which of them can be reused.

One entry per file, by its path in the folder of raw data: source, address, date, size, SHA-256, licence, attribution,
year. Files made here (clipped, merged) say from what: the same ingredients and rules need no second making.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nsp_planner.errors import DataError, Fault
from nsp_planner.storage import sha256_of, write_atomically

LOCK_FILE = "sources.lock.json"
GUARD_FILE = ".fetch.lock"
MADE = "made:"
FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """One file of the lock file.

    Attributes:
        source: Name of the source; for files made here the names of all, with plus signs.
        address: Where it was fetched, ``file:`` and a name when given by hand, ``made:`` and a digest when made here.
        date: When, UTC.
        n_bytes: Size.
        sha256: SHA-256, hexadecimal.
        licence: Licence of the data.
        attribution: Line for outputs, in Dutch.
        year: Year of the data, 0 where it has none.
        etag: What the server called this version, if it did.
    """

    source: str
    address: str
    date: str
    n_bytes: int
    sha256: str
    licence: str
    attribution: str
    year: int = 0
    etag: str | None = None


class LockFile:
    """The lock file of one folder of raw data; every change is on disk at once."""

    def __init__(self, root: Path) -> None:
        """Read it, where it is there."""
        self.root = root
        self.path = root / LOCK_FILE
        self.entries: dict[str, Entry] = {}
        if self.path.exists():
            try:
                raw: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
                if raw["format"] != FORMAT:
                    raise ValueError(f"format {raw['format']} is not known")
                self.entries = {name: Entry(**entry) for name, entry in raw["files"].items()}
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                fix = "Remove the lock file; the files beside it are then taken as given by hand."
                raise DataError(Fault("fetch", f"the lock file cannot be read: {error}", fix, str(self.path))) from None

    def find(self, target: Path) -> Entry | None:
        """The entry of a file that is still the one fetched; ``None`` where there is no file or no entry.

        Raises:
            DataError: The file differs from the one fetched.
        """
        entry = self.entries.get(self._name(target))
        if entry is None or not target.exists():
            return None
        if (target.stat().st_size, sha256_of(target)) != (entry.n_bytes, entry.sha256):
            message = f"the file was changed after {entry.date[:10]}: its SHA-256 is no longer that in {LOCK_FILE}"
            fix = f"Move it away and run again to have it anew, or take it as it is with --file {entry.source}=PATH."
            if entry.address.startswith(MADE):
                message = f"the raw data are newer, and this list was changed by hand after {entry.date[:10]}"
                fix = "Move your list away, run again, and bring your changes over into the new one."
            raise DataError(Fault(f"fetch: {entry.source}", message, fix, str(target)))
        return entry

    def record(self, target: Path, entry: Entry) -> None:
        """Add or replace the entry of a file and write the lock file."""
        self.entries[self._name(target)] = entry
        text = json.dumps(
            {"format": FORMAT, "files": {name: asdict(self.entries[name]) for name in sorted(self.entries)}},
            ensure_ascii=False,
            indent=2,
        )
        write_atomically(self.path, (text + "\n").encode())

    def record_file(self, target: Path, entry: Entry) -> Entry:
        """Record a file with the size and SHA-256 it has now."""
        entry = replace(entry, n_bytes=target.stat().st_size, sha256=sha256_of(target))
        self.record(target, entry)
        return entry

    def _name(self, target: Path) -> str:
        return target.relative_to(self.root).as_posix()


def now_utc() -> str:
    """The moment, as it stands in the lock file."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def digest(*parts: object) -> str:
    """A short name for ingredients and rules: 24 hexadecimal digits of their SHA-256."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:24]
