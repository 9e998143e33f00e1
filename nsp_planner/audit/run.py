"""The audit of one run. In: its folder. Out: a :class:`Finding` per check, the gap claimed and the gap certified.

Nothing here knows how a plan is made; see :mod:`nsp_planner.audit` for what is read and what is checked.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sqlite3
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nsp_planner.audit.bound import Arrays, allowed_beyond, certified_bound, origins, reachable
from nsp_planner.audit.capacities import audit_capacities
from nsp_planner.audit.changes import audit_changes

ROUND_OFF, SHARE_ROOM, CAPACITY_ROOM = 1e-6, 1e-6, 1e-6
"""Parts of a value, a share and a capacity that sums in doubles may be off."""
NEAR_M, FAR_M = 1_000.0, 2_500.0
SHOWN = 5


@dataclass(frozen=True)
class Finding:
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


def audit_run(run: Path, root: Path | None = None) -> Audit:
    """Check a finished run; relative paths of inputs are looked up from ``root``, the working folder when left out.

    Raises:
        ValueError: The folder is no finished run with a proof; the message says what is missing.
    """
    manifest, proof = _read(run)
    findings = [*_files(run, manifest), *_inputs(manifest, root or Path())]
    certified = []
    for level in ("lnsp", "cnsp"):
        problem = _part(proof, f"{level}_")
        claim = manifest["plan"][level]
        findings += _constraints(level, problem)
        found, proven = _objective(level, problem, claim)
        findings += found
        certified.append(proven)
    walk, cnsp = _part(proof, "walk_"), _part(proof, "cnsp_")
    findings += [_drives(cnsp), _ways(cnsp, manifest), *_persons(walk, manifest)]
    findings += [*_indicators(walk, manifest), *_tables(run, walk, cnsp, manifest)]
    findings += [Finding(*each) for each in audit_capacities(run, _part(proof, "lnsp_"), manifest)]
    findings += [Finding(*each) for each in audit_changes(run, manifest, root or Path())]
    return Audit(tuple(findings), tuple(certified))


def _read(run: Path) -> tuple[dict[str, Any], Arrays]:
    try:
        manifest: dict[str, Any] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
        with np.load(run / "bewijs.npz", allow_pickle=False) as file:
            proof = {name: _wide(file[name]) for name in file.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"no finished run with a proof: {error}") from None
    missing = [key for key in ("outputs", "inputs", "plan", "indicators", "persons") if key not in manifest]
    missing += [key for key in ("lnsp_value", "cnsp_value", "walk_m", "cnsp_metres") if key not in proof]
    if missing:
        raise ValueError(f"no finished run with a proof: {', '.join(missing)} is missing")
    return manifest, proof


def _wide(values: np.ndarray) -> np.ndarray:
    return values.astype(np.int64) if values.dtype.kind in "iu" else values


def _part(proof: Arrays, prefix: str) -> Arrays:
    return {key.removeprefix(prefix): each for key, each in proof.items() if key.startswith(prefix)}


def _files(run: Path, manifest: dict[str, Any]) -> list[Finding]:
    wrong = []
    for entry in manifest["outputs"]:
        path = run / entry["name"]
        if not path.is_file() or _sha256(path) != entry["sha256"]:
            wrong.append(entry["name"])
    return [_finding("files of the run are as they were written", wrong, f"{len(manifest['outputs'])} files")]


def _inputs(manifest: dict[str, Any], root: Path) -> list[Finding]:
    changed, absent = [], []
    for entry in manifest["inputs"]:
        path = root / entry["path"]
        if not path.is_file():
            absent.append(entry["path"])
        elif _sha256(path) != entry["sha256"]:
            changed.append(entry["path"])
    found = [_finding("inputs are those the plan was made from", changed, f"{len(manifest['inputs'])} files")]
    if absent:
        found.append(Finding("inputs are there", False, _listed(absent)))
    return found


def _constraints(level: str, problem: Arrays) -> list[Finding]:
    n, m = len(problem["persons"]), len(problem["capacity"])
    demand, site, share = problem["demand"], problem["site"], problem["share"]
    is_open = np.zeros(m, dtype=bool)
    is_open[problem["open_sites"]] = True
    given = np.bincount(demand, share, n)
    ids, sites = problem["demand_ids"], problem["site_ids"]
    load = np.bincount(site, problem["persons"][demand] * share, m)
    full = load > problem["capacity"] + CAPACITY_ROOM * np.maximum(1.0, problem["capacity"])
    found = [
        _finding(
            "(1) everybody reachable is allocated once",
            ids[np.abs(given - reachable(problem)) > SHARE_ROOM],
            f"{n} points",
        ),
        _finding("(1) shares are positive", ids[demand[~(share > 0)]], f"{len(share)} shares"),
        _finding("(2) only to open sites", sites[site[~is_open[site]]], f"{int(is_open.sum())} open"),
        _finding("(3) capacities hold", sites[full], f"largest load {float(load.max(initial=0)):,.0f}"),
        _finding(
            "(5) fixed sites are open", sites[problem["fixed"] & ~is_open], f"{int(problem['fixed'].sum())} fixed"
        ),
        _finding("(5) refused sites are closed", sites[problem["refused"] & is_open], ""),
    ]
    n_open, wanted = int(is_open.sum()), int(problem["n_sites"])
    exact = str(problem["objective"]) != "min_sites"
    found.append(
        Finding("(4) number of sites", n_open == wanted if exact else n_open <= wanted, f"{n_open} of {wanted}")
    )
    per_group = np.bincount(problem["group"][is_open], minlength=len(problem["group_codes"]))
    codes = problem["group_codes"]
    if "quota" in problem:
        found.append(
            _finding("(4) number per gemeente", codes[per_group != problem["quota"]], f"{len(codes)} gemeenten")
        )
    if "minimum" in problem:
        found.append(
            _finding("(4) fewest per gemeente", codes[per_group < problem["minimum"]], f"{len(codes)} gemeenten")
        )
    return [Finding(f"{level}: {each.check}", each.holds, each.detail) for each in found]


def _objective(level: str, problem: Arrays, claim: dict[str, Any]) -> tuple[list[Finding], Certified]:
    name, value, maximised = str(problem["objective"]), float(problem["value"]), bool(problem["maximised"])
    found = []
    cost = _arc_costs(problem)
    missing = int(np.isnan(cost).sum())
    found.append(Finding(f"{level}: every allocation is an arc", not missing, f"{missing} are not"))
    if name == "min_max":
        cost = problem["weight"][problem["demand"]] * (cost > value * (1 + ROUND_OFF))
    total = math.fsum([*np.nan_to_num(cost * problem["share"]).tolist(), *_load_prices(problem)])
    if name in ("min_sites", "min_max"):
        n_open, enough = len(problem["open_sites"]), total <= allowed_beyond(problem) + ROUND_OFF
        found.append(Finding(f"{level}: no more lies beyond than may", enough, f"{total:,.3f}"))
        same = n_open == value or name == "min_max"
        found.append(Finding(f"{level}: the objective is the number of sites", same, f"{n_open}"))
    else:
        again = float(problem["constant"]) - total if maximised else total
        same = _same(again, value)
        found.append(Finding(f"{level}: the objective is the sum of its parts", same, f"{again:,.3f}"))
    if "parts" in claim:
        parts = math.fsum(part for name, part in claim["parts"].items() if name.endswith("_m"))
        found.append(Finding(f"{level}: the parts of the value add up to it", _same(parts, value), f"{parts:,.3f}"))
    same = all(_same(claim[key], float(problem[key])) for key in ("value", "bound"))
    told = f"{claim['value']}, {claim['bound']}"
    found.append(Finding(f"{level}: the manifest claims what the proof holds", same, told))
    certified = certified_bound(problem)
    sign = -1.0 if maximised else 1.0
    for what, bound in (("claimed", float(problem["bound"])), ("certified", certified)):
        past = math.isfinite(bound) and sign * (bound - value) > ROUND_OFF * max(1.0, abs(value))
        found.append(Finding(f"{level}: the {what} bound does not contradict the plan", not past, f"{bound:,.3f}"))
    return found, Certified(level, name, value, float(problem["bound"]), certified, maximised)


def _load_prices(problem: Arrays) -> list[float]:
    """What every L-NSP above the ratio costs, station by station; nothing on level 1."""
    n_lnsp = np.bincount(problem["site"]).tolist()
    ratio, price = int(problem.get("ratio", 0)), float(problem.get("load_price_m", 0.0))
    return [price * (number - ratio) for n in n_lnsp if price for number in range(ratio + 1, n + 1)]


def _arc_costs(problem: Arrays) -> np.ndarray:
    """Cost of the arc of every allocation; NaN where there is none."""
    m = len(problem["capacity"])
    key = origins(problem) * m + problem["arc_site"]
    order = np.argsort(key, kind="stable")
    wanted = problem["demand"] * m + problem["site"]
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    return np.where(key[order][at] == wanted, problem["arc_cost"][order][at], np.nan)


def _persons(walk: Arrays, manifest: dict[str, Any]) -> list[Finding]:
    served = math.fsum(walk["persons"][walk["demand"]] * walk["share"])
    everybody = math.fsum(walk["persons"])
    claimed = manifest["persons"]
    both = claimed["served"] + claimed["unreachable"]
    found = [
        Finding("persons: served and unreachable are everybody", _same(both, everybody), f"{everybody:,.0f}"),
        Finding("persons: those served", _same(claimed["served"], served), f"{served:,.0f}"),
    ]
    for row in manifest.get("calibration", ()):
        here = math.fsum(walk["persons"][walk["gemeente"] == row["area_code"]])
        found.append(Finding(f"persons: {row['name']}", _same(row["total_persons"], here), f"{here:,.0f}"))
        if row.get("official_persons") is not None:
            same, official = _same(row["official_persons"], row["total_persons"]), f"{row['official_persons']:,.0f}"
            found.append(Finding(f"persons: {row['name']} as published by CBS", same, official))
    return found


def _indicators(walk: Arrays, manifest: dict[str, Any]) -> list[Finding]:
    lives = walk["gemeente"]
    claimed: dict[tuple[str, str], float | None] = {
        (row["area_level"] if row["area_level"] == "region" else row["area_code"], row["indicator"]): row["value"]
        for row in manifest["indicators"]
    }
    wrong, n_checked = [], 0
    for area in ["region", *dict.fromkeys(lives.tolist())]:
        here = np.ones(len(lives), dtype=bool) if area == "region" else lives == area
        for name, value in _area_values(walk, here).items():
            if (area, name) in claimed and not math.isnan(value):
                n_checked += 1
                told = claimed[(area, name)]
                if told is None or not _same(told, value):
                    wrong.append(f"{name} of {area}: {told} is told, {value:.6g} recomputed")
    return [_finding("indicators, recomputed from the allocation", wrong, f"{n_checked} figures")]


def _area_values(walk: Arrays, here: np.ndarray) -> dict[str, float]:
    of_area = here[walk["demand"]]
    metres, norm_m = walk["m"][of_area], walk["norm_m"][walk["demand"]][of_area]
    persons = (walk["persons"][walk["demand"]] * walk["share"])[of_area]
    total, served = math.fsum(walk["persons"][here]), math.fsum(persons)
    order = np.argsort(metres, kind="stable")
    reached = np.cumsum(persons[order]) >= 0.95 * served * (1 - 1e-12)
    nothing = served <= 0
    return {
        "persons": total,
        "served_persons": served,
        "unreachable_persons": total - served,
        "share_within_1000m": math.fsum(persons[metres <= NEAR_M]) / total if total else math.nan,
        "share_within_2500m": math.fsum(persons[metres <= FAR_M]) / total if total else math.nan,
        "share_within_norm": math.fsum(persons[metres <= norm_m]) / total if total else math.nan,
        "mean_distance_m": math.nan if nothing else math.fsum(metres * persons) / served,
        "p95_distance_m": math.nan if nothing else float(metres[order][np.argmax(reached)]),
        "worst_distance_m": math.nan if nothing else float(metres[persons > 0].max()),
    }


def _drives(cnsp: Arrays) -> Finding:
    """The metres to the station of each L-NSP are what its allocation costs, less the prices of that station."""
    lnsp, station = cnsp["demand"], cnsp["site"]
    price = cnsp["penalty_m"] * (cnsp["lnsp_gemeente"][lnsp] != cnsp["station_gemeente"][station])
    if "station_price_m" in cnsp:
        price = price + cnsp["station_price_m"][station]
    same = abs(_arc_costs(cnsp) - price - cnsp["metres"]) <= ROUND_OFF * np.maximum(1.0, cnsp["metres"] + price)
    wrong = cnsp["demand_ids"][cnsp["demand"][~same]]
    return _finding("cnsp: distances are those of the objective", wrong, f"{len(same)} L-NSPs")


def _ways(cnsp: Arrays, manifest: dict[str, Any]) -> Finding:
    """The kilometres and minutes to the C-NSP, who lies beyond the norm, in another gemeente, most under one C-NSP."""
    norms = {row["name"]: float(row["value"]) for row in manifest["norms"]}
    metres, lnsp, station = cnsp["metres"], cnsp["demand"], cnsp["site"]
    minutes = metres / (norms["driving_km_per_hour"] * 1000 / 60)
    recomputed = {
        "cnsp_mean_distance_m": math.fsum(metres) / len(metres),
        "cnsp_worst_distance_m": float(metres.max()),
        "cnsp_mean_minutes": math.fsum(minutes) / len(metres),
        "cnsp_worst_minutes": float(minutes.max()),
        "n_beyond_cnsp_norm": float((metres > norms["cnsp_distance_m"]).sum()),
        "n_cnsp_elsewhere": float((cnsp["lnsp_gemeente"][lnsp] != cnsp["station_gemeente"][station]).sum()),
        "highest_n_lnsp": float(np.bincount(station).max()),
    }
    told = {row["indicator"]: row["value"] for row in manifest["indicators"] if row["area_level"] == "region"}
    wrong = [
        f"{name}: {told.get(name)} is told, {value:.6g} recomputed"
        for name, value in recomputed.items()
        if name in told and not _same(told[name], value)
    ]
    return _finding("the way from L-NSP to C-NSP, recomputed from the allocation", wrong, f"{len(recomputed)} figures")


def _tables(run: Path, walk: Arrays, cnsp: Arrays, manifest: dict[str, Any]) -> list[Finding]:
    """What people see: the L-NSPs and their inhabitants in the GeoPackage and in the candidate list."""
    persons = walk["persons"][walk["demand"]] * walk["share"]
    ids, at = np.unique(walk["site_ids"], return_inverse=True)
    load = dict(zip(ids.tolist(), np.bincount(at, persons).tolist(), strict=True))
    with sqlite3.connect(f"file:{(run / 'plan.gpkg').as_posix()}?mode=ro", uri=True) as package:
        shown = dict(package.execute("select site_id, inwoners from lnsp"))
        squares = package.execute("select count(*), sum(inwoners) from vierkanten").fetchone()
        walks = package.execute("select demand_id, lnsp_id, afstand_m from vierkanten").fetchall()
        under = dict(package.execute("select cnsp_id, count(*) from lnsp where cnsp_id is not null group by cnsp_id"))
        drives = package.execute("select site_id, cnsp_id, cnsp_afstand_m from lnsp where cnsp_id <> ''").fetchall()
        counted = dict(package.execute("select site_id, aantal_lnsp from cnsp where aantal_lnsp > 0"))
    package.close()
    with (run / "kandidatenlijst.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = {row["Id"] for row in csv.DictReader(file, delimiter=";") if "L-NSP" in row["Rol"].split(" en ")}
    region = {row["indicator"]: row["value"] for row in manifest["indicators"] if row["area_level"] == "region"}
    n_lnsp, everybody = region["n_lnsp"], math.fsum(walk["persons"])
    found = [
        _finding("plan.gpkg and the candidate list hold the same L-NSPs", sorted(set(shown) ^ listed), f"{len(shown)}"),
        Finding("the number of L-NSPs of the indicators", n_lnsp == len(shown), f"{n_lnsp:g}"),
        Finding("plan.gpkg holds every square", squares[0] == len(walk["persons"]), f"{squares[0]} squares"),
        Finding("plan.gpkg holds everybody", _same(squares[1] or 0.0, everybody), f"{squares[1]:,.0f}"),
    ]
    if manifest.get("crossing") is None and manifest.get("across") is None:
        wrong = [site for site, told in shown.items() if not _same(told, load.get(site, 0.0))]
        found.append(_finding("inhabitants per L-NSP in plan.gpkg", wrong, f"{len(shown)} L-NSPs"))
        found.append(_finding("L-NSP and distance per square in plan.gpkg", _wrong_walks(walk, walks), f"{len(walks)}"))
        at_station = zip(cnsp["site_ids"][cnsp["site"]].tolist(), cnsp["metres"].tolist(), strict=True)
        to = dict(zip(cnsp["demand_ids"][cnsp["demand"]].tolist(), at_station, strict=True))
        wrong = [
            id_ for id_, *told in drives if id_ not in to or told[0] != to[id_][0] or not _same(told[1], to[id_][1])
        ]
        found.append(_finding("C-NSP and distance per L-NSP in plan.gpkg", wrong, f"{len(drives)} L-NSPs"))
        wrong = [site for site in {*under, *counted} if under.get(site) != counted.get(site)]
        found.append(_finding("L-NSPs per C-NSP in plan.gpkg", wrong, f"{len(counted)} C-NSPs"))
    return found


def _wrong_walks(walk: Arrays, told: list[tuple[str, str | None, float | None]]) -> list[str]:
    """The squares that are shown with a site that is not the main one of their inhabitants, or another distance."""
    n = len(walk["persons"])
    mean_m = np.bincount(walk["demand"], walk["share"] * walk["m"], n)
    most = np.zeros(n)
    np.maximum.at(most, walk["demand"], walk["share"])
    pairs = zip(walk["demand"].tolist(), walk["site_ids"].tolist(), walk["share"].tolist(), strict=True)
    main = {(i, site) for i, site, share in pairs if share >= most[i] - SHARE_ROOM}
    position = {str(square): i for i, square in enumerate(walk["demand_ids"].tolist())}
    wrong = []
    for square, site, metres in told:
        i = position.get(square, -1)
        known = i >= 0 and (site is None) == (most[i] == 0)
        if not known or (site is not None and ((i, site) not in main or not _same(metres, float(mean_m[i])))):
            wrong.append(square)
    return wrong


def _finding(check: str, wrong: Any, detail: str) -> Finding:
    listed = [str(each) for each in wrong]
    return Finding(check, not listed, detail if not listed else _listed(listed))


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more


def _same(told: float | None, value: float) -> bool:
    if told is None:
        return not math.isfinite(value)
    return abs(told - value) <= ROUND_OFF * max(1.0, abs(value))


def _gap(value: float, bound: float) -> float:
    if not (math.isfinite(value) and math.isfinite(bound)):
        return math.inf
    return abs(value - bound) / abs(value) if value else (0.0 if abs(bound) <= ROUND_OFF else math.inf)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
