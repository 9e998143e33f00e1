"""Public benchmark instances with known optima. In: a file of the field's own formats. Out: a LocalInstance.

OR-Library p-median (pmed), capacitated p-median of Osman and Christofides (cpmp) and of Lorena and Senne (SJC). Every
node is demand point and candidate; each counts once in the objective, whatever its persons.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.plan.instance import Divisibility, LocalInstance

FloatArray = npt.NDArray[np.float64]

KNOWN_OPTIMA = {
    "pmed1": 5819.0,
    "pmed2": 4093.0,
    "pmed3": 4250.0,
    "cpmp01": 713.0,
    "cpmp02": 740.0,
    "cpmp03": 751.0,
    "cpmp11": 1006.0,
    "cpmp12": 966.0,
    "SJC1": 17288.99,
    "SJC3a": 45335.16,
}
"""Published optima; those of SJC are rounded to cents."""
KNOWN_CENTERS = {"pmed1": 127.0, "pmed2": 98.0, "pmed3": 93.0}
"""Published optima of the p-center problem on the same graphs: the worst distance."""
TOLERANCE = 0.01
"""Half a cent of rounding in a published optimum, and some."""


def find_standard(folder: Path) -> list[Path]:
    """The files of known instances under a folder, smallest problem first."""
    known = {path.stem: path for path in sorted(folder.rglob("*")) if path.stem in KNOWN_OPTIMA}
    return [known[name] for name in KNOWN_OPTIMA if name in known]


def read_standard(path: Path) -> LocalInstance:
    """An instance by its file: pmed*, cpmp* or SJC*."""
    return read_pmed(path) if path.stem.startswith("pmed") else read_cpmp(path)


def as_center(instance: LocalInstance) -> LocalInstance:
    """The p-center problem on the same instance."""
    return replace(instance, objective="min_max")


def read_pmed(path: Path) -> LocalInstance:
    """OR-Library p-median: shortest paths, an edge that occurs twice takes its last cost, no capacities."""
    rows = [[int(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    n, _, p = rows[0]
    graph: Any = nx.Graph()
    graph.add_nodes_from(range(1, n + 1))
    for i, j, cost in rows[1:]:
        graph.add_edge(i, j, weight=cost)
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph))
    distance = np.array([[lengths[i][j] for j in range(1, n + 1)] for i in range(1, n + 1)], dtype=np.float64)
    return _instance(distance, np.ones(n), np.full(n, np.inf), p, Divisibility.DIVISIBLE)


def read_cpmp(path: Path) -> LocalInstance:
    """Capacitated p-median, whole customers: floor of the Euclidean distance for cpmp, unrounded for SJC."""
    words = [float(word) for word in path.read_text().split()]
    n, p = int(words[0]), int(words[1])
    nodes = np.array(words[2 : 2 + 4 * n]).reshape(n, 4)
    xy, capacity, persons = nodes[:, :2], nodes[:, 2], nodes[:, 3]
    distance = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    if not path.stem.startswith("SJC"):
        distance = np.floor(distance)
    return _instance(distance, persons, capacity, p, Divisibility.WHOLE_POINTS)


def _instance(
    distance: FloatArray, persons: FloatArray, capacity: FloatArray, p: int, divisibility: Divisibility
) -> LocalInstance:
    n = len(distance)
    origin, destination = np.nonzero(np.isfinite(distance))
    ids = tuple(str(i + 1) for i in range(n))
    nothing, nobody = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    return LocalInstance(
        demand_ids=ids,
        population_persons=persons,
        weight=np.ones(n),
        demand_gemeente=nothing,
        service_distance_m=np.ones(n),
        site_ids=ids,
        capacity_persons=capacity,
        site_gemeente=nothing,
        fixed=nobody,
        refused=nobody,
        gemeente_codes=("GM0001",),
        costs=CostMatrix.from_arcs(
            origin,
            destination,
            distance[origin, destination],
            n_origins=n,
            n_destinations=n,
            cutoff_m=float(distance.max()),
            metric="benchmark",
            metric_nl="benchmark",
        ),
        n_sites=p,
        divisibility=divisibility,
    )
