"""Who is left out, and what is not sure. In: a planned study and its tables. Out: counts, and the places concerned.

places (DataFrame, a row per place with somebody beyond the norm, most of them first): gemeente_name · place · persons ·
    beyond_norm_persons · worst_distance_m
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.layers.tables import Layers

AGREED = ("akkoord eigenaar", "pilot", "operationeel")
"""Statuses of a building whose owner agreed."""
SOMEBODY = 0.5
"""Fewer persons are nobody: a part of a person comes of dividing a square."""


@dataclass(frozen=True, eq=False)
class Shortfall:
    """Inhabitants farther from their L-NSP than the norm, or without any.

    Attributes:
        persons: Inhabitants of the region.
        beyond_kern_persons: Beyond the norm in a kern.
        beyond_buitengebied_persons: Beyond the norm in the buitengebied.
        unreachable_persons: Without an L-NSP, those to be evacuated not counted.
        places: Places concerned; see the module's docstring.
    """

    persons: float
    beyond_kern_persons: float
    beyond_buitengebied_persons: float
    unreachable_persons: float
    places: pd.DataFrame

    @property
    def beyond_persons(self) -> float:
        """All of them."""
        return self.beyond_kern_persons + self.beyond_buitengebied_persons

    @property
    def beyond_share(self) -> float:
        """Their part of all inhabitants; NaN where there are none."""
        return self.beyond_persons / self.persons if self.persons else float("nan")


def build_shortfall(planned: PlannedStudy, tables: PlanTables, place_names: pd.Series) -> Shortfall:
    """Who has no L-NSP within the norm; of a divided square only those who go farther."""
    demand = planned.layers.demand
    beyond = tables.demand["beyond_norm_persons"].to_numpy(dtype=float)
    outside = (demand["area_type"] == "buitengebied").to_numpy()
    facts = planned.consequences
    evacuated = 0 if facts is None or facts.flood is None else facts.flood.evacuated
    return Shortfall(
        persons=float(planned.local.population_persons.sum()),
        beyond_kern_persons=float(beyond[~outside].sum()),
        beyond_buitengebied_persons=float(beyond[outside].sum()),
        unreachable_persons=tables.value("unreachable_persons") - evacuated,
        places=_places(planned, tables, place_names),
    )


def _places(planned: PlannedStudy, tables: PlanTables, place_names: pd.Series) -> pd.DataFrame:
    names = planned.layers.areas.set_index("area_code")["name"]
    frame = pd.DataFrame(
        {
            "gemeente_name": planned.layers.demand["gemeente_code"].map(names).to_numpy(),
            "place": place_names.to_numpy(),
            "persons": planned.local.population_persons,
            "beyond_norm_persons": tables.demand["beyond_norm_persons"].to_numpy(dtype=float),
            "worst_distance_m": tables.demand["distance_m"].to_numpy(dtype=float),
        }
    )
    far = frame[frame["beyond_norm_persons"] > SOMEBODY]
    keys = ["gemeente_name", "place"]
    found = frame.groupby(keys)[["persons"]].sum()
    found = found.join(far.groupby(keys).agg({"beyond_norm_persons": "sum", "worst_distance_m": "max"}))
    found = found[found["beyond_norm_persons"] > SOMEBODY]
    ordered: pd.DataFrame = found.sort_values("beyond_norm_persons", ascending=False, kind="stable").reset_index()
    return ordered


@dataclass(frozen=True)
class Certainty:
    """How much of a plan is agreed and known.

    Attributes:
        n_lnsp: Chosen L-NSPs.
        n_agreed: Of them, those whose owner agreed or that are in use.
        unknown_provisions_share: Share of their provisions of which it is not known whether they are there.
        added_persons_share: Share of the inhabitants that was added to the published counts.
    """

    n_lnsp: int
    n_agreed: int
    unknown_provisions_share: float
    added_persons_share: float


def build_certainty(layers: Layers, tables: PlanTables) -> Certainty:
    """Counts of the chosen L-NSPs and of the calibration; NaN where there is nothing to divide by."""
    sites, calibration = layers.sites.set_index("site_id"), layers.calibration
    chosen = sites.loc[list(tables.lnsps["site_id"])]
    added, total = float(calibration["added_persons"].sum()), float(calibration["total_persons"].sum())
    unknown = (chosen[list(GAP_COLUMNS)] == "unknown").to_numpy()
    return Certainty(
        n_lnsp=len(chosen),
        n_agreed=int(chosen["status"].isin(AGREED).sum()),
        unknown_provisions_share=float(unknown.mean()) if len(chosen) else float("nan"),
        added_persons_share=added / total if total else float("nan"),
    )
