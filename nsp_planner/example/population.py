"""Where the people of the example live. In: places, raster. Out: a table of squares with the true number of persons.

Places grow from their centre over the cheapest free squares (near, along a road, not in the noise of parks and
industry), denser inside than at the edge. The other inhabitants live along country roads: most in squares with fewer
than five persons, which CBS does not publish, some in holiday parks, some in clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import ndimage

from nsp_planner.example.geometry import Flags, Floats, Ints
from nsp_planner.example.land import CELL_M, Land
from nsp_planner.example.places import Region

WITHHELD_SHARE_MIN, WITHHELD_SHARE_MAX = 0.021, 0.052
"""Least and largest share of a gemeente's inhabitants that live in squares below five persons, outside places."""
FARM_PERSONS, FARM_PERSONS_P = np.array([1, 2, 3, 4]), np.array([0.10, 0.40, 0.22, 0.28])
PERSONS_PER_PARK = 450
"""One holiday park per this many inhabitants in squares below five persons."""


@dataclass(frozen=True, eq=False)
class Settlement:
    """Who lives where so far: rasters that fill up while places grow.

    Attributes:
        land: The raster.
        rng: Source of every random choice.
        small, middle, large: Noise of three scales that makes the settlement uneven.
        persons: True number of persons per square.
        place: Row of the place per square, -1 outside places.
        park: Whether the square has holiday homes.
    """

    land: Land
    rng: np.random.Generator
    small: Floats
    middle: Floats
    large: Floats
    persons: Ints
    place: Ints
    park: Flags


def settle(region: Region, land: Land, rng: np.random.Generator) -> pd.DataFrame:
    """Squares with at least one person or a holiday home.

    Returns:
        Columns row, column (raster), gemeente (row of ``region.gemeenten``), place (row of ``region.places`` or -1
        outside places), persons (true number, int; sums to the official total per gemeente), holiday_park (bool), x, y
        (centre, EPSG:28992).

    Raises:
        ValueError: A gemeente has too little dry land for its inhabitants.
    """
    small, middle, large = (_smooth_noise(land.shape, width, rng) for width in (1.6, 5.0, 22.0))
    persons, place = np.zeros(land.shape, dtype=np.int64), np.full(land.shape, -1, dtype=np.int64)
    park = np.zeros(land.shape, dtype=bool)
    settlement = Settlement(land, rng, small, middle, large, persons, place, park)
    gemeente_row = pd.Index(region.gemeenten["code"]).get_indexer(region.places["gemeente"])
    records = region.places.to_dict("records")
    for i in np.argsort(-region.places["inwoners"].to_numpy(), kind="stable").tolist():
        _grow_place(settlement, records[i], i, int(gemeente_row[i]))
    for g, total in enumerate(region.gemeenten["inwoners"]):
        _settle_countryside(settlement, g, int(total))
    at = np.nonzero((persons > 0) | park)
    columns = {"gemeente": land.gemeente, "place": place, "persons": persons, "holiday_park": park}
    table = pd.DataFrame({"row": at[0], "column": at[1], **{name: raster[at] for name, raster in columns.items()}})
    table[["x", "y"]] = land.centre_xy(*at)
    return table


def _smooth_noise(shape: tuple[int, int], width_cells: float, rng: np.random.Generator) -> Floats:
    """Noise with mean 0 and standard deviation 1 that changes over about ``width_cells`` squares."""
    noise = ndimage.gaussian_filter(rng.standard_normal(shape), width_cells, mode="wrap", truncate=3.0)
    return np.asarray((noise - noise.mean()) / noise.std())


def _persons_per_square(record: dict[Any, Any]) -> float:
    """Mean persons per populated square: more in larger places, and in the middle of large towns."""
    persons = float(record["inwoners"])
    match record["vorm"]:
        case "buurtschap":
            return 9.0
        case "lint":
            return float(7.0 * (max(persons, 100) / 100) ** 0.2)
        case _:
            wijk_in_town = np.sqrt(persons * float(record["town_persons"]))
            inner = 1.35 if record["naam"] in ("Binnenstad", "Centrum") else 1.0
            return float(14.0 * (max(wijk_in_town, 100) / 200) ** 0.25 * inner)


def _grow_place(settlement: Settlement, record: dict[Any, Any], index: int, gemeente: int) -> None:
    """Give the inhabitants of one place their squares."""
    land, place, rng = settlement.land, settlement.place, settlement.rng
    total = int(record["inwoners"])
    n_squares = max(round(total / _persons_per_square(record)), 1)
    radius = float(np.sqrt(n_squares / np.pi))  # in squares
    row, column = land.row_column(np.array([[record["x"], record["y"]]]))[0].tolist()
    ribbon = record["vorm"] in ("lint", "buurtschap")
    half = int((6.0 if ribbon else 2.6) * radius) + 8
    for _ in range(6):
        window = np.s_[max(row - half, 0) : row + half + 1, max(column - half, 0) : column + half + 1]
        free = land.dry[window] & (land.gemeente[window] == gemeente) & (place[window] < 0)
        d_row, d_column = (
            axis + part.start - at for axis, part, at in zip(np.indices(free.shape), window, (row, column), strict=True)
        )
        far = np.hypot(d_row, d_column)
        # parks, schools, sports fields and industry: holes in the built-up area, few in its middle
        noise = settlement.middle[window] + 0.6 * settlement.small[window]
        built = free & (noise < 1.15 + 2.0 * np.exp(-((far / (0.6 * radius + 1)) ** 2)))
        if built.sum() >= n_squares * 1.3:
            break
        half = int(half * 1.5)
    if built.sum() < n_squares:
        raise ValueError(f"no room for {total} inhabitants of {record['naam']} in its gemeente")
    rows, columns = (axis + part.start for axis, part in zip(np.nonzero(built), window, strict=True))
    cost = _distance_to_neighbourhoods(rows - row, columns - column, total, radius, ribbon, rng)
    cost = cost + 4.0 * _other_bank(land.dry[window], far)[built]
    cost = cost + land.road_m[rows, columns] / CELL_M * (0.9 if ribbon else 0.35 / max(radius, 3.0))
    cost = cost * np.exp(0.30 * settlement.middle[rows, columns] + 0.10 * settlement.small[rows, columns])
    chosen = np.argsort(cost, kind="stable")[:n_squares]
    at = rows[chosen], columns[chosen]
    outward, spread = np.linspace(0, 1, n_squares), 0.25 if ribbon else 0.38
    weight = np.exp(-1.1 * outward**1.6 + spread * settlement.small[at] + 0.33 * rng.standard_normal(n_squares))
    if record["town_persons"] > 15_000:
        weight = np.where(rng.random(n_squares) < 0.03, weight * 2.6, weight)  # flats
    settlement.persons[at] = rng.multinomial(total, weight / weight.sum())
    place[at] = index


