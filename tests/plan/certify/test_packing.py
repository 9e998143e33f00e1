"""A proof as arrays, by hand: what stands behind what, and rows as differences to the nearest node above."""

from __future__ import annotations

import numpy as np

from nsp_planner.plan.certify import Proof, Tree, packed


def tree(sites: list[int], last: list[int], has_row: list[bool], rows: list[list[int]], target: float) -> Tree:
    n = len(rows[0])
    return Tree(
        sites=np.array(sites),
        points=np.arange(n) + sites[0],
        farther=np.full(n, target, dtype=np.float32),
        target=target,
        first=np.zeros(len(last), dtype=np.int64),
        last=np.array(last),
        at=np.arange(len(last)),
        has_row=np.array(has_row),
        rows=np.array(rows, dtype=np.int32),
        bound=target,
    )


def test_rows_are_differences_to_the_nearest_row_above_and_trees_stand_behind_one_another() -> None:
    """Below the root (10) a child without a row has a leaf (13) and one without; a child (6) has a leaf (7) and one."""
    branched = tree(
        [4, 5, 6],
        last=[3, 2, 0, 0, 1, 0, 0],
        has_row=[True, False, True, False, True, True, False],
        rows=[[10, 100], [13, 90], [6, 100], [7, 130]],
        target=2.5,
    )
    leaf = tree([8], last=[0], has_row=[True], rows=[[5]], target=1.5)
    arrays = packed(Proof(0.25, np.ones(9, dtype=np.float32), np.array([0.0, 3.0]), (branched, leaf), 4.0))
    assert arrays["row_differences"].tolist() == [10, 100, 3, -10, -4, 0, 1, 30, 5]
    assert arrays["tree_site_start"].tolist() == [0, 3, 4]
    assert arrays["tree_site"].tolist() == [4, 5, 6, 8]
    assert arrays["tree_point_start"].tolist() == [0, 2, 3]
    assert arrays["tree_point"].tolist() == [4, 5, 8]
    assert arrays["tree_farther"].tolist() == [2.5, 2.5, 1.5]
    assert arrays["tree_target"].tolist() == [2.5, 1.5]
    assert arrays["node_start"].tolist() == [0, 7, 8]
    assert arrays["node_last"].tolist() == [3, 2, 0, 0, 1, 0, 0, 0]
    assert arrays["node_at"].tolist() == [*range(7), 0]
    assert arrays["node_has_row"].tolist() == [True, False, True, False, True, True, False, True]
    assert (float(arrays["step"]), arrays["penalty"].tolist(), len(arrays["ceiling"])) == (0.25, [0.0, 3.0], 9)
    assert branched.rows[1].tolist() == [13, 90]
