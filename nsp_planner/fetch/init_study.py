"""A study for a region that was fetched. In: the region's folder of raw data. Out: a TOML file with comments.

The file is meant to be read and changed by a planner: every source of candidates stands in it with the reason of its
settings. Paths are relative to the study.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from nsp_planner.errors import DataError, Fault, SettingsError
from nsp_planner.fetch.steps import REGION_FILE
from nsp_planner.layers.raw.columns import find_column
from nsp_planner.layers.raw.text import read_csv_rows, table_from_rows
from nsp_planner.names import plain_name
from nsp_planner.norms import Norms
from nsp_planner.storage import write_atomically

LAYER = "init"

_ALWAYS = ("population", "areas", "totals")
_MORE = ("streets", "bag")
_SOURCES = {"sites_osm": "osm", "polling_places": "stemlokalen", "stations_osm": "kazernes"}
"""Lists of candidates by their name among the files, and the source they are in the study."""
_NORMS = (
    "inhabitants_per_lnsp",
    "lnsp_per_cnsp",
    "detour_factor",
    "service_distance_kern_m",
    "service_distance_buitengebied_m",
)
_POLLING_COLUMNS = {
    "name": ("naam stembureau", "naam"),
    "kind": ("gebruiksdoel van het gebouw", "gebruiksdoel"),
    "gemeente_code": ("cbs gemeentecode", "gemeentecode"),
    "street": ("straatnaam",),
    "house_number": ("huisnummer",),
    "house_letter": ("huisletter",),
    "place": ("plaats",),
    "x": ("x",),
    "y": ("y",),
    "longitude": ("longitude",),
    "latitude": ("latitude",),
    "step_free": ("toegankelijk voor mensen met een lichamelijke beperking",),
}


@dataclass(frozen=True)
class WrittenStudy:
    """A study that was written: the file, the region's name, its gemeenten, and sources of candidates in it."""

    path: Path
    region: str
    n_gemeenten: int
    sources: tuple[str, ...]


def write_study(folder: Path, target: Path, norms: Norms, *, force: bool = False) -> WrittenStudy:
    """Write a study for the region whose data stand in a folder.

    Args:
        folder: Folder of the region, as ``nsp-planner fetch`` made it.
        target: The study file.
        norms: What the study starts from.
        force: Replace a study that is there.

    Raises:
        SettingsError: There is a study already, or it cannot be written.
        DataError: The folder holds no region that was fetched, or files are missing.
    """
    region = _read_region(folder)
    if target.exists() and not force:
        fix = "Give another name with --study, or replace it with --force."
        raise SettingsError(Fault(LAYER, "there is a study of that name already", fix, str(target)))
    text, sources = _study_text(region, folder, target, norms)
    try:
        write_atomically(target, text.encode())
    except OSError as error:
        fix = "Give a file in a folder you may write in with --study."
        raise SettingsError(Fault(LAYER, f"cannot write: {error.strerror}", fix, str(target))) from None
    return WrittenStudy(target, region["name"], len(region["gemeenten"]), tuple(sources))


def find_folder(name: str, root: Path) -> Path:
    """The folder of a region that was fetched, by name or code; raises ``SettingsError`` with those there are."""
    there: dict[str, Path] = {}
    for file in sorted(root.glob(f"*/{REGION_FILE}")):
        region = _read_region(file.parent)
        there |= {region["name"]: file.parent, region["code"]: file.parent}
    wanted = plain_name(name).removeprefix("veiligheidsregio-")
    for known, folder in there.items():
        if plain_name(known) == wanted:
            return folder
    names = ", ".join(f'"{known}"' for known in there if not known.startswith("VR")) or "none yet"
    fix = f'Run first: nsp-planner fetch "{name}". Fetched in this folder: {names}.'
    raise SettingsError(Fault(LAYER, f'the data of "{name}" were not fetched yet', fix, str(root)))


def _read_region(folder: Path) -> dict[str, Any]:
    path = folder / REGION_FILE
    try:
        region: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        missing = [key for key in ("name", "code", "gemeenten", "year", "files") if key not in region]
    except (OSError, ValueError, TypeError) as error:
        fix = "Run nsp-planner fetch again."
        raise DataError(Fault(LAYER, f"cannot be read: {error}", fix, str(path))) from None
    absent = [name for name in _ALWAYS if name not in region.get("files", {})]
    if missing or absent:
        fix = "Run nsp-planner fetch again until it ends without faults."
        raise DataError(Fault(LAYER, f"the region is not complete: {', '.join(missing + absent)}", fix, str(path)))
    return region


def _study_text(region: Mapping[str, Any], folder: Path, target: Path, norms: Norms) -> tuple[str, list[str]]:
    files = {name: folder / file for name, file in region["files"].items() if name in (*_ALWAYS, *_MORE, *_SOURCES)}
    for name in ("sites_osm", "stations_osm"):
        if name in files and not len(_table(files[name])):
            del files[name]
    sources = [source for name, source in _SOURCES.items() if name in files]
    if not sources:
        fix = "Run nsp-planner fetch again with OpenStreetMap, or with --file polling_places=PATH."
        raise DataError(Fault(LAYER, "there are no candidate buildings for this region", fix, str(folder)))
    for file in files.values():
        if not file.is_file():
            raise DataError(Fault(LAYER, "the file is not there", "Run nsp-planner fetch again.", str(file)))
    # JSON's strings are TOML's basic strings, since TOML knows the same escapes
    pages = Environment(trim_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined)
    pages.filters |= {"toml": partial(json.dumps, ensure_ascii=False), "comment": lambda text: " ".join(text.split())}
    template = pages.from_string((resources.files(__package__) / "study.toml.jinja").read_text(encoding="utf-8"))
    text = template.render(
        name=region["name"],
        gemeenten=sorted(region["gemeenten"].items()),
        year=region["year"],
        resolution_m=region.get("resolution_m", 100),
        buffer_km=f"{float(region.get('buffer_m', 0)) / 1000:g}",
        paths={name: _relative(file, target.parent) for name, file in files.items()},
        columns=_polling_columns(files.get("polling_places")),
        norms={name: f"{norms.value(name):g}" for name in _NORMS},
    )
    return text, sources


def _polling_columns(path: Path | None) -> dict[str, str]:
    """The mapping of columns of a file of polling places, as far as they are there.

    Ids of polling stations repeat between elections and gemeenten; rows are distinguished by their place on the map.
    """
    names = [] if path is None else [str(name) for name in _table(path).columns]
    found = {field: find_column(names, guesses) for field, guesses in _POLLING_COLUMNS.items()}
    return {field: column for field, column in found.items() if column is not None}


def _table(path: Path) -> pd.DataFrame:
    try:
        return table_from_rows(read_csv_rows(path))
    except (OSError, ValueError) as error:
        fix = "Run nsp-planner fetch again."
        raise DataError(Fault(LAYER, f"cannot be read: {error}", fix, str(path))) from None


def _relative(file: Path, folder: Path) -> str:
    """The path as seen from a folder, with forward slashes; absolute where there is no way (another drive)."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return file.resolve().as_posix()
