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
from numpy.typing import NDArray
from scipy import ndimage

from nsp_planner.example.land import CELL_M, Land, smooth_noise
from nsp_planner.example.places import Region

WITHHELD_SHARE_MIN, WITHHELD_SHARE_MAX = 0.021, 0.052
"""Least and largest share of a gemeente's inhabitants that live in squares below five persons, outside places."""
FARM_PERSONS, FARM_PERSONS_P = np.array([1, 2, 3, 4]), np.array([0.10, 0.40, 0.22, 0.28])
PERSONS_PER_PARK = 450
"""One holiday park per this many inhabitants in squares below five persons."""


@dataclass(frozen=True, eq=False)
class Fields:
    """Noise over the raster that makes the settlement uneven: small, middle and large scale."""

    small: NDArray[np.float64]
    middle: NDArray[np.float64]
    large: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Settlement:
    """Who lives where so far: rasters that fill up while places grow.

    Attributes:
        land: The raster.
        fields: Noise over it.
        persons: True number of persons per square.
        place: Row of the place per square, -1 outside places.
        park: Whether the square has holiday homes.
        rng: Source of every random choice.
    """

    land: Land
    fields: Fields
    persons: NDArray[np.int64]
    place: NDArray[np.int64]
    park: NDArray[np.bool_]
    rng: np.random.Generator


def settle(region: Region, land: Land, rng: np.random.Generator) -> pd.DataFrame:
    """Squares with at least one person or a holiday home.

    Returns:
        Columns row, column (raster), gemeente (row of ``region.gemeenten``), place (row of ``region.places`` or -1
        outside places), persons (true number, int; sums to the official total per gemeente), holiday_park (bool).

    Raises:
        ValueError: A gemeente has too little dry land for its inhabitants.
    """
    fields = Fields(*(smooth_noise(land.shape, width, rng) for width in (1.6, 5.0, 22.0)))
    persons = np.zeros(land.shape, dtype=np.int64)
    place = np.full(land.shape, -1, dtype=np.int64)
    park = np.zeros(land.shape, dtype=bool)
    settlement = Settlement(land, fields, persons, place, park, rng)
    order = np.argsort(-region.places["inwoners"].to_numpy(), kind="stable")
    gemeente_row = pd.Index(region.gemeenten["code"]).get_indexer(region.places["gemeente"])
    records = region.places.to_dict("records")
    for i in order:
        _grow_place(settlement, records[i], int(i), int(gemeente_row[i]))
    for g, total in enumerate(region.gemeenten["inwoners"]):
        _settle_countryside(settlement, g, int(total))
    rows, columns = np.nonzero((persons > 0) | park)
    at = rows, columns
    return pd.DataFrame(
        {
            "row": rows,
            "column": columns,
            "gemeente": land.gemeente[at],
            "place": place[at],
            "persons": persons[at],
            "holiday_park": park[at],
        }
    )


def _persons_per_square(record: dict[str, Any]) -> float:
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


def _grow_place(settlement: Settlement, record: dict[str, Any], index: int, gemeente: int) -> None:
    """Give the inhabitants of one place their squares."""
    land, fields, place, rng = settlement.land, settlement.fields, settlement.place, settlement.rng
    total = int(record["inwoners"])
    n_squares = max(round(total / _persons_per_square(record)), 1)
    radius = np.sqrt(n_squares / np.pi)  # in squares
    row, column = land.row_column(record["x"], record["y"])
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
        noise = fields.middle[window] + 0.6 * fields.small[window]
        built = free & (noise < 1.15 + 2.0 * np.exp(-((far / (0.6 * radius + 1)) ** 2)))
        if built.sum() >= n_squares * 1.3:
            break
        half = int(half * 1.5)
    if built.sum() < n_squares:
        raise ValueError(f"no room for {total} inhabitants of {record['naam']} in its gemeente")
    other_bank = _other_bank(land.dry[window], far)[built]
    rows, columns = np.nonzero(built)
    rows, columns = rows + window[0].start, columns + window[1].start
    cost = _distance_to_neighbourhoods(rows - row, columns - column, total, float(radius), ribbon, rng)
    cost = cost + 4.0 * other_bank
    road = land.road_m[rows, columns] / CELL_M
    cost = cost + road * (0.9 if ribbon else 0.35 / max(float(radius), 3.0))
    cost = cost * np.exp(0.30 * fields.middle[rows, columns] + 0.10 * fields.small[rows, columns])
    chosen = np.argsort(cost, kind="stable")[:n_squares]
    at = rows[chosen], columns[chosen]
    outward = np.linspace(0, 1, n_squares)
    spread = 0.25 if ribbon else 0.38
    weight = np.exp(-1.1 * outward**1.6 + spread * fields.small[at] + 0.33 * rng.standard_normal(n_squares))
    if record["town_persons"] > 15_000:
        weight = np.where(rng.random(n_squares) < 0.03, weight * 2.6, weight)  # flats
    settlement.persons[at] = rng.multinomial(total, weight / weight.sum())
    place[at] = index


