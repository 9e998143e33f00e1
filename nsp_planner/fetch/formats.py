"""What a file really is. In: its first bytes. Out: why it is not what it should be, or ``None``.

A server out of order often answers 200 with a web page; that must not become a "GeoPackage" on disk.
"""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

HEAD_BYTES = 4096
NAMES = {
    "zip": "a zip",
    "gpkg": "a GeoPackage",
    "pbf": "an OpenStreetMap extract (.osm.pbf)",
    "csv": "a CSV table",
}


def check_format(path: Path, format_name: str) -> str | None:
    """Why a file is not what it should be, as the end of a sentence ("... gave"), or ``None`` when it is.

    Args:
        path: The complete file.
        format_name: ``zip``, ``gpkg``, ``pbf`` or ``csv``.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return "an empty file"
    if _fits(path, head, format_name):
        return None
    if looks_like_html(head):
        return f"{html_title(head)} in place of {NAMES[format_name]}"
    if head.lstrip().startswith((b"{", b"[")):
        return f"a JSON message in place of {NAMES[format_name]}: {head[:120].decode('utf-8', 'replace')}"
    if head.lstrip().startswith(b"<?xml"):
        return f"an XML message in place of {NAMES[format_name]}"
    return f"a file that is not {NAMES[format_name]}, or only a part of one"


def _fits(path: Path, head: bytes, format_name: str) -> bool:
    if format_name == "zip":
        return head.startswith(b"PK") and zipfile.is_zipfile(path)
    if format_name == "gpkg":
        return head.startswith(b"SQLite format 3\x00")
    if format_name == "pbf":
        # https://wiki.openstreetmap.org/wiki/PBF_Format: four bytes of length, then the type of the first blob.
        return head[6:15] == b"OSMHeader"
    return not looks_like_html(head) and b"\x00" not in head and any(mark in head for mark in b";,\t")


def looks_like_html(head: bytes) -> bool:
    """Whether the bytes start a web page."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:500].lower()
    return start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<") and b"<html" in start)


def html_title(head: bytes) -> str:
    """``a web page`` with its title, where it has one."""
    found = re.search(rb"<title[^>]*>(.*?)</title>", head[:HEAD_BYTES], re.IGNORECASE | re.DOTALL)
    title = html.unescape(found[1].decode("utf-8", "replace")).strip()[:80] if found else ""
    return f'a web page ("{title}")' if title else "a web page"
