"""The settings of fetching. In: the table [fetch] of a TOML file, such as a study. Out: :class:`FetchSettings`.

Addresses in ``sources.toml`` change without notice; every one can be replaced here, or its file given by hand.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from nsp_planner.config import FetchSettings, SourceOverride
from nsp_planner.config.loading import read_tables
from nsp_planner.errors import Faults, SettingsError

__all__ = ["FetchSettings", "SourceOverride", "read_fetch_settings"]


def read_fetch_settings(path: Path | None) -> FetchSettings:
    """The table [fetch] of a TOML file; the defaults for ``None`` or a file without that table.

    Raises:
        SettingsError: The file cannot be read or the table has unknown keys or wrong values.
    """
    if path is None:
        return FetchSettings()
    raw = read_tables(path, layer="fetch", what="settings")
    try:
        return FetchSettings.model_validate(raw.get("fetch", {}), context={"folder": path.parent})
    except ValidationError as error:
        faults = Faults()
        for item in error.errors(include_url=False, include_context=False):
            key = ".".join(("fetch", *(str(part) for part in item["loc"])))
            unknown = item["type"] == "extra_forbidden"
            message = "unknown key" if unknown else f"{item['msg']} (got {item.get('input')!r})"
            fix = "correct or remove it; docs/sources.md lists the keys of [fetch]"
            faults.add("fetch", message, fix, file=path, column=key)
        raise SettingsError(faults.items) from None
