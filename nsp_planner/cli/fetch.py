"""``nsp-planner fetch``. In: the name of a veiligheidsregio. Out: its open data on disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nsp_planner.cli.json_output import print_json
from nsp_planner.cli.options import JsonOption, RawFolderOption, RegionArgument

if TYPE_CHECKING:
    from nsp_planner.fetch.overrides import FetchSettings
    from nsp_planner.fetch.steps import Fetched

MIRROR_VARIABLE = "NSP_MIRROR"


def fetch(
    region: RegionArgument,
    folder: RawFolderOption = Path("data/raw"),
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
    from nsp_planner.cli.fetch_progress import fetch_progress_on_stderr
    from nsp_planner.fetch.run import fetch_region

    chosen = _settings(settings, year, grid, file, skip, mirror)
    with fetch_progress_on_stderr() as progress:
        fetched = fetch_region(region, folder, chosen, offline=offline, renew=renew, progress=progress)
    if as_json:
        print_json({"ok": True, **_as_dict(fetched)})
    else:
        _print(fetched, folder)


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
        sources[name] = sources.get(name, SourceOverride()).change(file=Path(given))
    for name in skip or []:
        sources[name] = sources.get(name, SourceOverride()).change(skip=True)
    if grid not in (None, 100, 500):
        raise SettingsError(Fault("fetch", f"there is no grid of {grid} m", "Choose --grid 100 or --grid 500."))
    wanted: dict[str, Any] = {"year": year, "resolution_m": grid, "mirror": mirror or os.environ.get(MIRROR_VARIABLE)}
    update = {key: value for key, value in wanted.items() if value}
    return chosen.change(**update, sources=sources)


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
