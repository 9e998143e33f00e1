"""What-if on links. In: bridges, ferries, water and barriers. Out: which edges are closed, whole or in part.

A bridge, street or ferry that is out is closed as a whole. Water and barriers cut an edge where they touch it: nobody
passes, but who lives on the dry piece of the road may still leave over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from nsp_planner.errors import Faults, SettingsError
from nsp_planner.layers.network.network import BoolArray, Network
from nsp_planner.names import nearest_or_all

LAYER = "what-if on links"


@dataclass(frozen=True)
class LinkChanges:
    """What is different on the network.

    Attributes:
        closed_ids: Ids of lines in the source (OSM way, wvk_id) that are closed.
        closed_bridges: Names of bridges that are closed; only the edges that are bridges.
        closed_names: Names of streets, bridges or ferries that are closed along their whole length.
        ferries_out: Names of ferries that do not sail.
        all_ferries_out: Whether no ferry sails.
        under_water: Polygons in RD; roads in it are closed and who lives in it is cut off.
        barriers: Lines in RD nobody can cross.
    """

    closed_ids: tuple[int, ...] = ()
    closed_bridges: tuple[str, ...] = ()
    closed_names: tuple[str, ...] = ()
    ferries_out: tuple[str, ...] = ()
    all_ferries_out: bool = False
    under_water: tuple[BaseGeometry, ...] = ()
    barriers: tuple[BaseGeometry, ...] = ()


@dataclass(frozen=True, eq=False)
class ClosedLinks:
    """Changes worked out on one network.

    Attributes:
        whole: Shape (n_edges,), edges that are closed from end to end.
        cut: Shape (n_edges,), edges that water or a barrier cuts; never also ``whole``.
        obstacle: Water and barriers together, in RD; None without.
        water: Water alone, in RD; None without.
        table: One row per change: change, value, n_edges, length_m, for reports.
    """

    whole: BoolArray
    cut: BoolArray
    obstacle: BaseGeometry | None
    water: BaseGeometry | None
    table: pd.DataFrame

    @property
    def passable(self) -> BoolArray:
        """Shape (n_edges,), edges that may be travelled from end to end."""
        return ~(self.whole | self.cut)


def changes_for(network: Network, others: Sequence[Network], changes: LinkChanges) -> LinkChanges:
    """The changes without names and ids that only the other networks have.

    A bridge for cyclists is on the walking network and not on that for cars: closing it is no mistake. What no network
    has stays, so that :func:`build_closed_links` refuses it.
    """

    def kept(change: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            value
            for value in values
            if _edges_of(network, change, value).any()
            or not any(_edges_of(other, change, value).any() for other in others)
        )

    return replace(
        changes,
        closed_ids=kept("closed_ids", changes.closed_ids),
        closed_bridges=kept("closed_bridges", changes.closed_bridges),
        closed_names=kept("closed_names", changes.closed_names),
        ferries_out=kept("ferries_out", changes.ferries_out),
    )


def build_closed_links(network: Network, changes: LinkChanges) -> ClosedLinks:
    """Work out which edges the changes close.

    Raises:
        SettingsError: A name or id the network does not have, water that is no polygon, an empty barrier; all of
            them at once, each with the nearest name there is.
    """
    faults = Faults()
    rows: list[dict[str, object]] = []
    whole = np.zeros(network.n_edges, dtype=bool)

    def close(change: str, value: object, edges: BoolArray, known: Sequence[str]) -> None:
        if not edges.any():
            faults.add(LAYER, f'the network has no "{value}"', nearest_or_all(str(value), known), column=change)
        whole[edges] = True
        rows.append(
            {
                "change": change,
                "value": str(value),
                "n_edges": int(edges.sum()),
                "length_m": float(network.length_m[edges].sum()),
            }
        )

    for line_id in changes.closed_ids:
        close("closed_ids", line_id, _edges_of(network, "closed_ids", line_id), ())
    for change in ("closed_bridges", "closed_names", "ferries_out"):
        for value in getattr(changes, change):
            close(change, value, _edges_of(network, change, value), _names_of(network, _of_kind(network, change)))
    if changes.all_ferries_out:
        whole |= network.ferry
        rows.append(
            {
                "change": "all_ferries_out",
                "value": "",
                "n_edges": int(network.ferry.sum()),
                "length_m": float(network.length_m[network.ferry].sum()),
            }
        )
    water = _union("under_water", changes.under_water, ("Polygon", "MultiPolygon"), faults)
    barrier = _union("barriers", changes.barriers, ("LineString", "MultiLineString"), faults)
    faults.raise_if_any(SettingsError)
    cut = np.zeros(network.n_edges, dtype=bool)
    for change, shape in (("under_water", water), ("barriers", barrier)):
        if shape is not None:
            shapely.prepare(shape)
            touched: BoolArray = shapely.intersects(shape, network.lines)
            rows.append(
                {
                    "change": change,
                    "value": "",
                    "n_edges": int(touched.sum()),
                    "length_m": float(network.length_m[touched].sum()),
                }
            )
            cut |= touched
    obstacle = water if barrier is None else barrier if water is None else shapely.union(water, barrier)
    if obstacle is not None:
        shapely.prepare(obstacle)
    table = pd.DataFrame(rows, columns=["change", "value", "n_edges", "length_m"])
    return ClosedLinks(whole, cut & ~whole, obstacle, water, table)


def _of_kind(network: Network, change: str) -> BoolArray:
    """Edges a change by name may close."""
    kinds = {"closed_bridges": network.bridge, "ferries_out": network.ferry}
    return kinds.get(change, np.ones(network.n_edges, dtype=bool))


def _edges_of(network: Network, change: str, value: Any) -> BoolArray:
    """Edges that one name or id of a change closes."""
    if change == "closed_ids":
        closed: BoolArray = network.line_id == value
        return closed
    return _named(network, value) & _of_kind(network, change)


def _named(network: Network, wanted: str) -> BoolArray:
    """Edges that bear the name, also as one of several (``IJsselbrug; Spoorstraat``); case does not matter."""
    hits = [
        k
        for k, name in enumerate(network.names)
        if wanted.casefold() in (name.casefold(), *(part.strip().casefold() for part in name.split(";")))
    ]
    return np.isin(network.name, hits)


def _names_of(network: Network, kind: BoolArray) -> list[str]:
    found = np.unique(network.name[kind & (network.name >= 0)])
    return sorted({part.strip() for k in found for part in network.names[k].split(";")})


def _union(
    change: str, shapes: tuple[BaseGeometry, ...], types: tuple[str, ...], faults: Faults
) -> BaseGeometry | None:
    wrong = [k for k, s in enumerate(shapes) if s is None or s.is_empty or not s.is_valid or s.geom_type not in types]
    if wrong:
        faults.add(
            LAYER,
            f"{len(wrong)} shapes are empty, invalid or no {types[0]}",
            f"Draw them as {types[0]} in EPSG:28992.",
            column=change,
            ids=wrong,
        )
        return None
    return shapely.union_all(list(shapes)) if shapes else None