def _other_bank(dry: Flags, far: Floats) -> Flags:
    """Squares parted by water from the dry square nearest to the centre."""
    bank, _ = ndimage.label(dry, structure=np.ones((3, 3)))
    return np.asarray(bank != bank.flat[int(np.where(dry, far, np.inf).argmin())])


def _distance_to_neighbourhoods(
    d_row: Ints, d_column: Ints, persons: int, radius: float, ribbon: bool, rng: np.random.Generator
) -> Floats:
    """Distance to the nearest neighbourhood centre, in radii of that neighbourhood; one per 2,500 persons."""
    n = 1 if ribbon else 1 + persons // 2_500
    angle, stretch = rng.uniform(0, np.pi), rng.uniform(1.0, 1.8)
    centres = rng.normal(0, 0.55 * radius, (n, 2)) * np.array([stretch, 1 / stretch])
    centres[0] = 0.0
    share = rng.dirichlet(np.full(n, 6.0))
    along = d_column * np.cos(angle) + d_row * np.sin(angle)
    across = -d_column * np.sin(angle) + d_row * np.cos(angle)
    reach = radius * np.sqrt(share) * (2.5 if ribbon else 1.0)
    away = np.hypot(
        (along[:, None] - centres[:, 0]) / np.sqrt(stretch), (across[:, None] - centres[:, 1]) * np.sqrt(stretch)
    )
    return np.asarray((away / reach).min(axis=1))


def _settle_countryside(settlement: Settlement, gemeente: int, total: int) -> None:
    """Give the inhabitants outside places their squares."""
    land, rng, persons, park = settlement.land, settlement.rng, settlement.persons, settlement.park
    outside = total - int(persons[land.gemeente == gemeente].sum())
    withheld = min(int(np.clip(0.6 * outside / total, WITHHELD_SHARE_MIN, WITHHELD_SHARE_MAX) * total), outside)
    free = land.dry & (land.gemeente == gemeente) & (settlement.place < 0)
    farms = _sizes(withheld, FARM_PERSONS, FARM_PERSONS_P, rng)
    n_park = _make_parks(settlement, free, len(farms), withheld)
    rows, columns = np.nonzero(free & (land.road_m <= CELL_M) & ~park)
    clusters = _sizes(outside - withheld, np.arange(5, 15), np.full(10, 0.1), rng)
    weight = 0.8 * settlement.large[rows, columns] + 0.4 * settlement.small[rows, columns]
    weight -= 1.2 * (land.road_m[rows, columns] > 0)
    n_needed = len(farms) - n_park + len(clusters)
    if n_needed > len(rows):
        raise ValueError(f"no room along the roads for {outside} inhabitants in the countryside of gemeente {gemeente}")
    # drawing without replacement by weight: the largest of weight plus Gumbel noise
    chosen = np.argsort(-(weight + rng.gumbel(size=len(rows))), kind="stable")[:n_needed]
    chosen = rng.permutation(chosen)
    persons[park & (land.gemeente == gemeente)] = farms[:n_park]
    persons[rows[chosen], columns[chosen]] = np.concatenate([farms[n_park:], clusters])


def _sizes(total: int, values: Ints, p: Floats, rng: np.random.Generator) -> Ints:
    """Random numbers of persons per square that add up to ``total``; the last one is what remains."""
    drawn = rng.choice(values, size=total // int(values[0]) + 1, p=p)
    sizes = drawn[: int(np.searchsorted(np.cumsum(drawn), total)) + 1].astype(np.int64)
    sizes[-1] -= sizes.sum() - total
    return np.asarray(sizes[sizes > 0])


def _make_parks(settlement: Settlement, free: Flags, n_farms: int, withheld: int) -> int:
    """Mark holiday parks of about eight squares away from the roads; returns how many squares they have."""
    land, park, rng = settlement.land, settlement.park, settlement.rng
    rows, columns = np.nonzero(free & (land.road_m >= 2 * CELL_M) & (land.road_m <= 6 * CELL_M))
    n_parks = min(withheld // PERSONS_PER_PARK, len(rows))
    before = int(park.sum())
    for i in rng.choice(len(rows), size=n_parks, replace=False):
        near = np.flatnonzero(np.hypot(rows - rows[i], columns - columns[i]) < rng.uniform(1.5, 2.6))
        near = rng.permutation(near)[: n_farms - (int(park.sum()) - before)]
        park[rows[near], columns[near]] = True
    return int(park.sum()) - before
