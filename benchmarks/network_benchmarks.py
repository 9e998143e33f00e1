"""Measure the network distances and write docs/benchmarks-network.md. In: nothing. Out: that page, no figure by hand.

Usage: ``python benchmarks/network_benchmarks.py [--shared FOLDER] [--pandana-python PYTHON] [--without-extract]``.
Every step runs alone in a fresh process, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_S = 300
TITLES = {"region": "synthetic region", "liege": "Liège (OpenStreetMap)"}


def run(step: str, work: Path, *arguments: str, python: str = sys.executable) -> dict[str, float] | None:
    """One step; None when it cannot run here, nothing measured when it took longer than :data:`MAX_S`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [python, str(ROOT / "benchmarks/network_steps.py"), step, str(work), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=MAX_S)
    except subprocess.TimeoutExpired:
        return {}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        sys.stderr.write(f"{step} {' '.join(arguments)}: {last}\n")
        return None
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    sys.stderr.write(f"{step} {' '.join(arguments)}: {measured}\n")
    return measured


def row(name: str, measured: dict[str, float] | None, remark: str) -> str:
    """One line of a table of engines."""
    if measured is None:
        return f"| {name} | not run | - | - | {remark}; not installed where this ran |"
    if not measured:
        return f"| {name} | not done after {MAX_S} | - | - | {remark} |"
    seconds, cpu = f"{measured['seconds']:.1f}", f"{measured['cpu_seconds']:.1f}"
    if "prepare_seconds" in measured:
        seconds = f"{measured['prepare_seconds']:.0f} to prepare, then {seconds}"
        cpu = f"{measured['prepare_cpu_seconds']:.0f} to prepare, then {cpu}"
    return f"| {name} | {seconds} | {cpu} | {measured['peak_gb']:.2f} | {remark} |"


def engines(case: str, work: Path, pandana_python: str) -> list[str]:
    """The table of one network."""
    made = json.loads((work / f"{case}.json").read_text())
    n_people, n_sites = {"region": (25_000, 1_200), "liege": (5_000, 500)}[case]
    lines = [
        f"## {TITLES[case]}: {n_people:,} points, {n_sites:,} sites, 5 km",
        "",
        f"{made['n_nodes']:,.0f} nodes, {made['n_edges']:,.0f} edges.",
        "",
        "| engine | seconds | CPU seconds | peak GB | remark |",
        "| --- | --- | --- | --- | --- |",
    ]
    measured = run("planner", work, case)
    arcs = f", {measured['n_arcs']:,.0f} pairs" if measured else ""
    lines.append(row("**nsp_planner, whole call**", measured, f"connecting to edges included{arcs}"))
    for kilometres in (5, 10):
        for n in (1, 2):
            remark = "starting them included" if n == 2 else "scipy inside"
            lines.append(
                row(
                    f"nsp_planner, distances only, {kilometres} km, {n} process{'es' * (n == 2)}",
                    run("distances", work, case, str(n), f"{kilometres}000"),
                    remark,
                )
            )
    lines += [
        row("nsp_planner, distances only, 2 threads", run("threads", work, case), "scipy holds the interpreter lock"),
        row("scipy Dijkstra with limit, whole graph", run("scipy_whole", work, case), "to nearest nodes, 1 thread"),
        row("networkx with cutoff", run("networkx", work, case), "to nearest nodes, scaled from 30 sites"),
        row(
            "pandana",
            run("pandana", work, case, python=pandana_python),
            "to nearest nodes, no cutoff; pairs scaled from a tenth of the sites",
        ),
    ]
    changed = run("what_if", work, case)
    if changed:
        lines += [
            "",
            f"What-if, 20 streets closed: {changed['seconds']:.1f} s ({changed['cpu_seconds']:.1f} of CPU) for the "
            f"{changed['n_recomputed']:,.0f} of {changed['n_sites']:,.0f} sites it can touch; everything anew "
            f"{changed['anew_seconds']:.1f} s ({changed['anew_cpu_seconds']:.1f} of CPU).",
        ]
    lines += ["", "Studies start processes only where they pay (`VISITS_FOR_PROCESSES`); the rows here force them."]
    return [*lines, ""]


def extract(work: Path) -> list[str]:
    """The section about preparing a network."""
    made = run("write_extract", work)
    read = run("read_extract", work) if made else None
    if not (made and read):
        return []
    again = run("read_extract", work)
    assert again is not None
    return [
        "## Preparing a network from an extract",
        "",
        f"Synthetic `.osm.pbf` of {made['megabytes']:.0f} MB: {made['n_osm_nodes']:,.0f} nodes, "
        f"{made['n_ways']:,.0f} ways, most of them buildings, as in a Dutch province.",
        "",
        "| step | seconds | CPU seconds | peak GB | result |",
        "| --- | --- | --- | --- | --- |",
        row(
            "read, project, split, join, keep",
            read,
            f"{read['n_nodes']:,.0f} nodes, {read['n_edges']:,.0f} edges, {read['kept_megabytes']:.1f} MB kept",
        ),
        row("the next run, from the store", again, "checksum of the extract included"),
        "",
    ]


def main() -> None:
    """Measure all and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("NSP_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--pandana-python", default=sys.executable, help="a Python that has pandana")
    parser.add_argument("--without-extract", action="store_true")
    options = parser.parse_args()
    parts: list[str] = []
    with tempfile.TemporaryDirectory(prefix="nsp-benchmark-") as folder:
        work = Path(folder)
        for case, argument in (("region", ""), ("liege", str(options.shared))):
            if made := run(f"make_{case}", work, argument):
                (work / f"{case}.json").write_text(json.dumps(made))
                parts += engines(case, work, options.pandana_python)
        if not options.without_extract:
            parts += extract(work)
    page = [
        "# Distances over a network, measured",
        "",
        f"Written by `benchmarks/network_benchmarks.py` on {dt.date.today():%d-%m-%Y}: Python "
        f"{platform.python_version()}, {os.cpu_count()} cores, load of the machine over 15 minutes "
        f"{os.getloadavg()[2]:.1f}, {', '.join(_versions('scipy', 'networkx', 'shapely', 'osmium'))}. Each row is one "
        "run in a fresh process. A load above the number of cores means that other work slowed every row down: then "
        "compare CPU seconds, which add up both cores.",
        "",
        *parts,
    ]
    (ROOT / "docs/benchmarks-network.md").write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")


def _versions(*names: str) -> list[str]:
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return found


if __name__ == "__main__":
    main()
