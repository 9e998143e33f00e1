"""The values of a certificate. In: arrays. Out: frozen problems, plans and trees; docs/certificate.md explains them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.plan.instance import BoolArray

Float32Array = npt.NDArray[np.float32]
Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Tree:
    """Branch and bound of one cluster of sites, with everything that its bound follows from; k nodes, r rows.

    Attributes:
        sites: Positions of the sites in an order in which every part that is branched on is a range.
        points: Positions of the demand points whose multiplier may be below the ceiling.
        farther: Shape (points,), arcs from the point to these sites that are left out of the certificate cost at least
            this; of other points none is left out that costs less than the ceiling.
        target: Sites are decided where the other way costs at least this; the tree proves no more.
        first, last: Shape (k,), the range of sites that a node branches on, in preorder; last is 0 for a leaf.
        at: Shape (k,): the first child has at most so many open sites in the range, the second more.
        has_row: Shape (k,), whether the node has multipliers of its own; else it has those of its parent.
        rows: Shape (r, points), multipliers per person in whole steps, a row per node that has them.
        bound: What the tree proves.
    """

    sites: IntArray
    points: IntArray
    farther: Float32Array
    target: float
    first: IntArray
    last: IntArray
    at: IntArray
    has_row: BoolArray
    rows: Int32Array
    bound: float


@dataclass(frozen=True, eq=False)
class Proof:
    """A decomposition over clusters of sites, a tree for each; n demand points.

    Attributes:
        step: Multipliers are whole numbers of these, times persons.
        ceiling: Shape (n,), cost of leaving a whole demand point to another cluster.
        penalty: Shape (groups,), what an open site pays in a group that lies in several clusters, else 0.
        trees: One per cluster; every site that is not refused is in one of them.
        bound: What they prove together.
    """

    step: float
    ceiling: Float32Array
    penalty: FloatArray
    trees: tuple[Tree, ...]
    bound: float


@dataclass(frozen=True, eq=False)
class Certificate:
    """A location problem in arrays, its plan and its proof; n demand points, m sites, g groups of sites.

    Attributes:
        objective: Name of the objective; ``distance`` for level 2.
        demand_ids, persons, weight: Shape (n,), persons of the capacities and weight of the norms; 1 on level 2.
        site_ids, capacity, group, fixed, refused: Shape (m,); group is the position of the site's gemeente.
        group_codes: Length g.
        arc_start, arc_site: Arcs in compressed rows, shapes (n + 1,) and (a,), without those that do not matter.
        arc_cost: Shape (a,), cost of a whole demand point along the arc, rounded down; metres for ``min_max``.
        n_sites, quota, minimum: Sites to open, per group (None where only the total counts), and fewest per group.
        wanted_share: Part of the weight that ``min_sites`` wants within the norm, ``min_max`` within its value.
        constant: The value is ``constant - sum of costs`` where the objective is maximised.
        maximised: Whether it is.
        open_sites, demand, site, share: The plan: open sites, and the share of each allocation.
        value, bound: As the plan claims them.
        proven: What the proof is of: the number of sites that is too few (``min_sites``), the distance that no plan
            keeps below (``min_max``); None where the proof is of the objective itself.
        proof: None where nothing could be proven.
        metres: Level 2 only, as what follows: distance of each allocation.
        penalty_m: What the cost of an arc has more in another gemeente.
        lnsp_gemeente, station_gemeente: Shapes (n,) and (m,), which gemeente that is, by a number.
        station_price_m: Shape (m,), what the cost of an arc to the station has more; None for none.
        ratio, load_price_m: The L-NSPs of a station beyond ``ratio`` cost this, twice this, and so on.
    """

    objective: str
    demand_ids: tuple[str, ...]
    persons: FloatArray
    weight: FloatArray
    site_ids: tuple[str, ...]
    capacity: FloatArray
    group: IntArray
    fixed: BoolArray
    refused: BoolArray
    group_codes: tuple[str, ...]
    arc_start: IntArray
    arc_site: IntArray
    arc_cost: Float32Array
    n_sites: int
    quota: IntArray | None
    minimum: IntArray | None
    wanted_share: float
    constant: float
    maximised: bool
    open_sites: IntArray
    demand: IntArray
    site: IntArray
    share: FloatArray
    value: float
    bound: float
    proven: float | None
    proof: Proof | None
    metres: FloatArray | None = None
    penalty_m: float | None = None
    lnsp_gemeente: IntArray | None = None
    station_gemeente: IntArray | None = None
    station_price_m: FloatArray | None = None
    ratio: int | None = None
    load_price_m: float | None = None


def rounded_down(values: FloatArray) -> Float32Array:
    """In single precision, never above; halves what a file takes, and only lowers a bound by 1e-7 of itself."""
    single = values.astype(np.float32)
    return np.where(single > values, np.nextafter(single, np.float32(-np.inf)), single).astype(np.float32)
