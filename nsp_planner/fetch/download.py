"""Downloading one file. In: an address and a place on disk. Out: the whole file with its SHA-256, or nothing.

Bytes go to a hidden ``.part`` file beside the target, which is renamed when it is complete and is what it should be.
A broken download goes on where it stopped, within a run and in the next one, if the server's file is still the same
one (If-Range with its ETag or date, RFC 9110, 13.1.5).
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from nsp_planner.errors import Fault, SettingsError
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.web import Interrupted, Web, WebError, chunks
from nsp_planner.storage import sha256_of

MAX_BYTES = 16 * 2**30
"""No file of these sources comes near; a server that goes on sending is left."""
DISK_MARGIN_BYTES = 16 * 2**20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Downloaded:
    """A file that was fetched: bytes, SHA-256 (hexadecimal), and what the server said of it."""

    n_bytes: int
    sha256: str
    etag: str | None


@dataclass
class _Part:
    """The unfinished file and the note beside it, which says of what it is a part."""

    target: Path

    @property
    def path(self) -> Path:
        return self.target.with_name(f".{self.target.name}.part")

    @property
    def note(self) -> Path:
        return self.target.with_name(f".{self.target.name}.part.json")

    def state(self, address: str) -> dict[str, Any]:
        """What the note says, empty when there is nothing to go on with."""
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            usable = noted["address"] == address and noted["validator"] and self.path.stat().st_size > 0
        except (OSError, ValueError, KeyError, TypeError):
            usable = False
        if usable:
            return dict(noted)
        self.remove()
        return {}

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0


def download(web: Web, address: str, target: Path, source: Source, check: Callable[[Path], str | None]) -> Downloaded:
    """Fetch a file to ``target``.

    Args:
        web: The door to the network.
        address: Where it is.
        target: Where it goes; its folder is made.
        source: What it is, for faults; its ``sha256`` must fit when given.
        check: Given the complete file, why it is not what was asked ("... gave"), or ``None``.

    Raises:
        WebError: It cannot be had, is something else, or differs from the SHA-256. SettingsError: it cannot be written.
    """
    part = _Part(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not web.offline:
            part.state(address)
        headers = _fetch_all(web, address, part, source)
        _accept(part, address, source, check)
        n_bytes, sha256 = part.path.stat().st_size, sha256_of(part.path)
        part.path.replace(target)
        part.note.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in FULL:
            part.remove()
        raise disk_error(error, source, target) from None
    return Downloaded(n_bytes, sha256, headers.get("ETag"))


def disk_error(error: OSError, source: Source, target: Path) -> SettingsError:
    """A disk that is full or may not be written, as a fault."""
    if error.errno in FULL:
        message, fix = "the disk is full", "Make room, or choose another disk with --folder, and run again."
    else:
        message = f"cannot write: {error.strerror or error}"
        fix = "Give a folder you may write in with --folder."
    return SettingsError(Fault(source.layer, message, fix, str(target)))


def _fetch_all(web: Web, address: str, part: _Part, source: Source) -> dict[str, str]:
    attempt = 1
    while True:
        before = part.size()
        try:
            return _fetch_rest(web, address, part, source)
        except Interrupted as stopped:
            attempt = 1 if part.size() > before else attempt
            web.wait_or_give_up(attempt, stopped, address, source)
            attempt += 1


def _fetch_rest(web: Web, address: str, part: _Part, source: Source) -> dict[str, str]:
    """One request for what is still missing; returns the headers when the file is complete."""
    noted = part.state(address)
    have = part.size() if noted else 0
    # A compressed answer could not be continued, and its length would not be that of the file.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": str(noted["validator"])}
    try:
        with web.request(address, source, headers) as response:
            have, total = _where_it_starts(response, have)
            _note(part, address, response, total)
            _check_room(part, source, total, have)
            done = have
            with part.path.open("ab" if have else "wb") as out:
                for chunk in chunks(response):
                    out.write(chunk)
                    done += len(chunk)
                    web.progress.bytes_done(part.target.name, done, total)
                    if done > MAX_BYTES:
                        part.remove()
                        raise WebError(fault(source, f"{address} sends more than {MAX_BYTES >> 30} GiB"))
                out.flush()
                os.fsync(out.fileno())
            if total is not None and done < total:
                raise Interrupted(f"the connection broke off after {done:,} of {total:,} bytes")
            if total is not None and done > total:
                part.remove()
                raise Interrupted(f"{done:,} bytes came where {total:,} were announced")
            return dict(response.headers)
    except WebError as error:
        if error.status == 416:  # the part is longer than the file is now: begin again
            part.remove()
            raise Interrupted("the file on the server has changed") from None
        raise


def _where_it_starts(response: requests.Response, have: int) -> tuple[int, int | None]:
    """Bytes that stand before this answer's first, and bytes of the whole file where the server says so."""
    length = response.headers.get("Content-Length", "")
    if response.status_code == 206:
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", response.headers.get("Content-Range", "").strip())
        if found is None or int(found[1]) != have:
            raise Interrupted("the server did not go on where we stopped")
        return have, None if found[3] == "*" else int(found[3])
    encoded = response.headers.get("Content-Encoding", "identity") != "identity"
    return 0, int(length) if length.isdigit() and not encoded else None


def _note(part: _Part, address: str, response: requests.Response, total: int | None) -> None:
    etag = response.headers.get("ETag", "")
    # A weak ETag (W/) does not promise the same bytes.
    validator = etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified", "")
    note = {"address": address, "validator": validator, "total": total}
    part.note.write_text(json.dumps(note), encoding="utf-8")


def _check_room(part: _Part, source: Source, total: int | None, have: int) -> None:
    """Say beforehand that a file does not fit, instead of filling the disk."""
    if total is None:
        return
    free = shutil.disk_usage(part.path.parent).free
    if total - have + DISK_MARGIN_BYTES > free:
        need = f"{(total - have) / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free"
        part.remove()
        fix = "Make room, or choose another disk with --folder, and run again."
        raise SettingsError(Fault(source.layer, f"the disk is full: {need}", fix, str(part.target)))


def _accept(part: _Part, address: str, source: Source, check: Callable[[Path], str | None]) -> None:
    try:
        if (problem := check(part.path)) is not None:
            raise WebError(fault(source, f"{address} gave {problem}"))
        if source.sha256 is not None:
            found = sha256_of(part.path)
            if found != source.sha256:
                message = f"{address} gave a file with SHA-256 {found}, and {source.sha256} is asked for"
                where = f"check sha256 in [fetch.sources.{source.name}]"
                fix = f"The file was damaged or replaced: {where}. {source.by_hand()}"
                raise WebError(fault(source, message, fix))
    except WebError:
        part.remove()
        raise
