"""The reference of a study's keys. In: their documentation. Out: text on stdout."""

from __future__ import annotations

from collections.abc import Sequence

from nsp_planner.cli.console import wide_console
from nsp_planner.config import SettingDoc


def print_settings(docs: Sequence[SettingDoc]) -> None:
    """The reference of every key of a study."""
    console = wide_console()
    for doc in docs:
        if doc.type == "table":
            console.print(f"\n{doc.text}", markup=False, style="bold")
            continue
        default = "required" if doc.default is None else f"default {doc.default}"
        console.print(f"  {doc.key}  ({doc.type}; {default})", markup=False)
        console.print(f"      {doc.text}", markup=False)
