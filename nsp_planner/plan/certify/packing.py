"""A proof as plain arrays for a file. In: a Proof. Out: arrays by name, those of all trees behind one another."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from nsp_planner.plan.certify.certificate import Int32Array, Proof, Tree


def packed(proof: Proof) -> dict[str, np.ndarray]:
    """The fields of docs/certificate.md; rows are given as differences, for these are small numbers."""
    trees = proof.trees

    def starts(lengths: list[int]) -> np.ndarray:
        return np.array(list(accumulate(lengths, initial=0)), dtype=np.int64)

    return {
        "step": np.array(proof.step),
        "ceiling": proof.ceiling,
        "penalty": proof.penalty,
        "tree_site_start": starts([len(tree.sites) for tree in trees]),
        "tree_site": np.concatenate([tree.sites for tree in trees]),
        "tree_point_start": starts([len(tree.points) for tree in trees]),
        "tree_point": np.concatenate([tree.points for tree in trees]),
        "tree_farther": np.concatenate([tree.farther for tree in trees]),
        "tree_target": np.array([tree.target for tree in trees]),
        "node_start": starts([len(tree.last) for tree in trees]),
        "node_first": np.concatenate([tree.first for tree in trees]),
        "node_last": np.concatenate([tree.last for tree in trees]),
        "node_at": np.concatenate([tree.at for tree in trees]),
        "node_has_row": np.concatenate([tree.has_row for tree in trees]),
        "row_differences": np.concatenate([_differences(tree).ravel() for tree in trees]),
    }


def _differences(tree: Tree) -> Int32Array:
    """Every row less that of the nearest node above it that has one; the first row as it is."""
    differences = tree.rows.copy()
    above = [-1]  # rows that hold for the nodes still to come, the next on top
    row = -1
    for has_row, last in zip(tree.has_row.tolist(), tree.last.tolist(), strict=True):
        here = above.pop()
        if has_row:
            row += 1
            if here >= 0:
                differences[row] -= tree.rows[here]
            here = row
        above += [here, here] if last else []
    return differences
