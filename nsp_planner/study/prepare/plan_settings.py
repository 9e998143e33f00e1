"""What [plan] and [solver] ask. In: a study, its layers. Out: numbers for the objective, buurten, how to solve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray, Divisibility
from nsp_planner.plan.objective import objective
from nsp_planner.plan.options import SolveOptions
from nsp_planner.study.circumstances.numbers import SiteNumbers

DIVISIBILITY = {
    "divisible": Divisibility.DIVISIBLE,
    "whole": Divisibility.WHOLE_POINTS,
    "whole_buurten": Divisibility.WHOLE_GROUPS,
}
"""``plan.demand_points`` as the model knows it."""


def numbers_for(study: Study, numbers: SiteNumbers, usable: BoolArray, site_gemeente: IntArray) -> SiteNumbers:
    """The numbers as they are; where the objective finds the number, all candidates may open.

    Then at least one opens in every gemeente that has any.

    Args:
        study: The settings.
        numbers: L-NSPs to open by the ratio.
        usable: Shape (m,), candidates that are not refused.
        site_gemeente: Shape (m,), position of the gemeente.
    """
    if not objective(study.plan.objective).finds_number:
        return numbers
    per_gemeente = numbers.quota if numbers.quota is not None else numbers.min_sites
    n_gemeenten = int(site_gemeente.max(initial=-1)) + 1 if per_gemeente is None else len(per_gemeente)
    there = np.bincount(site_gemeente[usable], minlength=n_gemeenten)
    return SiteNumbers(int(usable.sum()), None, np.minimum(1, there).astype(np.int64))


def buurten_of(layers: Layers, study: Study) -> tuple[IntArray | None, tuple[str, ...]]:
    """Position of the buurt of every demand point, -1 in none, and the codes; nothing where buurten may be split.

    Raises:
        SettingsError: Buurten must stay whole, and no input says which square lies in which.
    """
    if study.plan.demand_points != "whole_buurten":
        return None, ()
    if "buurt_code" not in layers.demand.columns or layers.demand["buurt_code"].isna().all():
        raise SettingsError(
            Fault(
                "study",
                "buurten must stay whole, but no square has a buurt",
                'give [inputs.buurten] with a path (CBS wijk- en buurtkaart), or set plan.demand_points = "whole"',
                column="plan.demand_points",
            )
        )
    codes = layers.demand["buurt_code"].astype("string")
    known = sorted(codes.dropna().unique())
    position = codes.map({code: k for k, code in enumerate(known)}).fillna(-1)
    return position.to_numpy(dtype=np.int64), tuple(str(code) for code in known)


def solve_options(study: Study, **changes: Any) -> SolveOptions:
    """How the study asks to solve, with changes such as ``time_limit_s`` or ``on_progress``."""
    solver = study.solver
    options = SolveOptions(
        method=solver.method,
        solver=solver.name,
        gap=solver.gap,
        time_limit_s=solver.time_limit_s,
        threads=solver.threads,
        seed=solver.seed,
    )
    return replace(options, **changes)
