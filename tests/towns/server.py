"""A server on loopback that plays the publishers. In: files and tables. Out: answers as they give them, faults too.

It is used as a mirror: https://download.cbs.nl/a.zip is asked for as http://127.0.0.1:PORT/download.cbs.nl/a.zip, so
that the true addresses of sources.toml are exercised.
"""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import geopandas as gpd
import shapely

HTML = b"<!DOCTYPE html><html><head><title>Storing bij PDOK</title></head><body>Kom later terug.</body></html>"


@dataclass
class Playbook:
    """What the server has and how it misbehaves: files, tables, and mishaps per path.

    ``collections`` are by path of ``.../items``. ``mishaps`` is what the next requests meet, in order:
    ``("status", 503, {headers})``, ``("cut", bytes)``, ``("html",)``, ``("json", page)``, ``("redirect", target)`` or
    ``("slow", seconds)``. ``always``: the same, for every request. ``requests``: (method, path with query, headers).
    """

    files: dict[str, bytes] = field(default_factory=dict)
    collections: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    mishaps: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    always: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    page_size: int = 50
    with_ranges: bool = True
    known_year_parameter: bool = True
    without_head: bool = False
    refused_parameters: tuple[str, ...] = ()
    address: str = ""

    def paths(self, method: str = "GET") -> list[str]:
        """Paths asked for, without query."""
        return [urlsplit(path).path for each, path, _ in self.requests if each == method]

    def asked(self, part: str) -> list[tuple[str, str, dict[str, str]]]:
        """Requests whose path holds a text."""
        return [request for request in self.requests if part in request[1]]


@contextmanager
def serving(playbook: Playbook, tls: ssl.SSLContext | None = None) -> Iterator[Playbook]:
    """Play while the block runs; ``playbook.address`` says where."""

    class Handler(_Handler):
        book = playbook

    server = _QuietServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    playbook.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield playbook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: clients hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    book: Playbook
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: tests read ``requests``."""

    def do_HEAD(self) -> None:
        if self.book.without_head:
            return self.send(405, b"", {})
        self.answer(body_wanted=False)

    def do_GET(self) -> None:
        self.answer(body_wanted=True)

    def answer(self, *, body_wanted: bool) -> None:
        path = urlsplit(self.path).path
        self.book.requests.append((self.command, self.path, dict(self.headers)))
        queue = self.book.mishaps.get(path, [])
        mishap = self.book.always.get(path) or (queue.pop(0) if queue and body_wanted else None)
        cut = None
        if mishap is not None:
            kind, *rest = mishap
            if kind == "status":
                return self.send(rest[0], b"busy", {"Content-Type": "text/plain", **(rest[1] if rest[1:] else {})})
            if kind == "html":
                return self.send(200, HTML, {"Content-Type": "text/html"}, body_wanted=body_wanted)
            if kind == "redirect":
                return self.send(302, b"", {"Location": rest[0]})
            if kind == "json":
                return self.send(200, json.dumps(rest[0]).encode(), {"Content-Type": "application/json"})
            if kind == "slow":
                time.sleep(rest[0])
            if kind == "cut":
                cut = rest[0]
        if path in self.book.files:
            return self.send_file(self.book.files[path], body_wanted, cut)
        if path in self.book.collections:
            return self.send_page(path)
        return self.send(404, b"not here", {"Content-Type": "text/plain"})

    def send_file(self, body: bytes, body_wanted: bool, cut: int | None) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": "application/octet-stream", "ETag": etag, "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and self.book.with_ranges and self.headers.get("If-Range", etag) == etag:
            start = int(asked[1])
            if start >= len(body):
                return self.send(416, b"", {"Content-Range": f"bytes */{len(body)}"})
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return self.send(206, body[start:], headers, body_wanted=body_wanted, cut=cut)
        return self.send(200, body, headers, body_wanted=body_wanted, cut=cut)

    def send_page(self, path: str) -> None:
        """One page of a collection, as PDOK gives it: bbox, year, limit, cursor, next link to the true address."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        table = self.book.collections[path]
        if set(query) & set(self.book.refused_parameters):
            return self.send(400, b'{"title": "unknown parameter"}', {"Content-Type": "application/json"})
        for name in ("jaarcode",):
            if name in query and name in table and self.book.known_year_parameter:
                table = table[table[name].astype(str) == query[name]]
        if "bbox" in query:
            assert query["bbox-crs"].endswith("28992")
            box = shapely.box(*(float(side) for side in query["bbox"].split(",")))
            table = table[table.intersects(box)]
        start = int(query.pop("cursor", 0))
        size = min(int(query.get("limit", 10)), self.book.page_size)
        rows = table.iloc[start : start + size]
        host = path.split("/")[1]
        true_address = f"https://{host}{path.removeprefix('/' + host)}"
        links = [{"rel": "self", "href": f"{true_address}?{urlencode(query)}"}]
        if start + size < len(table):
            links.append({"rel": "next", "href": f"{true_address}?{urlencode({**query, 'cursor': start + size})}"})
        features = [
            {
                "type": "Feature",
                "id": row["feature_key"],
                "geometry": None if row["geometry"] is None else shapely.geometry.mapping(row["geometry"]),
                "properties": {k: v for k, v in row.items() if k not in ("geometry", "feature_key")},
            }
            for row in rows.astype(object).where(rows.notna(), None).to_dict("records")
        ]
        page = {"type": "FeatureCollection", "links": links, "features": features, "numberReturned": len(features)}
        headers = {"Content-Type": "application/geo+json"}
        if "crs" in query:
            headers["Content-Crs"] = f"<{query['crs']}>"
        self.send(200, json.dumps(page).encode(), headers)

    def send(
        self, status: int, body: bytes, headers: dict[str, str], *, body_wanted: bool = True, cut: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body_wanted and self.command != "HEAD":
            self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
