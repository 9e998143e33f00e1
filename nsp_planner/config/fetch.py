"""The section [fetch]. In: a table of a study file. Out: where the open data of a region come from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from nsp_planner.config.base import Settings, StudyPath


class SourceOverride(Settings):
    """[fetch.sources.NAME]: what differs for one source, such as [fetch.sources.grid_100m]."""

    address: str | None = None
    """Address instead of the one known; {year}, {province} and the like are filled in where it has them."""
    file: StudyPath | None = None
    """A file on disk instead of a download, relative to the file with these settings."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-fA-F]{64}$")
    """SHA-256 the downloaded file must have (64 hexadecimal digits)."""
    skip: bool = False
    """Leave this source out; only for sources a plan can do without."""


class FetchSettings(Settings):
    """[fetch]: where the open data of a region come from."""

    mirror: str | None = None
    """Address of a mirror: https://download.cbs.nl/a.zip is then fetched as MIRROR/download.cbs.nl/a.zip."""
    year: int | None = Field(default=None, ge=2000, le=2100)
    """Year of grid, boundaries and kerncijfers; the newest grid there is when left out."""
    resolution_m: Literal[100, 500] = 100
    """Side of the squares of the population grid."""
    buffer_m: float = Field(default=10_000, ge=0, le=50_000)
    """How far beyond the region data are kept, in metres: people and streets do not stop at the border."""
    sources: dict[str, SourceOverride] = Field(default_factory=dict)
    """What differs per source."""
