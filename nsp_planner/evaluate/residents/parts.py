"""Who gets which card. In: a planned study and its tables. Out: parts of places whose people go to one L-NSP.

A part is a place (``evaluate.residents.places``) or, where the people of a place go to several L-NSPs, the people of
that place who go to one of them. A group under :data:`LEAST_PERSONS` persons, or under both :data:`LEAST_SHARE` of its
place and :data:`FEW_PERSONS` persons, is no part of its own: it joins the largest part of the place, and the part says
how many of its people really go there. (By the share alone a city of twenty-five L-NSPs would be one part.) Every
inhabitant is in exactly one part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.tables import PlanTables

LEAST_PERSONS = 100
LEAST_SHARE = 0.05
FEW_PERSONS = 500
NO_SITE = ""


@dataclass(frozen=True)
class Destination:
    """A noodsteunpunt as seen from a part: distances are metres, weighted by persons; NaN beyond the cutoff."""

    site_id: str
    name: str
    mean_distance_m: float
    worst_distance_m: float

    def walk_minutes(self, premises: Premises) -> float:
        """Minutes on foot, by the norm in force."""
        return self.mean_distance_m / premises.norms.value("walking_metres_per_minute")


@dataclass(frozen=True, eq=False)
class Part:
    """People of one place who share a card.

    Attributes:
        gemeente_code: Where they live.
        gemeente: Name of the gemeente.
        place: Name of the place.
        name: Name of the part: the place, with the side it lies on where the place has several parts.
        side: The building on that side; empty where the place is one part.
        squares: Which rows of ``layers.demand``, bool, shape (n,).
        persons: Inhabitants.
        persons_to_first: Those of them whom the plan allocates to the first destination.
        first: Where the plan sends most of them; ``None`` where no L-NSP is within reach.
        second: The open L-NSP nearest to most of them that is not the first; ``None`` where there is none.
    """

    gemeente_code: str
    gemeente: str
    place: str
    name: str
    side: str
    squares: npt.NDArray[np.bool_]
    persons: float
    persons_to_first: float
    first: Destination | None
    second: Destination | None


def build_parts(planned: PlannedStudy, tables: PlanTables, names_of_places: pd.Series) -> list[Part]:
    """All parts, by gemeente, place and name; ``names_of_places`` is what ``place_names`` gives."""
    demand, people = planned.layers.demand, tables.demand
    persons = planned.local.population_persons
    frame = pd.DataFrame(
        {
            "code": demand["gemeente_code"].to_numpy(),
            "place": names_of_places.to_numpy(),
            "site": people["site_id"].fillna(NO_SITE).astype(str).to_numpy(),
            "persons": persons,
        }
    )
    frame["group"] = _groups(frame)
    names = planned.layers.areas.set_index("area_code")["name"].astype(str)
    site_names = planned.layers.sites.set_index("site_id")["name"].astype(str)
    measure, sent = _Measure(planned), _Sent(planned)
    nearest, next_nearest = (measure.positions(people[column]) for column in ("nearest_site_id", "second_site_id"))
    parts = []
    n_groups = frame.groupby(["code", "place"])["group"].nunique()
    for key, rows in frame.groupby(["code", "place", "group"]):
        code, place, site = (str(part) for part in key)
        squares = np.zeros(len(frame), dtype=bool)
        squares[rows.index.to_numpy()] = True
        side = site_names[site] if n_groups.loc[(code, place)] > 1 and site != NO_SITE else ""
        parts.append(
            Part(
                gemeente_code=code,
                gemeente=str(names.get(code, code)),
                place=place,
                name=f"{place}, kant van {side}" if side else place,
                side=str(side),
                squares=squares,
                persons=float(persons[squares].sum()),
                persons_to_first=sent.persons(squares, site),
                first=measure.destination(site, squares) if site != NO_SITE else None,
                second=measure.second(nearest, next_nearest, squares, site) if site != NO_SITE else None,
            )
        )
    return sorted(parts, key=lambda part: (part.gemeente, part.place, part.name))


def _groups(frame: pd.DataFrame) -> pd.Series:
    """The site each square's card is about: its own, or that of the largest group of the place for a small group."""
    sums = frame.groupby(["code", "place", "site"])["persons"].sum()
    total = sums.groupby(["code", "place"]).transform("sum")
    # No site at all is never the largest while some of the place have one.
    ranked = sums.where(sums.index.get_level_values("site") != NO_SITE, -1.0)
    largest = ranked.groupby(["code", "place"]).idxmax().map(lambda key: key[2])
    few = np.clip(LEAST_SHARE * total, LEAST_PERSONS, FEW_PERSONS)
    small = (sums < few) | (sums.index.get_level_values("site") == NO_SITE)
    target = {
        key: (largest[key[:2]] if is_small else key[2])
        for key, is_small in zip(sums.index, small.to_numpy(), strict=True)
    }
    keys = zip(frame["code"], frame["place"], frame["site"], strict=True)
    return pd.Series([target[key] for key in keys], index=frame.index, dtype="str")


class _Sent:
    """Whom the plan sends where, also of squares whose persons are divided."""

    def __init__(self, planned: PlannedStudy) -> None:
        self.allocation = planned.allocation
        self.position = {site: j for j, site in enumerate(planned.local.site_ids)}

    def persons(self, squares: npt.NDArray[np.bool_], site: str) -> float:
        """Persons of these squares who are sent to a site; 0 for no site."""
        if site == NO_SITE:
            return 0.0
        there = squares[self.allocation.demand] & (self.allocation.site == self.position[site])
        return float(self.allocation.persons[there].sum())


class _Measure:
    """Distances between groups of squares and open sites."""

    def __init__(self, planned: PlannedStudy) -> None:
        costs = planned.distances
        # A stored zero would read as "no arc"; a centimetre is nothing on foot.
        metres = np.maximum(costs.distance_m, 0.01)
        self.costs = sparse.csr_array(
            (metres, costs.destination, costs.indptr), (costs.n_origins, costs.n_destinations)
        )
        self.ids = planned.local.site_ids
        self.position = {site: j for j, site in enumerate(self.ids)}
        self.names = planned.layers.sites.set_index("site_id")["name"].astype(str)
        self.persons = planned.local.population_persons

    def positions(self, site_ids: pd.Series) -> IntArray:
        """Position of each site, -1 for none."""
        found = pd.to_numeric(site_ids.map(self.position)).astype("Float64").fillna(-1)
        return np.asarray(found, dtype=np.int64)

    def destination(self, site: str, squares: npt.NDArray[np.bool_]) -> Destination:
        metres: FloatArray = self.costs[np.flatnonzero(squares)][:, [self.position[site]]].toarray().ravel()
        weight = self.persons[squares]
        near = (metres > 0) & (weight > 0)
        if not near.any():
            return Destination(site, self.names[site], float("nan"), float("nan"))
        mean = float(np.average(metres[near], weights=weight[near]))
        return Destination(site, self.names[site], mean, float(metres[near].max()))

    def second(
        self, nearest: IntArray, next_nearest: IntArray, squares: npt.NDArray[np.bool_], first: str
    ) -> Destination | None:
        """The open site nearest to most persons that is not the first; arrays are positions per square, -1 is none."""
        own = self.position[first]
        other = np.where((nearest >= 0) & (nearest != own), nearest, next_nearest)[squares]
        known = other >= 0
        if not known.any():
            return None
        sums = np.bincount(other[known], self.persons[squares][known])
        return self.destination(self.ids[int(np.argmax(sums))], squares)
