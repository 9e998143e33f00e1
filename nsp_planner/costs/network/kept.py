"""Distances computed before. In: network, people, sites, closed links. Out: costs, of which only what changed is new.

The matrix with all links open is kept: in memory for the next scenario of the same run, and in the folder of processed
data for the next run. Its key is made of the network, all coordinates and all limits, so nothing stale is ever used;
beside it stands a checksum of its content, so that nothing altered is believed. Closed links are then worked out from
it (:mod:`nsp_planner.costs.network.recompute`).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.costs.network.build import NetworkCosts, build_network_costs, costs_from_matrix
from nsp_planner.costs.network.links import LinkChanges
from nsp_planner.costs.network.recompute import update_network_costs
from nsp_planner.layers.network.network import Network
from nsp_planner.storage import read_kept, write_kept

FORMAT = 2
"""Raise when the way distances are computed changes: kept matrices are then made again."""
KEPT_IN_MEMORY = 2
"""Matrices held in memory, the last used ones; 60 MB each for a region at 10 km."""
KEPT_ON_DISK = 4
"""Matrices left in the folder, the last used ones."""

_memory: OrderedDict[str, NetworkCosts] = OrderedDict()


def network_costs(
    network: Network,
    origin_xy: npt.ArrayLike,
    destination_xy: npt.ArrayLike,
    *,
    cutoff_m: float,
    connect_limit_m: float,
    small_island_m: float,
    changes: LinkChanges | None = None,
    n_processes: int = 2,
    folder: Path | None = None,
) -> NetworkCosts:
    """Distances as :func:`~nsp_planner.costs.network.build.build_network_costs` gives them, from kept ones where known.

    Args:
        network: Network of the profile that fits.
        origin_xy: Shape (n, 2), RD metres.
        destination_xy: Shape (m, 2), RD metres.
        cutoff_m: Largest distance kept, metres, access included.
        connect_limit_m: Largest distance from a point to the network.
        small_island_m: Pieces of the network with fewer metres are islands.
        n_processes: Processes used for large jobs.
        changes: Links that are closed; only destinations they can touch are computed again.
        folder: Where matrices are kept between runs; None keeps them in memory only.

    Raises:
        SettingsError: A change that names what the network does not have.
    """
    start, end = (np.ascontiguousarray(xy, dtype=np.float64).reshape(-1, 2) for xy in (origin_xy, destination_xy))
    key = _key(network, start, end, (cutoff_m, connect_limit_m, small_island_m))
    base = _memory.pop(key, None)
    if base is None:
        file = None if folder is None else folder / f"costs-{network.profile}-{key}.npz"
        matrix = None if file is None else _read(file, len(end))
        if matrix is not None:
            base = costs_from_matrix(
                matrix,
                network,
                start,
                end,
                connect_limit_m=connect_limit_m,
                small_island_m=small_island_m,
                n_processes=n_processes,
            )
        else:
            base = build_network_costs(
                network,
                start,
                end,
                cutoff_m=cutoff_m,
                connect_limit_m=connect_limit_m,
                small_island_m=small_island_m,
                n_processes=n_processes,
            )
            if file is not None:
                _write(base.costs, file)
    _memory[key] = base
    while len(_memory) > KEPT_IN_MEMORY:
        _memory.popitem(last=False)
    return base if changes is None else update_network_costs(base, changes)


def forget() -> None:
    """Let go of the matrices in memory."""
    _memory.clear()


def _key(
    network: Network, start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], limits: tuple[float, ...]
) -> str:
    digest = hashlib.sha256(f"{FORMAT}|{network.profile}|{network.source}|{limits}".encode())
    for array in (network.u, network.v, network.length_m, network.forward, network.backward, network.connectable):
        digest.update(np.ascontiguousarray(array).tobytes())
    for array in (network.vertex_indptr, network.vertex_xy, start, end):
        digest.update(np.ascontiguousarray(array).tobytes() + b"|")
    return digest.hexdigest()[:20]


def _read(path: Path, n_destinations: int) -> CostMatrix | None:
    """A kept matrix, or None where there is none or it is not as it was written."""
    kept = read_kept(path)
    if kept is None:
        return None
    return CostMatrix(
        indptr=kept["indptr"].astype(np.int64),
        destination=kept["destination"].astype(np.int64),
        distance_m=kept["distance_m"],
        n_destinations=n_destinations,
        cutoff_m=float(kept["cutoff_m"]),
        metric=str(kept["metric"]),
        metric_nl=str(kept["metric_nl"]),
    )


def _write(costs: CostMatrix, path: Path) -> None:
    """Keep a matrix beside the last used ones."""
    arrays: dict[str, npt.ArrayLike] = {
        "indptr": costs.indptr,
        "destination": costs.destination.astype(np.int32),
        "distance_m": costs.distance_m,
        "cutoff_m": np.float64(costs.cutoff_m),
        "metric": np.str_(costs.metric),
        "metric_nl": np.str_(costs.metric_nl),
    }
    if write_kept(path, arrays, compressed=False):
        with suppress(OSError):  # another run prunes too
            last_used = sorted(path.parent.glob("costs-*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
            for old in last_used[KEPT_ON_DISK:]:
                old.unlink(missing_ok=True)
