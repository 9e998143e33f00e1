"""The step that brings the population grid. In: settings, the folder of raw data. Out: the raw file and its year."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.fetch.catalogue import Source
from nsp_planner.fetch.cbs import find_grid, year_in_name
from nsp_planner.fetch.overrides import FetchSettings
from nsp_planner.fetch.store import Store


def grid_file(store: Store, source: Source, settings: FetchSettings, national: Path) -> tuple[Path, int]:
    """The grid as CBS ships it, and the year of its data: given by hand, on disk, or fetched.

    Without a year in the settings the newest on disk is the newest there is, until ``renew`` asks for a newer one.

    Args:
        store: The folder of raw data.
        source: ``grid_100m`` or ``grid_500m``.
        settings: Year and resolution.
        national: Where files of the whole country stand.

    Raises:
        WebError: It cannot be had. DataError: the file is damaged or no grid.
    """
    resolution_m = settings.resolution_m
    if source.file is not None:
        year = settings.year or year_in_name(source.file.name) or source.year
        name = f"cbs_vk{resolution_m}_{year}{source.file.suffix.lower()}"
        return store.raw_file(source, national / name, "", year), year
    asking = store.renew and not store.web.offline
    if not source.overridden and not asking:
        for year, path in _on_disk(national, resolution_m):
            if settings.year in (None, year):
                entry = store.lock.entries.get(path.relative_to(store.root).as_posix())
                return store.raw_file(source, path, "" if entry is None else entry.address, year), year
    address, year = find_grid(store.web, source, settings.year)
    return store.raw_file(source, national / Path(address.split("?")[0]).name, address, year), year


def _on_disk(national: Path, resolution_m: int) -> list[tuple[int, Path]]:
    """Grids in the folder with their years, the newest first; also those somebody put there."""
    names = sorted(national.glob(f"*vk{resolution_m}_*"), reverse=True) if national.is_dir() else []
    dated = [(year_in_name(path.name), path) for path in names if path.suffix.lower() in (".zip", ".gpkg")]
    found = [(year, path) for year, path in dated if year is not None and not path.name.startswith(".")]
    return sorted(found, key=lambda each: each[0], reverse=True)
