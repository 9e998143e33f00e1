"""A study for a region that was fetched. In: the region's folder of raw data. Out: a TOML file with comments.

The file is meant to be read and changed by a planner: every source of candidates stands in it with the reason of its
settings. Paths are relative to the study.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nsp_planner.errors import DataError, Fault, SettingsError
from nsp_planner.fetch.steps import REGION_FILE
from nsp_planner.layers.raw.columns import find_column
from nsp_planner.layers.raw.text import read_csv_rows, table_from_rows
from nsp_planner.norms import Norms
from nsp_planner.storage import write_atomically

LAYER = "init"

_HEAD = """\
# {title}: a first study, written by `nsp-planner init` from the open data that `nsp-planner fetch` brought.
# Change whatever you know better; `nsp-planner settings` explains every key. Paths are relative to this file.

title = {title_text}
output = {output}

[region]
name = {name}
gemeenten = [
{gemeenten}
]

# Population: CBS vierkantstatistieken of {year}, squares of {resolution_m} m, cut to the region and {buffer_km} km
# around it.
[inputs.population]
path = {population}

# Boundaries of the gemeenten of the region and their neighbours: CBS gebiedsindelingen {year}.
[inputs.areas]
path = {areas}

# Official inhabitants per gemeente: CBS withholds thin squares, so the grid is brought up to these totals.
[inputs.totals]
path = {totals}
"""

_OSM = """
# Candidate buildings from OpenStreetMap: community centres, churches, sports halls, schools and the like. Nobody has
# been asked yet: look at the list, add what is missing and fill in status and provisions. See docs/sources.md.
[[inputs.sites]]
source = "osm"
source_nl = "OpenStreetMap en BAG"
path = {path}
can_be = ["lnsp"]
clip_to_region = true        # the list reaches {buffer_km} km beyond the region
"""

_STATIONS = """
# Fire stations from OpenStreetMap: in basis the coordinating noodsteunpunten (C-NSP). Check that all are there.
[[inputs.sites]]
source = "kazernes"
source_nl = "Brandweerkazernes (OpenStreetMap)"
path = {path}
kind = "brandweerkazerne"
can_be = ["cnsp"]
clip_to_region = true
"""

_POLLING = """
# Polling places: buildings a gemeente already uses. Rows within {same_building_m} m of a building above are merged
# with it.
[[inputs.sites]]
source = "stemlokalen"
source_nl = "Stemlokalen (waarismijnstemlokaal.nl)"
path = {path}
kind = "stemlokaal"
can_be = ["lnsp"]
clip_to_region = true
skip_without_coordinates = true   # mobile polling places
{columns}
[inputs.sites.kinds]
bijeenkomstfunctie = "gemeenschapsgebouw"
onderwijsfunctie = "school"
sportfunctie = "sporthal"
gezondheidszorgfunctie = "zorggebouw"
kantoorfunctie = "kantoor"
winkelfunctie = "winkel"
logiesfunctie = "logiesgebouw"
industriefunctie = "bedrijfsgebouw"
"overige gebruiksfunctie" = "overig"
"""

_STREETS = """
# Streets of the region and its surroundings (OpenStreetMap): people walk along them.
[inputs.network]
path = {path}
"""

_TAIL = """
[ratios]
inhabitants_per_lnsp = {inhabitants_per_lnsp}  # 1 L-NSP per so many inhabitants, rounded up
quota_per = "gemeente"
lnsp_per_cnsp = {lnsp_per_cnsp}            # 1 C-NSP per so many L-NSPs

[distances]
{method}
detour_factor = {detour_factor}
service_distance_kern_m = {service_distance_kern_m}
service_distance_buitengebied_m = {service_distance_buitengebied_m}

