"""Numbers on their way into a page. In: a dictionary and integer columns. Out: one base64 text, and back for tests.

Layout before gzip: uint32 length of the JSON, the JSON in UTF-8 padded to 8 bytes, then the columns, each padded to 8
bytes. The JSON's ``columns`` names dtype, offset and length of each. About 5 bytes per square against 1,000 as GeoJSON.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import numpy as np

from nsp_planner.costs.matrix import IntArray

NO_SITE = 65535
"""Number in a column that stands for no site."""
STEP_M = 5
"""Shapes are drawn on a raster of this many metres."""
DATA_ID = "nsp-data"
"""Id of the element that holds the packed text in a page."""
DTYPES = (np.uint8, np.uint16, np.uint32, np.int8, np.int16, np.int32)


def smallest_dtype(column: IntArray) -> np.dtype[Any]:
    """The smallest integer type the browser knows that holds every value; ``OverflowError`` when none does."""
    low, high = (int(column.min()), int(column.max())) if len(column) else (0, 0)
    for dtype in DTYPES:
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return np.dtype(dtype)
    raise OverflowError(f"no 32-bit integer type holds {low} to {high}")


def pack(header: dict[str, Any], columns: dict[str, IntArray]) -> str:
    """Pack header and columns, with the constants that both sides know; the same input gives the same text."""
    blocks, index, offset = [], {}, 0
    for name, column in columns.items():
        block = np.ascontiguousarray(column, dtype=smallest_dtype(column).newbyteorder("<"))
        raw = block.tobytes()
        index[name] = {"dtype": block.dtype.name, "offset": offset, "length": len(block)}
        raw += b"\0" * (-len(raw) % 8)
        blocks.append(raw)
        offset += len(raw)
    text = json.dumps(
        {**header, "no_site": NO_SITE, "step_m": STEP_M, "columns": index},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    head = text.encode("utf-8")
    head += b" " * (-(len(head) + 8) % 8)
    raw = np.array([len(head), 0], dtype="<u4").tobytes() + head + b"".join(blocks)
    return base64.b64encode(gzip.compress(raw, compresslevel=9, mtime=0)).decode("ascii")


def unpack(text: str) -> tuple[dict[str, Any], dict[str, IntArray]]:
    """Header and columns of a packed text."""
    raw = gzip.decompress(base64.b64decode(text))
    length = int(np.frombuffer(raw, "<u4", 1)[0])
    header = json.loads(raw[8 : 8 + length])
    body = raw[8 + length :]
    columns = {
        name: np.frombuffer(body, c["dtype"], c["length"], c["offset"]).astype(np.int64)
        for name, c in header["columns"].items()
    }
    return header, columns
