"""What was promised, and whether it is met. In: results. Out: a line per target, every verdict computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.standard import KNOWN_CENTERS, KNOWN_OPTIMA, TOLERANCE

Result = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """A target: case, what was asked, what was measured, and met, not met or not measured (None)."""

    case: str
    asked: str
    measured: str
    met: bool | None


def seconds_to(result: Result, gap: float) -> float | None:
    """Seconds after which the trace is within a gap; None when never."""
    for seconds, value, bound in result.get("trace", []):
        if value and bound is not None and abs(value - bound) / abs(value) <= gap:
            return float(seconds)
    final = result.get("gap")
    return float(result["seconds"]) if final is not None and final <= gap else None


def within(gap: float, seconds: float, memory_gb: float | None = None) -> Callable[[Result], tuple[str, bool]]:
    """A gap within a time, and perhaps within memory."""

    def judge(result: Result) -> tuple[str, bool]:
        took, peak_gb = seconds_to(result, gap), result.get("peak_mb", float("inf")) / 1024
        final = "no bound" if result.get("gap") is None else f"{100 * result['gap']:.2f} %"
        told = f"{took:.0f} s" if took is not None else f"not reached; {final} after {result['seconds']:.0f} s"
        if memory_gb is not None:
            told += f", {peak_gb:.2f} GB"
        met = took is not None and took <= seconds and (memory_gb is None or peak_gb <= memory_gb)
        return told, met

    return judge


def changed(seconds: float, above: float) -> Callable[[Result], tuple[str, bool]]:
    """A new plan within a time and not much worse than the one from scratch."""

    def judge(result: Result) -> tuple[str, bool]:
        more, took = result.get("above_scratch"), result["seconds"]
        if more is None:
            return str(result.get("remark", "no plan")), False
        return f"{took:.1f} s, {100 * more:+.2f} % of the plan from scratch", took <= seconds and more <= above

    return judge


TARGETS: tuple[tuple[str, str, str, Callable[[Result], tuple[str, bool]]], ...] = (
    ("plans/S/large", "S, capacitated", "at most 0.2 % within 60 s", within(0.002, 60)),
    ("plans/Q/large", "Q, capacitated", "at most 0.2 % within 30 s", within(0.002, 30)),
    ("plans/M/large", "M, capacitated", "at most 1 % within 60 s", within(0.01, 60)),
    ("plans/M/large", "M, capacitated", "at most 0.5 % within 5 minutes", within(0.005, 300)),
    ("plans/L with quotas/large", "L with quotas", "at most 1 % within 90 s, 1 GB", within(0.01, 90, 1.0)),
    ("plans/L with quotas/large", "L with quotas", "at most 0.5 % within 5 minutes, 1 GB", within(0.005, 300, 1.0)),
    ("plans/L/large", "L without quotas", "at most 1 % within 5 minutes", within(0.01, 300)),
    ("plans/IJsselland/study", "IJsselland", "at most 0.5 % within 60 s", within(0.005, 60)),
    ("plans/XL with quotas/large", "XL", "at most 3 % within 10 minutes, 4 GB", within(0.03, 600, 4.0)),
    ("plans/XL with quotas/large", "XL", "at most 1.5 % within 30 minutes, 4 GB", within(0.015, 1800, 4.0)),
    ("changes/L with quotas/refused", "one site refused on L", "within 5 s, at most 0.5 % above", changed(5, 0.005)),
    ("changes/L with quotas/fixed", "one site fixed on L", "within 5 s, at most 0.5 % above", changed(5, 0.005)),
)


def judge_all(results: dict[str, Result]) -> list[Verdict]:
    """Every target, the standard instances first."""
    verdicts = []
    for name, optimum in KNOWN_OPTIMA.items():
        verdicts.append(_known(results.get(f"standard/{name}/large"), name, optimum, proven=name != "SJC3a"))
    for name, optimum in KNOWN_CENTERS.items():
        verdicts.append(_known(results.get(f"standard/{name} p-center/center"), f"{name}, p-center", optimum, True))
    for key, case, asked, judge in TARGETS:
        result = results.get(key)
        told, met = ("not measured", None) if result is None else judge(result)
        verdicts.append(Verdict(case, asked, told, met))
    return verdicts


def _known(result: Result | None, name: str, optimum: float, proven: bool) -> Verdict:
    asked = f"{optimum:,.2f}".rstrip("0").rstrip(".") + (", proven" if proven else ", found")
    if result is None or result.get("value") is None:
        return Verdict(name, asked, "not measured" if result is None else str(result.get("remark")), None)
    found = abs(result["value"] - optimum) <= TOLERANCE
    is_proven = result.get("status") == "optimal"
    told = f"{result['value']:,.2f}".rstrip("0").rstrip(".") + (
        ", proven" if is_proven else f", gap {result['gap']:.2%}"
    )
    return Verdict(name, asked, f"{told}, {result['seconds']:.0f} s", found and (is_proven or not proven))
