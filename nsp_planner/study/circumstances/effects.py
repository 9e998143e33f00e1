"""Circumstances at work. In: layers, a study with [power_outage], [flood], [staff_shortage]. Out: what they change.

First the buildings (which drop out, which count as farther away), then the numbers (never more than are left), and
after planning the facts that every output tells. Without circumstances nothing is touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nsp_planner.config import Links, SiteRole, Study
from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault, Faults, NoPlanError, SettingsError
from nsp_planner.evaluate.consequences import SITE_COLUMNS, empty
from nsp_planner.layers.hazards.shapes import OUTAGE
from nsp_planner.layers.tables import Layers
from nsp_planner.names import nearest_names
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.build.distances import in_flood, inside, xy_m
from nsp_planner.study.circumstances.existing_plan import AtHand

KNOWN = {"yes": True, "no": True, "unknown": False}
ROUND_OFF = 1e-9


@dataclass(frozen=True, eq=False)
class Strike:
    """What circumstances do to buildings; arrays have an entry per row of ``layers.sites``.

    Attributes:
        lnsp_dropped, cnsp_dropped: Buildings that cannot be an L-NSP, or a C-NSP.
        penalty_m: Metres that count extra on the way to a building as L-NSP.
        table: Every building touched; columns in :mod:`nsp_planner.evaluate.consequences`.
    """

    lnsp_dropped: BoolArray
    cnsp_dropped: BoolArray
    penalty_m: FloatArray
    table: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Numbers:
    """L-NSPs to open: all, per gemeente where that is fixed, and the fewest per gemeente where it is not."""

    n_sites: int
    quota: IntArray | None
    min_sites: IntArray | None


def at_work(study: Study) -> tuple[str, ...]:
    """The circumstances of a study by name: power_outage, flood, staff_shortage, links."""
    given = {
        "power_outage": study.power_outage is not None,
        "flood": study.flood is not None,
        "staff_shortage": study.staff_shortage is not None,
        "links": study.links != Links(),
    }
    return tuple(name for name, there in given.items() if there)


def strike_sites(layers: Layers, study: Study) -> Strike:
    """Which buildings a power outage and a flood take out or make less wanted.

    Raises:
        SettingsError: A gemeente that is not in the region; circumstances that touch nothing at all.
    """
    n = len(layers.sites)
    lnsp, cnsp, penalty_m = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.zeros(n)
    rows: list[pd.DataFrame] = []
    roles = {SiteRole.LNSP: lnsp, SiteRole.CNSP: cnsp}
    if study.flood is not None:
        wet = in_flood(layers, xy_m(layers.sites))
        if not layers.networks and not wet.any() and not in_flood(layers, xy_m(layers.demand)).any():
            message = "the water touches no populated square and no building: it changes nothing"
            raise SettingsError(Fault("flood", message, "give the land under water in this region", column="flood"))
        for role, dropped in roles.items():
            here = wet & _can_be(layers, role)
            dropped |= here
            rows.append(_touched(layers, here, role, "flood", "dropped", known=True))
    outage = study.power_outage
    if outage is not None:
        dark = power_is_out(layers, study, xy_m(layers.sites), layers.sites["gemeente_code"].to_numpy())
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
    return Strike(lnsp, cnsp, penalty_m, table)


def power_is_out(layers: Layers, study: Study, xy: FloatArray, gemeente: np.ndarray) -> BoolArray:
    """Which points, shape (n, 2) in RD with a gemeente code each, are without electricity.

    Raises:
        SettingsError: A gemeente that is not in the region.
    """
    outage = study.power_outage
    if outage is None:
        return np.zeros(len(xy), dtype=bool)
    known = dict(zip(layers.areas["area_code"], layers.areas["name"], strict=True))
    check_gemeenten(outage.gemeenten, known, "power_outage.gemeenten")
    if outage.whole_region:
        return np.ones(len(xy), dtype=bool)
    return np.isin(gemeente, np.asarray(outage.gemeenten, dtype=object)) | inside(
        layers.link_shapes.get(OUTAGE, ()), xy
    )


def check_gemeenten(codes: object, known: dict[str, str], key: str) -> None:
    """Refuse codes that are not of the region, each with the nearest one that is (``SettingsError``)."""
    faults = Faults()
    for code in codes:  # type: ignore[attr-defined]
        if code not in known:
            near = nearest_names(code, known)
            listed = ", ".join(f"{each} {name}" for each, name in known.items())
            fix = f"did you mean {near[0]} ({known[near[0]]})? Known: {listed}" if near else f"known: {listed}"
            faults.add("study", f"{code} is not a gemeente of the region", fix, column=key)
    faults.raise_if_any(SettingsError)


def refuse_lnsps(
    study: Study, strike: Strike, rows: IntArray, fixed: BoolArray, refused: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Fixed and refused candidates, m of them at these rows of ``layers.sites``, with those that drop out refused.

    Raises:
        NoPlanError: All candidates drop out; the fault names the key.
    """
    dropped = strike.lnsp_dropped[rows]
    left = ~(refused | dropped)
    if dropped.any() and not left.any():
        raise NoPlanError(_nothing_left(study, strike, "lnsp", "candidate L-NSPs"))
    return fixed & ~dropped, refused | dropped


