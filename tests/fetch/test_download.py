"""One file over a bad line: resumed, repeated, refused, never half-written."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nsp_planner.errors import SettingsError
from nsp_planner.fetch.catalogue import Source, known_sources
from nsp_planner.fetch.download import download
from nsp_planner.fetch.formats import check_format
from nsp_planner.fetch.web import USER_AGENT, Politeness, Web, WebError, retry_after_s
from tests.towns.server import Playbook, serving

BODY = os.urandom(300_000)
PATH = "/files/grid.zip"
SOURCE: Source = known_sources()["grid_100m"]


def _fetch(web: Web, server: Playbook, target: Path, source: Source = SOURCE, format_name: str | None = None) -> str:
    def check(path: Path) -> str | None:
        return None if format_name is None else check_format(path, format_name)

    return download(web, server.address + PATH, target, source, check).sha256


def _nothing_half_written(folder: Path) -> bool:
    return [path.name for path in folder.iterdir()] == []


def test_a_file_arrives_whole_with_its_checksum(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.files[PATH] = BODY
    target = tmp_path / "grid.zip"
    assert _fetch(web, server, target) == hashlib.sha256(BODY).hexdigest()
    assert target.read_bytes() == BODY
    assert [path.name for path in tmp_path.iterdir()] == ["grid.zip"]
    assert server.requests[0][2]["User-Agent"] == USER_AGENT


def test_a_connection_cut_half_way_is_resumed_with_the_missing_bytes_only(
    server: Playbook, web: Web, tmp_path: Path
) -> None:
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("cut", 100_000)]
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == BODY
    first, second = (headers for _, _, headers in server.requests)
    assert "Range" not in first
    start = int(second["Range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 100_000


def test_many_cuts_are_survived_as_long_as_bytes_come(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("cut", 50_000)] * 5
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == BODY


def test_the_next_run_goes_on_where_a_broken_one_stopped(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("cut", 200_000), *[("status", 503)] * 9]
    with pytest.raises(WebError, match="503"):
        _fetch(web, server, tmp_path / "grid.zip")
    assert not (tmp_path / "grid.zip").exists()
    server.mishaps.clear()
    server.requests.clear()
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == BODY
    assert int(server.requests[0][2]["Range"][6:-1]) > 100_000


def test_a_file_that_changed_in_between_is_begun_anew_and_never_stitched(
    server: Playbook, web: Web, tmp_path: Path
) -> None:
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("cut", 200_000), *[("status", 503)] * 9]
    with pytest.raises(WebError):
        _fetch(web, server, tmp_path / "grid.zip")
    server.mishaps.clear()
    server.files[PATH] = BODY[::-1]
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == BODY[::-1]


def test_a_file_that_became_shorter_than_the_part_is_begun_anew(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("cut", 200_000), *[("status", 503)] * 9]
    with pytest.raises(WebError):
        _fetch(web, server, tmp_path / "grid.zip")
    server.mishaps[PATH] = [("status", 416)]
    server.files[PATH] = b"short"
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == b"short"


def test_a_server_that_cannot_resume_sends_all_of_it_again(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.files[PATH] = BODY
    server.with_ranges = False
    server.mishaps[PATH] = [("cut", 100_000)]
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == BODY


def test_two_times_503_and_then_the_file(server: Playbook, tmp_path: Path) -> None:
    waits: list[float] = []
    web = Web(politeness=Politeness(attempts=3, backoff_s=2.0, pause_s=0.0), sleep=waits.append)
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("status", 503), ("status", 503)]
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == BODY
    assert waits == [2.0, 4.0], "the pause grows"


def test_the_pause_a_server_asks_for_is_kept(server: Playbook, tmp_path: Path) -> None:
    waits: list[float] = []
    web = Web(politeness=Politeness(attempts=3, max_wait_s=30.0), sleep=waits.append)
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("status", 429, {"Retry-After": "17"})]
    _fetch(web, server, tmp_path / "grid.zip")
    assert waits == [17.0]


def test_a_server_that_asks_for_an_hour_is_left_alone(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.mishaps[PATH] = [("status", 503, {"Retry-After": "3600"})]
    with pytest.raises(WebError, match="asks to wait 60 minutes"):
        _fetch(web, server, tmp_path / "grid.zip")
    assert len(server.requests) == 1


def test_retry_after_may_be_a_date() -> None:
    now = dt.datetime(2026, 1, 1, 12, 0, 0, tzinfo=dt.UTC)
    assert retry_after_s("Thu, 01 Jan 2026 12:00:30 GMT", now) == 30.0
    assert retry_after_s("Thu, 01 Jan 2026 11:00:00 GMT", now) == 0.0
    assert retry_after_s("soon", now) is None


def test_a_404_says_which_address_where_to_find_it_and_how_to_give_it_by_hand(
    server: Playbook, web: Web, tmp_path: Path
) -> None:
    with pytest.raises(WebError) as caught:
        _fetch(web, server, tmp_path / "grid.zip")
    (fault,) = caught.value.faults
    assert fault.layer == "fetch: grid_100m"
    assert f"{server.address}{PATH} answered 404 (not found" in fault.message
    assert SOURCE.page in fault.fix
    assert "--file grid_100m=PATH" in fault.fix
    assert "nobody has verified" in fault.fix
    assert len(server.requests) == 1, "a missing file is not asked for again"
    assert _nothing_half_written(tmp_path)


def test_a_wrong_checksum_is_refused_and_leaves_nothing(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.files[PATH] = BODY
    with pytest.raises(WebError, match=f"SHA-256 {hashlib.sha256(BODY).hexdigest()}, and {'0' * 64} is asked for"):
        _fetch(web, server, tmp_path / "grid.zip", replace(SOURCE, sha256="0" * 64))
    assert _nothing_half_written(tmp_path)


def test_a_web_page_served_as_geopackage_is_recognised_by_its_content(
    server: Playbook, web: Web, tmp_path: Path
) -> None:
    server.always[PATH] = ("html",)
    with pytest.raises(WebError, match=r'gave a web page \("Storing bij PDOK"\) in place of a GeoPackage'):
        _fetch(web, server, tmp_path / "areas.gpkg", format_name="gpkg")
    assert _nothing_half_written(tmp_path)


@pytest.mark.parametrize(
    ("body", "format_name", "message"),
    [
        (b"PK\x03\x04 cut off", "zip", "not a zip, or only a part"),
        (b'{"error": "no such layer"}', "gpkg", "a JSON message"),
        (b"<?xml version='1.0'?><ExceptionReport/>", "zip", "an XML message"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c", "pbf", None),
        (b"id;naam\n1;a\n", "csv", None),
        (b"<html><body>nee</body></html>", "csv", "a web page"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(tmp_path: Path, body: bytes, format_name: str, message: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(body)
    problem = check_format(path, format_name)
    assert problem is None if message is None else message in (problem or "")


def test_a_redirect_is_followed_but_not_to_an_address_that_is_not_safe(
    server: Playbook, web: Web, tmp_path: Path
) -> None:
    server.files["/elsewhere.zip"] = BODY
    server.mishaps[PATH] = [("redirect", "/elsewhere.zip"), ("redirect", "http://example.org/grid.zip")]
    _fetch(web, server, tmp_path / "grid.zip")
    assert (tmp_path / "grid.zip").read_bytes() == BODY
    with pytest.raises(WebError, match="http is not encrypted"):
        _fetch(web, server, tmp_path / "again.zip")


def test_redirects_in_a_circle_end(server: Playbook, web: Web, tmp_path: Path) -> None:
    server.always[PATH] = ("redirect", PATH)
    with pytest.raises(WebError, match="from one address to the next"):
        _fetch(web, server, tmp_path / "grid.zip")


def test_silence_is_a_broken_connection(server: Playbook, tmp_path: Path) -> None:
    server.files[PATH] = BODY
    server.mishaps[PATH] = [("slow", 1.0)]
    web = Web(politeness=Politeness(attempts=2, backoff_s=0.01, timeout_s=(1.0, 0.2), pause_s=0.0))
    _fetch(web, server, tmp_path / "grid.zip")
    assert len(server.requests) == 2


def test_nobody_listening_is_told_as_no_connection(web: Web, tmp_path: Path) -> None:
    with pytest.raises(WebError, match="no connection"):
        download(web, "http://127.0.0.1:9/grid.zip", tmp_path / "grid.zip", SOURCE, lambda path: None)


def test_a_certificate_nobody_vouches_for_is_refused(web: Web, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
            "-days",
            "1",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(Playbook(files={PATH: BODY}), tls=context) as server:
        address = server.address.replace("http:", "https:") + PATH
        with pytest.raises(WebError, match="the TLS certificate is not trusted") as caught:
            download(web, address, tmp_path / "grid.zip", SOURCE, lambda path: None)
    assert "REQUESTS_CA_BUNDLE" in caught.value.faults[0].fix
    assert server.requests == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB, where this user may make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can make a small disk (tmpfs)")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if made.returncode != 0:
        pytest.skip(f"this system makes no small disk (tmpfs): {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_file_that_does_not_fit_is_refused_before_the_disk_is_full(
    server: Playbook, web: Web, small_disk: Path
) -> None:
    server.files[PATH] = os.urandom(5_000_000)
    with pytest.raises(SettingsError, match=r"the disk is full: 5 MB are needed and 1 MB are free"):
        _fetch(web, server, small_disk / "grid.zip")
    assert _nothing_half_written(small_disk)


def test_a_disk_that_fills_up_while_writing_is_told_and_cleared(
    server: Playbook, web: Web, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nsp_planner.fetch.download._check_room", lambda *args: None)
    server.files[PATH] = os.urandom(5_000_000)
    with pytest.raises(SettingsError, match="the disk is full") as caught:
        _fetch(web, server, small_disk / "grid.zip")
    assert "--folder" in caught.value.faults[0].fix
    assert _nothing_half_written(small_disk)
