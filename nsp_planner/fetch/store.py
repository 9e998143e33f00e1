"""The folder of raw data. In: sources, the lock file, files given by hand. Out: each raw file, fetched at most once.

A file is taken from disk when the lock file knows it and it is unchanged; a file somebody put in its place is taken as
given by hand. Only otherwise the network is asked.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from nsp_planner.errors import DataError
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.download import Downloaded, disk_error, download
from nsp_planner.fetch.formats import check_format, damage
from nsp_planner.fetch.lockfile import MADE, Entry, LockFile, now_utc
from nsp_planner.fetch.tables import read_any_table, write_csv, write_geopackage
from nsp_planner.fetch.web import Web
from nsp_planner.layers.raw.zips import refuse_zip
from nsp_planner.storage import fresh_file, sha256_of

BY_HAND = "file:"


@dataclass
class Store:
    """Raw files on disk, with the lock file that says what they are.

    Attributes:
        root: The folder.
        lock: Its lock file.
        web: The door to the network.
        renew: Fetch again what was fetched before.
    """

    root: Path
    lock: LockFile
    web: Web
    renew: bool = False

    def raw_file(self, source: Source, target: Path, address: str, year: int = 0) -> Path:
        """A file as the publisher ships it (zip, pbf, csv).

        Raises:
            WebError: It cannot be had. DataError: the file given by hand, or on disk, is not what it should be.
            SettingsError: It cannot be written.
        """
        if self._from_disk(source, target, address, year):
            return target
        got = download(self.web, address, target, source, lambda path: _problem(path, source))
        self.lock.record(target, _entry(source, address, year, got))
        return target

    def raw_table(
        self, source: Source, target: Path, address: str, fetch: Callable[[], gpd.GeoDataFrame], year: int = 0
    ) -> Path:
        """A table of a service as one file: GeoPackage, or CSV where ``target`` ends so.

        Args:
            source: The service.
            target: Where the table goes.
            address: What the lock file says of it.
            fetch: Reads the whole table.
            year: Year of the data.

        Raises:
            WebError: It cannot be had. DataError: the file given by hand cannot be read.
        """
        if self._from_disk(source, target, address, year):
            return target
        table = fetch()
        with writing(source, target):
            _write(table, target, source)
        self._record(source, target, address, year)
        return target

    def made_file(
        self, sources: tuple[Source, ...], target: Path, ingredients: str, make: Callable[[], object]
    ) -> Path:
        """A file made here from raw ones; made again only when ``ingredients`` (a digest) differ.

        A list a planner has worked on since is kept as long as the ingredients are the same, and never written over.
        """
        self._set_aside_if_damaged(target)
        entry = self.lock.entries.get(target.relative_to(self.root).as_posix())
        address = f"{MADE}{ingredients}"
        if entry is not None and entry.address == address and target.is_file():
            if sha256_of(target) != entry.sha256:
                self.web.progress.note(f"{target.name} was changed by hand and is kept as it is")
            return target
        self.lock.find(target)
        with writing(sources[0], target):
            make()
        names = "+".join(source.name for source in sources)
        licences = "; ".join(dict.fromkeys(source.licence for source in sources))
        lines = "; ".join(dict.fromkeys(source.attribution for source in sources))
        self.lock.record_file(target, Entry(names, address, now_utc(), 0, "", licences, lines))
        return target

    def sha256(self, target: Path) -> str:
        """SHA-256 of a file as the lock file has it."""
        return self.lock.entries[target.relative_to(self.root).as_posix()].sha256

    def _from_disk(self, source: Source, target: Path, address: str, year: int) -> bool:
        """Whether the file needs no network: given by hand now or before, or fetched before."""
        if source.file is not None:
            self._take(source, source.file, target, year)
            return True
        if self.renew and not self.web.offline and target.relative_to(self.root).as_posix() in self.lock.entries:
            return False
        self._set_aside_if_damaged(target)
        entry = self.lock.find(target)
        if entry is None:
            if not target.is_file():
                return False
            self._check_by_hand(source, target)
            self._record(source, target, f"{BY_HAND} {target.name}", year)
            return True
        replaced = entry.address != address and not entry.address.startswith(BY_HAND)
        return not replaced or self.web.offline

    def _set_aside_if_damaged(self, target: Path) -> None:
        """Give a file that we fetched or made, and that is broken since, another name, so that it is had anew."""
        entry = self.lock.entries.get(target.relative_to(self.root).as_posix())
        if entry is None or entry.address.startswith(BY_HAND) or not target.is_file():
            return
        if entry.address.startswith(MADE) or not self.web.offline:
            if sha256_of(target) == entry.sha256 or (problem := damage(target)) is None:
                return
            aside = target.with_name(f"{target.name}.damaged")
            target.replace(aside)
            self.web.progress.note(f"{target.name} is {problem}: it is had anew, the damaged one is now {aside.name}")

    def _take(self, source: Source, given: Path, target: Path, year: int) -> None:
        """Copy a file given by hand into its place, unless it is there already."""
        if not given.is_file():
            fix = f"Correct the path in --file {source.name}=PATH, or file in [fetch.sources.{source.name}]."
            raise DataError(fault(source, "the file given by hand is not there", fix, file=given))
        address = f"{BY_HAND} {given.name} sha256 {sha256_of(given)}"
        entry = self.lock.find(target) if target.exists() and given.resolve() != target.resolve() else None
        if entry is not None and entry.address == address:
            return
        if source.format == "ogc":
            table = read_any_table(given, source)
            with writing(source, target):
                _write(table, target, source)
        else:
            self._check_by_hand(source, given)
            if given.resolve() != target.resolve():
                with writing(source, target), fresh_file(target) as draft:
                    shutil.copyfile(given, draft)
        self._record(source, target, address, year)

    def _check_by_hand(self, source: Source, path: Path) -> None:
        if source.format != "ogc" and (problem := _problem(path, source)) is not None:
            fix = f"Give the file as it is published: {source.title_nl}, found at {source.page}."
            raise DataError(fault(source, f"the file given by hand is {problem}", fix, file=path))

    def _record(self, source: Source, target: Path, address: str, year: int) -> None:
        self.lock.record_file(target, _entry(source, address, year))


def _entry(source: Source, address: str, year: int, got: Downloaded | None = None) -> Entry:
    n_bytes, sha256, etag = (0, "", None) if got is None else (got.n_bytes, got.sha256, got.etag)
    return Entry(source.name, address, now_utc(), n_bytes, sha256, source.licence, source.attribution, year, etag)


@contextmanager
def writing(source: Source, target: Path) -> Iterator[None]:
    """Turns a full disk or a folder without rights into a ``SettingsError`` that names the source."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, source, target) from None


def _problem(path: Path, source: Source) -> str | None:
    """What is wrong with a raw file, or ``None``; a grid given by hand may be the GeoPackage out of its zip."""
    format_name = source.format
    if format_name == "zip" and path.suffix.lower() == ".gpkg":
        format_name = "gpkg"
    problem = check_format(path, format_name)
    return refuse_zip(path) if problem is None and format_name == "zip" else problem


def _write(table: gpd.GeoDataFrame, target: Path, source: Source) -> None:
    if target.suffix == ".csv":
        write_csv(table.drop(columns=table.geometry.name), target)
    else:
        write_geopackage(table, target, source.collection)
