"""More fixed buildings than places. In: who is fixed and by what, the numbers to open. Out: nothing, or a clear fault.

Found when the problem is built, so that ``check`` says it: with what fixed each building and with every way out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Faults, NoPlanError
from nsp_planner.layers.sites.standing import Standing
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.circumstances.numbers import SiteNumbers


def check_fixed_fit(layers: Layers, known: Standing, rows: IntArray, fixed: BoolArray, numbers: SiteNumbers) -> None:
    """Refuse more fixed L-NSPs than may open in a gemeente, or in the region.

    Args:
        layers: The checked tables.
        known: What is decided of every building as L-NSP.
        rows: Row in ``layers.sites`` of each candidate L-NSP, m of them.
        fixed: Shape (m,), fixed in the problem.
        numbers: L-NSPs to open.

    Raises:
        NoPlanError: There are more; a fault for every gemeente, or one for the region.
    """
    faults, at = Faults(), rows[fixed]
    codes = layers.sites["gemeente_code"].to_numpy(dtype=object)[at]
    if numbers.quota is not None:
        for code, name, most in zip(layers.areas["area_code"], layers.areas["name"], numbers.quota, strict=True):
            here = at[codes == code]
            if len(here) > most:
                more = f"raise ratios.quota.{code} to {len(here)}"
                _too_many(faults, layers, known, here, f"{name} ({code})", int(most), more)
    elif len(at) > numbers.n_sites:
        _too_many(faults, layers, known, at, "the region", numbers.n_sites, "ask for more L-NSPs (ratios)")
    faults.raise_if_any(NoPlanError)


def _too_many(
    faults: Faults, layers: Layers, known: Standing, rows: IntArray, where: str, most: int, more: str
) -> None:
    sites = layers.sites.iloc[rows]
    told = ", ".join(_by_what(sites["status"].to_numpy(dtype=object), known.by_decision[rows]))
    fix = more
    loose = sorted({str(status) for status in sites["status"][~known.by_decision[rows]]})
    if loose:
        rules = ", ".join(f'"{status}" = "preferred"' for status in loose)
        fix += f"; or let the status be a preference: decisions.by_status = {{ {rules} }}"
    if known.by_decision[rows].any():
        fix += "; or take buildings out of decisions.fixed"
    faults.add(
        "fixed sites",
        f"{where} has {len(rows)} buildings that must be an L-NSP ({told}), and a quota of {most}",
        f"{fix}; or refuse some of them (decisions.refused)",
        column="decisions.fixed" if known.by_decision[rows].all() else "decisions.by_status",
        ids=sites["site_id"].astype(str).tolist(),
    )


def _by_what(status: np.ndarray, by_decision: BoolArray) -> Iterator[str]:
    if by_decision.any():
        yield f"{int(by_decision.sum())} by decisions.fixed"
    found, counts = np.unique(status[~by_decision].astype(str), return_counts=True)
    for name, count in zip(found, counts, strict=True):
        yield f"{count} by status {name}"
