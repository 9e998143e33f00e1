"""Exact allocation to the open sites: transport by shortest paths. In: open arcs, nearly right prices. Out: shares.

Coordinate ascent on the prices stalls where several sites would have to move together. From there successive shortest
paths end it: persons above a site's capacity travel along the cheapest chain of changes (site to site, each step some
demand point that changes site) to room; sites whose price is above 0 but that are not full pull persons in, or lower
their price. Chains are found with Dijkstra on reduced costs, a handful of sites each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nsp_planner.plan.large.arrays import refresh_point
from nsp_planner.plan.large.kernel import kernel

EMPTY = 1e-7
"""Persons below which a site counts as balanced."""


class BalanceWork(NamedTuple):
    """Working memory, all of shape (m,); dist is inf and done and in_list are false between calls."""

    excess: np.ndarray
    dist: np.ndarray
    visited: np.ndarray
    pred_site: np.ndarray
    pred_point: np.ndarray
    done: np.ndarray
    listed: np.ndarray
    in_list: np.ndarray


@kernel
def _set_prices(arcs, state, visited, n_visited, dist, limit, sign):
    """Move the price of every visited site by sign * (limit - dist); returns the change of the dual value."""
    delta = 0.0
    for t in range(n_visited):
        j = visited[t]
        step = limit - dist[j]
        if step > 0.0:
            new = state.price[j] + sign * step
            if new < 0.0:
                new = 0.0
            delta -= arcs.capacity[j] * (new - state.price[j])
            state.price[j] = new
    for t in range(n_visited):
        j = visited[t]
        if limit - dist[j] > 0.0:
            for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
                i = np.int64(arcs.col_demand[e])
                before = state.best[i]
                refresh_point(arcs, state, i)
                delta += arcs.size[i] * (state.best[i] - before)
    return delta


@kernel
def balance(arcs, state, share, work, n_sites, max_steps):
    """Make the allocation to the open sites in work.listed[:n_sites] exact; share (n, width) is changed in place.

    The other sites must have been balanced before. Returns (change of the dual value, persons left without a
    site, steps).
    """
    excess, dist, visited, pred_site, pred_point, done, sites, _ = work
    delta = 0.0
    unserved = 0.0
    steps = 0
    unserved_cost = arcs.unserved_cost[0]
    for t in range(n_sites):
        j = np.int64(sites[t])
        load = 0.0
        for e in range(arcs.col_start[j], arcs.col_start[j + 1]):
            i = np.int64(arcs.col_demand[e])
            for q in range(state.n_near[i]):
                if state.near_site[i, q] == j:
                    load += share[i, q] * arcs.size[i]
                    break
        excess[j] = load - arcs.capacity[j]
    for phase in range(2):
        for t in range(n_sites):
            s = np.int64(sites[t])
            while steps < max_steps:
                if phase == 0 and excess[s] <= EMPTY:
                    break
                if phase == 1 and (excess[s] >= -EMPTY or state.price[s] <= 0.0):
                    break
                steps += 1
                n_visited = 1
                visited[0] = s
                dist[s] = 0.0
                pred_site[s] = -1
                end = -1
                end_dist = np.inf
                end_point = -1
                if phase == 1:
                    end = s
                    end_dist = state.price[s]
                while True:
                    # the nearest site not done
                    last = -1
                    near = end_dist
                    for v in range(n_visited):
                        k = visited[v]
                        if not done[k] and dist[k] < near:
                            near = dist[k]
                            last = k
                    if last < 0:
                        break
                    done[last] = True
                    if phase == 0 and excess[last] < -EMPTY:
                        end = last
                        end_dist = dist[last]
                        end_point = -1
                        break
                    if phase == 1:
                        if excess[last] > EMPTY:
                            end = last
                            end_dist = dist[last]
                            break
                        if dist[last] + state.price[last] < end_dist:
                            end = last
                            end_dist = dist[last] + state.price[last]
                    for e in range(arcs.col_start[last], arcs.col_start[last + 1]):
                        i = np.int64(arcs.col_demand[e])
                        at_l = arcs.col_cost[e] + state.price[last]
                        if phase == 0:
                            if at_l > state.best[i] + 1e-6:
                                continue
                            here = 0.0
                            for q in range(state.n_near[i]):
                                if state.near_site[i, q] == last:
                                    here = share[i, q]
                                    break
                            if here * arcs.size[i] <= EMPTY:
                                continue
                            if dist[last] + unserved_cost - at_l < end_dist:
                                end = last
                                end_dist = dist[last] + max(0.0, unserved_cost - at_l)
                                end_point = i
                            for q in range(state.n_near[i]):
                                if dist[last] + max(0.0, state.near_cost[i, q] - at_l) >= end_dist:
                                    break  # dearer ones follow, and prices are not negative
                                k = state.near_site[i, q]
                                if k == last or done[k]:
                                    continue
                                value = dist[last] + max(0.0, state.near_cost[i, q] + state.price[k] - at_l)
                                if value < dist[k] and value < end_dist:
                                    if dist[k] == np.inf:
                                        visited[n_visited] = k
                                        n_visited += 1
                                    dist[k] = value
                                    pred_site[k] = last
                                    pred_point[k] = i
                        else:
                            reach = at_l - state.best[i]
                            if dist[last] + reach >= end_dist:
                                continue
                            for q in range(state.n_near[i]):
                                k = state.near_site[i, q]
                                if k == last or done[k] or share[i, q] * arcs.size[i] <= EMPTY:
                                    continue
                                value = dist[last] + max(0.0, at_l - state.near_cost[i, q] - state.price[k])
                                if value < dist[k] and value < end_dist:
                                    if dist[k] == np.inf:
                                        visited[n_visited] = k
                                        n_visited += 1
                                    dist[k] = value
                                    pred_site[k] = last
                                    pred_point[k] = i
                if end < 0:
                    for v in range(n_visited):
                        dist[visited[v]] = np.inf
                        done[visited[v]] = False
                    unserved += excess[s]
                    excess[s] = 0.0
                    break
                # how much can move along the chain
                amount = excess[s] if phase == 0 else -excess[s]
                if phase == 0 and end_point < 0:
                    amount = min(amount, -excess[end])
                if phase == 1 and excess[end] > EMPTY:
                    amount = min(amount, excess[end])
                if end_point >= 0:
                    for q in range(state.n_near[end_point]):
                        if state.near_site[end_point, q] == end:
                            amount = min(amount, share[end_point, q] * arcs.size[end_point])
                k = end
                while pred_site[k] >= 0:
                    i = pred_point[k]
                    giver = pred_site[k] if phase == 0 else k
                    for q in range(state.n_near[i]):
                        if state.near_site[i, q] == giver:
                            amount = min(amount, share[i, q] * arcs.size[i])
                            break
                    k = pred_site[k]
                k = end
                while pred_site[k] >= 0:
                    i = pred_point[k]
                    giver = pred_site[k] if phase == 0 else k
                    taker = k if phase == 0 else pred_site[k]
                    for q in range(state.n_near[i]):
                        if state.near_site[i, q] == giver:
                            share[i, q] = max(0.0, share[i, q] - amount / arcs.size[i])
                        elif state.near_site[i, q] == taker:
                            share[i, q] += amount / arcs.size[i]
                    k = pred_site[k]
                if phase == 0:
                    excess[s] -= amount
                    if end_point >= 0:
                        for q in range(state.n_near[end_point]):
                            if state.near_site[end_point, q] == end:
                                share[end_point, q] = max(0.0, share[end_point, q] - amount / arcs.size[end_point])
                        unserved += amount
                    else:
                        excess[end] += amount
                    delta += _set_prices(arcs, state, visited, n_visited, dist, end_dist, 1.0)
                else:
                    excess[s] += amount
                    excess[end] -= amount
                    delta += _set_prices(arcs, state, visited, n_visited, dist, end_dist, -1.0)
                for v in range(n_visited):
                    dist[visited[v]] = np.inf
                    done[visited[v]] = False
    return delta, unserved, steps