def _other_bank(dry: NDArray[np.bool_], far: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Squares parted by water from the dry square nearest to the centre."""
    bank, _ = ndimage.label(dry, structure=np.ones((3, 3)))
    own = bank.flat[int(np.where(dry, far, np.inf).argmin())]
    parted: NDArray[np.bool_] = bank != own
    return parted


def _distance_to_neighbourhoods(
    d_row: NDArray[np.int64],
    d_column: NDArray[np.int64],
    persons: int,
    radius: float,
    ribbon: bool,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Distance to the nearest neighbourhood centre, in radii of that neighbourhood; one per 2,500 persons."""
    n = 1 if ribbon else 1 + persons // 2_500
    angle, stretch = rng.uniform(0, np.pi), rng.uniform(1.0, 1.8)
    centres = rng.normal(0, 0.55 * radius, (n, 2)) * np.array([stretch, 1 / stretch])
    centres[0] = 0.0
    share = rng.dirichlet(np.full(n, 6.0))
    along = d_column * np.cos(angle) + d_row * np.sin(angle)
    across = -d_column * np.sin(angle) + d_row * np.cos(angle)
    distance = np.full(d_row.shape, np.inf)
    for centre, part in zip(centres, share, strict=True):
        reach = radius * np.sqrt(part) * (2.5 if ribbon else 1.0)
        near = np.hypot((along - centre[0]) / np.sqrt(stretch), (across - centre[1]) * np.sqrt(stretch))
        distance = np.minimum(distance, near / reach)
    return distance


def _settle_countryside(settlement: Settlement, gemeente: int, total: int) -> None:
    """Give the inhabitants outside places their squares."""
    land, fields, rng = settlement.land, settlement.fields, settlement.rng
    persons, park = settlement.persons, settlement.park
    outside = total - int(persons[land.gemeente == gemeente].sum())
    withheld = min(int(np.clip(0.6 * outside / total, WITHHELD_SHARE_MIN, WITHHELD_SHARE_MAX) * total), outside)
    clustered = outside - withheld
    free = land.dry & (land.gemeente == gemeente) & (settlement.place < 0)
    farms = _sizes(withheld, FARM_PERSONS, FARM_PERSONS_P, rng)
    n_park = _make_parks(settlement, free, len(farms), withheld)
    rows, columns = np.nonzero(free & (land.road_m <= CELL_M) & ~park)
    clusters = _sizes(clustered, np.arange(5, 15), np.full(10, 0.1), rng)
    weight = 0.8 * fields.large[rows, columns] + 0.4 * fields.small[rows, columns]
    weight -= 1.2 * (land.road_m[rows, columns] > 0)
    n_needed = len(farms) - n_park + len(clusters)
    if n_needed > len(rows):
        raise ValueError(f"no room along the roads for {outside} inhabitants in the countryside of gemeente {gemeente}")
    # drawing without replacement by weight: the largest of weight plus Gumbel noise
    chosen = np.argsort(-(weight + rng.gumbel(size=len(rows))), kind="stable")[:n_needed]
    chosen = rng.permutation(chosen)
    in_park = np.nonzero(park & (land.gemeente == gemeente))
    persons[in_park] = farms[:n_park]
    persons[rows[chosen], columns[chosen]] = np.concatenate([farms[n_park:], clusters])


def _sizes(
    total: int, values: NDArray[np.int64], p: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Random numbers of persons per square that add up to ``total``; the last one is what remains."""
    drawn = rng.choice(values, size=total // int(values[0]) + 1, p=p)
    n = int(np.searchsorted(np.cumsum(drawn), total))
    sizes = drawn[: n + 1].astype(np.int64)
    sizes[-1] -= sizes.sum() - total
    return sizes[sizes > 0]


def _make_parks(settlement: Settlement, free: NDArray[np.bool_], n_farms: int, withheld: int) -> int:
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
