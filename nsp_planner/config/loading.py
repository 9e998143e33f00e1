"""Reading a study. In: a TOML file or nested tables. Out: a :class:`Study`, or every fault at once, with near names."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from nsp_planner.config.base import Settings, section_of
from nsp_planner.config.study import Study
from nsp_planner.errors import Fault, Faults, SettingsError
from nsp_planner.names import did_you_mean, nearest_names

REPLACED = {
    "ratios.extra_lnsp_per_cnsp": "use ratios.most_lnsp_per_cnsp (the most in all) and ratios.load_price_m",
}
"""Keys that older studies have, and what took their place."""
MAX_BYTES = 10 * 2**20
"""A study that names every building of a province has less than one."""


def load_study(path: Path) -> Study:
    """Read and check a study file; paths in it become relative to the current folder or absolute as given.

    Raises:
        SettingsError: The file is missing, is no TOML, or has unknown keys or wrong values; every fault at once.
    """
    raw = read_tables(path)
    return study_from_dict(raw, folder=path.parent, file=str(path))


def read_tables(path: Path, *, layer: str = "study", what: str = "study") -> dict[str, Any]:
    """The tables of a TOML file; ``SettingsError`` when it is missing, unreadable or no TOML."""
    fix = f"give the path of a {what} file (.toml)"
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "a pipe or a device"
            raise SettingsError(Fault(layer, f"this is {kind}, no {what} file", fix, str(path)))
        if about.st_size > MAX_BYTES:
            raise SettingsError(Fault(layer, f"the file has more than {MAX_BYTES / 2**20:.0f} MiB", fix, str(path)))
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        near = nearest_names(path.name, (other.name for other in path.parent.glob("*.toml")))
        hint = f"did you mean {path.parent / near[0]}?" if near else f"give the path of a {what} file (.toml)"
        raise SettingsError(Fault(layer, f"the {what} file does not exist", hint, str(path))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(Fault(layer, f"cannot be read: {error}", "give a TOML file in UTF-8", str(path))) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(Fault(layer, f"is not valid TOML: {error}", "repair that line", str(path))) from None
    except (ValueError, RecursionError) as error:  # a NUL in the path, a number of 5,000 digits, a thousand brackets
        message = "is nested too deep" if isinstance(error, RecursionError) else f"cannot be read: {error}"
        raise SettingsError(Fault(layer, message, "give a TOML file in UTF-8", str(path))) from None


def study_from_dict(raw: dict[str, Any], *, folder: Path | None = None, file: str | None = None) -> Study:
    """Check settings given as nested tables; ``folder`` is where relative paths start. Raises ``SettingsError``."""
    try:
        return Study.model_validate(raw, context={"folder": folder})
    except ValidationError as error:
        faults = Faults()
        items = error.errors(include_url=False, include_context=False)
        locations = [item["loc"] for item in items]
        for item in items:
            loc = item["loc"]
            if item["type"] == "too_short" and any(other[: len(loc)] == loc != other for other in locations):
                continue  # pydantic counts only the valid entries: their own faults say it better
            _add_settings_fault(faults, item["loc"], item["type"], item["msg"], item.get("input"), file)
        faults.raise_if_any(SettingsError)
        raise


def _add_settings_fault(
    faults: Faults, loc: tuple[int | str, ...], kind: str, message: str, value: object, file: str | None
) -> None:
    key = ".".join(str(part) for part in loc) or "study"
    if kind == "extra_forbidden" and key in REPLACED:
        faults.add("study", "this key is no longer there", REPLACED[key], file=file, column=key)
    elif kind == "extra_forbidden":
        known = _known_keys(loc[:-1])
        fix = did_you_mean(str(loc[-1]).lower(), known, f"known keys here: {', '.join(known)}", cutoff=0.5)
        faults.add("study", "unknown key", fix, file=file, column=key)
    elif kind == "missing":
        faults.add("study", "this key is missing", f"add {key} to the study", file=file, column=key)
    else:
        given = "" if isinstance(value, dict | Settings) else f" (got {value!r})"
        text = message.removeprefix("Value error, ")
        faults.add("study", f"{text}{given}", "correct the value", file=file, column=key)


def _known_keys(loc: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Study
    for part in loc:
        if isinstance(part, int):
            continue
        inner = section_of(model.model_fields[part].annotation) if part in model.model_fields else None
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)
