"""OGC API features, page by page. In: service, collection, bounding box. Out: all features as one table in RD.

Goes by the ``next`` links (OGC 17-069r4, 7.15); a link that leads back, a page without anything new, or fewer
features than the service counts is a fault, never a shorter table. Names of columns are brought to snake_case here,
and only here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urljoin

import geopandas as gpd
import pandas as pd

from nsp_planner.fetch.catalogue import Source, fault, unsafe_address
from nsp_planner.fetch.web import Web, WebError
from nsp_planner.layers.rd import RD, is_rd

LIMIT = 1_000
"""Most features PDOK gives on one page."""
MAX_PAGES = 5_000
CRS_RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
FEATURE_ID = "feature_id"

Bounds = tuple[float, float, float, float]


def read_collection(
    web: Web,
    source: Source,
    *,
    bounds: Bounds | None = None,
    parameters: Mapping[str, str] | None = None,
    address: str | None = None,
) -> gpd.GeoDataFrame:
    """All features of ``source.collection``.

    Args:
        web: The door to the network.
        source: Service and collection.
        bounds: Only features that touch this box: west, south, east, north in RD metres.
        parameters: Further query parameters.
        address: The service, where the source's own address has something to fill in.

    Returns:
        One row per feature: ``feature_id`` (str), the properties in snake_case, lists as text with commas, geometry in
        EPSG:28992 (None where a feature has none). No rows is a table without rows.

    Raises:
        WebError: A page cannot be had or is not what it should be.
    """
    features, crs_header = _all_features(web, source, _first_address(source, address, bounds, parameters))
    rows = [
        {
            "type": "Feature",
            "geometry": feature.get("geometry"),
            "properties": {FEATURE_ID: str(feature.get("id", number)), **_properties(feature)},
        }
        for number, feature in enumerate(features)
    ]
    if not rows:
        return gpd.GeoDataFrame({FEATURE_ID: pd.Series(dtype="str")}, geometry=gpd.GeoSeries([], crs=RD))
    table = gpd.GeoDataFrame.from_features(rows)
    table = table.set_crs(_crs_of(table, crs_header))
    return table if is_rd(table.crs) else table.to_crs(RD)


def snake_case(name: str) -> str:
    """A column as CBS has it: ``aantalInwoners65JaarEnOuder`` becomes ``aantal_inwoners_65_jaar_en_ouder``."""
    if re.search(r"[a-z0-9][A-Z]", name):
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", "_", name)
    return re.sub(r"[^0-9a-zA-Z]+", "_", name).strip("_").lower()


def _first_address(
    source: Source, address: str | None, bounds: Bounds | None, parameters: Mapping[str, str] | None
) -> str:
    query = {"f": "json", "limit": str(LIMIT), "crs": CRS_RD, **(parameters or {})}
    if bounds is not None:
        query |= {"bbox": ",".join(f"{side:.0f}" for side in bounds), "bbox-crs": CRS_RD}
    return f"{(address or source.address).rstrip('/')}/collections/{source.collection}/items?{urlencode(query)}"


def _all_features(web: Web, source: Source, first: str) -> tuple[list[dict[str, Any]], str]:
    features: list[dict[str, Any]] = []
    seen_addresses, seen_ids, crs_header = set[str](), set[str](), ""
    address: str | None = first
    matched: int | None = None
    while address is not None:
        if address in seen_addresses or len(seen_addresses) >= MAX_PAGES:
            raise WebError(fault(source, f"{address} is the next page of itself: the service never ends"))
        seen_addresses.add(address)
        page, headers = web.get_json(address, source)
        if not isinstance(page, dict) or not isinstance(page.get("features"), list):
            reason = page.get("title") or page.get("description") if isinstance(page, dict) else None
            raise WebError(fault(source, f"{address} gave no features{f': {reason}' if reason else ''}"))
        new = [f for f in page["features"] if isinstance(f, dict) and _is_new(f, seen_ids)]
        following = _next_link(page, address, source)
        if following is not None and not new:
            raise WebError(
                fault(source, f"{address} brings nothing new and still has a next page: the service never ends")
            )
        features += new
        crs_header = crs_header or next((v for k, v in headers.items() if k.lower() == "content-crs"), "")
        matched = page["numberMatched"] if isinstance(page.get("numberMatched"), int) else matched
        web.progress.features_done(source.name, len(features), matched)
        address = following
        if address is not None:
            web.sleep(web.politeness.pause_s)
    if matched is not None and len(features) < matched:
        raise WebError(fault(source, f"{first} gave {len(features):,} of the {matched:,} features it counts"))
    return features, crs_header


def _is_new(feature: dict[str, Any], seen: set[str]) -> bool:
    """Whether a feature was not on an earlier page; features without an id always are."""
    if feature.get("id") is None:
        return True
    name = str(feature["id"])
    if name in seen:
        return False
    seen.add(name)
    return True


def _next_link(page: Mapping[str, Any], address: str, source: Source) -> str | None:
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            target = urljoin(address, link["href"])
            if reason := unsafe_address(target):
                raise WebError(
                    fault(source, f"{address} names {target} as its next page, which is not fetched: {reason}")
                )
            return str(target)
    return None


def _properties(feature: Mapping[str, Any]) -> dict[str, object]:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {snake_case(str(name)): _plain(value) for name, value in properties.items()}


def _plain(value: object) -> object:
    """A value a table can hold: a list (``gebruiksdoel``) as text with commas, an object as its text."""
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return str(value) if isinstance(value, dict) else value


def _crs_of(table: gpd.GeoDataFrame, header: str) -> str:
    """The CRS the service says it gave; without a word, degrees and metres are distinguished by their size."""
    if "28992" in header:
        return RD
    if "CRS84" in header:
        return "EPSG:4326"
    low_x, low_y, high_x, high_y = table.total_bounds
    degrees = bool(abs(low_x) <= 180 and abs(high_x) <= 180 and abs(low_y) <= 90 and abs(high_y) <= 90)
    return "EPSG:4326" if degrees else RD
