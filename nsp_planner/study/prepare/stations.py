"""The stations of a study and the numbers of level 2. In: tables, settings, how many L-NSPs. Out: :class:`Stations`.

All that level 2 needs but distances, so that too few stations are found before anything is measured or solved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nsp_planner.config import SiteRole, Study
from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Fault, Faults, NoPlanError, SettingsError
from nsp_planner.layers.sites.standing import check_named, check_not_both, standing
from nsp_planner.layers.sites.station_rules import plain_value, station_rules
from nsp_planner.layers.sites.vocabulary import STATION_COLUMNS
from nsp_planner.layers.tables import Layers
from nsp_planner.names import did_you_mean
from nsp_planner.plan.diagnose.station_counts import count_lnsps, count_stations
from nsp_planner.plan.instance import BoolArray
from nsp_planner.study.circumstances.existing_plan import ExistingPlan
from nsp_planner.study.circumstances.site_effects import SiteEffects, refuse_stations
from nsp_planner.study.prepare.ratios import max_lnsps_per_cnsp, n_cnsps


@dataclass(frozen=True, eq=False)
class Stations:
    """The candidate C-NSPs, k of them, and how many of them open.

    Attributes:
        rows: Shape (k,), row of each in ``layers.sites``.
        ids: Their ids.
        fixed: Shape (k,), it must be a C-NSP.
        refused: Shape (k,), it must not be one, or drops out.
        price_m: Shape (k,), metres that count extra for each L-NSP under it; None where no station has a price.
        n_coordinators: C-NSPs to open.
        most: Most L-NSPs under one C-NSP.
    """

    rows: IntArray
    ids: tuple[str, ...]
    fixed: BoolArray
    refused: BoolArray
    price_m: FloatArray | None
    n_coordinators: int
    most: int


def find_stations(
    layers: Layers,
    study: Study,
    n_lnsp: int,
    effects: SiteEffects,
    existing: ExistingPlan | None = None,
    open_lnsps: list[int] | None = None,
) -> Stations:
    """The stations for so many L-NSPs.

    Where circumstances leave fewer stations than the ratio asks for, all that are left open and each may have more
    L-NSPs.

    Args:
        layers: The checked tables.
        study: The settings.
        n_lnsp: L-NSPs that will be open.
        effects: What circumstances do to buildings.
        existing: The plan the choice is limited to.
        open_lnsps: Rows of the open L-NSPs, which are no stations: a building is one thing at a time. None where they
            are not known yet.

    Raises:
        SettingsError: An unknown id, or a value of a column that no station has. NoPlanError: there is no station.
    """
    can_be = layers.sites["can_be_cnsp"].to_numpy(dtype=bool).copy()
    if open_lnsps is not None:
        can_be[open_lnsps] = False
    rows = np.flatnonzero(can_be)
    if not len(rows):
        fix = 'give a source of fire stations with can_be = ["cnsp"]'
        raise NoPlanError(Fault("sites", "no site can be a C-NSP", fix))
    ids = tuple(layers.sites["site_id"].iloc[rows])
    faults = Faults()
    for key in ("fixed_cnsp", "refused_cnsp"):
        check_named(layers, getattr(study.decisions, key), ids, f"decisions.{key}", faults)
    check_not_both(layers, study.decisions, SiteRole.CNSP, faults)
    _check_values(layers, study, faults)
    faults.raise_if_any(SettingsError)
    known = standing(layers, study.decisions, SiteRole.CNSP)
    fixed, refused_normally = known.fixed[rows], known.refused[rows]
    refused = refuse_stations(effects, existing, rows, ids, refused_normally)
    n_coordinators, most = n_cnsps(n_lnsp, study.ratios), max_lnsps_per_cnsp(study.ratios)
    usable = int((~refused).sum())
    if 0 < usable < min(n_coordinators, int((~refused_normally).sum())):
        n_coordinators = usable
        most = max(most, -(-n_lnsp // usable))
    wishes = station_rules(layers.sites, study.decisions.stations).groupby("site_id")["price_m"].sum()
    price_m = wishes.reindex(ids, fill_value=0.0).to_numpy(dtype=np.float64)
    return Stations(
        rows=rows,
        ids=ids,
        fixed=fixed & ~(refused & ~refused_normally),
        refused=refused,
        price_m=price_m if price_m.any() else None,
        n_coordinators=n_coordinators,
        most=most,
    )


def check_enough_stations(stations: Stations, n_lnsp: int, study: Study, *, at_least: bool = False) -> None:
    """What must hold for any plan of C-NSPs, from counts alone: stations, decisions and places for so many L-NSPs.

    Args:
        stations: The stations for so many L-NSPs.
        n_lnsp: L-NSPs that will be open.
        study: The settings.
        at_least: Whether there may be more L-NSPs; then only what more of them cannot mend is looked for.

    Raises:
        NoPlanError: There are too few stations, too many are fixed, or they have no place for all L-NSPs.
    """
    faults = Faults()
    n = stations.n_coordinators if not at_least else max(stations.n_coordinators, int(stations.fixed.sum()))
    count_stations(faults, stations.fixed, stations.refused, stations.ids, n)
    if not at_least:
        count_lnsps(faults, n, n_lnsp, most=stations.most, least=study.ratios.min_lnsp_per_cnsp)
    faults.raise_if_any(NoPlanError)


def _check_values(layers: Layers, study: Study, faults: Faults) -> None:
    """A value that no station has is a slip of the pen: the rule would quietly do nothing."""
    stations = layers.sites[layers.sites["can_be_cnsp"].to_numpy(dtype=bool)]
    for column in STATION_COLUMNS:
        there = sorted({str(value) for value in stations[column].dropna()})
        plain = {plain_value(value) for value in there}
        for value in getattr(study.decisions.stations, column):
            if plain_value(value) not in plain:
                known = f"there are: {', '.join(there)}" if there else f"no station says anything in a column {column}"
                message = f"no station has the {column} {value!r}"
                fix = did_you_mean(value, there, known)
                faults.add("study", message, fix, column=f"decisions.stations.{column}")
