"""``nsp-planner init``. In: a region whose data were fetched. Out: a study for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nsp_planner.cli.json_output import print_json
from nsp_planner.cli.options import JsonOption, RawFolderOption, RegionArgument


def init(
    region: RegionArgument,
    folder: RawFolderOption = Path("data/raw"),
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
        print_json(content)
        return
    typer.echo(
        f"{written.path}: {written.region}, {written.n_gemeenten} gemeenten, candidates: {', '.join(written.sources)}"
    )
    typer.echo(f"Look it over, then: nsp-planner check {written.path}; nsp-planner plan {written.path}")
