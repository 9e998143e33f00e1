"""``nsp-planner audit``. In: the folder of a finished run. Out: what fails, the gap claimed and certified."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nsp_planner.cli.options import JsonOption

if TYPE_CHECKING:
    from nsp_planner.audit.findings import Audit


def audit(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished run.", show_default=False)],
    root: Annotated[
        Path | None, typer.Option("--root", help="Folder that relative paths of inputs start from; here when left out.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Recompute a finished run from its own files, by code that did not make it; exit code 1 when a check fails."""
    from nsp_planner.audit.run import audit_run
    from nsp_planner.cli.json_output import print_json
    from nsp_planner.errors import EXIT_UNEXPECTED, DataError, Fault

    try:
        found = audit_run(run, root)
    except ValueError as error:
        fix = "give the folder of a run that `nsp-planner plan` made with this version"
        raise DataError(Fault("audit", str(error), fix, str(run))) from None
    if as_json:
        proofs = [
            {**asdict(each), "claimed_gap": each.claimed_gap, "certified_gap": each.certified_gap}
            for each in found.certified
        ]
        print_json({"ok": found.holds, "findings": [each._asdict() for each in found.findings], "proof": proofs})
    else:
        _print(found)
    if not found.holds:
        raise typer.Exit(EXIT_UNEXPECTED)


def _print(found: Audit) -> None:
    for finding in found.findings:
        if not finding.holds:
            typer.echo(f"FAILS  {finding.check}: {finding.detail}")
    n_held = sum(finding.holds for finding in found.findings)
    typer.echo(f"{n_held} of {len(found.findings)} checks hold.")
    for each in found.certified:
        certified = f"certified here {each.certified_gap:.3%}" if each.is_certified else "not certified"
        typer.echo(
            f"{each.level} ({each.objective}): value {each.value:,.1f}; gap claimed {each.claimed_gap:.3%}, {certified}"
        )
