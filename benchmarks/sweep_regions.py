"""25 veiligheidsregio's of true size for one sweep. In: inhabitants per region, a seed. Out: files and studies; a page.

``python -m benchmarks.sweep_regions make`` writes 25 made-up regions as raw files in the layouts of CBS, with a study
each; ``nsp-planner sweep scenarios/nederland-25.toml`` plans them; ``python -m benchmarks.sweep_regions page`` writes
docs/benchmarks-sweep.md from what the sweep kept. Only the inhabitants of each region are true. Places, squares and
buildings are drawn as in :mod:`benchmarks.regions`, as dense as IJsselland: more squares than the cities have in truth,
so the sweep is harder than the country.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from benchmarks.regions import Region, make_region
from nsp_planner.errors import NspError
from nsp_planner.sweep.file import read_sweep
from nsp_planner.sweep.records import read_record
from nsp_planner.sweep.run import RESULTS

SOURCE = "CBS, bevolking op 1 januari 2021, per veiligheidsregio (via github.com/mzelst/covid-19, misc)"
INHABITANTS = {
    "VR01": ("Groningen", 586_813),
    "VR02": ("Fryslân", 651_459),
    "VR03": ("Drenthe", 494_760),
    "VR04": ("IJsselland", 534_778),
    "VR05": ("Twente", 631_700),
    "VR06": ("Noord- en Oost-Gelderland", 831_319),
    "VR07": ("Gelderland-Midden", 701_322),
    "VR08": ("Gelderland-Zuid", 563_979),
    "VR09": ("Utrecht", 1_361_093),
    "VR10": ("Noord-Holland-Noord", 665_816),
    "VR11": ("Zaanstreek-Waterland", 339_925),
    "VR12": ("Kennemerland", 551_800),
    "VR13": ("Amsterdam-Amstelland", 1_071_316),
    "VR14": ("Gooi en Vechtstreek", 259_049),
    "VR15": ("Haaglanden", 1_121_614),
    "VR16": ("Hollands-Midden", 814_421),
    "VR17": ("Rotterdam-Rijnmond", 1_329_136),
    "VR18": ("Zuid-Holland-Zuid", 461_002),
    "VR19": ("Zeeland", 385_379),
    "VR20": ("Midden- en West-Brabant", 1_129_951),
    "VR21": ("Brabant-Noord", 659_533),
    "VR22": ("Brabant-Zuidoost", 784_369),
    "VR23": ("Limburg-Noord", 521_683),
    "VR24": ("Limburg-Zuid", 594_212),
    "VR25": ("Flevoland", 428_264),
}
PERSONS_PER_SQUARE = 548_227 / 16_809
"""IJsselland, CBS 2024: inhabitants, and populated squares of 100 m of the modelled grid."""
CANDIDATES_PER_LNSP = 9
INHABITANTS_PER_STATION = 16_000
"""IJsselland has 34 fire stations."""
CORNER = (1_000, 4_000)
"""South-western corner of every region, in hundreds of metres RD."""
FOLDER = Path("data/processed/nederland-25")
SWEEP = Path("scenarios/nederland-25.toml")
PAGE = Path("docs/benchmarks-sweep.md")


@dataclass(frozen=True)
class Sizes:
    """Squares, candidates, L-NSPs and stations of a region of so many inhabitants."""

    n_squares: int
    n_candidates: int
    n_lnsps: int
    n_stations: int

    @classmethod
    def of(cls, inhabitants: int) -> Sizes:
        """Sizes by the densities of IJsselland."""
        n_lnsps = math.ceil(inhabitants / 5_000)
        return cls(
            n_squares=round(inhabitants / PERSONS_PER_SQUARE),
            n_candidates=CANDIDATES_PER_LNSP * n_lnsps,
            n_lnsps=n_lnsps,
            n_stations=max(math.ceil(inhabitants / INHABITANTS_PER_STATION), math.ceil(n_lnsps / 4) + 2),
        )


def write_country_region(folder: Path, code: str, *, seconds: float = 60.0, seed: int = 1) -> Path:
    """Write one region as raw files and a study; the same seed gives the same region. Returns the study file."""
    name, inhabitants = INHABITANTS[code]
    sizes = Sizes.of(inhabitants)
    drawn = make_region(
        sizes.n_squares,
        sizes.n_candidates,
        sizes.n_lnsps,
        seed=seed * 100 + int(code[2:]),
        persons_per_site=inhabitants / sizes.n_lnsps,
    )
    here = folder / code
    here.mkdir(parents=True, exist_ok=True)
    persons = _add_up_to(drawn.persons, inhabitants)
    codes = np.array([f"GM{9000 + g:04d}" for g in range(len(drawn.quota))])
    _write_grid(here, drawn, persons)
    _write_areas(here, drawn, codes)
    totals = np.bincount(drawn.cell_gemeente, weights=persons, minlength=len(codes)).astype(int)
    pd.DataFrame({"gemeentecode": codes, "aantal_inwoners": totals}).to_csv(here / "totalen.csv", index=False)
    xy = drawn.site_xy + 100.0 * np.array(CORNER)
    _write_sites(here / "kandidaten.csv", "Zaal", xy)
    at = np.random.default_rng([seed, int(code[2:])]).choice(
        len(persons), sizes.n_stations, replace=False, p=persons / persons.sum()
    )
    stations = drawn.cell_xy[at] + 100.0 * np.array(CORNER)
    _write_sites(here / "kazernes.csv", "Kazerne", stations)
    study = folder / f"{code}.toml"
    study.write_text(_study_text(code, name, seconds), encoding="utf-8")
    return study


def _add_up_to(persons: np.ndarray, inhabitants: int) -> np.ndarray:
    """Whole persons per square that add up to the inhabitants, by largest remainders."""
    exact = persons * inhabitants / persons.sum()
    whole = np.maximum(np.floor(exact), 1)
    left = round(float(inhabitants - whole.sum()))
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: max(left, 0)]] += 1
    largest = np.argsort(-whole, kind="stable")
    whole[largest[: max(-left, 0)]] -= 1
    return whole.astype(np.int64)


def _write_grid(folder: Path, drawn: Region, persons: np.ndarray) -> None:
    """As CBS publishes: multiples of five, squares below five left out."""
    hundreds = np.floor(drawn.cell_xy / 100).astype(int) + np.array(CORNER)
    published = persons >= 5
    east, north = hundreds[published].T
    table = {
        "crs28992res100m": [f"E{e:04d}N{n:04d}" for e, n in zip(east, north, strict=True)],
        "aantal_inwoners": (persons[published] + 2) // 5 * 5,
    }
    boxes = shapely.box(east * 100, north * 100, east * 100 + 100, north * 100 + 100)
    grid = gpd.GeoDataFrame(table, geometry=boxes, crs="EPSG:28992")
    grid.to_file(folder / "vierkanten.gpkg", layer="vierkant_100m_2024", driver="GPKG", engine="pyogrio")


def _write_areas(folder: Path, drawn: Region, codes: np.ndarray) -> None:
    """Gemeenten: the land nearer to their squares than to those of others, drawn square by square of 500 m."""
    side = int(drawn.cell_xy.max() // 500) + 2
    column, row = (each.ravel() for each in np.meshgrid(np.arange(side), np.arange(side)))
    middle = np.column_stack([column, row]) * 500.0 + 250.0
    _, nearest = cKDTree(drawn.cell_xy).query(middle)
    x, y = (column * 500.0 + CORNER[0] * 100, row * 500.0 + CORNER[1] * 100)
    land = gpd.GeoDataFrame(
        {"statcode": codes[drawn.cell_gemeente[nearest]]},
        geometry=shapely.box(x, y, x + 500, y + 500),
        crs="EPSG:28992",
    )
    areas = land.dissolve("statcode").reset_index()
    areas["statnaam"] = "Gemeente " + areas["statcode"].str[2:]
    areas.to_file(folder / "gemeenten.gpkg", layer="gemeente_gegeneraliseerd", driver="GPKG", engine="pyogrio")


def _write_sites(path: Path, name: str, xy: np.ndarray) -> None:
    table = {
        "nummer": [f"{name[0]}{n:04d}" for n in range(1, len(xy) + 1)],
        "naam": [f"{name} {n}" for n in range(1, len(xy) + 1)],
        "x": np.round(xy[:, 0], 1),
        "y": np.round(xy[:, 1], 1),
    }
    pd.DataFrame(table).to_csv(path, index=False)


def _study_text(code: str, name: str, seconds: float) -> str:
    source = """
