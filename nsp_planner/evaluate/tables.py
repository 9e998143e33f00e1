"""The tables of a plan. In: nothing. Out: :class:`PlanTables`, their columns and the register of indicators.

demand (DataFrame, one row per demand point, same order as ``layers.demand``):
    demand_id · site_id (the site that most of its persons are allocated to, NA when unreachable) · n_sites (sites its
    persons are spread over) · distance_m (mean over its allocation, NA when unreachable) · nearest_site_id (nearest
    open site) · nearest_distance_m · second_site_id · second_distance_m · norm_m (service distance of its area type) ·
    within_norm bool (all of its persons go at most the norm; false when unreachable) · beyond_norm_persons (its persons
    who go farther, or have no site; of a square that is divided only those)
lnsps (DataFrame, one row per open L-NSP, sorted by gemeente and name):
    site_id · name · kind · gemeente_code · gemeente_name · counted_persons, counted_present, capacity_basis (what it
    counts for, without slack: :mod:`nsp_planner.layers.sites.capacity`) · persons (allocated, those
    of the neighbours with them; distances are those of the region's own people) ·
    load (persons / counted_persons) · persons_65plus (allocated, a lower bound: withheld squares are not in it; NA
    where no square says) · nearest_persons (people whose nearest open site it is: where people will walk) ·
    mean_distance_m · worst_distance_m · mean_minutes (the way people go) · cnsp_id · cnsp_name · cnsp_distance_m ·
    cnsp_minutes (by car) · cnsp_beyond_norm bool (farther than the norm) · cnsp_elsewhere bool (in another gemeente) ·
    n_nearer_cnsp (open C-NSPs that lie nearer) · fixed bool
cnsps (DataFrame, one row per C-NSP, sorted by gemeente and name):
    site_id · name · gemeente_code · gemeente_name · n_lnsp · persons · mean_distance_m · worst_distance_m ·
    mean_minutes · worst_minutes
nearer (DataFrame, one row per L-NSP that passes a nearer open C-NSP: :mod:`nsp_planner.evaluate.stations.nearer_cnsp`)
indicators (DataFrame, tidy: one row per area and indicator):
    area_level (``region`` or ``gemeente``) · area_code · area_name · indicator (:data:`INDICATORS`) · value · unit
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

INDICATORS: dict[str, tuple[str, str]] = {
    "persons": ("persons", "Inwoners"),
    "served_persons": ("persons", "Inwoners met een L-NSP"),
    "unreachable_persons": ("persons", "Inwoners zonder L-NSP binnen bereik"),
    "n_lnsp": ("sites", "Aantal L-NSP's"),
    "n_cnsp": ("sites", "Aantal C-NSP's"),
    "persons_per_lnsp": ("persons", "Inwoners per L-NSP"),
    "share_within_1000m": ("share", "% binnen 1 km"),
    "share_within_2500m": ("share", "% binnen 2,5 km"),
    "share_within_norm": ("share", "% binnen de norm (kern/buitengebied)"),
    "mean_distance_m": ("m", "Gemiddelde loopafstand"),
    "p95_distance_m": ("m", "Loopafstand die 95 % haalt"),
    "worst_distance_m": ("m", "Grootste loopafstand"),
    "nearest_mean_distance_m": ("m", "Gemiddelde loopafstand tot het dichtstbijzijnde L-NSP"),
    "second_mean_distance_m": ("m", "Gemiddelde loopafstand tot het tweede L-NSP"),
    "n_lnsp_assumed": ("sites", "L-NSP's waarvan de capaciteit is aangenomen"),
    "assumed_persons": ("persons", "Inwoners van wie de capaciteit van het L-NSP is aangenomen"),
    "highest_load": ("share", "Max. belasting"),
    "highest_nearest_load": ("share", "Max. belasting als ieder naar het dichtstbijzijnde L-NSP gaat"),
    "cnsp_mean_distance_m": ("m", "Gemiddelde afstand van L-NSP tot C-NSP"),
    "cnsp_worst_distance_m": ("m", "Grootste afstand van L-NSP tot C-NSP"),
    "cnsp_mean_minutes": ("minutes", "Gemiddeld rijden van L-NSP naar C-NSP (min)"),
    "cnsp_worst_minutes": ("minutes", "Langste rijden van L-NSP naar C-NSP (min)"),
    "n_beyond_cnsp_norm": ("sites", "L-NSP's verder van hun C-NSP dan de norm"),
    "n_cnsp_elsewhere": ("sites", "L-NSP's met een C-NSP in een andere gemeente"),
    "n_nearer_cnsp": ("sites", "L-NSP's die een dichterbij gelegen open C-NSP voorbijgaan"),
    "n_nearer_unexplained": ("sites", "L-NSP's die dat zonder reden doen"),
    "highest_n_lnsp": ("sites", "Meeste L-NSP's onder één C-NSP"),
}
"""Unit and Dutch label of every indicator; distances are weighted by persons, shares are of all persons of the area,
unreachable ones included. Persons of an area are those who live there, wherever their L-NSP lies."""


@dataclass(frozen=True, eq=False)
class PlanTables:
    """Where people go, the sites and the indicators; see the module's docstring for the columns."""

    demand: pd.DataFrame
    lnsps: pd.DataFrame
    cnsps: pd.DataFrame
    indicators: pd.DataFrame
    nearer: pd.DataFrame

    @property
    def busiest_lnsp(self) -> pd.Series | None:
        """The row of the L-NSP with the highest load, the first of several; None without any."""
        return None if self.lnsps.empty else self.lnsps.iloc[int(self.lnsps["load"].to_numpy(dtype=float).argmax())]

    @property
    def by_distance_to_cnsp(self) -> pd.DataFrame:
        """The L-NSPs that have a C-NSP, the farthest from it first."""
        table = self.lnsps[self.lnsps["cnsp_id"].notna()]
        return table.sort_values(["cnsp_distance_m", "name"], ascending=[False, True])

    @property
    def n_per_nearer_reason(self) -> dict[str, int]:
        """How many L-NSPs pass a nearer open C-NSP for each first reason, the most frequent first."""
        first = self.nearer["reasons"].map(lambda reasons: reasons[0] if reasons else "")
        return {str(reason): int(n) for reason, n in first[first != ""].value_counts().items()}

    def assumed_share(self, area_code: str | None = None) -> float | None:
        """Part of the served inhabitants whose L-NSP has a capacity that nobody gave; None where nobody is served."""
        persons, served = (self.value(name, area_code) for name in ("assumed_persons", "served_persons"))
        return persons / served if served else None

    def value(self, indicator: str, area_code: str | None = None) -> float:
        """One indicator of one gemeente, or of the region when no code is given; ``KeyError`` when there is none."""
        table = self.indicators
        chosen = table[
            (table["indicator"] == indicator)
            & ((table["area_level"] == "region") if area_code is None else (table["area_code"] == area_code))
        ]
        if chosen.empty:
            raise KeyError(f"no indicator {indicator!r} for {area_code or 'the region'}")
        return float(chosen["value"].iloc[0])
