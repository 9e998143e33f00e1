"""The page with the figures. In: results by key. Out: docs/benchmarks.md, one table per question; nothing by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import GROWTH_GAP
from benchmarks.engines import NORM_M, PERCENTILE, SHARE
from benchmarks.targets import judge_all, seconds_to

Result = dict[str, Any]
GIVEN_GROWTH = ("L with quotas", "XL with quotas")
MOMENTS_S = (5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1200, 1800)
NAMES = {
    "large": "nsp_planner",
    "study": "nsp_planner",
    "highs": "HiGHS (PuLP), same arcs",
    "cbc": "CBC (PuLP), same arcs",
    "spopt": "spopt + HiGHS, all pairs, whole points",
    "refused": "one site refused",
    "fixed": "one more site fixed",
    "coverage": f"most persons within {NORM_M:,.0f} m",
    "percentile": f"smallest distance of {PERCENTILE:.0%} of the persons",
    "center": "smallest worst distance",
    "fewest": f"fewest sites for {SHARE:.0%} within {NORM_M:,.0f} m",
}


def write_page(path: Path, results: dict[str, Result]) -> None:
    """Write the page; every figure comes from the results."""
    lines = [
        "# Engines, measured",
        "",
        "Written by `python -m benchmarks` from `benchmarks.json` beside it; `make benchmarks` says how. Each row is "
        "one run in a fresh process with a limit of time and memory; every plan of ours is verified, every engine is "
        "compiled before its clock starts. Gap: |value - bound| / value, with the engine's own bound.",
        "",
        *_machines(results),
        "",
        "## What was promised",
        "",
        *_table(
            ("case", "asked", "measured", "met"),
            (
                (v.case, v.asked, v.measured, {True: "yes", False: "**no**", None: "-"}[v.met])
                for v in judge_all(results)
            ),
        ),
        *_plans(results),
        *_curves(results),
        *_peers(results),
        *_standard(results),
        *_changes(results),
        *_goals(results),
        *_growth(results),
    ]
    path.write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")


def _group(results: dict[str, Result], group: str) -> list[tuple[str, str, Result]]:
    """Case, engine and result of the rows of a group, by size of the problem."""
    rows: list[tuple[str, str, Result]] = []
    for key, result in results.items():
        own_group, case, engine = key.split("/")
        if own_group == group:
            rows.append((case, engine, result))
    return sorted(rows, key=lambda row: (row[2].get("n_demand", 0), row[0], row[1] not in ("large", "study"), row[1]))


def _machines(results: dict[str, Result]) -> list[str]:
    machines = sorted({str(result.get("machine", "unknown")) for result in results.values()})
    dates = sorted({str(result["date"]) for result in results.values() if "date" in result})
    when = " to ".join(sorted({dates[0], dates[-1]})) if dates else "never"
    busiest = max((float(result.get("load", 0.0)) for result in results.values()), default=0.0)
    compile_s = results.get("start/toy/compile", {}).get("seconds")
    lines = [f"Measured {when} on:", "", *(f"- {machine}" for machine in machines), ""]
    lines.append(
        f"Highest load of the machine after a row, over 5 minutes: {busiest:.1f}. A load above the number of cores "
        "means that other work slowed rows down: then compare CPU seconds, which add up the cores."
    )
    if compile_s is not None:
        lines += ["", f"The first run on a machine compiles for {compile_s:.0f} s; later runs find it in the cache."]
    return lines


def _plans(results: dict[str, Result]) -> list[str]:
    rows = [(case, *_figures(result)) for case, _, result in _group(results, "plans")]
    head = ("case", "demand points", "million person-m", "gap", "seconds", "CPU s", "peak GB", "remark")
    return _section("Plans of nsp_planner", head, rows)


def _peers(results: dict[str, Result]) -> list[str]:
    theirs = _group(results, "peers")
    cases = {case for case, _, _ in theirs}
    ours = [row for row in _group(results, "plans") if row[0] in cases]
    rows = sorted([*ours, *theirs], key=lambda row: (row[0], row[1] != "large", row[1]))
    told = "spopt keeps demand points whole and has every pair of demand point and site; the others have the same arcs."
    head = ("case", "engine", "demand points", "million person-m", "gap", "seconds", "CPU s", "peak GB", "remark")
    return _section(
        "Beside other packages, on the same machine", head, [(c, NAMES[e], *_figures(r)) for c, e, r in rows], told
    )


def _figures(result: Result, scale: float = 1e6) -> tuple[str, ...]:
    value, peak = result.get("value"), result.get("peak_mb")
    return (
        _number(result.get("n_demand"), ",d"),
        _number(None if value is None else value / scale, ",.2f" if scale > 1 else ",.0f"),
        _percent(result.get("gap")),
        _number(result.get("seconds"), ",.1f"),
        _number(result.get("cpu_s"), ",.0f"),
        _number(None if peak is None else peak / 1024, ".2f"),
        str(result.get("remark", "")),
    )


def _curves(results: dict[str, Result]) -> list[str]:
    rows = []
    for case, _, result in _group(results, "plans"):
        trace, end = result.get("trace", []), result.get("seconds", 0.0)
        if not trace:
            continue
        cells: list[str] = []
        for before, moment in zip((0, *MOMENTS_S), MOMENTS_S, strict=False):
            if before > end:
                cells.append("")
                continue
            known = [_gap(value, bound) for seconds, value, bound in trace if seconds <= moment]
            found = [gap for gap in known if gap is not None]
            cells.append(_percent(found[-1] if found else None))
        rows.append((case, *cells))
    return _section("Gap over time", ("case", *(f"{moment} s" for moment in MOMENTS_S)), rows)


def _standard(results: dict[str, Result]) -> list[str]:
    rows = [
        (
            case,
            _number(r.get("value"), ",.2f"),
            _percent(r.get("gap")),
            str(r.get("status", r.get("remark", ""))),
            _number(r.get("seconds"), ",.1f"),
            _number(r.get("peak_mb", 0.0) / 1024, ".2f"),
        )
        for case, _, r in _group(results, "standard")
    ]
    return _section("Standard instances", ("instance", "value", "gap", "status", "seconds", "peak GB"), rows)


def _changes(results: dict[str, Result]) -> list[str]:
    rows = [
        (
            case,
            NAMES[engine],
            _number(r.get("seconds"), ".1f"),
            _percent(r.get("gap")),
            "-" if r.get("above_scratch") is None else f"{100 * r['above_scratch']:+.2f} %",
            str(r.get("remark", "")),
        )
        for case, engine, r in _group(results, "changes")
    ]
    head = ("case", "change", "seconds", "gap", "beside the plan from scratch", "remark")
    return _section("A small change, from the plan at hand", head, rows)


def _goals(results: dict[str, Result]) -> list[str]:
    rows = [(case, NAMES[engine], *_figures(r, 1.0)) for case, engine, r in _group(results, "goals")]
    head = ("case", "objective", "demand points", "value", "gap", "seconds", "CPU s", "peak GB", "remark")
    return _section("Other objectives", head, rows, "Value: persons, metres or sites.")


def _growth(results: dict[str, Result]) -> list[str]:
    """Our own regions of growing size, then the given ones with a quota per gemeente."""
    given = [(f"{case} (given)", r) for case, _, r in _group(results, "plans") if case in GIVEN_GROWTH]
    own = [("own", r) for _, _, r in _group(results, "growth")]
    rows = []
    for case, r in sorted([*own, *given], key=lambda row: (row[0] != "own", int(row[1].get("n_demand", 0)))):
        took, n_demand, peak = seconds_to(r, GROWTH_GAP), r.get("n_demand"), r.get("peak_mb")
        each = None if took is None or not n_demand else 1000 * took / n_demand
        rows.append(
            (
                case,
                _number(n_demand, ",.0f"),
                _number(took, ",.1f"),
                _number(each, ".2f"),
                "#" * (0 if each is None else max(1, round(10 * each))),
                _number(None if peak is None else peak / 1024, ".2f"),
                str(r.get("remark", "")),
            )
        )
    head = ("region", "demand points", "seconds", "seconds per 1,000", "curve (# is 0.1 s)", "peak GB", "remark")
    return _section(f"Growth: time to a gap of {100 * GROWTH_GAP:g} %, quota per gemeente", head, rows)


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], told: str = "") -> list[str]:
    if not rows:
        return []
    return ["", f"## {title}", "", *([told, ""] if told else []), *_table(head, rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]


def _gap(value: float | None, bound: float | None) -> float | None:
    return None if value is None or bound is None or value == 0 else abs(value - bound) / abs(value)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _percent(gap: float | None) -> str:
    return "-" if gap is None else f"{100 * gap:.2f} %"
