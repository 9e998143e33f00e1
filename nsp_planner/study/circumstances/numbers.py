"""How many L-NSPs open under circumstances. In: the numbers of a normal day, who is left. Out: no more than are left.

With a shortage of staff they are as many as can be staffed of the plan that exists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import IntArray
from nsp_planner.errors import Fault, Faults, NoPlanError, SettingsError
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.circumstances.areas import check_gemeenten, gemeente_names
from nsp_planner.study.circumstances.existing_plan import ExistingPlan
from nsp_planner.study.circumstances.site_effects import at_work

ROUND_OFF = 1e-9


@dataclass(frozen=True, eq=False)
class SiteNumbers:
    """L-NSPs to open: all, per gemeente where that is fixed, and the fewest per gemeente where it is not."""

    n_sites: int
    quota: IntArray | None
    min_sites: IntArray | None


def numbers_to_open(
    layers: Layers,
    study: Study,
    existing: ExistingPlan | None,
    normal: SiteNumbers,
    site_gemeente: IntArray,
    usable: BoolArray,
) -> SiteNumbers:
    """How many L-NSPs open: as many as normal, or as are left, or as can be staffed.

    Args:
        layers: The checked tables.
        study: The settings.
        existing: The plan the choice is limited to; None for a choice among all.
        normal: SiteNumbers in normal circumstances.
        site_gemeente: Shape (m,), position of each candidate's gemeente in ``layers.areas``.
        usable: Shape (m,), candidates that may still open.

    Raises:
        SettingsError: A shortage that asks for more L-NSPs than the existing plan has, or names another gemeente.
        NoPlanError: Nothing of the existing plan is left.
    """
    if not at_work(study) and existing is None:
        return normal
    left = np.bincount(site_gemeente[usable], minlength=len(layers.areas)).astype(np.int64)
    if existing is not None and not left.any():
        message = f"none of the {len(existing.lnsp_ids)} L-NSPs of the plan at hand is left"
        fix = "choose among all buildings (leave [plan_at_hand] out), or make the outage or flood smaller"
        raise NoPlanError(Fault("circumstances", message, fix, column="plan_at_hand"))
    if existing is None:
        if normal.quota is not None:
            quota = np.minimum(normal.quota, left)
            return SiteNumbers(int(quota.sum()), quota, None)
        return SiteNumbers(min(normal.n_sites, int(left.sum())), None, np.minimum(1, left))
    if study.staff_shortage is None:
        return SiteNumbers(int(left.sum()), left, None)
    return _staffed(layers, study, existing, left)


def _staffed(layers: Layers, study: Study, existing: ExistingPlan, left: IntArray) -> SiteNumbers:
    shortage = study.staff_shortage
    assert shortage is not None
    codes = list(layers.areas["area_code"])
    check_gemeenten(shortage.open_in, gemeente_names(layers), "staff_shortage.open_in")
    had = np.array([existing.n_in(layers, code) for code in codes], dtype=np.int64)
    faults = Faults()
    fix = "ask for fewer; a shortage opens no building that the plan does not have"
    for code, wanted in shortage.open_in.items():
        if wanted > had[codes.index(code)]:
            message = f"{wanted} L-NSPs are to open in {code}, but the plan at hand has {had[codes.index(code)]} there"
            faults.add("staff", message, fix, column=f"staff_shortage.open_in.{code}")
    if shortage.open_lnsps is not None and shortage.open_lnsps > had.sum():
        message = f"{shortage.open_lnsps} L-NSPs are to open, but the plan at hand has {had.sum()}"
        faults.add("staff", message, fix, column="staff_shortage.open_lnsps")
    faults.raise_if_any(SettingsError)
    open_share = 1.0 - (shortage.closed_share or 0.0)
    if shortage.per == "gemeente" or shortage.open_in:
        staffed = np.minimum(had, np.maximum(1, np.floor(had * open_share + ROUND_OFF).astype(np.int64)))
        for code, wanted in shortage.open_in.items():
            staffed[codes.index(code)] = wanted
        quota = np.minimum(staffed, left)
        return SiteNumbers(int(quota.sum()), quota, None)
    total = shortage.open_lnsps or max(1, int(np.floor(had.sum() * open_share + ROUND_OFF)))
    total = min(total, int(left.sum()))
    least = np.minimum(1, left)
    return SiteNumbers(total, None, least if least.sum() <= total else np.zeros_like(least))
