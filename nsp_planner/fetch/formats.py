"""What a file really is. In: its first bytes. Out: why it is not what it should be, or ``None``.

A server out of order often answers 200 with a web page; that must not become a "GeoPackage" on disk.
"""

from __future__ import annotations

import html
import re
import sqlite3
import zipfile
import zlib
from contextlib import closing
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


def damage(path: Path) -> str | None:
    """What is broken in a file that was whole once, or ``None``; a table that somebody changed is not broken."""
    format_name = "csv" if path.suffix not in (".zip", ".gpkg", ".pbf") else path.suffix[1:]
    if (problem := check_format(path, format_name)) is not None:
        return problem
    try:
        if format_name == "zip":
            with zipfile.ZipFile(path) as book:
                broken = book.testzip()
                return None if broken is None else f"a zip with {broken} broken in it"
        if format_name == "gpkg":
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as book:
                said = str(book.execute("PRAGMA quick_check").fetchone()[0])
                return None if said == "ok" else f"a GeoPackage that is broken: {said.splitlines()[-1]}"
        return "a table with zero bytes in it" if format_name == "csv" and b"\x00" in path.read_bytes() else None
    except (sqlite3.DatabaseError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        return f"{NAMES[format_name]} that is broken: {error}"


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
