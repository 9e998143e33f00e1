"""The columns of the list per place. In: nothing. Out: the columns, in order."""

from __future__ import annotations

from nsp_planner.report.columns.column import Column

PLACES = (
    Column("gemeente", "gemeente", "text", "Gemeente"),
    Column("plaats", "place", "text", "Plaats"),
    Column("deel", "part", "text", "Deel"),
    Column("inwoners", "persons", "persons", "Inwoners"),
    Column("keuze", "choice", "plain", "Keuze"),
    Column("noodsteunpunt", "name", "text", "Noodsteunpunt"),
    Column("soort", "kind", "text", "Soort"),
    Column("adres", "address", "text", "Adres"),
    Column("plaats_van_het_noodsteunpunt", "site_place", "text", "Plaats van het noodsteunpunt"),
    Column("gem_afstand_m", "mean_distance_m", "m", "Gemiddelde loopafstand (m)"),
    Column("max_afstand_m", "worst_distance_m", "m", "Grootste loopafstand (m)"),
    Column("minuten", "minutes", "minutes", "Minuten lopen"),
    Column("inwoners_hierheen", "sent_persons", "persons", "Inwoners die het plan hierheen stuurt"),
    Column("site_id", "site_id", "text", "Id"),
)