[[inputs.sites]]
source = "{source}"
path = "{code}/{file}.csv"
kind = "{kind} (verzonnen)"
can_be = ["{role}"]
columns = {{ id = "nummer", name = "naam", x = "x", y = "y" }}
"""
    return (
        f"""# {name}: made up but for its inhabitants ({SOURCE}).
title = "{name} (verzonnen, ware omvang)"
illustration = true
output = "runs"

[region]
name = "{name}"

[inputs]
same_building_m = 1

[inputs.population]
path = "{code}/vierkanten.gpkg"

[inputs.totals]
path = "{code}/totalen.csv"

[inputs.areas]
path = "{code}/gemeenten.gpkg"
"""
        + source.format(source="zalen", code=code, file="kandidaten", kind="zaal", role="lnsp")
        + source.format(source="kazernes", code=code, file="kazernes", kind="brandweerkazerne", role="cnsp")
        + f"""
[solver]
gap = 0.01
time_limit_s = {seconds:g}
"""
    )


def write_sweep_page(sweep_file: Path, page: Path) -> int:
    """Write the page from what a sweep kept; returns the number of regions on it. No figure comes from elsewhere."""
    sweep, scenarios = read_sweep(sweep_file)
    found = [(s, read_record(sweep.output / RESULTS, s.key)) for s in scenarios]
    known = [(s, record) for s, record in found if record is not None]
    lines = [
        "# 25 veiligheidsregio's in one sweep, measured",
        "",
        f"Written by `python -m benchmarks.sweep_regions page` on {dt.date.today():%d-%m-%Y} from the results of "
        f"`nsp-planner sweep {sweep_file}`: Python {platform.python_version()}, {os.cpu_count()} cores. "
        f"{len(known)} of the {len(scenarios)} regions are finished.",
        "",
        f"The inhabitants are true ({SOURCE}); everything else is made up, as dense as IJsselland: "
        f"{PERSONS_PER_SQUARE:.1f} inhabitants per populated square and {CANDIDATES_PER_LNSP} candidates per L-NSP, so "
        "the cities are harder than in truth. Distances are straight lines times 1.3. Each region is read, checked, "
        "planned (L-NSPs and C-NSPs), verified and evaluated by one process with one solver thread. Seconds are of the "
        "wall, memory is the most that process used during the region. Gap: how far the plan of L-NSPs can be from the "
        "best possible one.",
        "",
        "| region | inhabitants | squares | candidates | L-NSPs | C-NSPs | within the norm | mean distance m | gap | "
        "seconds | memory MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    seconds, memory = 0.0, 0
    for scenario, record in known:
        result, run = record["result"], record["run"]
        name = scenario.study.region.name
        if result["status"] != "planned":
            why = "; ".join(str(fault["message"]) for fault in result["faults"][:1])
            lines.append(f"| {name} | no plan: {why} |" + " |" * 9)
            continue
        own = result["indicators"][result["region"]]
        gap = result["proof"]["lnsp"]["gap"]
        lines.append(
            f"| {name} | {own['persons']:,.0f} | {result['n_squares']:,} | {result['n_candidates']:,} "
            f"| {own['n_lnsp']:.0f} | {own['n_cnsp']:.0f} | {100 * own['share_within_norm']:.1f} % "
            f"| {own['mean_distance_m']:,.0f} | {'-' if gap is None else f'{100 * gap:.2f} %'} "
            f"| {run['seconds']:.0f} | {run['peak_megabytes']:,} |"
        )
        seconds, memory = seconds + run["seconds"], max(memory, run["peak_megabytes"])
    lines += ["", f"Together {seconds:,.0f} seconds of one process; at most {memory:,} MB.", ""]
    page.write_text("\n".join(lines), encoding="utf-8")
    return len(known)


def main() -> None:
    """Read the arguments; make the regions or write the page."""
    parser = argparse.ArgumentParser(description="25 regions of true size, and the page of their sweep.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="write the regions")
    make.add_argument("--folder", type=Path, default=FOLDER)
    make.add_argument("--only", nargs="+", choices=list(INHABITANTS), default=list(INHABITANTS))
    make.add_argument("--seconds", type=float, default=60.0, help="time limit of each plan")
    page = commands.add_parser("page", help="write the page from a sweep's results")
    page.add_argument("--sweep", type=Path, default=SWEEP)
    page.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args()
    try:
        if given.command == "make":
            for code in given.only:
                sys.stdout.write(f"{write_country_region(given.folder, code, seconds=given.seconds)}\n")
        else:
            sys.stdout.write(f"{write_sweep_page(given.sweep, given.page)} regions on {given.page}\n")
    except NspError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
