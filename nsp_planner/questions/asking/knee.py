"""The knee of a curve. In: points of a falling curve. Out: the point after which more gives little.

Rule (Satopää, Albrecht, Irwin and Raghavan 2011, "Finding a kneedle in a haystack"): scale both axes to 0..1 and take
the point farthest below the straight line from the first to the last point. It depends on where the curve is cut off:
the range swept must be told beside it.
"""

from __future__ import annotations

import numpy as np

from nsp_planner.costs.matrix import FloatArray

LEAST_BEND = 0.05
"""A point nearer to the line than this, on axes of 0..1, is no knee: the curve is then as good as straight."""


def find_knee(x: FloatArray, y: FloatArray) -> int | None:
    """Position of the knee of a falling curve (y goes down where x goes up), in the order given.

    Returns:
        None where there are fewer than three points, all x or all y are alike, or no point lies clearly below the line.
    """
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    order = np.argsort(x, kind="stable")
    first, last = order[0], order[-1]
    if y[first] <= y[last]:
        return None
    across = (x - x[first]) / (x[last] - x[first])
    down = (y - y[last]) / (y[first] - y[last])
    below = 1.0 - across - down
    best = int(np.argmax(below))
    return best if below[best] >= LEAST_BEND else None
