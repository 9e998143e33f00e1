"""What became of every inhabitant, and who is there. In: the tables of a plan, its layers. Out: counts of persons."""

from __future__ import annotations

from dataclasses import dataclass

from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.tables import Layers


@dataclass(frozen=True)
class PersonsAccount:
    """Counts of persons: served plus unreachable is planned; left out comes beside it.

    Attributes:
        served: Inhabitants with an L-NSP.
        unreachable: Inhabitants without one.
        planned: All of them.
        left_out: Persons of rows that were left out.
        left_out_rows_without_count: Such rows of which it is not known how many persons they are.
        official: Official total; None where none was given for some gemeente.
    """

    served: int
    unreachable: int
    planned: int
    left_out: int
    left_out_rows_without_count: int
    official: int | None


def persons_account(layers: Layers, tables: PlanTables) -> PersonsAccount:
    """The account of a plan."""
    persons, left_out = layers.demand["population_persons"].to_numpy(), layers.left_out
    unreachable = tables.demand["site_id"].isna().to_numpy()
    official = layers.calibration["official_persons"]
    return PersonsAccount(
        served=int(persons[~unreachable].sum()),
        unreachable=int(persons[unreachable].sum()),
        planned=int(persons.sum()),
        left_out=int(left_out["persons"].fillna(0).sum()) if len(left_out) else 0,
        left_out_rows_without_count=int(left_out["persons"].isna().sum()) if len(left_out) else 0,
        official=None if official.isna().any() else int(official.sum()),
    )


@dataclass(frozen=True)
class PresentPersons:
    """Who is in the region when the plan is made for, where people were moved or added.

    Attributes:
        residents: Inhabitants.
        away: Of them, not at home by day.
        day: People at school or work.
        guests: Guests.
    """

    residents: int
    away: int
    day: int
    guests: int

    @property
    def from_outside(self) -> int:
        """How many more are at school or work here than are away; negative where more are away."""
        return self.day - self.away


def present_persons(layers: Layers) -> PresentPersons | None:
    """Those of the region; None where nobody was moved or added."""
    if layers.presence is None:
        return None
    return PresentPersons(*(int(layers.presence[name].sum()) for name in ("residents", "away", "day", "guests")))
