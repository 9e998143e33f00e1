"""The section [phasing]: the order of opening. In: a table of a study file. Out: budgets, costs and limits per year.

There is no cost research for noodsteunpunten yet, so every cost is a range and every default is our own estimate, told
so with its number in ``norms.toml`` and on every output.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nsp_planner.config.base import Settings
from nsp_planner.config.norm_fields import norm_field

Euros = Annotated[float, Field(ge=0)]
Year = Annotated[str, Field(pattern=r"^\d{4}$")]


class Phasing(Settings):
    """[phasing]: in which order the noodsteunpunten open, for what money.

    A study that has it gets the planning with its plan (maps, list, board report, manifest); `question phasing` works
    it out for any study, with costs per site.
    """

    first_year: int = Field(default=2026, ge=2000, le=2200)
    """The first year in which sites open."""
    n_years: int = Field(default=8, ge=1, le=30)
    """Years that are planned; what does not open within them is named."""
    budget_first_year_eur: Euros = norm_field("budget_first_year_eur")
    """Euros of the first year."""
    budget_per_year_eur: Euros = norm_field("budget_per_year_eur")
    """Euros of every later year, for opening sites and for running all that are open."""
    budgets_eur: dict[Year, Euros] = Field(default_factory=dict)
    """Euros of single years that differ, such as { 2028 = 1000000 }."""
    carry_over: bool = False
    """Whether euros that are left may be spent in a later year."""
    max_sites_per_year: int | None = Field(default=None, ge=1)
    """Most sites that open in one year, C-NSPs among them: what the project can handle; none when left out."""
    plan_at: Literal["low", "middle", "high"] = "high"
    """Which end of the cost ranges must fit the budget."""
    pilots_first: bool = True
    """Whether sites with status "pilot" or "operationeel" open first; what is operational costs nothing once."""
    first: tuple[str, ...] = ()
    """Ids of other sites that open in the first year."""
    lnsp_once_low_eur: Euros = norm_field("lnsp_once_low_eur")
    """What opening an L-NSP costs at least, once."""
    lnsp_once_high_eur: Euros = norm_field("lnsp_once_high_eur")
    """What opening an L-NSP costs at most, once."""
    lnsp_per_year_low_eur: Euros = norm_field("lnsp_per_year_low_eur")
    """What an open L-NSP costs per year, at least; in full in the year it opens."""
    lnsp_per_year_high_eur: Euros = norm_field("lnsp_per_year_high_eur")
    """What an open L-NSP costs per year, at most."""
    cnsp_once_low_eur: Euros = norm_field("cnsp_once_low_eur")
    """What opening a C-NSP costs at least, once."""
    cnsp_once_high_eur: Euros = norm_field("cnsp_once_high_eur")
    """What opening a C-NSP costs at most, once."""
    cnsp_per_year_low_eur: Euros = norm_field("cnsp_per_year_low_eur")
    """What an open C-NSP costs per year, at least."""
    cnsp_per_year_high_eur: Euros = norm_field("cnsp_per_year_high_eur")
    """What an open C-NSP costs per year, at most."""
    kinds_once_eur: dict[str, tuple[Euros, Euros]] = Field(default_factory=dict)
    """Lowest and highest cost of opening, per kind of building, such as { school = [5000, 12000] }."""
    kinds_per_year_eur: dict[str, tuple[Euros, Euros]] = Field(default_factory=dict)
    """Lowest and highest cost per year, per kind of building."""

    @model_validator(mode="after")
    def _ranges_go_up(self) -> Phasing:
        for name in ("lnsp_once", "lnsp_per_year", "cnsp_once", "cnsp_per_year"):
            low, high = getattr(self, f"{name}_low_eur"), getattr(self, f"{name}_high_eur")
            if low > high:
                raise ValueError(f"{name}_low_eur ({low:g}) is above {name}_high_eur ({high:g})")
        for key in ("kinds_once_eur", "kinds_per_year_eur"):
            for kind, (low, high) in getattr(self, key).items():
                if low > high:
                    raise ValueError(f"{key}.{kind}: the lowest cost ({low:g}) is above the highest ({high:g})")
        if outside := sorted(year for year in self.budgets_eur if int(year) not in self.years):
            raise ValueError(f"budgets_eur: {', '.join(outside)} is not within the years planned")
        return self

    @property
    def years(self) -> tuple[int, ...]:
        """The years planned, ascending."""
        return tuple(range(self.first_year, self.first_year + self.n_years))

    def budget_eur(self, year: int) -> float:
        """The euros of one year."""
        usual = self.budget_first_year_eur if year == self.first_year else self.budget_per_year_eur
        return self.budgets_eur.get(str(year), usual)

    def budget_key(self, year: int) -> str:
        """The study key that sets the euros of one year."""
        if str(year) in self.budgets_eur:
            return f"phasing.budgets_eur.{year}"
        return "phasing.budget_first_year_eur" if year == self.first_year else "phasing.budget_per_year_eur"