def settle_numbers(
    layers: Layers,
    study: Study,
    at_hand: AtHand | None,
    normal: Numbers,
    site_gemeente: IntArray,
    usable: BoolArray,
) -> Numbers:
    """How many L-NSPs open: as many as normal, or as are left, or as can be staffed.

    Args:
        layers: The checked tables.
        study: The settings.
        at_hand: The plan the choice is limited to; None for a choice among all.
        normal: Numbers in normal circumstances.
        site_gemeente: Shape (m,), position of each candidate's gemeente in ``layers.areas``.
        usable: Shape (m,), candidates that may still open.

    Raises:
        SettingsError: A shortage that asks for more L-NSPs than the plan at hand has, or names another gemeente.
        NoPlanError: Nothing of the plan at hand is left.
    """
    if not at_work(study) and at_hand is None:
        return normal
    left = np.bincount(site_gemeente[usable], minlength=len(layers.areas)).astype(np.int64)
    if at_hand is not None and not left.any():
        message = f"none of the {len(at_hand.lnsp_ids)} L-NSPs of the plan at hand is left"
        fix = "choose among all buildings (leave [plan_at_hand] out), or make the outage or flood smaller"
        raise NoPlanError(Fault("circumstances", message, fix, column="plan_at_hand"))
    if at_hand is None:
        if normal.quota is not None:
            quota = np.minimum(normal.quota, left)
            return Numbers(int(quota.sum()), quota, None)
        return Numbers(min(normal.n_sites, int(left.sum())), None, np.minimum(1, left))
    if study.staff_shortage is None:
        return Numbers(int(left.sum()), left, None)
    return _staffed(layers, study, at_hand, left)


def settle_stations(
    study: Study, strike: Strike, at_hand: AtHand | None, rows: IntArray, ids: tuple[str, ...], refused: BoolArray
) -> BoolArray:
    """Refused stations, k of them at these rows of ``layers.sites``, with those that drop out or are not at hand.

    Raises:
        NoPlanError: All stations drop out; the fault names the key.
    """
    dropped = strike.cnsp_dropped[rows]
    refused_now = refused | dropped
    if at_hand is not None:
        refused_now |= ~np.isin(np.asarray(ids, dtype=object), np.asarray(sorted(at_hand.cnsp_ids), dtype=object))
    if dropped.any() and refused_now.all() and not refused.all():
        raise NoPlanError(_nothing_left(study, strike, "cnsp", "stations"))
    return refused_now


def _staffed(layers: Layers, study: Study, at_hand: AtHand, left: IntArray) -> Numbers:
    shortage = study.staff_shortage
    assert shortage is not None
    codes = list(layers.areas["area_code"])
    check_gemeenten(shortage.open_in, dict(zip(codes, layers.areas["name"], strict=True)), "staff_shortage.open_in")
    had = np.array([at_hand.n_in(layers, code) for code in codes], dtype=np.int64)
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
        return Numbers(int(quota.sum()), quota, None)
    total = shortage.open_lnsps or max(1, int(np.floor(had.sum() * open_share + ROUND_OFF)))
    total = min(total, int(left.sum()))
    least = np.minimum(1, left)
    return Numbers(total, None, least if least.sum() <= total else np.zeros_like(least))


def _can_be(layers: Layers, role: SiteRole) -> BoolArray:
    can: BoolArray = layers.sites[f"can_be_{role.value}"].to_numpy(dtype=bool)
    return can


def _touched(layers: Layers, here: BoolArray, role: SiteRole, cause: str, effect: str, *, known: bool) -> pd.DataFrame:
    table = layers.sites.loc[here, ["site_id", "name", "gemeente_code"]]
    facts = {"role": role.value, "cause": cause, "effect": effect, "known": known}
    return pd.DataFrame(table.assign(**facts))[list(SITE_COLUMNS)]


def _nothing_left(study: Study, strike: Strike, role: str, what: str) -> list[Fault]:
    """A fault per cause that took buildings out, with the key to change."""
    gone = strike.table[(strike.table["role"] == role) & (strike.table["effect"] == "dropped")]
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
