"""``nsp-planner merge-lists``. In: a run and lists that gemeenten edited. Out: a scenario, or faults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nsp_planner.cli.json_output import print_json
from nsp_planner.cli.options import JsonOption

MOST_SHOWN = 40


def merge_lists(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run the lists come from.")],
    lists: Annotated[
        list[Path], typer.Argument(metavar="EDITED...", help="Edited candidate lists: .xlsx or .csv of that run.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the result; it must not exist yet.")
    ] = Path("lijsten"),
    as_json: JsonOption = False,
) -> None:
    """Read edited candidate lists back: every change told, contradictions refused, a scenario to plan with."""
    from nsp_planner.study.edited_lists.merge import merge_lists as merge
    from nsp_planner.study.edited_lists.write import change_table, write_merged_lists

    merged = merge(run, lists)
    outputs = write_merged_lists(output, merged)
    if as_json:
        answer = {
            "ok": True,
            "folder": str(output),
            "files": [each.name for each in outputs],
            "changes": [vars(change) for change in merged.changes],
            "new_sites": [
                {"file": site.file, "sheet": site.sheet, "name": site.values["Naam"]} for site in merged.new_sites
            ],
        }
        print_json(answer)
        return
    _print_changes(change_table(merged).values.tolist(), output)


def _print_changes(rows: list[list[str]], output: Path) -> None:
    from rich.table import Table
    from rich.text import Text

    from nsp_planner.cli.console import wide_console

    console = wide_console()
    table = Table("list", "building", "column", "from", "to", title=f"{len(rows)} changes", title_justify="left")
    for file, _sheet, site_id, name, column, old, new in rows[:MOST_SHOWN]:
        # Text, not markup: a name such as [bold] is printed as it is.
        table.add_row(*(Text(cell) for cell in (file, f"{name} ({site_id})" if site_id else name, column, old, new)))
    console.print(table)
    if len(rows) > MOST_SHOWN:
        console.print(f"... and {len(rows) - MOST_SHOWN} more in wijzigingen.csv")
    console.print(
        f"Written to {output}. Plan with them: nsp-planner plan STUDY --scenario {output}/lijsten.toml", markup=False
    )
