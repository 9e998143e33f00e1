"""Inner loops of the bound, compiled. In: arcs by site, prices. Out: the value of each site and who it takes."""

import numba as nb


@nb.njit(nogil=True, cache=True)
def _fill(r, s, idx, n, room):
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


@nb.njit(nogil=True, cache=True)
def site_values(j0, j1, start, demand, cost, size, capacity, u, v, r, s, idx):
    """v_j for sites j0..j1: least reduced cost of the persons a site can take at prices u."""
    for j in range(j0, j1):
        n = 0
        total = 0.0
        val = 0.0
        for a in range(start[j], start[j + 1]):
            i = demand[a]
            d = cost[a] - u[i]
            if d < 0.0:
                r[n] = d
                s[n] = size[i]
                idx[n] = i
                total += size[i]
                val += d * size[i]
                n += 1
        if total <= capacity[j]:
            v[j] = val
        else:
            k, value, left = _fill(r, s, idx, n, capacity[j])
            if left > 0.0 and k < n:
                value += r[k] * left
            v[j] = value


@nb.njit(nogil=True, cache=True)
def taken_shares(sites, start, demand, cost, size, capacity, u, taken, r, s, idx):
    """Add to taken (n,) the share of each demand point that the given sites take at prices u."""
    for q in range(len(sites)):
        j = sites[q]
        n = 0
        total = 0.0
        for a in range(start[j], start[j + 1]):
            i = demand[a]
            d = cost[a] - u[i]
            if d < 0.0:
                r[n] = d
                s[n] = size[i]
                idx[n] = i
                total += size[i]
                n += 1
        if total <= capacity[j]:
            for k in range(n):
                taken[idx[k]] += 1.0
        else:
            k, _, left = _fill(r, s, idx, n, capacity[j])
            for t in range(k):
                taken[idx[t]] += 1.0
            if left > 0.0 and k < n:
                taken[idx[k]] += left / s[k]
