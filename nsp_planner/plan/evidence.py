"""What an engine knows of its bound when it ends. In: multipliers, clusters. Out: where a certificate begins.

None of it is believed: :mod:`nsp_planner.plan.certify` proves its bound again, and these say where to begin.
"""

from __future__ import annotations

from dataclasses import dataclass

from nsp_planner.costs.matrix import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class ClusterEvidence:
    """One cluster of sites of a Lagrangian decomposition.

    Attributes:
        sites: Positions of its sites in the instance, ascending.
        proven: What its branch and bound proved of its least cost.
        cutoff: What the plan pays in it.
        points: Positions of the demand points that it may serve.
        multipliers: Per person of each of them, from the node that is lowest in the end.
    """

    sites: IntArray
    proven: float
    cutoff: float
    points: IntArray
    multipliers: FloatArray


@dataclass(frozen=True, eq=False)
class Evidence:
    """Multipliers of constraint (1), and the decomposition where there was one; n demand points of the instance.

    Attributes:
        multipliers: Shape (n,), per person.
        clusters: They hold every site that is not refused; none where the bound is of the multipliers alone.
        ceiling: Shape (n,), what it costs at most per person to leave a demand point to another cluster.
        penalty: Shape (groups,), what an open site pays in a group that lies in several clusters.
    """

    multipliers: FloatArray
    clusters: tuple[ClusterEvidence, ...] = ()
    ceiling: FloatArray | None = None
    penalty: FloatArray | None = None
