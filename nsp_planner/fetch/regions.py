"""Which gemeenten make up a veiligheidsregio. In: a name, the register of CBS. Out: :class:`VeiligheidsRegio`.

The register (gemeente to veiligheidsregio and province) is a table of CBS gebiedsindelingen; where the service does
not have it, membership is found by laying a point of each gemeente over the borders.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from nsp_planner.errors import DataError, Fault, SettingsError
from nsp_planner.fetch.catalogue import Source, fault
from nsp_planner.fetch.ogc import read_collection
from nsp_planner.fetch.web import Web, WebError
from nsp_planner.names import nearest_names, plain_name

AREA_COLUMNS = ("statcode", "statnaam")
MEMBER_COLUMNS = ("gm_code", "gm_naam", "vr_code", "vr_naam", "pv_code")


@dataclass(frozen=True)
class VeiligheidsRegio:
    """A veiligheidsregio: code (VR04), name without "Veiligheidsregio", gemeenten by code."""

    code: str
    name: str
    gemeenten: Mapping[str, str]

    @property
    def slug(self) -> str:
        """The name as it stands in paths: lower case, plain letters, hyphens."""
        return plain_name(self.name)


def fetch_members(web: Web, sources: Mapping[str, Source], year: int) -> pd.DataFrame:
    """Every gemeente with its veiligheidsregio and province in a year.

    Returns:
        :data:`MEMBER_COLUMNS`, text, sorted by gm_code.

    Raises:
        WebError: Neither the register nor the borders can be had for that year.
    """
    try:
        return members_of(of_year(web, sources["register"], year), sources["register"])
    except WebError as error:
        if error.status not in (400, 404, 410):
            raise
        web.progress.note("the service has no register: membership is taken from the borders")
    gemeenten = of_year(web, sources["gemeenten"], year)
    need_columns(gemeenten, AREA_COLUMNS, sources["gemeenten"])
    points = gpd.GeoDataFrame(
        {"gm_code": gemeenten["statcode"], "gm_naam": gemeenten["statnaam"]},
        geometry=gemeenten.representative_point(),
    )
    for name, code in (("veiligheidsregio_borders", "vr"), ("province_borders", "pv")):
        borders = of_year(web, sources[name], year)
        need_columns(borders, AREA_COLUMNS, sources[name])
        borders = borders[[*AREA_COLUMNS, "geometry"]].rename(
            columns={"statcode": f"{code}_code", "statnaam": f"{code}_naam"}
        )
        points = points.sjoin(borders, how="left", predicate="intersects").drop(columns="index_right")
        points = points.drop_duplicates("gm_code")
    return members_of(points, sources["register"])


def members_of(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """The columns needed of a register; raises ``WebError`` where one is missing or no row is left."""
    missing = [column for column in MEMBER_COLUMNS if column not in table]
    if missing or table.empty:
        what = f"columns {', '.join(missing)} are missing" if missing else "it has no rows"
        raise WebError(fault(source, f"the table of gemeenten and veiligheidsregio's cannot be used: {what}"))
    text = table[list(MEMBER_COLUMNS)].fillna("").astype("str").apply(lambda column: column.str.strip())
    members: pd.DataFrame = text.drop_duplicates("gm_code").sort_values("gm_code").reset_index(drop=True)
    return members


def of_year(web: Web, source: Source, year: int) -> gpd.GeoDataFrame:
    """All features of a collection of gebiedsindelingen of one year.

    The service holds many years; the parameter that chooses one is asked for and the answer is checked, since a
    service that does not know the parameter gives all years.

    Raises:
        WebError: The collection has nothing for that year.
    """
    try:
        table = read_collection(web, source, parameters={source.year_parameter: str(year)})
    except WebError as error:
        if error.status != 400:
            raise
        table = read_collection(web, source)  # the service does not know the parameter: take all years
    years = next(
        (table[name].astype("str").str[:4] for name in ("jaarcode", "jaar", "jrstatcode") if name in table), None
    )
    there = sorted(set() if years is None else set(years))
    if years is not None:
        table = table[years == str(year)].reset_index(drop=True)
    if table.empty:
        known = f"; it has {', '.join(there)}" if there else ""
        message = f"{source.address}, collection {source.collection}, has nothing for {year}{known}"
        fix = f"Choose another year with --year (a grid of the same year must be there). {source.by_hand()}"
        raise WebError(fault(source, message, fix))
    for column in (name for name in AREA_COLUMNS if name in table):
        table[column] = table[column].astype("str").str.strip()
    return table


def need_columns(table: pd.DataFrame, columns: tuple[str, ...], source: Source, file: object = None) -> None:
    """Raises ``DataError`` where a table lacks a column."""
    if missing := [column for column in columns if column not in table]:
        raise DataError(fault(source, f"the table has no column {', '.join(missing)}", file=file))


def find_region(name: str, members: pd.DataFrame) -> VeiligheidsRegio:
    """The veiligheidsregio of a name or code; case, accents, hyphens and "Veiligheidsregio" do not matter.

    Raises:
        SettingsError: There is none; says which names are near, or of which region a gemeente of that name is.
    """
    regions = members[["vr_code", "vr_naam"]].drop_duplicates().sort_values("vr_naam")
    names = {code: _short(text) for code, text in zip(regions["vr_code"], regions["vr_naam"], strict=True)}
    keys = {_key(text): code for code, text in names.items()} | {code.lower(): code for code in names}
    code = keys.get(_key(name))
    if code is None:
        raise SettingsError(Fault("fetch", f'there is no veiligheidsregio "{name}"', _hint(name, keys, names, members)))
    ours = members[members["vr_code"] == code]
    return VeiligheidsRegio(code, names[code], dict(zip(ours["gm_code"], ours["gm_naam"], strict=True)))


def _hint(name: str, keys: Mapping[str, str], names: Mapping[str, str], members: pd.DataFrame) -> str:
    gemeente = members[members["gm_naam"].map(_key) == _key(name)]
    if len(gemeente):
        region = names[gemeente["vr_code"].iloc[0]]
        return f'{gemeente["gm_naam"].iloc[0]} is a gemeente in {region}: nsp-planner fetch "{region}".'
    close = nearest_names(_key(name), (key for key in keys if keys[key].lower() != key), n=3)
    if close:
        return f"Did you mean {' or '.join(chr(34) + names[keys[key]] + chr(34) for key in close)}?"
    return f"There are: {', '.join(names.values())}."


def _short(name: str) -> str:
    return re.sub(r"^\s*veiligheidsregio\s+", "", name, flags=re.IGNORECASE).strip()


def _key(name: str) -> str:
    return plain_name(_short(name), between="")
