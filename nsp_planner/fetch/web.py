"""The one door to the network. In: an address. Out: an answer with a checked status, or a :class:`WebError`.

Only https, or http to this machine; every redirect is checked again; TLS certificates are checked. A server that is
busy (429, 5xx) or falls silent is asked again after a growing pause, or after the pause it asks for (Retry-After).
Why the pauses are not those of urllib3's Retry stands in docs/adr/0005.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urljoin

import requests

from nsp_planner import __version__
from nsp_planner.errors import DataError, Fault
from nsp_planner.fetch.catalogue import Source, fault, unsafe_address
from nsp_planner.fetch.formats import html_title, looks_like_html
from nsp_planner.fetch.progress import FetchProgress

T = TypeVar("T")

USER_AGENT = f"nsp-planner/{__version__} (open-source planning of noodsteunpunten)"
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
MAX_PAGE_BYTES = 256 * 2**20
CHUNK_BYTES = 2**15
"""Small, since what is read of a chunk is lost when the connection breaks within it."""
MEANINGS = {
    400: "bad request: the service may have changed",
    401: "a login is asked for",
    403: "access is refused",
    404: "not found: the file was moved or renamed",
    407: "the proxy of this network asks for a login",
    410: "gone: the file was withdrawn",
    429: "too many requests",
    500: "the server failed",
    502: "the server behind it does not answer",
    503: "out of service for now",
    504: "the server behind it is too slow",
}


class WebError(DataError):
    """An address that did not give what was asked; ``status`` is that of HTTP, ``None`` without an answer."""

    def __init__(self, problem: Fault, status: int | None = None) -> None:
        """Keep the status beside the fault."""
        self.status = status
        super().__init__(problem)


class Interrupted(Exception):  # noqa: N818 - not an error yet: the caller may go on where it stopped
    """Worth another attempt; ``reason`` says what happened, ``retry_after_s`` what pause the server asks for."""

    def __init__(self, reason: str, status: int | None = None, retry_after_s: float | None = None) -> None:
        """Keep what the next attempt needs to know."""
        self.reason = reason
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(reason)


@dataclass(frozen=True)
class Politeness:
    """How often and how long is waited.

    Attributes:
        attempts: Requests in a row without a byte of progress before giving up.
        backoff_s: Pause before the second request, in seconds; doubled each time.
        max_wait_s: Longest pause; a server that asks for more is left alone, and a fault.
        timeout_s: Seconds to connect, and seconds of silence before a connection counts as broken.
        pause_s: Pause between pages of one service.
    """

    attempts: int = 4
    backoff_s: float = 1.0
    max_wait_s: float = 120.0
    timeout_s: tuple[float, float] = (15.0, 60.0)
    pause_s: float = 0.1


@dataclass
class Web:
    """Requests, or none at all when offline.

    Attributes:
        offline: Refuse every request before a socket is opened.
        politeness: Pauses and attempts.
        progress: Progress callback, for waits.
        mirror: Turns an address into the one on the mirror.
        sleep: Waits; replaced in tests.
        n_requests: Requests sent so far.
    """

    offline: bool = False
    politeness: Politeness = field(default_factory=Politeness)
    progress: FetchProgress = field(default_factory=FetchProgress)
    mirror: Callable[[str], str] = lambda address: address
    sleep: Callable[[float], None] = time.sleep
    n_requests: int = 0
    _session: requests.Session | None = None

    def get_json(self, address: str, source: Source) -> tuple[Any, Mapping[str, str]]:
        """A JSON document and its headers.

        Raises:
            WebError: It cannot be had, is no JSON (a web page instead, mostly), or is larger than 256 MiB.
        """

        def read() -> tuple[bytes, Mapping[str, str]]:
            with self.request(address, source, {"Accept": "application/geo+json, application/json"}) as response:
                body = bytearray()
                for chunk in chunks(response):
                    body += chunk
                    if len(body) > MAX_PAGE_BYTES:
                        raise WebError(fault(source, f"{address}: an answer of more than {MAX_PAGE_BYTES >> 20} MiB"))
                return bytes(body), dict(response.headers)

        body, headers = self.patiently(read, address, source)
        try:
            return json.loads(body), headers
        except (ValueError, RecursionError):
            what = html_title(body) if looks_like_html(body) else "something that is no JSON"
            raise WebError(fault(source, f"{address} gave {what}")) from None

    def exists(self, address: str, source: Source) -> bool:
        """Whether a file is there, without fetching it; ``False`` when the server says 404, 410 or 403."""

        def ask(method: str) -> bool:
            with self.request(address, source, {}, method=method):
                return True

        try:
            try:
                return self.patiently(lambda: ask("HEAD"), address, source)
            except WebError as error:
                if error.status not in (405, 501):
                    raise
                return self.patiently(lambda: ask("GET"), address, source)  # begun, not read
        except WebError as error:
            if error.status in (403, 404, 410):
                return False
            raise

    def patiently(self, action: Callable[[], T], address: str, source: Source) -> T:
        """Do something that may be interrupted, again after a pause, up to the attempts allowed."""
        attempt = 1
        while True:
            try:
                return action()
            except Interrupted as stopped:
                self.wait_or_give_up(attempt, stopped, address, source)
                attempt += 1

    def wait_or_give_up(self, attempt: int, stopped: Interrupted, address: str, source: Source) -> None:
        """Pause before the next attempt; raises ``WebError`` after the last, or when the server asks too much time."""
        asked_s, status = stopped.retry_after_s, stopped.status
        if attempt >= self.politeness.attempts:
            tried = f"{address}: {stopped.reason} ({attempt} attempts)"
            raise WebError(fault(source, tried, f"Try again later. {source.by_hand()}"), status)
        pause_s = self.politeness.backoff_s * 2 ** (attempt - 1)
        if asked_s is not None:
            if asked_s > self.politeness.max_wait_s:
                minutes = f"{asked_s / 60:.0f} minutes"
                message = f"{address}: {stopped.reason}; the server asks to wait {minutes}"
                raise WebError(fault(source, message, f"Run again after {minutes}. {source.by_hand()}"), status)
            pause_s = asked_s
        pause_s = min(pause_s, self.politeness.max_wait_s)
        self.progress.note(f"{source.name}: {stopped.reason}; again in {pause_s:.0f} s")
        self.sleep(pause_s)

    @contextmanager
    def request(
        self, address: str, source: Source, headers: Mapping[str, str], *, method: str = "GET"
    ) -> Iterator[requests.Response]:
        """One request with its redirects; yields an answer of status 200 or 206 to stream from.

        Raises:
            Interrupted: Worth another attempt. WebError: it is not.
        """
        if self.offline:
            raise WebError(
                fault(
                    source,
                    f"{source.title_nl} is not on disk yet, and --offline forbids to fetch {address}",
                    f"Run once without --offline. {source.by_hand()}",
                )
            )
        response = self._follow(address, source, headers, method)
        try:
            if response.status_code not in (200, 206):
                self._refuse(response, self.mirror(address), source)
            yield response
        finally:
            response.close()

    def _follow(self, address: str, source: Source, headers: Mapping[str, str], method: str) -> requests.Response:
        current = self.mirror(address)
        for _ in range(MAX_REDIRECTS + 1):
            if reason := unsafe_address(current):
                via = "" if current == address else f", where {address} sends us,"
                raise WebError(fault(source, f"{current}{via} is not fetched: {reason}"))
            response = self._send(current, source, headers, method)
            target = response.headers.get("Location")
            if response.status_code not in REDIRECTS or not target:
                return response
            response.close()
            current = urljoin(current, target)
        raise WebError(fault(source, f"{address} sends from one address to the next and never to a file"))

    def _send(self, address: str, source: Source, headers: Mapping[str, str], method: str) -> requests.Response:
        if self._session is None:
            self._session = requests.Session()
            self._session.headers["User-Agent"] = USER_AGENT
        self.n_requests += 1
        try:
            return self._session.request(
                method,
                address,
                headers=dict(headers),
                stream=True,
                allow_redirects=False,
                timeout=self.politeness.timeout_s,
            )
        except requests.exceptions.SSLError as error:
            fix = (
                "Look whether a proxy of your organisation stands in between; its certificate can be given as "
                f"REQUESTS_CA_BUNDLE. {source.by_hand()}"
            )
            message = f"{address}: the TLS certificate is not trusted ({_short(error)})"
            raise WebError(fault(source, message, fix)) from None
        except requests.exceptions.Timeout:
            raise Interrupted("no answer in time") from None
        except requests.exceptions.ConnectionError as error:
            raise Interrupted(f"no connection ({_short(error)})") from None
        except (requests.exceptions.RequestException, ValueError, UnicodeError) as error:
            raise WebError(fault(source, f"{address} cannot be fetched: {_short(error)}")) from None

    def _refuse(self, response: requests.Response, address: str, source: Source) -> None:
        status = response.status_code
        meaning = MEANINGS.get(status, response.reason or "no reason given")
        if status in BUSY:
            pause_s = retry_after_s(response.headers.get("Retry-After"))
            raise Interrupted(f"the server answered {status} ({meaning})", status, pause_s)
        raise WebError(fault(source, f"{address} answered {status} ({meaning})"), status)


def chunks(response: requests.Response) -> Iterator[bytes]:
    """The body in pieces; raises ``Interrupted`` when it breaks off."""
    try:
        yield from response.iter_content(CHUNK_BYTES)
    except requests.exceptions.RequestException as error:
        silent = "timed out" in str(error)
        raise Interrupted("the server fell silent" if silent else "the connection broke off") from None


def retry_after_s(value: str | None, now: dt.datetime | None = None) -> float | None:
    """Seconds a server asks to wait (RFC 9110, 10.2.3): a number or a date; ``None`` without either."""
    if value is None:
        return None
    with suppress(ValueError):
        return max(float(int(value.strip())), 0.0)
    with suppress(ValueError, TypeError):
        moment = email.utils.parsedate_to_datetime(value)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
        return max((moment - (now or dt.datetime.now(dt.UTC))).total_seconds(), 0.0)
    return None


def _short(error: BaseException) -> str:
    cause: BaseException = error
    while (inner := getattr(cause, "reason", None)) is not None and isinstance(inner, BaseException):
        cause = inner
    inner = cause.args[0] if isinstance(cause, requests.exceptions.RequestException) and cause.args else None
    if isinstance(inner, BaseException):
        cause = getattr(inner, "reason", None) or inner
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno)
    text = str(cause).rsplit(": ", 1)[-1].strip("()'\" ")
    return text[:120] or type(cause).__name__
