"""The commands ``fetch`` and ``init``. In: the name of a veiligheidsregio. Out: its open data on disk, and a study.

Registered in :mod:`nsp_planner.cli.app`; heavy imports stand inside the functions. Progress goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from nsp_planner.fetch.overrides import FetchSettings
    from nsp_planner.fetch.progress import FetchProgress
    from nsp_planner.fetch.run import Fetched

MIRROR_VARIABLE = "NSP_MIRROR"
FETCH_EPILOG = 'Example: [bold]nsp-planner fetch "IJsselland"[/bold], then [bold]nsp-planner init "IJsselland"[/bold]'
INIT_EPILOG = 'Example: [bold]nsp-planner init "IJsselland" --study ijsselland.toml[/bold]'

RegionArgument = Annotated[
    str, typer.Argument(metavar="REGION", help="Name or code of the veiligheidsregio.", show_default=False)
]
FolderOption = Annotated[Path, typer.Option("--folder", "-f", help="Folder of raw data, shared by all regions.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]


def fetch(
    region: RegionArgument,
    folder: FolderOption = Path("data/raw"),
    year: Annotated[
        int | None, typer.Option(help="Year of grid, boundaries and totals; the newest grid when left out.", min=2000)
    ] = None,
    grid: Annotated[int | None, typer.Option(help="Squares of 100 or 500 m.")] = None,
    file: Annotated[
        list[str] | None,
        typer.Option(
            "--file", metavar="SOURCE=PATH", help="Give a file by hand, such as grid_100m=cbs.zip; may be repeated."
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="Leave out a source that a plan can do without; may be repeated."),
    ] = None,
    mirror: Annotated[
        str | None, typer.Option(help=f"Address of a mirror of all sources; also {MIRROR_VARIABLE} in the environment.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="TOML file with a table [fetch]: addresses, files and the like per source.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Never touch the network.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Fetch again what was fetched before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the open data of a veiligheidsregio to disk: CBS, PDOK, OpenStreetMap."""
    from nsp_planner.fetch.run import fetch_region

    chosen = _settings(settings, year, grid, file, skip, mirror)
    with _progress_on_stderr() as progress:
        fetched = fetch_region(region, folder, chosen, offline=offline, renew=renew, progress=progress)
    if as_json:
        typer.echo(json.dumps({"ok": True, **_as_dict(fetched)}, ensure_ascii=False, indent=2))
    else:
        _print(fetched, folder)


def init(
    region: RegionArgument,
    folder: FolderOption = Path("data/raw"),
    study: Annotated[
        Path | None, typer.Option(help="The study to write; the region's name with .toml in this folder when left out.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a study that is there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a study for a region whose data were fetched."""
    from nsp_planner.fetch.init_study import find_folder, write_study
    from nsp_planner.norms import published_norms

    found = find_folder(region, folder)
    target = Path(f"{found.name}.toml") if study is None else study
    written = write_study(found, target, published_norms(), force=force)
    if as_json:
        content = {"ok": True, "study": str(written.path), "region": written.region, "sources": list(written.sources)}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{written.path}: {written.region}, {written.n_gemeenten} gemeenten, candidates: {', '.join(written.sources)}"
    )
    typer.echo(f"Look it over, then: nsp-planner check {written.path}; nsp-planner plan {written.path}")


def _settings(
    path: Path | None,
    year: int | None,
    grid: int | None,
    files: list[str] | None,
    skip: list[str] | None,
    mirror: str | None,
) -> FetchSettings:
    """The settings of the file with the options of the command line over them."""
    from nsp_planner.errors import Fault, SettingsError
    from nsp_planner.fetch.overrides import SourceOverride, read_fetch_settings

    chosen = read_fetch_settings(path)
    sources = dict(chosen.sources)
    for text in files or []:
        name, separator, given = text.partition("=")
        if not (name and separator and given):
            fix = "Write it as SOURCE=PATH, such as --file grid_100m=2025-cbs_vk100_2024_v1.zip."
            raise SettingsError(Fault("fetch", f'--file "{text}" is not understood', fix))
        sources[name] = sources.get(name, SourceOverride()).model_copy(update={"file": Path(given)})
    for name in skip or []:
        sources[name] = sources.get(name, SourceOverride()).model_copy(update={"skip": True})
    if grid not in (None, 100, 500):
        raise SettingsError(Fault("fetch", f"there is no grid of {grid} m", "Choose --grid 100 or --grid 500."))
    wanted: dict[str, Any] = {"year": year, "resolution_m": grid, "mirror": mirror or os.environ.get(MIRROR_VARIABLE)}
    update = {key: value for key, value in wanted.items() if value}
    return chosen.model_copy(update={**update, "sources": sources})


def _as_dict(fetched: Fetched) -> dict[str, Any]:
    return {
        "region": fetched.region.name,
        "code": fetched.region.code,
        "gemeenten": dict(fetched.region.gemeenten),
        "year": fetched.year,
        "folder": str(fetched.folder),
        "files": {name: str(path) for name, path in fetched.files.items()},
        "skipped": [fault.as_dict() for fault in fetched.skipped],
        "n_requests": fetched.n_requests,
    }


def _print(fetched: Fetched, folder: Path) -> None:
    typer.echo(
        f"{fetched.region.name} ({fetched.region.code}), {len(fetched.region.gemeenten)} gemeenten, {fetched.year}"
    )
    for name, path in fetched.files.items():
        typer.echo(f"  {name:<15} {path} ({path.stat().st_size / 1e6:,.1f} MB)")
    if fetched.n_requests == 0:
        typer.echo("Everything was on disk already; nothing was downloaded.")
    for fault in fetched.skipped:
        typer.echo(f"\nNot there, and a plan can do without:\n- {fault.as_text()}", err=True)
    where = "" if folder == Path("data/raw") else f' --folder "{folder}"'
    typer.echo(f'Next: nsp-planner init "{fetched.region.name}"{where}')


class _TerminalFetchProgress:
    """A line per step, and a bar for what is being downloaded."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._tasks: dict[str, Any] = {}
        self._bar.start()

    def stage(self, text: str) -> None:
        for task in self._tasks.values():
            self._bar.remove_task(task)
        self._tasks.clear()
        self._console.print(text, highlight=False, markup=False)

    def bytes_done(self, name: str, done: int, total: int | None) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=total)
        self._bar.update(self._tasks[name], completed=done, total=total)

    def features_done(self, name: str, done: int, total: int | None) -> None:
        if total is not None and done < total:
            self._console.print(f"  {name}: {done:,} of {total:,}", highlight=False, markup=False)

    def note(self, text: str) -> None:
        self._console.print(f"  {text}", highlight=False, markup=False)

    def stop(self) -> None:
        self._bar.stop()


@contextmanager
def _progress_on_stderr() -> Iterator[FetchProgress]:
    """Drawn when stderr is a terminal, silent when it is piped."""
    from nsp_planner.fetch.progress import SilentFetchProgress

    if not sys.stderr.isatty():
        yield SilentFetchProgress()
        return
    progress = _TerminalFetchProgress()
    try:
        yield progress
    finally:
        progress.stop()
