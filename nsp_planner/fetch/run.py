"""From the name of a veiligheidsregio to a folder with its data. In: a name, settings. Out: :class:`Fetched`.

Two folders: ``landelijk`` holds files as published, shared by all regions; one named after the region holds what was
clipped to it and its candidates, with ``regio.json`` that says what there is. A source that fails does not stop the
others: all faults come at the end, together, and what was fetched stays for the next run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nsp_planner.errors import Fault
from nsp_planner.fetch.catalogue import Source, configured_sources, mirrored
from nsp_planner.fetch.lockfile import GUARD_FILE, LockFile
from nsp_planner.fetch.overrides import FetchSettings
from nsp_planner.fetch.progress import FetchProgress
from nsp_planner.fetch.steps import Fetched, RegionFetch
from nsp_planner.fetch.store import Store
from nsp_planner.fetch.web import Politeness, Web
from nsp_planner.storage import one_at_a_time, ready_folder

LOCK_TIMEOUT_S = 600.0


def fetch_region(
    name: str,
    root: Path,
    settings: FetchSettings | None = None,
    *,
    offline: bool = False,
    renew: bool = False,
    progress: FetchProgress | None = None,
    politeness: Politeness | None = None,
    lock_timeout_s: float = LOCK_TIMEOUT_S,
) -> Fetched:
    """Bring the open data of a veiligheidsregio to disk.

    Args:
        name: Name or code of the veiligheidsregio.
        root: Folder of raw data.
        settings: Mirror, year, buffer and what differs per source.
        offline: Never touch the network; what is not on disk is a fault.
        renew: Fetch again what was fetched before.
        progress: Progress callback; none by default.
        politeness: Pauses and attempts.
        lock_timeout_s: How long another run may go on before this one gives up.

    Raises:
        SettingsError: No such region, an unsafe address, a folder that cannot be written, or another run is busy.
        DataError: Sources that are needed cannot be had; every one of them, each with what to do.
    """
    settings = settings or FetchSettings()
    progress = progress or FetchProgress()
    sources = configured_sources(settings)
    fix = "Give a folder you may write in with --folder."
    ready_folder(root, layer="fetch", fix=fix, column=None, inside="*")
    message = f"another run has been fetching into this folder for {lock_timeout_s:.0f} s"
    busy = Fault("fetch", message, "Wait until it is done, or give another folder with --folder.", str(root))
    with one_at_a_time(root / GUARD_FILE, busy, timeout_s=lock_timeout_s, fix=fix):
        web = Web(
            offline=offline,
            politeness=politeness or Politeness(),
            progress=progress,
            mirror=lambda address: _mirror(address, settings.mirror, sources),
        )
        run = RegionFetch(Store(root, LockFile(root), web, renew), sources, settings, progress)
        return run.fetch(name)


def _mirror(address: str, mirror: str | None, sources: Mapping[str, Source]) -> str:
    """The address on the mirror, but for addresses the settings give themselves."""
    own = any(source.overridden and address.startswith(source.address.split("{")[0]) for source in sources.values())
    return address if own else mirrored(address, mirror)
