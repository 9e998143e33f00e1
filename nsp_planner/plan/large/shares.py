"""Shares before they are made exact: points whole at their best site. In: open arcs. Out: shares, sites to balance.

What a local change leaves of exact shares stays; ``transport`` then balances the sites that are listed here.
"""

from __future__ import annotations

import numpy as np

from nsp_planner.plan.large.kernel import kernel


@kernel
def start_all(state, share):
    """Every demand point whole to its best open site."""
    for i in range(share.shape[0]):
        start_shares(state, share, i)


@kernel
def start_shares(state, share, i):
    """Whole demand point i to its best open site."""
    for q in range(share.shape[1]):
        share[i, q] = 0.0
    site = state.best_site[i]
    for q in range(state.n_near[i]):
        if state.near_site[i, q] == site:
            share[i, q] = 1.0
            break


@kernel
def _note_sites(state, share, work, i, n_listed):
    """List the sites among which demand point i is shared."""
    for q in range(state.n_near[i]):
        k = state.near_site[i, q]
        if share[i, q] > 0.0 and state.is_open[k] and not work.in_list[k]:
            work.in_list[k] = True
            work.listed[n_listed] = k
            n_listed += 1
    return n_listed


@kernel
def spread(arcs, state, share, work, moved, n_moved, switched):
    """After a local change put the demand points concerned whole at their best site; returns the number of sites.

    moved[:n_moved] are the sites whose price changed, switched (m,) marks sites opened or closed since the shares
    were exact. The sites that :func:`~.transport.balance` must look at are left in work.listed.
    """
    n_listed = 0
    for t in range(n_moved):
        j = np.int64(moved[t])
        if state.is_open[j] and not work.in_list[j]:
            work.in_list[j] = True
            work.listed[n_listed] = j
            n_listed += 1
        for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
            i = np.int64(arcs.col_demand[e])
            keep = not switched[j]
            if keep:
                for q in range(state.n_near[i]):
                    k = state.near_site[i, q]
                    if share[i, q] > 0.0 and state.near_cost[i, q] + state.price[k] > state.best[i] + 1e-9:
                        keep = False
                        break
            if not keep:
                if not switched[j]:
                    n_listed = _note_sites(state, share, work, i, n_listed)
                start_shares(state, share, i)
                n_listed = _note_sites(state, share, work, i, n_listed)
    # points that lie near a switched site lost their alignment: their old sites are those around it
    for t in range(n_moved):
        j = np.int64(moved[t])
        if switched[j]:
            for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
                i = np.int64(arcs.col_demand[e])
                for q in range(state.n_near[i]):
                    k = state.near_site[i, q]
                    if state.near_cost[i, q] + state.price[k] <= state.best[i] + 1e-3 and not work.in_list[k]:
                        work.in_list[k] = True
                        work.listed[n_listed] = k
                        n_listed += 1
    for t in range(n_listed):
        work.in_list[work.listed[t]] = False
    return n_listed
