"""Public instances with known optima, through the same model as the towns."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from nsp_planner.costs.matrix import CostMatrix
from nsp_planner.plan.instance import Divisibility, LocalInstance
from nsp_planner.plan.local import solve_local_exact
from nsp_planner.plan.solution import PlanStatus
from nsp_planner.plan.verify import verify_local_instance, verify_local_plan


def _instance(
    distance: np.ndarray, persons: np.ndarray, capacity: np.ndarray, p: int, divisibility: Divisibility
) -> LocalInstance:
    """Every node is demand point and candidate; each counts once in the objective, whatever its persons."""
    n = len(distance)
    origin, destination = np.nonzero(np.isfinite(distance))
    ids = tuple(str(i + 1) for i in range(n))
    nothing, nobody = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
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


def read_pmed(path: Path) -> LocalInstance:
    """OR-Library p-median: shortest paths, an edge that occurs twice takes its last cost, no capacities."""
    rows = [[int(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    n, _, p = rows[0]
    graph = nx.Graph()
    graph.add_nodes_from(range(1, n + 1))
    for i, j, cost in rows[1:]:
        graph.add_edge(i, j, weight=cost)
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph))
    distance = np.array([[lengths[i][j] for j in range(1, n + 1)] for i in range(1, n + 1)], dtype=np.float64)
    return _instance(distance, np.ones(n), np.full(n, np.inf), p, Divisibility.DIVISIBLE)


def read_cpmp(path: Path) -> LocalInstance:
    """Capacitated p-median of Osman and Christofides: whole customers, floor of the Euclidean distance."""
    words = [float(word) for word in path.read_text().split()]
    n, p = int(words[0]), int(words[1])
    nodes = np.array(words[2 : 2 + 4 * n]).reshape(n, 4)
    xy, capacity, persons = nodes[:, :2], nodes[:, 2], nodes[:, 3]
    distance = np.floor(np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1)))
    return _instance(distance, persons, capacity, p, Divisibility.WHOLE_POINTS)


def _assert_optimum(instance: LocalInstance, optimum: float, solver: str = "highs") -> None:
    verify_local_instance(instance)
    plan = solve_local_exact(instance, solver=solver, gap=0.0, time_limit_s=600, threads=2)
    verify_local_plan(instance, plan)
    assert plan.value == pytest.approx(optimum, abs=1e-6)
    assert plan.status is PlanStatus.OPTIMAL


@pytest.mark.slow
@pytest.mark.parametrize(("name", "optimum"), [("pmed1", 5819), ("pmed2", 4093), ("pmed3", 4250)])
def test_the_p_median_instances_are_solved_to_their_known_optima(shared_dir: Path, name: str, optimum: float) -> None:
    _assert_optimum(read_pmed(shared_dir / "benchmarks" / "pmed" / f"{name}.txt"), optimum)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "optimum"), [("cpmp01", 713), ("cpmp02", 740), ("cpmp03", 751)])
def test_the_capacitated_instances_are_solved_to_their_known_optima(
    shared_dir: Path, name: str, optimum: float
) -> None:
    _assert_optimum(read_cpmp(shared_dir / "benchmarks" / "cpmp" / f"{name}.txt"), optimum)
