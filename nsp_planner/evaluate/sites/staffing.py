"""Staff and drinking water. In: a planned study and its tables. Out: what running it takes, by the norms, per area.

Points for drinking water are rounded up per gemeente; those of the region are the points of its gemeenten together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nsp_planner.evaluate.sites.use import use_per_area
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.evaluate.tables import PlanTables
from nsp_planner.layers.tables import Layers


@dataclass(frozen=True)
class Staffing:
    """What running a set of noodsteunpunten takes.

    Attributes:
        n_lnsp: L-NSPs.
        n_cnsp: C-NSPs.
        lnsp_staff: People per shift on all L-NSPs.
        cnsp_staff: People per shift on all C-NSPs.
        shifts_per_day: Shifts in a day.
        n_water_points: Points for drinking water.
        water_litres_per_day: Litres of drinking water per day for all inhabitants.
    """

    n_lnsp: int
    n_cnsp: int
    lnsp_staff: int
    cnsp_staff: int
    shifts_per_day: int
    n_water_points: int
    water_litres_per_day: float

    @property
    def first_aiders(self) -> int:
        """Of the people per shift on the L-NSPs those for first aid: one on each."""
        return self.n_lnsp

    @property
    def officials(self) -> int:
        """The others."""
        return self.lnsp_staff - self.first_aiders

    @property
    def lnsp_staff_per_day(self) -> int:
        """People times shifts on a day on all L-NSPs."""
        return self.lnsp_staff * self.shifts_per_day

    @property
    def cnsp_staff_per_day(self) -> int:
        """People times shifts on a day on all C-NSPs."""
        return self.cnsp_staff * self.shifts_per_day

    @property
    def of_cnsps(self) -> Staffing:
        """The same without the L-NSPs."""
        return replace(self, n_lnsp=0, lnsp_staff=0)


def staffing_per_area(layers: Layers, tables: PlanTables, premises: Premises) -> dict[str | None, Staffing]:
    """Staff and water of every gemeente by its code, and of the region under None."""
    shifts = int(premises.norms.value("shifts_per_day"))
    return {
        None if row["area_level"] == "region" else str(row["area_code"]): Staffing(
            n_lnsp=int(row["n_lnsp"]),
            n_cnsp=int(row["n_cnsp"]),
            lnsp_staff=int(row["lnsp_staff"]),
            cnsp_staff=int(row["cnsp_staff"]),
            shifts_per_day=shifts,
            n_water_points=int(row["n_water_points"]),
            water_litres_per_day=float(row["water_litres_per_day"]),
        )
        for row in use_per_area(layers, tables, premises, premises.norms).to_dict("records")
    }
