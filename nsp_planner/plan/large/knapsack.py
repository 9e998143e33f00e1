"""Continuous knapsacks, one per site, compiled. In: arcs by site, multipliers. Out: values of sites, who they take."""

import numba as nb

from nsp_planner.plan.large.kernel import kernel


@kernel
def fill(r, s, idx, n, room):
    """Partition the first n items so that the cheapest that fit in room come first.

    Returns (number taken whole, value of what is taken, room left for the item after the last whole one).
    """
    lo = 0
    hi = n
    value = 0.0
    left = room
    # invariant: items before lo are taken whole; items from hi on do not fit
    while hi > lo:
        if hi - lo == 1:
            if s[lo] <= left:
                value += r[lo] * s[lo]
                left -= s[lo]
                lo += 1
            break
        mid = (lo + hi) >> 1
        a, b, c = r[lo], r[mid], r[hi - 1]
        if a > b:
            a, b = b, a
        if b > c:
            b = c
            if a > b:
                b = a
        pivot = b
        i = lo
        j = hi - 1
        while i <= j:
            while r[i] < pivot:
                i += 1
            while r[j] > pivot:
                j -= 1
            if i <= j:
                r[i], r[j] = r[j], r[i]
                s[i], s[j] = s[j], s[i]
                idx[i], idx[j] = idx[j], idx[i]
                i += 1
                j -= 1
        # now [lo, i) <= pivot and [j+1, hi) >= pivot
        cut = i
        if cut >= hi:
            cut = j + 1
        if cut <= lo:
            cut = lo + 1
        total = 0.0
        val = 0.0
        for k in range(lo, cut):
            total += s[k]
            val += r[k] * s[k]
        if total <= left:
            left -= total
            value += val
            lo = cut
        else:
            hi = cut
    return lo, value, left


@kernel
def fill_value(r, s, idx, n, total, value, room):
    """Value of the cheapest of n items that fit in room, the last in part; value is that of all, total their size."""
    if total <= room:
        return value
    k, filled, left = fill(r, s, idx, n, room)
    return filled + (r[k] * left if k < n else 0.0)


@kernel
def clearing_price(r, s, idx, n, total, room):
    """The price at which exactly as many come as there is room for, 0 where all fit; r is what each gains, below 0."""
    if total <= room:
        return 0.0
    k, _, _ = fill(r, s, idx, n, room)
    return -r[k] if k < n else 0.0


@nb.njit(nogil=True, cache=True, forceinline=True)
def fill_site(first, last, demand, cost, size, room, u, r, s, idx):
    """Fill a site with the points of its arcs first..last that gain most at multipliers u: (value, whole, part).

    The points taken whole are idx[:whole]; of idx[whole] a part above 0 is taken where the last does not fit.
    """
    n = 0
    total = 0.0
    value = 0.0
    for a in range(first, last):
        i = demand[a]
        d = cost[a] - u[i]
        if d < 0.0:
            r[n] = d
            s[n] = size[i]
            idx[n] = i
            total += size[i]
            value += d * size[i]
            n += 1
    if total <= room:
        return value, n, 0.0
    whole, value, left = fill(r, s, idx, n, room)
    if whole == n:
        return value, whole, 0.0
    return value + r[whole] * left, whole, left / s[whole]


@kernel
def site_values(j0, j1, start, demand, cost, size, capacity, u, v, r, s, idx):
    """v_j for sites j0..j1: least reduced cost of the persons that each can take at multipliers u."""
    for j in range(j0, j1):
        v[j], _, _ = fill_site(start[j], start[j + 1], demand, cost, size, capacity[j], u, r, s, idx)


@kernel
def taken_shares(sites, start, demand, cost, size, capacity, u, taken, r, s, idx):
    """Add to taken (n,) the share of each demand point that the given sites take at multipliers u."""
    for j in sites:
        _, whole, part = fill_site(start[j], start[j + 1], demand, cost, size, capacity[j], u, r, s, idx)
        for k in range(whole):
            taken[idx[k]] += 1.0
        if part > 0.0:
            taken[idx[whole]] += part
