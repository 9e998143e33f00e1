"""Candidate buildings of the lists. In: CSV, Excel, GeoPackage or GeoJSON. Out: one row per row of the files, in RD.

Everything is read as text, mapped to the fields of the sites table and checked; rows with an address only get the place
of that address; then every row is placed in a gemeente. Merging rows on one building is the work of
:mod:`~nsp_planner.layers.sites.buildings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from nsp_planner.config import SitesInput, Study
from nsp_planner.layers.raw.coordinates import read_coordinates
from nsp_planner.layers.raw.files import ANY_SUFFIXES
from nsp_planner.layers.raw.input_log import InputLog, listed
from nsp_planner.layers.raw.rows import Rows, read_rows
from nsp_planner.layers.raw.unread import note_unread
from nsp_planner.layers.sites.address_book import AddressBook, build_address_book
from nsp_planner.layers.sites.columns import RELATED, SYNONYMS, site_fields
from nsp_planner.layers.sites.fields import build_fields
from nsp_planner.layers.sites.gemeente_named import place_in_gemeente
from nsp_planner.layers.sites.rooms import building_name
from nsp_planner.layers.sites.unfit import judges, keep_decided, leave_out_rows, unfit_rows


@dataclass(frozen=True, eq=False)
class SiteRows:
    """The rows of one source before they are placed.

    Attributes:
        source: Its settings.
        rows: The file.
        table: Columns of the sites table but for id and geometry, with ``x_m``, ``y_m`` (NaN where the row has none),
            ``postcode``, ``row_name`` (as in the file) and ``unfit_rule`` ("" where the row is a building).
    """

    source: SitesInput
    rows: Rows
    table: pd.DataFrame


def site_layer(source: SitesInput) -> str:
    """How a source of sites is called in faults, ``left_out`` and ``notes``: ``sites: kazernes``."""
    return f"sites: {source.source}"


def read_sites(
    sources: Sequence[SitesInput],
    study: Study,
    areas: gpd.GeoDataFrame | None,
    region: gpd.GeoDataFrame | None,
    log: InputLog,
) -> pd.DataFrame | None:
    """The rows of all sources that lie in the region and are buildings, with the columns of the sites table.

    Args:
        sources: Settings of the sources.
        study: What the rules and tolerances are, and the list of addresses.
        areas: All gemeenten of the areas file; ``None`` where it could not be read: what needs no areas is checked.
        region: Gemeenten of the region, or ``None`` likewise.
        log: Where the files, faults, doubts and rows left out are recorded.

    Returns:
        Columns of the sites table but for geometry, with ``x_m``, ``y_m`` (RD metres) instead; missing text is NA,
        also for status. ``None`` where no row is left, or areas or region are.
    """
    read = []
    for each in sources:
        log.on_step(f"reading sites: {each.source}")
        found = read_site_rows(each, study, log)
        read += [] if found is None else [found]
    addresses = study.inputs.addresses
    needed = any(each.table["x_m"].isna().any() for each in read) or (addresses and sources is study.inputs.sites)
    book = build_address_book([each.table for each in read], addresses, log) if needed else None
    if needed and book is None:
        return None
    tables = [table for each in read if (table := _placed(each, study, areas, region, book, log)) is not None]
    tables = [table for table in tables if len(table)]
    return pd.concat(tables, ignore_index=True) if tables else None


def read_site_rows(source: SitesInput, study: Study, log: InputLog) -> SiteRows | None:
    """The rows of one source with their coordinates as far as they have them; ``None`` when a fault was added."""
    n_before, layer = log.n_faults, site_layer(source)
    fields = site_fields(source.columns, layer, log.faults, source.path)
    rows = read_rows(layer, source, fields, log, suffixes=ANY_SUFFIXES)
    if rows is None or log.n_faults > n_before:
        return None
    note_unread(rows, source.columns, SYNONYMS, RELATED)
    rows = _with_own_ids(rows, source)
    has_address = {"address", "street", "postcode"} & set(rows.columns)
    coordinates = read_coordinates(rows, source, may_lack=bool(has_address))
    table = build_fields(rows, source)
    if coordinates is None:
        return None
    table["x_m"], table["y_m"] = coordinates
    table["row_name"], table["unfit_rule"] = table["name"], ""
    if judges(source.can_be):
        table["unfit_rule"] = unfit_rows(table["name"], table["kind"], study.eligibility)
    if study.eligibility.rooms is not None:
        rooms = study.eligibility.rooms
        table["name"] = table["name"].map(lambda name: building_name(name, rooms)).astype("str")
    return SiteRows(source, rows, table)


def _placed(
    read: SiteRows,
    study: Study,
    areas: gpd.GeoDataFrame | None,
    region: gpd.GeoDataFrame | None,
    book: AddressBook | None,
    log: InputLog,
) -> pd.DataFrame | None:
    """The rows of one source in the region, with id and gemeente; ``None`` when a fault was added."""
    n_before, rows, source = log.n_faults, read.rows, read.source
    table = read.table if book is None else _at_their_address(rows, read.table, book)
    table = _with_coordinates(rows, table, source)
    table["site_id"] = _site_ids(rows, table, source)
    if areas is None or region is None:
        return None
    table["unfit_rule"] = keep_decided(table, study, log, rows.layer)
    nowhere = table[table["x_m"].isna()]
    table = place_in_gemeente(rows, table.drop(nowhere.index), areas, region, study.inputs.border_tolerance_m)
    table = _clip(rows, table, region, source)
    if log.n_faults > n_before:
        return None
    unfit = table[table["unfit_rule"] != ""]
    reasons = {rule.id: rule.reason for rule in study.eligibility.rules_in_force}
    for each in (unfit, nowhere.assign(gemeente_code="")):
        if len(each):
            leave_out_rows(each, each["unfit_rule"], each["unfit_rule"].map(reasons), log)
    return table.drop(unfit.index).drop(columns="unfit_rule")


def _with_own_ids(rows: Rows, source: SitesInput) -> Rows:
    """The rows, called by their id in faults where they have one."""
    own = rows.of("id")
    double = own.duplicated(keep=False) & (own != "")
    rows = rows.with_ids(own.where(own != "", rows.ids))
    if double.any() and "id" in source.columns:
        message = f"{own[double].nunique():,} ids occur more than once"
        fix = "Give every row its own id, or map another column to id."
        rows.fault(message, fix, double, column=source.columns["id"])
    return rows


def _at_their_address(rows: Rows, table: pd.DataFrame, book: AddressBook) -> pd.DataFrame:
    """The rows, those without coordinates at the place of their address where it is known; noted."""
    without = table.index[table["x_m"].isna() & (table["unfit_rule"] == "")]
    found = {index: place for index in without if (place := book.find(table.loc[index])) is not None}
    if not found:
        return table
    table = table.copy()
    for index, place in found.items():
        table.loc[index, ["x_m", "y_m"]] = place.x_m, place.y_m
    names = table["name"].loc[list(found)].tolist()
    where = " en ".join(sorted({place.known_from for place in found.values()}))
    told = f"{len(names)} zonder coördinaten, op het adres gezet (bekend uit {where})"
    rows.log.notes.add(rows.layer, f"{told}: {listed(names)}")
    return table


def _with_coordinates(rows: Rows, table: pd.DataFrame, source: SitesInput) -> pd.DataFrame:
    """The rows that lie somewhere or are no building; the others are left out on request, else a fault names them."""
    without = table["x_m"].isna() & (table["unfit_rule"] == "")
    if without.any():
        if source.skip_without_coordinates:
            rows.log.left_out.add_rows(rows.layer, rows.ids[without], table["name"][without], "geen coördinaten")
        else:
            n_addresses = int((table["address"].notna() & without).sum())
            told = f", {n_addresses:,} of them with an address that is not known" if n_addresses else ""
            fix = (
                "Give a list of addresses in [inputs.addresses] (BAG), add x and y, or leave these rows out with "
                "skip_without_coordinates = true."
            )
            rows.fault(f"{int(without.sum()):,} rows have no coordinates{told}", fix, without, column="x, y")
    return table[~without].copy()


def _site_ids(rows: Rows, table: pd.DataFrame, source: SitesInput) -> pd.Series:
    """Ids that other rows and their order do not change: source and the id in the file, else RD to the metre.

    Rows of one source on one square metre are distinguished by a number in the order of their names.
    """
    x, y = (table[side].round().map("{:.0f}".format).astype("str") for side in ("x_m", "y_m"))
    made = (source.source + ":" + x + "-" + y).where(table["x_m"].notna(), source.source + ":" + rows.ids)
    count = (
        made.to_frame("made").assign(name=table["name"]).sort_values(["made", "name"]).groupby("made").cumcount() + 1
    )
    count = count.reindex(made.index)
    made = made.where(count == 1, made + "-" + count.astype("str"))
    if rows.of("id").duplicated().any():
        return made
    own = rows.of("id").reindex(table.index)
    return made.where(own == "", source.source + ":" + own)


def _clip(rows: Rows, table: pd.DataFrame, region: gpd.GeoDataFrame, source: SitesInput) -> pd.DataFrame:
    outside = ~table["gemeente_code"].isin(region["area_code"])
    if outside.any():
        far = table[outside]
        if source.clip_to_region:
            rows.log.left_out.add_rows(rows.layer, rows.ids[far.index], far["name"], "buiten de regio")
        else:
            message = f"{int(outside.sum()):,} of {len(table):,} candidates lie outside the region"
            fix = "Correct their coordinates, or leave them out with clip_to_region = true."
            rows.fault(message, fix, rows.ids.index.isin(far.index), column="geometry")
    return table[~outside]