[solver]
gap = 0.005                  # stop within 0.5 % of the proven bound, or at the time limit
time_limit_s = 120
"""

_WALKED = 'method = "network"           # along the streets; "straight_line" is quicker, and understates every distance'
_STRAIGHT = 'method = "straight_line"     # straight line times the detour factor; "network" needs streets: fetch them'

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
    from nsp_planner.fetch.regions import VeiligheidsRegio

    there: dict[str, Path] = {}
    for file in sorted(root.glob(f"*/{REGION_FILE}")):
        region = _read_region(file.parent)
        there |= {region["name"]: file.parent, region["code"]: file.parent}
    wanted = VeiligheidsRegio("", name, {}).slug.removeprefix("veiligheidsregio-")
    for known, folder in there.items():
        if VeiligheidsRegio("", known, {}).slug == wanted:
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
    absent = [name for name in ("population", "areas", "totals") if name not in region.get("files", {})]
    if missing or absent:
        fix = "Run nsp-planner fetch again until it ends without faults."
        raise DataError(Fault(LAYER, f"the region is not complete: {', '.join(missing + absent)}", fix, str(path)))
    return region


def _study_text(region: Mapping[str, Any], folder: Path, target: Path, norms: Norms) -> tuple[str, list[str]]:
    def path(name: str) -> str:
        file = folder / region["files"][name]
        if not file.is_file():
            raise DataError(Fault(LAYER, "the file is not there", "Run nsp-planner fetch again.", str(file)))
        return _quoted(_relative(file, target.parent))

    files, buffer_km = region["files"], f"{float(region.get('buffer_m', 0)) / 1000:g}"
    title = f"{region['name']}: eerste plan"
    gemeenten = "\n".join(f'  "{code}", # {_comment(name)}' for code, name in sorted(region["gemeenten"].items()))
    parts = [
        _HEAD.format(
            title=_comment(region["name"]),
            title_text=_quoted(title),
            output=_quoted("runs"),
            name=_quoted(f"Veiligheidsregio {region['name']}"),
            gemeenten=gemeenten,
            year=region["year"],
            resolution_m=region.get("resolution_m", 100),
            buffer_km=buffer_km,
            population=path("population"),
            areas=path("areas"),
            totals=path("totals"),
        )
    ]
    sources = list[str]()
    if "sites_osm" in files and _n_rows(folder / files["sites_osm"]):
        parts.append(_OSM.format(path=path("sites_osm"), buffer_km=buffer_km))
        sources.append("osm")
    if "polling_places" in files:
        columns = _polling_columns(folder / files["polling_places"])
        parts.append(_POLLING.format(path=path("polling_places"), columns=columns, same_building_m=25))
        sources.append("stemlokalen")
    if "stations_osm" in files and _n_rows(folder / files["stations_osm"]):
        parts.append(_STATIONS.format(path=path("stations_osm")))
        sources.append("kazernes")
    if not sources:
        fix = "Run nsp-planner fetch again with OpenStreetMap, or with --file polling_places=PATH."
        raise DataError(Fault(LAYER, "there are no candidate buildings for this region", fix, str(folder)))
    if "streets" in files:
        parts.append(_STREETS.format(path=path("streets")))
    method = _WALKED if "streets" in files else _STRAIGHT
    parts.append(_TAIL.format(method=method, **{name: f"{norms.value(name):g}" for name in _NORMS}))
    return "".join(parts), sources


def _polling_columns(path: Path) -> str:
    """The mapping of columns of a file of polling places, as far as they are there."""
    names = [str(name) for name in _table(path).columns]
    found = {field: find_column(names, guesses) for field, guesses in _POLLING_COLUMNS.items()}
    lines = [f"{field} = {_quoted(column)}" for field, column in found.items() if column is not None]
    # Ids of polling stations repeat between elections and gemeenten; rows are distinguished by their place on the map.
    return '\n[inputs.sites.columns]\nid = ""\n' + "\n".join(lines) + "\n"


def _n_rows(path: Path) -> int:
    return len(_table(path))


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


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's is one, since TOML knows the same escapes."""
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    return " ".join(str(text).split())
