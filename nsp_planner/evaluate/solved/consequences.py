"""What circumstances did to a plan. In: nothing. Out: :class:`Consequences`, the facts every output tells.

sites (DataFrame, one row per building, role and cause): site_id · name · gemeente_code · role (``lnsp``, ``cnsp``) ·
    cause (``power_outage``, ``flood``) · effect (``dropped``, ``penalty``, ``kept``) · known (whether the provision is
    known; a building in the water is always known)
fewer (DataFrame, a row per gemeente with fewer L-NSPs than asked for): gemeente_code · name · wanted · open
links (DataFrame, a row per change of a network): change · value · n_edges · length_m
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

SITE_COLUMNS = ("site_id", "name", "gemeente_code", "role", "cause", "effect", "known")
FEWER_COLUMNS = ("gemeente_code", "name", "wanted", "open")
LINK_COLUMNS = ("change", "value", "n_edges", "length_m")


def empty(columns: tuple[str, ...]) -> pd.DataFrame:
    """A table without rows."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})


@dataclass(frozen=True)
class OutageConsequences:
    """A power outage.

    Attributes:
        where_nl: Where it is, in Dutch.
        persons: Inhabitants there.
        n_yes, n_no, n_unknown: Candidate L-NSPs there with, without and perhaps with emergency power.
        unknown: What the study does with those of which it is not known: drop, penalty or keep.
        n_open: Chosen L-NSPs there.
        n_open_unknown: Those of them of which it is not known and that need it.
        persons_on_unknown: Inhabitants allocated to them.
        n_stations_unknown: Chosen C-NSPs there of which it is not known.
    """

    where_nl: str
    persons: int
    n_yes: int
    n_no: int
    n_unknown: int
    unknown: str
    n_open: int
    n_open_unknown: int
    persons_on_unknown: float
    n_stations_unknown: int


@dataclass(frozen=True)
class FloodConsequences:
    """Land under water.

    Attributes:
        n_squares: Populated squares under water.
        persons: Inhabitants of them.
        people: What the study does with them: nearest_dry or to_evacuate.
        evacuated: Of them, inhabitants without an L-NSP in the plan: to be evacuated.
        cut_off: Inhabitants of dry squares without an L-NSP within reach.
        unknown_persons: Inhabitants outside every raster of water depth, taken as dry.
        roads: Whether streets are closed too (distances along a network).
    """

    n_squares: int
    persons: int
    people: str
    evacuated: int
    cut_off: int
    unknown_persons: int
    roads: bool


@dataclass(frozen=True, eq=False)
class ChangeFromExisting:
    """Beside the existing plan, made for normal circumstances.

    Attributes:
        n_lnsp, n_cnsp: Noodsteunpunten in it.
        n_closed: L-NSPs of it that stay closed.
        closed: Their names, by gemeente and name.
        moved: Inhabitants with another L-NSP than in it, or with none now.
        farther: Inhabitants who walk at least a metre farther; those without an L-NSP now are not in it.
        nearer: Inhabitants who walk at least a metre less.
        farther_mean_m: Metres more, the mean of those who walk farther; NaN without any.
        farther_most_m: Metres more for the worst off; 0 without any.
        lost: Inhabitants who had an L-NSP and have none now.
        per_gemeente: gemeente_code · name · persons · moved · farther · farther_mean_m · lost.
    """

    n_lnsp: int
    n_cnsp: int
    n_closed: int
    closed: tuple[str, ...]
    moved: float
    farther: float
    nearer: float
    farther_mean_m: float
    farther_most_m: float
    lost: float
    per_gemeente: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Consequences:
    """What a plan stood, and what it did; see the module's docstring for the tables.

    Attributes:
        causes: Of ``power_outage``, ``flood``, ``staff_shortage``, ``links``, those at work.
        n_lnsp_wanted: L-NSPs there would be in normal circumstances.
        n_cnsp_wanted: C-NSPs the ratio asks for.
        sites: Buildings the circumstances touch.
        fewer: Gemeenten with fewer L-NSPs than in normal circumstances.
        max_lnsp_per_cnsp: Most L-NSPs under one C-NSP where there are fewer C-NSPs than the ratio asks for; else None.
        islanded: Ids of open L-NSPs no station reaches by road; they are measured over the streets as they were.
        fixed_lost: Ids of fixed sites that drop out.
        links: Closed links on the walking network.
        recomputed: Candidates whose distances were computed again for the closed links, and all; None without links.
        power, flood, existing: Facts of each; None where it does not play.
    """

    causes: tuple[str, ...]
    n_lnsp_wanted: int
    n_cnsp_wanted: int
    sites: pd.DataFrame = field(default_factory=lambda: empty(SITE_COLUMNS))
    fewer: pd.DataFrame = field(default_factory=lambda: empty(FEWER_COLUMNS))
    max_lnsp_per_cnsp: int | None = None
    islanded: tuple[str, ...] = ()
    fixed_lost: tuple[str, ...] = ()
    links: pd.DataFrame = field(default_factory=lambda: empty(LINK_COLUMNS))
    recomputed: tuple[int, int] | None = None
    power: OutageConsequences | None = None
    flood: FloodConsequences | None = None
    existing: ChangeFromExisting | None = None

    def n_sites(self, cause: str, role: str, effect: str) -> int:
        """Buildings that a cause has this effect on, in a role."""
        table = self.sites
        return int(((table["cause"] == cause) & (table["role"] == role) & (table["effect"] == effect)).sum())
