"""One engine on one case, in a process of its own. In: engine, file, limits. Out: one line of JSON.

Usage: ``python -m benchmarks.engines ENGINE FILE --seconds S [--quotas] [--gap G] [--memory-gb M]``. Engines: ``large``
(ours), ``refused`` and ``fixed`` (ours, one site decided otherwise, from the plan at hand), ``coverage``,
``percentile``, ``center`` and ``fewest`` (ours, the other objectives), ``study`` (a study file, from its layers on),
``compile`` (from an empty cache), ``highs`` and ``cbc`` (the whole model through PuLP), ``spopt`` (its own capacitated
p-median, needs spopt in this interpreter). Every plan of ours is verified before anything is reported.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nsp_planner.plan.options import SolveOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from nsp_planner.plan.instance import LocalInstance
    from nsp_planner.plan.solution import LocalPlan

MIB = 1024.0
AT_HAND_S, AT_HAND_GAP = 120.0, 0.005
"""How the plan at hand, and the one from scratch beside it, are made."""
NORM_M, PERCENTILE, SHARE = 2_500.0, 0.95, 0.97
"""Of the other objectives: norm of most coverage and fewest sites, percentile, and share within the norm."""
COVERING = {"coverage", "fewest"}
OURS = {"large", "refused", "fixed", "coverage", "percentile", "center", "fewest", "study", "compile"}


def measure(instance: LocalInstance, solve: Callable[[], LocalPlan]) -> dict[str, Any]:
    """Solve and verify; what came of it."""
    from nsp_planner.plan.verify.plan import verify_local_plan

    begin = time.perf_counter()
    plan = solve()
    seconds = time.perf_counter() - begin
    verify_local_plan(instance, plan)
    return {
        "seconds": seconds,
        "value": plan.value,
        "bound": plan.bound if math.isfinite(plan.bound) else None,
        "gap": plan.gap if math.isfinite(plan.gap) else None,
        "status": str(plan.status),
        "stopped_by": plan.report.stopped_by,
        "n_demand": instance.n_demand,
        "trace": [(t.seconds, t.value, t.bound if math.isfinite(t.bound) else None) for t in plan.report.trace],
    }


def read_case(path: Path, quotas: bool) -> LocalInstance:
    """The instance of a region (.npz), a standard instance or a study (.toml)."""
    if path.suffix == ".npz":
        from benchmarks.regions import as_instance, read_region

        return as_instance(read_region(path), quotas=quotas)
    if path.suffix == ".toml":
        from nsp_planner.config import load_study
        from nsp_planner.study.prepare.instances import build_local_problem
        from nsp_planner.study.read import check_layers

        study = load_study(path)
        return build_local_problem(check_layers(study), study).priced
    from benchmarks.standard import read_standard

    return read_standard(path)


def run_ours(engine: str, instance: LocalInstance, seconds: float, gap: float) -> dict[str, Any]:
    """Ours, compiled before the clock starts."""
    from nsp_planner.plan.large import solve_local_large, warm_up

    warm_up()
    goal = {
        "coverage": {"objective": "max_coverage"},
        "percentile": {"objective": "min_max", "percentile": PERCENTILE},
        "center": {"objective": "min_max"},
        "fewest": {"objective": "min_sites", "share": SHARE, "n_sites": instance.n_candidates},
    }.get(engine, {})
    changed: LocalInstance = replace(instance, **goal)  # type: ignore[arg-type]
    if engine in COVERING:
        changed = replace(changed, service_distance_m=np.full(instance.n_demand, NORM_M))
    return measure(
        changed, lambda: solve_local_large(changed, SolveOptions(gap=gap, time_limit_s=seconds, seed=1, threads=2))
    )


def run_change(engine: str, instance: LocalInstance, seconds: float, gap: float) -> dict[str, Any]:
    """One site refused, or one fixed, from the plan at hand; beside it the same from scratch."""
    from nsp_planner.plan.large import solve_local_large, warm_up

    warm_up()
    at_hand = solve_local_large(instance, SolveOptions(gap=AT_HAND_GAP, time_limit_s=AT_HAND_S, seed=1))
    decided = np.zeros(instance.n_candidates, dtype=np.bool_)
    closed = np.setdiff1d(np.arange(instance.n_candidates), at_hand.open_sites)
    among = at_hand.open_sites if engine == "refused" else closed
    decided[among[len(among) // 2]] = True
    changed = replace(instance, refused=decided) if engine == "refused" else replace(instance, fixed=decided)
    scratch = solve_local_large(changed, SolveOptions(gap=AT_HAND_GAP, time_limit_s=AT_HAND_S, seed=1))
    result = measure(
        changed, lambda: solve_local_large(changed, SolveOptions(gap=gap, time_limit_s=seconds, seed=1), start=at_hand)
    )
    result["above_scratch"] = result["value"] / scratch.value - 1
    return result


def run_compile() -> dict[str, Any]:
    """Compiling every kernel with nothing cached."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder
        from nsp_planner.plan.large import warm_up

        begin = time.perf_counter()
        warm_up()
        return {"seconds": time.perf_counter() - begin}


