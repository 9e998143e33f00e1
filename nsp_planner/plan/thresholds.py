"""What ``min_max`` and ``min_sites`` ask of an allocation. In: an instance, distances. Out: limits and values.

Both count the weight that is allocated beyond a distance, so that everything here is one comparison: weight beyond
against weight allowed beyond.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nsp_planner.costs.matrix import FloatArray
from nsp_planner.plan.instance import LocalInstance

COVER_TOLERANCE = 1e-6
"""A share or percentile counts as reached when at most this part of the weight is missing: round-off of solvers. Half
of it is given to the models, the whole of it to the verifier. The worst distance (percentile 1) has none."""


def allowed_beyond(instance: LocalInstance) -> float:
    """Weight that ``min_max`` or ``min_sites`` lets be allocated beyond the limit; below 0 when it cannot be had.

    For ``min_max`` a share of the reachable weight; for ``min_sites`` a share of all weight, of which the unreachable
    part is beyond already.
    """
    reachable = float(instance.weight[instance.reachable].sum())
    if instance.objective == "min_max":
        if instance.percentile >= 1.0:
            return 0.0
        return (1.0 - instance.percentile) * reachable + 0.5 * COVER_TOLERANCE * max(1.0, reachable)
    everyone = float(instance.weight.sum())
    return reachable - instance.share * everyone + 0.5 * COVER_TOLERANCE * max(1.0, everyone)


def percentile_m(distance_m: FloatArray, weight: FloatArray, allowed: float) -> float:
    """Smallest distance, one of those given or 0, beyond which at most ``allowed`` of the weight lies."""
    heavy = weight > 0
    distance_m, weight = distance_m[heavy], weight[heavy]
    order = np.argsort(distance_m, kind="stable")
    distance_m, weight = distance_m[order], weight[order]
    ends = np.flatnonzero(np.append(np.diff(distance_m) > 0, True)) if len(distance_m) else np.zeros(0, dtype=np.int64)
    # summed from the far end, so that small weights far away are not lost beside large sums
    beyond = np.concatenate([np.cumsum(weight[::-1])[::-1], [0.0]])
    if not len(distance_m) or beyond[0] <= allowed:
        return 0.0
    return float(distance_m[ends[np.argmax(beyond[ends + 1] <= allowed)]])


def radii_m(instance: LocalInstance) -> FloatArray:
    """Every value ``min_max`` can have, ascending: 0 and the distinct distances of people to usable sites."""
    costs = instance.costs
    counts = ~instance.refused[costs.destination] & (instance.weight[costs.arc_origin] > 0)
    return np.unique(np.append(costs.distance_m[counts], 0.0))


def nearest_percentile_m(instance: LocalInstance) -> float:
    """A bound on ``min_max``: the value if every candidate could open and had room for everyone."""
    costs = instance.costs
    usable = ~instance.refused[costs.destination]
    nearest = np.full(instance.n_demand, np.inf)
    np.minimum.at(nearest, costs.arc_origin[usable], costs.distance_m[usable])
    reachable = np.isfinite(nearest)
    return percentile_m(nearest[reachable], instance.weight[reachable], allowed_beyond(instance))


def limited_to(instance: LocalInstance, radius_m: float) -> LocalInstance | None:
    """The least-distance problem in which the percentile of ``min_max`` is at most ``radius_m``.

    For the worst distance the longer arcs go; for a percentile their weight is limited by (7). None when someone
    loses the last arc, so that there is no plan.
    """
    costs = instance.costs
    if instance.percentile >= 1.0:
        weightless = instance.weight[costs.arc_origin] <= 0
        kept = instance.keep_arcs((costs.distance_m <= radius_m) | weightless)
        limited = replace(kept, objective="min_distance")
        return limited if bool((limited.reachable == instance.reachable).all()) else None
    return replace(
        instance,
        objective="min_distance",
        service_distance_m=np.full(instance.n_demand, radius_m),
        beyond_share=None,
        max_beyond=allowed_beyond(instance),
    )


def within_norm_limit(instance: LocalInstance, n_sites: int) -> LocalInstance:
    """The least-distance problem with ``n_sites`` sites that cover the share of ``min_sites``."""
    return replace(instance, objective="min_distance", n_sites=n_sites, max_beyond=max(0.0, allowed_beyond(instance)))
