"""Who crosses the border of the region. In: nothing. Out: :class:`Crossing`, the facts every output tells.

outgoing (DataFrame, a row per noodsteunpunt of the neighbours and gemeente of ours): site_id · name · gemeente_code ·
    gemeente_name (of the site) · from_code · from_name (where the people are) · persons · mean_distance_m
incoming (DataFrame, a row per L-NSP of ours and gemeente of the neighbours): the same columns
sites (DataFrame, a row per open noodsteunpunt of the neighbours): site_id · name · kind · gemeente_code ·
    gemeente_name · counted_persons · counted_present · capacity_basis (what it counts for) · own_persons (of the
    neighbours) · our_persons · x_m · y_m (RD)
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

FLOW_COLUMNS = (
    "site_id",
    "name",
    "gemeente_code",
    "gemeente_name",
    "from_code",
    "from_name",
    "persons",
    "mean_distance_m",
)


@dataclass(frozen=True, eq=False)
class Crossing:
    """People and noodsteunpunten across the border; see the module's docstring for the tables.

    Attributes:
        outgoing: People of the region at noodsteunpunten of the neighbours.
        incoming: People of the neighbours at L-NSPs of the region.
        sites: Open noodsteunpunten of the neighbours within the buffer.
        priced_m: Metres that crossing counted extra when the plan was made; None where it was free.
        buffer_m: How far outside the region people and buildings count.
        chosen: Whether the plan chose the sites of the neighbours; else they are given.
        persons: People of the neighbours within the buffer.
        at_home_persons: Of them, at a noodsteunpunt of their own.
        unreachable_persons: Of them, without any within reach. The three of them, and incoming, add up.
    """

    outgoing: pd.DataFrame
    incoming: pd.DataFrame
    sites: pd.DataFrame
    priced_m: float | None
    buffer_m: float
    chosen: bool
    persons: float
    at_home_persons: float
    unreachable_persons: float

    def out_persons(self, gemeente_code: str | None = None) -> float:
        """People who are served across the border, of one gemeente or of the region."""
        table = self.outgoing
        return float(table.loc[_of(table["from_code"], gemeente_code), "persons"].sum())

    def in_persons(self, gemeente_code: str | None = None) -> float:
        """People of the neighbours at L-NSPs of one gemeente, or of the region."""
        table = self.incoming
        return float(table.loc[_of(table["gemeente_code"], gemeente_code), "persons"].sum())

    @property
    def out_per_site(self) -> pd.Series:
        """People of the region at each noodsteunpunt of the neighbours, by its name, most first."""
        return _per_name(self.outgoing)

    @property
    def in_per_site(self) -> pd.Series:
        """People of the neighbours at each L-NSP of the region, by its name, most first."""
        return _per_name(self.incoming)

    def shown_sites(self, site_ids: pd.Series) -> pd.DataFrame:
        """Those of ``sites`` with these ids, with ``persons``: all who go there, theirs and ours."""
        sites = self.sites[self.sites["site_id"].isin(site_ids)]
        return sites.assign(persons=sites["own_persons"] + sites["our_persons"])

    def incoming_at(self, site_ids: pd.Series) -> pd.Series:
        """People of the neighbours at each of these L-NSPs, 0 where none come."""
        return site_ids.map(self.incoming.groupby("site_id")["persons"].sum()).fillna(0.0).astype(float)


def _per_name(flows: pd.DataFrame) -> pd.Series:
    return flows.groupby("name")["persons"].sum().sort_values(ascending=False, kind="stable")


def _of(codes: pd.Series, code: str | None) -> pd.Series:
    return codes.notna() if code is None else codes == code
