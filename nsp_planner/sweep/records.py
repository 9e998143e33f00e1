"""Results of scenarios on disk. In: a record and its folder. Out: a file per key, read back only as it was written.

A record is written beside its place, flushed and renamed, with a checksum of its content.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from nsp_planner.storage import write_atomically

logger = logging.getLogger(__name__)

CHECKSUM = "sha256"
Record = dict[str, Any]


def is_refused(record: Record) -> bool:
    """Whether the check refused the plan of a scenario; it is tried again when the sweep is started again."""
    return bool(record["result"]["status"] == "refused")


def read_record(results: Path, key: str) -> Record | None:
    """A finished scenario's record; None where there is none, or, with a note, where it is not as it was written."""
    file = results / f"{key}.json"
    if not file.is_file():
        return None
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        checksum = record.pop(CHECKSUM)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        logger.warning("%s is damaged and is made again: %s: %s", file, type(error).__name__, error)
        return None
    if record.get("key") != key or checksum != _checksum(record):
        logger.warning("%s is damaged and is made again: its content is not what was kept", file)
        return None
    return dict(record)


def write_record(results: Path, record: Record) -> None:
    """Keep a record with its checksum: written beside its place, flushed to disk, renamed."""
    kept = {**record, CHECKSUM: _checksum(record)}
    text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    write_atomically(results / f"{record['key']}.json", text.encode())


def _checksum(record: Record) -> str:
    return hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
