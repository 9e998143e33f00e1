"""What an audit finds. In: told and recomputed figures. Out: a :class:`Finding` per check, a proof per level."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

ROUND_OFF = 1e-6
"""Part of a value that sums in doubles may be off."""
SHOWN = 5


class Finding(NamedTuple):
    """One check: what was checked, whether it holds, and what was found."""

    check: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Certified:
    """The proof of one level: value, bound and gap as claimed, and bound and gap that the multipliers certify."""

    level: str
    objective: str
    value: float
    bound: float
    certified_bound: float
    maximised: bool

    @property
    def is_certified(self) -> bool:
        """Whether the proof bounds the value at all."""
        return math.isfinite(self.certified_bound)

    @property
    def claimed_gap(self) -> float:
        """Relative gap of the claim."""
        return _gap(self.value, self.bound)

    @property
    def certified_gap(self) -> float:
        """Relative gap that was recomputed; infinite where there is nothing to recompute it from."""
        return _gap(self.value, self.certified_bound)


@dataclass(frozen=True)
class Audit:
    """An audited run: every finding, and the proof per level."""

    findings: tuple[Finding, ...]
    certified: tuple[Certified, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(finding.holds for finding in self.findings)


def none_wrong(check: str, wrong: Iterable[Any], detail: str) -> Finding:
    """A check that holds where nothing is wrong; else it names the first that are."""
    listed = [str(each) for each in wrong]
    more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    return Finding(check, not listed, ", ".join(listed[:SHOWN]) + more if listed else detail)


def figures_told(check: str, told: dict[Any, Any], recomputed: dict[Any, float]) -> Finding:
    """A check of every figure that is told and can be recomputed; a name is a text or (text, area)."""
    known = {name: value for name, value in recomputed.items() if name in told and not math.isnan(value)}
    wrong = [
        f"{name if isinstance(name, str) else ' of '.join(name)}: {told[name]} is told, {value:.6g} recomputed"
        for name, value in known.items()
        if not same(told[name], value)
    ]
    return none_wrong(check, wrong, f"{len(known)} figures")


def same(told: float | None, value: float) -> bool:
    """Whether a figure is told as it was recomputed, up to round-off; not told is right where it is not finite."""
    if told is None:
        return not math.isfinite(value)
    return abs(told - value) <= ROUND_OFF * max(1.0, abs(value))


def _gap(value: float, bound: float) -> float:
    if not (math.isfinite(value) and math.isfinite(bound)):
        return math.inf
    return abs(value - bound) / abs(value) if value else (0.0 if abs(bound) <= ROUND_OFF else math.inf)
