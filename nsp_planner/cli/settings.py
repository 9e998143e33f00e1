"""``nsp-planner settings``. In: nothing. Out: every key of a study, with its default and meaning."""

from __future__ import annotations

from nsp_planner.cli.options import JsonOption


def settings(as_json: JsonOption = False) -> None:
    """Every key of a study file: type, default and meaning."""
    from dataclasses import asdict

    from nsp_planner.cli.console import wide_console
    from nsp_planner.cli.json_output import print_json
    from nsp_planner.config import settings_reference

    docs = settings_reference()
    if as_json:
        print_json([asdict(doc) for doc in docs])
        return
    console = wide_console()
    for doc in docs:
        if doc.type == "table":
            console.print(f"\n{doc.text}", markup=False, style="bold")
            continue
        default = "required" if doc.default is None else f"default {doc.default}"
        console.print(f"  {doc.key}  ({doc.type}; {default})", markup=False)
        console.print(f"      {doc.text}", markup=False)
