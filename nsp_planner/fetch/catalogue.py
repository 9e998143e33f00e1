"""What is fetched from where. In: ``sources.toml``, settings, a mirror. Out: one :class:`Source` per entry.

Nothing here touches the network. An address is safe when it is https, or http to this machine itself.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from nsp_planner.errors import Fault, Faults, SettingsError
from nsp_planner.fetch.overrides import FetchSettings
from nsp_planner.names import nearest_or_all


@dataclass(frozen=True)
class Source:
    """One entry of ``sources.toml``, with what the settings changed.

    Attributes:
        name: Name in settings and faults, such as ``grid_100m``.
        title_nl: What it is, in Dutch.
        address: Where it is fetched; may hold ``{year}`` and the like. Empty: no steady address.
        page: Where a person finds it in a browser.
        format: ``zip``, ``ogc``, ``pbf``, ``csv`` or ``wmts``.
        licence: Licence of the data.
        attribution: Line that stands on outputs, in Dutch.
        clip: What is kept for a region.
        needed: Whether there is no plan without it.
        verified: Date on which a person tried the address; empty: never.
        collection: Name of the OGC collection.
        kept_as: Name of its file in the folder of a region, with ``{year}``, where it needs no step of its own: a
            collection is cut to the region, any other format is kept whole.
        year_parameter: Query parameter that chooses the year, where the collection has one.
        year: Year of the newest edition known here.
        publication: Year in which that edition was published.
        version: Version of that edition.
        provinces: Code of CBS to name in the address.
        file: File given by hand.
        sha256: SHA-256 the file must have.
        skip: Left out by the settings.
        overridden: Whether the settings replaced the address.
    """

    name: str
    title_nl: str
    address: str
    page: str
    format: str
    licence: str
    attribution: str
    clip: str
    needed: bool
    verified: str
    collection: str = ""
    kept_as: str = ""
    year_parameter: str = ""
    year: int = 0
    publication: int = 0
    version: int = 0
    provinces: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    file: Path | None = None
    sha256: str | None = None
    skip: bool = False
    overridden: bool = False

    @property
    def layer(self) -> str:
        """How faults name this source."""
        return f"fetch: {self.name}"

    def by_hand(self) -> str:
        """What to do when the address fails."""
        known = "" if self.verified or self.overridden else " (nobody has verified this address yet)"
        return (
            f"Get it by hand{known}: find {self.title_nl} at {self.page}, and run again with "
            f"--file {self.name}=PATH. Or give the right address as [fetch.sources.{self.name}] address = ... "
            "in a TOML file with --settings, or another server with --mirror."
        )


@cache
def known_sources() -> Mapping[str, Source]:
    """The entries of ``sources.toml`` by name."""
    return read_sources((resources.files(__package__) / "sources.toml").read_text(encoding="utf-8"))


def read_sources(text: str) -> Mapping[str, Source]:
    """The entries of a text in the format of ``sources.toml``, by name."""
    entries: dict[str, dict[str, Any]] = tomllib.loads(text)
    return MappingProxyType({name: Source(name=name, **entry) for name, entry in entries.items()})


def configured_sources(settings: FetchSettings) -> Mapping[str, Source]:
    """The sources as the settings want them.

    Raises:
        SettingsError: A source that does not exist, an address that is not safe, or a needed source left out.
    """
    sources, faults = dict(known_sources()), Faults()
    for name, override in settings.sources.items():
        if name not in sources:
            faults.add(
                "fetch", f'there is no source "{name}"', nearest_or_all(name, list(sources)), column="fetch.sources"
            )
            continue
        source = sources[name]
        if override.skip and source.needed:
            faults.add(source.layer, "a plan cannot do without this source", "Remove skip = true.", column="skip")
        if override.address is not None and (reason := unsafe_address(override.address)):
            faults.add(
                source.layer, f"{override.address}: {reason}", "Give an address with https://.", column="address"
            )
        sources[name] = replace(
            source,
            address=source.address if override.address is None else override.address,
            overridden=override.address is not None,
            file=override.file,
            sha256=None if override.sha256 is None else override.sha256.lower(),
            skip=override.skip,
        )
    if settings.mirror is not None and (reason := unsafe_address(settings.mirror)):
        faults.add("fetch", f"mirror {settings.mirror}: {reason}", "Give an address with https://.", column="mirror")
    faults.raise_if_any(SettingsError)
    return MappingProxyType(sources)


def mirrored(address: str, mirror: str | None) -> str:
    """The address on the mirror: host and path behind the mirror's own address; unchanged without a mirror."""
    if not mirror or address.startswith(mirror.rstrip("/") + "/"):
        return address
    return f"{mirror.rstrip('/')}/{address.split('://', 1)[-1]}"


def unsafe_address(address: str) -> str | None:
    """Why an address is not fetched, or ``None`` when it may be."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "this is no address"
    if not host or parts.scheme not in ("http", "https"):
        return "this is no web address"
    if parts.username is not None or parts.password is not None:
        return "an address with a password in it would end up in the lock file"
    if parts.scheme == "http" and not _is_loopback(host):
        return "http is not encrypted; only https is fetched"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fault(source: Source, message: str, fix: str | None = None, *, file: object = None) -> Fault:
    """A fault of one source; without ``fix`` it says how to give the file by hand."""
    return Fault(source.layer, message, source.by_hand() if fix is None else fix, None if file is None else str(file))
