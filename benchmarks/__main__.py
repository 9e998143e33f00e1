"""Measure the engines side by side and write docs/benchmarks.md. In: nothing, or folders. Out: that page and its JSON.

Usage: ``python -m benchmarks [--regions FOLDER] [--standard FOLDER] [--spopt-python PYTHON] [--only WORDS]``. The
project's own regions are always made (seeded). Each row is one run in a fresh process with a limit of time and memory.
Results are kept in docs/benchmarks.json: ``--only`` measures some rows again, and the page is written from all of them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.cases import ROOT, Row, make_rows, make_source
from benchmarks.page import write_page
from benchmarks.results import machine_line, read_results, write_results

GRACE_S, GRACE_CHANGE_S = 120.0, 420.0
"""Seconds beyond 1.3 times the limit after which a run is stopped; those of a change make two plans before it."""


def run(row: Row, memory_gb: float, python: str) -> dict[str, Any]:
    """One row in a fresh process; a remark instead of figures when it could not."""
    command = [python, "-m", "benchmarks.engines", row.engine, str(row.source), "--seconds", str(row.seconds)]
    command += ["--gap", str(row.gap), "--memory-gb", str(memory_gb)] + (["--quotas"] if row.quotas else [])
    most = row.seconds * 1.3 + (GRACE_CHANGE_S if row.group == "changes" else GRACE_S)
    begin = time.perf_counter()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ), check=False, timeout=most
        )
    except subprocess.TimeoutExpired:
        return {"seconds": time.perf_counter() - begin, "remark": f"stopped after {most:.0f} s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["ended without a message"])[-1]
        missing = "No module named 'spopt'" in done.stderr
        memory = "MemoryError" in done.stderr or "bad_alloc" in done.stderr or done.returncode < 0
        limit = f"more than {memory_gb:g} GB of memory"
        remark = "spopt is not installed" if missing else limit if memory else last[:160].replace("|", "/")
        return {"seconds": time.perf_counter() - begin, "remark": remark}
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def wanted(row: Row, only: list[str]) -> bool:
    """Whether a row is asked for: a word of its key, or all of a part of it such as ``standard`` or ``own-M``."""
    parts = [*row.key.split("/"), row.key]
    return not only or any(word in parts or (word.endswith("*") and row.key.startswith(word[:-1])) for word in only)


def main() -> None:
    """Measure what is asked and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regions", type=Path, help="folder with S.npz, Q.npz, M.npz, L.npz and XL.npz")
    parser.add_argument("--standard", type=Path, help="folder of standard instances")
    parser.add_argument("--study", type=Path, default=ROOT / "scenarios" / "ijsselland.toml")
    parser.add_argument("--spopt-python", default=sys.executable, help="interpreter that has spopt")
    parser.add_argument("--only", default="", help="groups, cases, engines or keys such as plans/M/*, with commas")
    parser.add_argument("--list", action="store_true", help="show the keys of all rows and stop")
    parser.add_argument("--peer-seconds", type=float, default=120.0)
    parser.add_argument("--most-seconds", type=float, default=1e6, help="no row gets more than this")
    parser.add_argument("--memory-gb", type=float, default=12.0)
    parser.add_argument("--results", type=Path, default=ROOT / "docs" / "benchmarks.json")
    options = parser.parse_args()
    only = [word for word in options.only.split(",") if word]
    with tempfile.TemporaryDirectory() as folder:
        rows = make_rows(
            Path(folder),
            options.regions.resolve() if options.regions else None,
            options.standard.resolve() if options.standard else None,
            options.study,
            peer_seconds=options.peer_seconds,
            most_seconds=options.most_seconds,
        )
        if options.list:
            sys.stdout.write("\n".join(row.key for row in rows) + "\n")
            return
        results = read_results(options.results)
        for row in rows:
            if not wanted(row, only):
                continue
            make_source(row)
            result = run(row, options.memory_gb, options.spopt_python if row.engine == "spopt" else sys.executable)
            result |= {"limit_s": row.seconds, "gap_asked": row.gap, "quotas": row.quotas}
            result |= {"date": f"{dt.date.today():%Y-%m-%d}", "machine": machine_line()}
            result["load"] = os.getloadavg()[1]
            results[row.key] = result
            write_results(options.results, results)
            told = {key: value for key, value in result.items() if key not in ("trace", "machine")}
            sys.stderr.write(f"{row.key}: {told}\n")
    write_page(options.results.with_suffix(".md"), results)


if __name__ == "__main__":
    main()
