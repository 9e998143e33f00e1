"""Small networks whose distances can be counted by hand. In: nothing. Out: a network, people and sites.

The river town (:func:`build_river_town`); persons in brackets, sites in capitals, each 10 m from its street::

    NOORD                      (bij B)  (bij C)          (bij D)
     |   [40]                    [30]     [20]             [10]
     A --------------------------- B ----- C --------------- D    Noorderkade, y = 300
                                   |                         :
    ~~~~~~~~~~~~~~~~~~~~~~~~~ IJsselbrug ~~~~~~~~~~~~~~ Olsterveer ~~~~~~~~
                                   |                         :
     E --------------------------- F ----- G --------------- H    Zuiderkade, y = 0
                                 ZUID                      VEER
    x = 0                         600     800              1400

Bridge and ferry are 300 m. Everyone walks to the nearest site: A to NOORD, B (320 m) and C (520 m) over the bridge to
ZUID, D (320 m) over the water to VEER. With the bridge closed B (620 m) and C (820 m) turn to NOORD; when the ferry
stops D (1,120 m) turns to ZUID. Nobody else moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from nsp_planner.layers.network.assemble import RawLines, build_network
from nsp_planner.layers.network.lines import network_from_frame
from nsp_planner.layers.network.network import FloatArray, IntArray, Network

X0, Y0 = 200_000.0, 500_000.0


@dataclass(frozen=True, eq=False)
class ToyTown:
    """A network with people and sites.

    Attributes:
        network: The network on foot.
        demand_id: Id of each demand point, n of them.
        demand_xy: Shape (n, 2), RD metres.
        persons: Shape (n,), persons.
        site_id: Id of each site, m of them.
        site_xy: Shape (m, 2), RD metres.
    """

    network: Network
    demand_id: tuple[str, ...]
    demand_xy: FloatArray
    persons: IntArray
    site_id: tuple[str, ...]
    site_xy: FloatArray


def build_town(
    lines: list[tuple[str, str, list[tuple[float, float]]]],
    demand: dict[str, tuple[float, float, int]],
    sites: dict[str, tuple[float, float]],
) -> ToyTown:
    """A town from lines (name, kind, points) with kind ``street``, ``bridge`` or ``ferry``, people and sites."""
    tags = {"street": ("residential", "", ""), "bridge": ("residential", "yes", ""), "ferry": ("", "", "ferry")}
    corner = np.array([X0, Y0])
    frame = gpd.GeoDataFrame(
        {
            "name": [name for name, _, _ in lines],
            "highway": [tags[kind][0] for _, kind, _ in lines],
            "bridge": [tags[kind][1] for _, kind, _ in lines],
            "route": [tags[kind][2] for _, kind, _ in lines],
        },
        geometry=[shapely.LineString(np.array(points) + corner) for _, _, points in lines],
        crs="EPSG:28992",
    )
    return ToyTown(
        network=network_from_frame(frame, "foot", source="toy town"),
        demand_id=tuple(demand),
        persons=np.array([n for _, _, n in demand.values()], dtype=np.int64),
        demand_xy=np.array([(x, y) for x, y, _ in demand.values()], dtype=np.float64).reshape(-1, 2) + corner,
        site_id=tuple(sites),
        site_xy=np.array(list(sites.values()), dtype=np.float64).reshape(-1, 2) + corner,
    )


def build_river_town() -> ToyTown:
    """The river town of this module's drawing."""
    return build_town(
        [
            ("Noorderkade", "street", [(0, 300), (600, 300)]),
            ("Noorderkade", "street", [(600, 300), (800, 300)]),
            ("Noorderkade", "street", [(800, 300), (1400, 300)]),
            ("Zuiderkade", "street", [(0, 0), (600, 0)]),
            ("Zuiderkade", "street", [(600, 0), (800, 0)]),
            ("Zuiderkade", "street", [(800, 0), (1400, 0)]),
            ("IJsselbrug", "bridge", [(600, 300), (600, 0)]),
            ("Olsterveer", "ferry", [(1400, 300), (1400, 0)]),
        ],
        {"bij A": (100, 310, 40), "bij B": (600, 310, 30), "bij C": (800, 310, 20), "bij D": (1400, 310, 10)},
        {"NOORD": (0, 310), "ZUID": (600, -10), "VEER": (1400, -10)},
    )


def build_lattice(n_side: int, *, seed: int = 1) -> Network:
    """A network of any size: ``n_side`` by ``n_side`` crossings about 70 m apart, a bend in each street.

    18 % of the streets are left out at random, so that some crossings lie apart and detours are real; 548 gives the
    300,000 junctions and 490,000 edges of a region.
    """
    rng, n = np.random.default_rng(seed), n_side * n_side
    node = np.arange(n)
    at = np.column_stack([180_000 + node % n_side * 70.0, 480_000 + node // n_side * 70.0])
    at += rng.uniform(-20, 20, (n, 2))
    right, up = node[node % n_side < n_side - 1], node[node // n_side < n_side - 1]
    u, v = np.concatenate([right, up]), np.concatenate([right + 1, up + n_side])
    kept = rng.random(len(u)) < 0.82
    u, v = u[kept], v[kept]
    bend = (at[u] + at[v]) / 2 + rng.uniform(-8, 8, (len(u), 2))
    yes, no = np.ones(len(u), dtype=bool), np.zeros(len(u), dtype=bool)
    raw = RawLines(
        xy=np.stack([at[u], bend, at[v]], axis=1).reshape(-1, 2),
        key=np.stack([u, n + np.arange(len(u)), v], axis=1).ravel(),
        indptr=np.arange(len(u) + 1) * 3,
        forward=yes,
        backward=yes,
        ferry=no,
        bridge=no,
        connectable=yes,
        line_id=np.arange(len(u)),
        names=[""] * len(u),
    )
    return build_network(raw, profile="foot", source="lattice")
