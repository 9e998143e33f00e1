"""What an outage and a flood do to buildings. In: layers, a study. Out: who drops out, who counts as farther away.

Without circumstances nothing is touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nsp_planner.config import Links, SiteRole, Study
from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault, NoPlanError, SettingsError
from nsp_planner.evaluate.solved.consequences import SITE_COLUMNS, empty
from nsp_planner.layers.tables import Layers
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.circumstances.existing_plan import ExistingPlan
from nsp_planner.study.circumstances.exposure import Exposure, find_exposure

NO_LINKS = Links()
KNOWN = {"yes": True, "no": True, "unknown": False}


@dataclass(frozen=True, eq=False)
class SiteEffects:
    """What circumstances do to buildings; arrays have an entry per row of ``layers.sites``.

    Attributes:
        lnsp_dropped, cnsp_dropped: Buildings that cannot be an L-NSP, or a C-NSP.
        penalty_m: Metres that count extra on the way to a building as L-NSP.
        table: Every building touched; columns in :mod:`nsp_planner.evaluate.solved.consequences`.
        exposure: What flood and outage reach, also where nothing is built.
    """

    lnsp_dropped: BoolArray
    cnsp_dropped: BoolArray
    penalty_m: FloatArray
    table: pd.DataFrame
    exposure: Exposure

    @property
    def hinging_lnsps(self) -> frozenset[str]:
        """Ids of buildings that stay candidates though it is not known whether they can be used."""
        table = self.table
        unknown = ~table["known"].astype(bool) & (table["role"] == SiteRole.LNSP) & (table["effect"] != "dropped")
        return frozenset(table.loc[unknown, "site_id"].astype(str))


def at_work(study: Study) -> tuple[str, ...]:
    """The circumstances of a study by name: power_outage, flood, staff_shortage, links."""
    given = {
        "power_outage": study.power_outage is not None,
        "flood": study.flood is not None,
        "staff_shortage": study.staff_shortage is not None,
        "links": study.links != NO_LINKS,
    }
    return tuple(name for name, there in given.items() if there)


def site_effects(layers: Layers, study: Study) -> SiteEffects:
    """Which buildings a power outage and a flood take out or make less wanted.

    Raises:
        SettingsError: A gemeente that is not in the region; circumstances that touch nothing at all.
    """
    n = len(layers.sites)
    lnsp, cnsp, penalty_m = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.zeros(n)
    rows: list[pd.DataFrame] = []
    exposure = find_exposure(layers, study)
    roles = {SiteRole.LNSP: lnsp, SiteRole.CNSP: cnsp}
    if study.flood is not None:
        wet = exposure.sites_flooded
        if not layers.networks and not wet.any() and not exposure.demand_flooded.any():
            message = "the water touches no populated square and no building: it changes nothing"
            raise SettingsError(Fault("flood", message, "give the land under water in this region", column="flood"))
        for role, dropped in roles.items():
            here = wet & _can_be(layers, role)
            dropped |= here
            rows.append(_touched(layers, here, role, "flood", "dropped", known=True))
    dark, outage = exposure.sites_dark, study.power_outage
    if outage is not None:
        power = layers.sites["emergency_power"].to_numpy()
        for role, dropped in roles.items():
            if role not in outage.roles:
                continue
            for answer, effect in (("no", outage.without), ("unknown", outage.unknown)):
                here = dark & (power == answer) & _can_be(layers, role)
                if effect == "drop":
                    dropped |= here
                elif effect == "penalty" and role is SiteRole.LNSP:
                    penalty_m[here] = outage.penalty_m
                done = {"drop": "dropped", "penalty": "penalty" if role is SiteRole.LNSP else "kept", "keep": "kept"}
                rows.append(_touched(layers, here, role, "power_outage", done[effect], known=KNOWN[answer]))
    table = pd.concat(rows, ignore_index=True) if rows else empty(SITE_COLUMNS)
    return SiteEffects(lnsp, cnsp, penalty_m, table, exposure)


def refuse_lnsps(
    effects: SiteEffects, rows: IntArray, fixed: BoolArray, refused: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Fixed and refused candidates, m of them at these rows of ``layers.sites``, with those that drop out refused.

    Raises:
        NoPlanError: All candidates drop out; the fault names the key.
    """
    dropped = effects.lnsp_dropped[rows]
    left = ~(refused | dropped)
    if dropped.any() and not left.any():
        raise NoPlanError(_nothing_left(effects, "lnsp", "candidate L-NSPs"))
    return fixed & ~dropped, refused | dropped


def refuse_stations(
    effects: SiteEffects,
    existing: ExistingPlan | None,
    rows: IntArray,
    ids: tuple[str, ...],
    refused: BoolArray,
) -> BoolArray:
    """Refused stations, k of them at these rows of ``layers.sites``, with those that drop out or exist in no plan.

    Raises:
        NoPlanError: All stations drop out; the fault names the key.
    """
    dropped = effects.cnsp_dropped[rows]
    refused_now = refused | dropped
    if existing is not None:
        refused_now |= ~np.isin(np.asarray(ids, dtype=object), np.asarray(sorted(existing.cnsp_ids), dtype=object))
    if dropped.any() and refused_now.all() and not refused.all():
        raise NoPlanError(_nothing_left(effects, "cnsp", "stations"))
    return refused_now


def _can_be(layers: Layers, role: SiteRole) -> BoolArray:
    can: BoolArray = layers.sites[f"can_be_{role.value}"].to_numpy(dtype=bool)
    return can


def _touched(layers: Layers, here: BoolArray, role: SiteRole, cause: str, effect: str, *, known: bool) -> pd.DataFrame:
    table = layers.sites.loc[here, ["site_id", "name", "gemeente_code"]]
    facts = {"role": role.value, "cause": cause, "effect": effect, "known": known}
    return pd.DataFrame(table.assign(**facts))[list(SITE_COLUMNS)]


def _nothing_left(effects: SiteEffects, role: str, what: str) -> list[Fault]:
    """A fault per cause that took buildings out, with the key to change."""
    gone = effects.table[(effects.table["role"] == role) & (effects.table["effect"] == "dropped")]
    faults = []
    for (cause, known), rows in gone.groupby(["cause", "known"], sort=True):
        if cause == "flood":
            told, fix, key = "lie under water", "give a smaller flood, or add candidates on dry land", "flood"
        elif known:
            told = "have no emergency power"
            fix, key = 'set power_outage.without = "penalty", or make the outage smaller', "power_outage.without"
        else:
            told = "drop out because it is not known whether they have emergency power"
            fix = 'unknown is not no: set power_outage.unknown = "keep" or "penalty", or ask the owners'
            key = "power_outage.unknown"
        message = f"none of the {what} is left; {len(rows)} {told}"
        faults.append(Fault("circumstances", message, fix, column=key, ids=tuple(rows["site_id"])))
    return faults
