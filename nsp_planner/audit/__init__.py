"""An auditor of finished runs. In: the folder of a run. Out: what holds, what does not, and the gap that is certified.

It imports nothing of the planner: only NumPy and the standard library, so that it can be read on its own. It reads

- ``manifest.json``: inputs and outputs with SHA-256, settings, indicators, the claims of both plans;
- ``plan.gpkg`` and ``kandidatenlijst.csv``: what people see of the plan;
- ``bewijs.npz``: the problem that was solved, the plan and the multipliers, of level 1 (``lnsp_``) and 2 (``cnsp_``),
  and who of the region walks how far (``walk_``).

Fields of ``bewijs.npz``, with n demand points, m sites, g groups of sites (gemeenten), a arcs, k allocations:
``demand_ids`` (n), ``persons`` (n), ``site_ids`` (m), ``capacity`` (m), ``group`` (m), ``fixed`` (m), ``refused`` (m),
``group_codes`` (g), ``arc_start`` (n + 1), ``arc_site`` (a), ``arc_cost`` (a) for a whole demand point, ``n_sites``,
``quota`` (g) and ``minimum`` (g) where the problem has them, ``constant`` and ``maximised`` (the value is then constant
minus the sum of costs), ``open_sites``, ``demand`` (k), ``site`` (k), ``share`` (k), ``value``, ``bound``,
``objective``, ``multipliers`` (n).

The bound, for any multipliers l: relax "everyone is allocated once"; every site j then takes what gains most within its
capacity, v_j = min sum_i (c_ij - l_i) x_ij with sum_i w_i x_ij <= Q_j and 0 <= x_ij <= 1 (fill up in the order of
(c_ij - l_i) / w_i, the last one in part); fixed sites open, then the best of every quota or minimum, then the best of
all up to the number of sites. sum_i l_i plus the v_j of these sites is at most the cost of any plan.
"""
