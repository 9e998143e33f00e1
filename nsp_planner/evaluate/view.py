"""What one map shows of a plan: the whole region, or one gemeente. In: an evaluation. Out: :class:`View`.

A view takes rows of tables: the plan, its persons and its loads stay those of the whole region.

Of one gemeente are kept its own squares and those of neighbours whose people go to one of its L-NSPs; its own buildings
and every L-NSP that those people are sent to, and that its own inhabitants walk to or fall back on; its C-NSPs. The
figures of the region become those of the gemeente.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.residents.hazard_shapes import Parts
from nsp_planner.evaluate.residents.places import place_points
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.plan.instance import BoolArray

COUNTED = ("counted_persons", "counted_present", "capacity_basis")
NEIGHBOURS = " (buurregio)"
"""What the name of a gemeente of the neighbours says."""


@dataclass(frozen=True)
class Struck:
    """What a flood or an outage strikes.

    Attributes:
        area_km2: Land in the whole region; None where it has no edge: the whole region.
        persons: Inhabitants of the squares shown.
        lost_lnsps, lost_cnsps: Buildings shown that could be an L-NSP or a C-NSP and drop out.
    """

    area_km2: float | None
    persons: float
    lost_lnsps: int
    lost_cnsps: int


@dataclass(frozen=True)
class OpenSites:
    """What is open in a phase, of what is shown: L-NSPs, C-NSPs, and who has an open L-NSP within the norm."""

    n_lnsp: int
    n_cnsp: int
    within_norm_persons: float
    within_norm_share: float


@dataclass(frozen=True, eq=False)
class View:
    """Rows of the tables of a plan.

    Attributes:
        whole: The whole plan.
        title: Title over the map.
        region_name: Region or gemeente.
        rows: Rows of ``layers.demand`` that are shown, ascending.
        squares: Those rows.
        sites: Buildings shown.
        areas: Gemeenten shown.
        tables: Tables of what is shown; rows of ``demand`` as ``squares``. Open noodsteunpunten of the neighbours are
            among the L-NSPs.
        place_names: Places of the squares.
        own: L-NSPs of the region or gemeente itself, by id; figures of the view are theirs.
    """

    whole: Evaluation
    title: str
    region_name: str
    rows: IntArray
    squares: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    tables: PlanTables
    place_names: pd.Series
    own: frozenset[str]

    @property
    def own_tables(self) -> PlanTables:
        """The tables without the L-NSPs of others, to which people of the view only go."""
        lnsps = self.tables.lnsps
        return replace(self.tables, lnsps=lnsps[lnsps["site_id"].isin(self.own)].reset_index(drop=True))

    @property
    def places(self) -> tuple[tuple[str, float, float], ...]:
        """Each place of the view with where it lies (RD), the largest first."""
        return tuple(place_points(self.squares, self.persons, self.place_names))

    @property
    def resolution_m(self) -> int:
        """Side of a square of the region; a gemeente may have none."""
        return int(self.whole.layers.demand["resolution_m"].iloc[0])

    @property
    def persons(self) -> FloatArray:
        """Inhabitants of the squares shown."""
        persons: FloatArray = self.whole.persons[self.rows]
        return persons

    @property
    def flood(self) -> Struck | None:
        """What water strikes; None where there is none."""
        facts, hazards = self.whole.consequences, self.whole.hazards
        there = facts is not None and facts.flood is not None
        return self._struck("flood", hazards.under_water, hazards.is_under_water, there=there)

    @property
    def outage(self) -> Struck | None:
        """What a power outage strikes; None where there is none."""
        facts, hazards = self.whole.consequences, self.whole.hazards
        there = facts is not None and facts.power is not None
        return self._struck("power_outage", hazards.without_power, hazards.is_without_power, there=there)

    def _struck(self, cause: str, land: Parts, struck: BoolArray, *, there: bool) -> Struck | None:
        facts = self.whole.consequences
        if facts is None or not (there or len(land)):
            return None
        shown = {*self.sites["site_id"], *self.tables.lnsps["site_id"], *self.tables.cnsps["site_id"]}
        lost = facts.sites[facts.sites["site_id"].isin(shown) & (facts.sites["cause"] == cause)]
        roles = lost.loc[lost["effect"] == "dropped", "role"]
        return Struck(
            area_km2=float(shapely.area(land).sum()) / 1e6 if len(land) else None,
            persons=float((self.persons[struck[self.rows]] if len(land) else self.persons).sum()),
            lost_lnsps=int((roles == "lnsp").sum()),
            lost_cnsps=int((roles == "cnsp").sum()),
        )

    @property
    def open_per_phase(self) -> list[OpenSites]:
        """What is open at the end of each phase; empty without phases."""
        phases, persons = self.whole.phases, self.persons
        if phases is None:
            return []
        lnsps, cnsps = (
            np.array(phases.phase_of(t["site_id"].astype(str))) for t in (self.tables.lnsps, self.tables.cnsps)
        )
        first, total = phases.first_within_norm[self.rows], float(persons.sum())
        found = []
        for phase in range(len(phases.years)):
            within = float(persons[first <= phase].sum())
            n_lnsp, n_cnsp = int((lnsps <= phase).sum()), int((cnsps <= phase).sum())
            found.append(OpenSites(n_lnsp, n_cnsp, within, within / total if total else 0.0))
        return found


def whole_view(evaluation: Evaluation) -> View:
    """Everything."""
    layers, premises = evaluation.layers, evaluation.premises
    return View(
        evaluation,
        premises.title,
        premises.region_name,
        np.arange(len(layers.demand), dtype=np.int64),
        layers.demand,
        layers.sites,
        layers.areas,
        _with_neighbours(evaluation, evaluation, layers.sites["site_id"]),
        evaluation.place_names,
        frozenset(evaluation.lnsps["site_id"]),
    )


def view_of_gemeente(evaluation: Evaluation, gemeente_code: str) -> View:
    """One gemeente; ``KeyError`` for a code that is not in the region."""
    layers, allocation = evaluation.layers, evaluation.allocation
    areas, sites = layers.areas, layers.sites
    if gemeente_code not in set(areas["area_code"]):
        raise KeyError(f"{gemeente_code} is no gemeente of the region")
    name = str(areas.set_index("area_code").loc[gemeente_code, "name"])
    lnsps, people = evaluation.lnsps, evaluation.demand
    own = set(lnsps.loc[lnsps["gemeente_code"] == gemeente_code, "site_id"])
    lives_here = (layers.demand["gemeente_code"] == gemeente_code).to_numpy()
    goes_to = evaluation.site_ids[allocation.site]
    comes = np.zeros(len(people), dtype=bool)
    comes[allocation.demand[np.isin(goes_to, list(own))]] = True
    rows: IntArray = np.flatnonzero(lives_here | comes).astype(np.int64)
    used = {*own, *goes_to[np.isin(allocation.demand, rows)]}
    used |= {s for c in ("nearest_site_id", "second_site_id") for s in people.loc[lives_here, c].dropna()}
    kept_lnsps = lnsps[lnsps["site_id"].isin(used)].reset_index(drop=True)
    cnsps = evaluation.cnsps
    coordinates = lnsps.loc[lnsps["site_id"].isin(own), "cnsp_id"]
    kept_cnsps = cnsps[cnsps["site_id"].isin(coordinates) | (cnsps["gemeente_code"] == gemeente_code)]
    kept_cnsps = kept_cnsps.reset_index(drop=True)
    chosen = {*kept_lnsps["site_id"], *kept_cnsps["site_id"]}
    values = evaluation.indicators[evaluation.indicators["area_code"] == gemeente_code]
    indicators = pd.concat([values.assign(area_level="region"), values], ignore_index=True)
    sites = sites[(sites["gemeente_code"] == gemeente_code) | sites["site_id"].isin(chosen)].reset_index(drop=True)
    passing = evaluation.nearer[evaluation.nearer["site_id"].isin(own)].reset_index(drop=True)
    tables = PlanTables(people.iloc[rows].reset_index(drop=True), kept_lnsps, kept_cnsps, indicators, passing)
    return View(
        whole=evaluation,
        title=f"{evaluation.premises.title}: gemeente {name}",
        region_name=name,
        rows=rows,
        squares=layers.demand.iloc[rows].reset_index(drop=True),
        sites=sites,
        areas=areas[areas["area_code"] == gemeente_code].reset_index(drop=True),
        tables=_with_neighbours(tables, evaluation, sites["site_id"]),
        place_names=evaluation.place_names.iloc[rows].reset_index(drop=True),
        own=frozenset(own),
    )


def _with_neighbours(tables: PlanTables, evaluation: Evaluation, shown: pd.Series) -> PlanTables:
    """The tables with the open noodsteunpunten of the neighbours that are shown among the L-NSPs."""
    crossing = evaluation.crossing
    if crossing is None:
        return tables
    sites = crossing.shown_sites(shown)
    if sites.empty:
        return tables
    means = crossing.outgoing.assign(metres=crossing.outgoing["persons"] * crossing.outgoing["mean_distance_m"])
    means = means.groupby("site_id")[["metres", "persons"]].sum()
    mean_m = sites["site_id"].map(means["metres"] / means["persons"])
    rows = pd.DataFrame(
        {
            "site_id": sites["site_id"],
            "name": sites["name"],
            "kind": sites["kind"],
            "gemeente_code": sites["gemeente_code"],
            "gemeente_name": sites["gemeente_name"].astype(str) + NEIGHBOURS,
            **{column: sites[column] for column in COUNTED},
            "persons": sites["persons"],
            "load": sites["persons"] / sites["counted_persons"],
            "mean_distance_m": mean_m,
            "mean_minutes": mean_m / evaluation.premises.metres_per_minute,
            "nearest_persons": float("nan"),
            "worst_distance_m": float("nan"),
            "persons_65plus": float("nan"),
            "cnsp_distance_m": float("nan"),
            "cnsp_minutes": float("nan"),
            "cnsp_beyond_norm": False,
            "cnsp_elsewhere": False,
            "n_nearer_cnsp": 0,
            "cnsp_id": None,
            "cnsp_name": None,
            "fixed": not crossing.chosen,
        }
    )
    both = [tables.lnsps.astype({"cnsp_id": object, "cnsp_name": object}), rows[list(tables.lnsps.columns)]]
    return replace(tables, lnsps=pd.concat(both, ignore_index=True))
