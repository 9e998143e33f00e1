"""The steps of the network benchmark, each run in a process of its own. In: a work folder. Out: one line of JSON.

Run through ``network_benchmarks.py``; a step alone: ``python benchmarks/network_steps.py STEP WORK_FOLDER [ARGUMENT]``.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

CUTOFF_M = 5000.0
SIZES = {"region": (25_000, 1_200), "liege": (5_000, 500)}
N_SAMPLED = 30


class Clock:
    """Seconds since it was made: on the wall, and of processors, which other work on the machine blurs less."""

    def __init__(self) -> None:
        """Start."""
        self.wall, self.cpu = time.perf_counter(), _cpu()

    def read(self) -> dict[str, float]:
        """Both, by name."""
        return {"seconds": time.perf_counter() - self.wall, "cpu_seconds": _cpu() - self.cpu}


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _load(work: Path, case: str):
    from nsp_planner.layers.network.store import load_network

    with np.load(work / f"{case}-points.npz") as points:
        network = load_network(work / f"{case}.npz")
        assert network is not None, "the step before kept it"
        return network, points["people"], points["sites"]


def _keep(work: Path, case: str, network) -> dict[str, float]:
    from nsp_planner.layers.network.store import write_network

    write_network(network, work / f"{case}.npz")
    rng = np.random.default_rng(2)
    n_people, n_sites = SIZES[case]
    at = network.node_xy
    people, sites = (at[rng.integers(0, len(at), n)] + rng.normal(0, 40, (n, 2)) for n in (n_people, n_sites))
    np.savez(work / f"{case}-points.npz", people=people, sites=sites)
    return {"n_nodes": network.n_nodes, "n_edges": network.n_edges}


def make_region(work: Path, _: str) -> dict[str, float]:
    """The lattice of 300,000 junctions."""
    from tests.towns.networks import build_lattice

    return _keep(work, "region", build_lattice(548))


def make_liege(work: Path, shared: str) -> dict[str, float]:
    """The streets of Liège, from GeoParquet."""
    from nsp_planner.layers.network.store import read_network

    clock = Clock()
    network, _ = read_network(Path(shared) / "data/osm-straten-luik/original.parquet", "foot", join_islands_m=0)
    return {**clock.read(), **_keep(work, "liege", network)}


def planner(work: Path, case: str) -> dict[str, float]:
    """nsp_planner as studies call it: connect and measure."""
    from nsp_planner.costs.network.build import build_network_costs

    network, people, sites = _load(work, case)
    clock = Clock()
    result = build_network_costs(network, people, sites, cutoff_m=CUTOFF_M)
    return {**clock.read(), "n_arcs": result.costs.n_arcs}


def _connected(work: Path, case: str):
    from nsp_planner.costs.network.connect import Connector

    network, people, sites = _load(work, case)
    connector = Connector(network, limit_m=500, small_island_m=500)
    return network, connector.connect(people), connector.connect(sites)


def distances(work: Path, argument: str) -> dict[str, float]:
    """Distances only, with the number of processes and the cutoff asked: ``region 2 5000``; starting them counts."""
    from nsp_planner.costs.network import many_to_many

    case, n_processes, cutoff_m = argument.split()
    network, origins, destinations = _connected(work, case)
    many_to_many.VISITS_FOR_PROCESSES = 0
    clock = Clock()
    arcs = many_to_many.compute_arcs(
        network, origins, destinations, cutoff_m=float(cutoff_m), n_processes=int(n_processes)
    )
    return {**clock.read(), "n_arcs": len(arcs.origin)}


def threads(work: Path, case: str) -> dict[str, float]:
    """The same groups searched by two threads instead."""
    from nsp_planner.costs.network import many_to_many

    network, origins, destinations = _connected(work, case)
    clock = Clock()
    everyone = np.ones(destinations.n_points, dtype=bool)
    search = many_to_many._build_search(network, origins, destinations, everyone, CUTOFF_M, None)
    groups = many_to_many._groups(search.destinations.xy)
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda group: many_to_many.search_group(search, group), groups))
    return {**clock.read(), "n_arcs": sum(len(part[0]) for part in parts)}


def _at_nodes(network, people: np.ndarray, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.spatial import cKDTree

    tree = cKDTree(network.node_xy)
    return tree.query(people)[1], tree.query(sites)[1]


def scipy_whole(work: Path, case: str) -> dict[str, float]:
    """The Dijkstra of scipy with the limit on the whole graph, 25 sites at a time, points at their nearest node."""
    from scipy.sparse.csgraph import dijkstra

    from nsp_planner.costs.network.many_to_many import build_graph

    network, people, sites = _load(work, case)
    at_people, at_sites = _at_nodes(network, people, sites)
    graph = build_graph(network, None, reverse=True)
    clock, n_arcs = Clock(), 0
    for k in range(0, len(at_sites), 25):
        found = dijkstra(graph, indices=at_sites[k : k + 25], limit=CUTOFF_M)[:, at_people]
        n_arcs += int((found <= CUTOFF_M).sum())
    return {**clock.read(), "n_arcs": n_arcs}


def networkx(work: Path, case: str) -> dict[str, float]:
    """Networkx with the cutoff, points at their nearest node; some sites, scaled to all."""
    import networkx as nx

    network, people, sites = _load(work, case)
    _, at_sites = _at_nodes(network, people, sites)
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(network.u.tolist(), network.v.tolist(), network.length_m.tolist(), strict=True))
    clock = Clock()
    for site in at_sites[:N_SAMPLED].tolist():
        nx.single_source_dijkstra_path_length(graph, site, cutoff=CUTOFF_M)
    return {name: value * len(at_sites) / N_SAMPLED for name, value in clock.read().items()}


def pandana(work: Path, case: str) -> dict[str, float]:
    """pandana: preparing its contraction hierarchy, then all pairs (it has no cutoff); points at nearest nodes."""
    import pandana as pdna
    import pandas as pd

    with np.load(work / f"{case}.npz") as kept, np.load(work / f"{case}-points.npz") as points:
        at, u, v, length_m = kept["node_mm"] / 1000.0, kept["u"], kept["v"], kept["length_m"]
        people, sites = points["people"], points["sites"]
    clock = Clock()
    network = pdna.Network(
        pd.Series(at[:, 0]), pd.Series(at[:, 1]), pd.Series(u), pd.Series(v), pd.DataFrame({"m": length_m}), twoway=True
    )
    prepared, clock = clock.read(), Clock()
    a = network.get_node_ids(people[:, 0], people[:, 1]).to_numpy()
    b = network.get_node_ids(sites[:, 0], sites[:, 1]).to_numpy()
    some = b[: max(N_SAMPLED, len(b) // 10)]
    found = network.shortest_path_lengths(np.tile(a, len(some)), np.repeat(some, len(a)))
    assert len(found) == len(a) * len(some)
    return {
        "prepare_seconds": prepared["seconds"],
        "prepare_cpu_seconds": prepared["cpu_seconds"],
        **{name: value * len(b) / len(some) for name, value in clock.read().items()},
    }


def write_extract(work: Path, _: str) -> dict[str, float]:
    """An extract of the 100 MB class: 386,000 ways of streets and paths, 2,700,000 buildings."""
    import osmium
    from pyproj import Transformer

    side, n_between, rng = 440, 8, np.random.default_rng(4)
    node = np.arange(side * side)
    at = np.column_stack([180_000 + node % side * 105.0, 470_000 + node // side * 105.0])
    right, up = node[node % side < side - 1], node[node // side < side - 1]
    u, v = np.concatenate([right, up]), np.concatenate([right + 1, up + side])
    share = np.linspace(0, 1, n_between + 2)[1:-1, None]
    between = at[u][:, None] + (at[v] - at[u])[:, None] * share + rng.uniform(-4, 4, (len(u), n_between, 2))
    corner = rng.uniform(180_000, 225_000, (2_700_000, 1, 2)) + np.array([0, 290_000])
    building = corner + rng.uniform(0, 12, (len(corner), 5, 2))
    xy = np.concatenate([at, between.reshape(-1, 2), building.reshape(-1, 2)])
    to_lonlat = Transformer.from_crs("EPSG:28992", "EPSG:4326", always_xy=True)
    lonlat = np.column_stack(to_lonlat.transform(*xy.T)).tolist()
    kinds = ["residential", "footway", "cycleway", "tertiary", "service", "path", "unclassified"]
    path = work / "extract.osm.pbf"
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for k, place in enumerate(lonlat):
            writer.add_node(mutable.Node(id=k + 1, location=place, version=1))
        first = len(at) + 1
        for k, (a, b) in enumerate(zip((u + 1).tolist(), (v + 1).tolist(), strict=True)):
            start = first + k * n_between
            tags = {"highway": kinds[k % len(kinds)], "name": f"Straat {k // 9}"}
            writer.add_way(mutable.Way(id=k + 1, nodes=[a, *range(start, start + n_between), b], tags=tags, version=1))
        first += len(u) * n_between
        for k in range(len(corner)):
            start = first + 5 * k
            writer.add_way(
                mutable.Way(
                    id=10**6 + k,
                    nodes=[*range(start, start + 5), start],
                    tags={"building": "yes", "ref:bag": str(10**15 + 7919 * k)},
                    version=1,
                )
            )
    return {"megabytes": path.stat().st_size / 1e6, "n_osm_nodes": len(lonlat), "n_ways": len(u) + len(corner)}


def read_extract(work: Path, _: str) -> dict[str, float]:
    """The whole preparation: read, project, split, join islands, keep."""
    from nsp_planner.layers.network.store import read_network

    clock = Clock()
    network, _ = read_network(work / "extract.osm.pbf", "foot", processed=work / "processed")
    kept = next((work / "processed").iterdir())
    return {
        **clock.read(),
        "n_nodes": network.n_nodes,
        "n_edges": network.n_edges,
        "kept_megabytes": kept.stat().st_size / 1e6,
    }


def what_if(work: Path, case: str) -> dict[str, float]:
    """Twenty streets near one place closed: only what changed, beside everything anew."""
    from nsp_planner.costs.network.build import build_network_costs
    from nsp_planner.costs.network.links import LinkChanges
    from nsp_planner.costs.network.recompute import update_network_costs

    network, people, sites = _load(work, case)
    base = build_network_costs(network, people, sites, cutoff_m=CUTOFF_M)
    middle = network.node_xy.mean(axis=0)
    near = np.argsort(np.hypot(*(network.node_xy[network.u] - middle).T))[:20]
    changes = LinkChanges(closed_ids=tuple(network.line_id[near].tolist()))
    clock = Clock()
    updated = update_network_costs(base, changes)
    took = clock.read()
    clock = Clock()
    anew = build_network_costs(network, people, sites, cutoff_m=CUTOFF_M, changes=changes)
    if updated.costs.n_arcs != anew.costs.n_arcs:
        raise SystemExit("the update differs from computing anew")
    anew_took = clock.read()
    return {
        **took,
        "anew_seconds": anew_took["seconds"],
        "anew_cpu_seconds": anew_took["cpu_seconds"],
        "n_recomputed": int(updated.recomputed.sum()),
        "n_sites": len(sites),
    }


STEPS: dict[str, Callable[[Path, str], dict[str, float]]] = {
    step.__name__: step
    for step in (
        make_region,
        make_liege,
        planner,
        distances,
        threads,
        scipy_whole,
        networkx,
        pandana,
        write_extract,
        read_extract,
        what_if,
    )
}


def main() -> None:
    """Run one step and print what it measured."""
    name, work, *rest = sys.argv[1:]
    measured = STEPS[name](Path(work), " ".join(rest))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(json.dumps({**measured, "peak_gb": peak / 1e6}) + "\n")


if __name__ == "__main__":
    main()