def run_milp(solver: str, instance: LocalInstance, seconds: float, gap: float) -> dict[str, Any]:
    """The whole model through PuLP, same arcs as ours."""
    from nsp_planner.plan.exact.solve import solve_local_exact

    return measure(
        instance,
        lambda: solve_local_exact(instance, SolveOptions(solver=solver, gap=gap, time_limit_s=seconds, threads=2)),
    )


def run_spopt(path: Path, seconds: float, gap: float) -> dict[str, Any]:
    """The capacitated p-median of spopt: every pair of demand point and site, whole points; through HiGHS."""
    import pulp
    from scipy.spatial.distance import cdist
    from spopt.locate import PMedian  # type: ignore[import-not-found, unused-ignore]

    with np.load(path) as z:
        distance_m = cdist(z["cell_xy"], z["cand_xy"])
        persons, capacity, p = z["pop"].astype(float), z["cap"].astype(float), int(z["p"])
    begin = time.perf_counter()
    model = PMedian.from_cost_matrix(distance_m, persons, p_facilities=p, facility_capacities=capacity)
    left = seconds - (time.perf_counter() - begin)
    if left <= 1:
        return {"seconds": seconds, "remark": "the model was not built in time"}
    model.problem.solve(pulp.HiGHS(msg=False, timeLimit=left, gapRel=gap, threads=2))
    info = model.problem.solverModel.getInfo()
    found = math.isfinite(info.objective_function_value) and info.primal_solution_status == 2
    value = float(info.objective_function_value) if found else None
    bound = float(info.mip_dual_bound) if math.isfinite(info.mip_dual_bound) else None
    gap_left = abs(value - bound) / value if value and bound is not None else None
    return {"seconds": time.perf_counter() - begin, "value": value, "bound": bound, "gap": gap_left}


def run(engine: str, path: Path, seconds: float, gap: float, quotas: bool) -> dict[str, Any]:
    """One engine on one file."""
    if engine == "compile":
        return run_compile()
    if engine == "spopt":
        return run_spopt(path, seconds, gap)
    instance = read_case(path, quotas)
    if engine in ("highs", "cbc"):
        return run_milp(engine, instance, seconds, gap)
    if engine in ("refused", "fixed"):
        return run_change(engine, instance, seconds, gap)
    return run_ours(engine, instance, seconds, gap)


def main() -> None:
    """Run one engine and print what it measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=sorted({*OURS, "highs", "cbc", "spopt"}))
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--quotas", action="store_true")
    parser.add_argument("--memory-gb", type=float, default=12.0)
    options = parser.parse_args()
    most = int(options.memory_gb * 1024**3)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    from nsp_planner.errors import NspError

    try:
        result = run(options.engine, options.file, options.seconds, options.gap, options.quotas)
    except NspError as error:
        result = {"seconds": options.seconds, "remark": error.faults[0].message}
    usage = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    result["cpu_s"] = usage.ru_utime + usage.ru_stime + children.ru_utime + children.ru_stime
    result["peak_mb"] = max(usage.ru_maxrss, children.ru_maxrss) / MIB
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
