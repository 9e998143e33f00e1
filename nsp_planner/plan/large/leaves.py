"""Plans from the trees of the subproblems, and their cutoffs from plans. In: trees, a search. Out: better plans.

A leaf decides every site of its cluster; put into the plan it may make it cheaper.
"""

from __future__ import annotations

import numpy as np

from nsp_planner.costs.matrix import IntArray
from nsp_planner.plan.instance import BoolArray
from nsp_planner.plan.large.decomposition import DecompositionBound
from nsp_planner.plan.large.kept_search import KeptSearch
from nsp_planner.plan.large.local_search import LocalSearch
from nsp_planner.plan.large.subproblem import Subproblem


def set_cutoffs(decomposition: DecompositionBound, search: LocalSearch) -> None:
    """Tell every subproblem what the plan pays for its sites: trees need not look above that."""
    state, compact = search.state, search.compact
    state.allocate()
    used = state.used
    paid = compact.size[:, None] * state.share * (state.open.near_cost - decomposition.ceiling[:, None])
    by_site = np.bincount(state.open.near_site[used], paid[used], minlength=compact.m)
    decomposition.set_plan(state.open.is_open, by_site.astype(np.float64))


def try_leaves(decomposition: DecompositionBound, search: KeptSearch) -> bool:
    """Put the sites of decided trees into the plan where they make it cheaper; True when one did.

    In a single subproblem a leaf is a whole plan: its exact cost then takes the place of its bound.
    """
    improved = False
    single = len(decomposition.subproblems) == 1
    for subproblem in decomposition.subproblems:
        while not search.best.out_of_time():
            leaf = subproblem.leaf()
            if leaf is None or (subproblem.tried and not single):
                break
            subproblem.tried = True
            is_open = _with_leaf(search, subproblem, leaf)
            if is_open is None:
                break
            exact, better = search.try_open(is_open, descend=not single)
            improved = improved or better
            if not single:
                break
            subproblem.close_leaf(exact - decomposition.base)
    if improved:
        search.synchronise()
        search.keep()
        set_cutoffs(decomposition, search)
    return improved


def _with_leaf(search: LocalSearch, subproblem: Subproblem, leaf: IntArray) -> BoolArray | None:
    """The open sites of the plan with those of a leaf; None where they miss a number or a minimum."""
    is_open = search.state.open.is_open.copy()
    is_open[subproblem.sites] = False
    is_open[leaf] = True
    n_open = np.bincount(search.compact.area[is_open], minlength=len(search.compact.minimum))
    if int(is_open.sum()) != search.compact.p or (n_open < search.compact.minimum).any():
        return None
    return is_open
