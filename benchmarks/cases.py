"""Which engine is run on which case. In: folders of regions and standard instances. Out: rows to measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.regions import make_region, write_region
from benchmarks.standard import KNOWN_CENTERS, find_standard

ROOT = Path(__file__).resolve().parents[1]
OWN = {"own-S": (500, 100, 20), "own-M": (5_000, 600, 108), "own-L": (25_000, 1_200, 108)}
"""Regions made here: demand points, candidates, sites to open."""
GIVEN = ("S", "Q", "M", "L", "XL")
"""Regions of a folder, by the names of their files."""
GROWTH = ((5_000, 240, 22), (10_000, 480, 43), (25_000, 1_200, 108), (50_000, 2_400, 216), (100_000, 4_800, 432))
GROWTH_GAP = 0.02
PEERS = ("highs", "cbc", "spopt")
CHANGE_S = 4.0
"""Limit given to the engine, so that the verified plan is there within the 5 s that are asked."""
STANDARD_S, IJSSELLAND_S, GOALS_S = 600.0, 60.0, 120.0


@dataclass(frozen=True)
class Row:
    """One run in a process of its own.

    Attributes:
        group: Question on the page: plans, peers, standard, changes, growth, goals or start.
        case: Name of the case.
        engine: Engine of :mod:`benchmarks.engines`.
        source: File: a region (.npz), a standard instance or a study.
        seconds: Time limit of solving.
        gap: Gap asked.
        quotas: Whether every gemeente has its own number of sites.
    """

    group: str
    case: str
    engine: str
    source: Path
    seconds: float
    gap: float
    quotas: bool = False

    @property
    def key(self) -> str:
        """Name under which the result is kept."""
        return f"{self.group}/{self.case}/{self.engine}"


def make_rows(
    work: Path, regions: Path | None, standard: Path | None, study: Path, *, peer_seconds: float, most_seconds: float
) -> list[Row]:
    """Every row, in the order of the page; files that are not there give no rows.

    Args:
        work: Folder for the regions made here.
        regions: Folder of given regions, if any.
        standard: Folder of standard instances, if any.
        study: A study of a real region.
        peer_seconds: Time limit of other packages.
        most_seconds: No row gets more than this.
    """
    rows = [Row("start", "toy", "compile", work, 300.0, 0.0)]
    for name in OWN:
        rows += _region_rows(name, work / f"{name}.npz", peer_seconds)
    for name in GIVEN:
        path = None if regions is None else regions / f"{name}.npz"
        if path is not None and path.exists():
            rows += _region_rows(name, path, peer_seconds)
    for path in find_standard(standard) if standard is not None else []:
        rows.append(Row("standard", path.stem, "large", path, STANDARD_S, 0.0))
        if path.stem in KNOWN_CENTERS:
            rows.append(Row("standard", f"{path.stem} p-center", "center", path, STANDARD_S, 0.0))
    if study.exists():
        rows.append(Row("plans", "IJsselland", "study", study, IJSSELLAND_S, 0.005))
    for n, _, _ in GROWTH:
        rows.append(Row("growth", f"{n}", "large", work / f"growth-{n}.npz", 1800.0, GROWTH_GAP, quotas=True))
    return [Row(**{**vars(row), "seconds": min(row.seconds, most_seconds)}) for row in rows]


def _region_rows(name: str, path: Path, peer_seconds: float) -> list[Row]:
    size = name.split("-")[-1]
    rows = []
    if size in ("S", "Q", "M"):
        seconds, gap = {"S": (60.0, 0.002), "Q": (30.0, 0.002), "M": (300.0, 0.005)}[size]
        rows.append(Row("plans", name, "large", path, seconds, gap))
        rows += [Row("peers", name, engine, path, peer_seconds, gap) for engine in PEERS]
        if size == "M":
            goals = ("coverage", "percentile", "center", "fewest")
            rows += [Row("goals", name, engine, path, GOALS_S, 0.005) for engine in goals]
    if size == "L":
        rows.append(Row("plans", f"{name} with quotas", "large", path, 300.0, 0.005, quotas=True))
        rows.append(Row("plans", name, "large", path, 300.0, 0.005))
        rows += [
            Row("changes", f"{name} with quotas", engine, path, CHANGE_S, 0.005, quotas=True)
            for engine in ("refused", "fixed")
        ]
    if size == "XL":
        rows.append(Row("plans", f"{name} with quotas", "large", path, 1800.0, 0.015, quotas=True))
    return rows


def make_source(row: Row) -> None:
    """Make the region of a row where it is one of ours and not there yet."""
    if row.source.exists():
        return
    name = row.source.stem
    if name in OWN:
        write_region(make_region(*OWN[name], seed=1), row.source)
    elif name.startswith("growth-"):
        size = next(size for size in GROWTH if f"growth-{size[0]}" == name)
        write_region(make_region(*size, seed=3), row.source)
