"""The columns of the GeoPackage. In: nothing. Out: the columns of every layer, in order."""

from __future__ import annotations

from nsp_planner.evaluate.tables import INDICATORS
from nsp_planner.report.columns import sites
from nsp_planner.report.columns.column import Column
from nsp_planner.report.text.dutch import INDICATOR_COLUMNS
from nsp_planner.report.text.units import unit_of

SQUARES = (
    Column("demand_id", "demand_id", "text", "Id van het vierkant"),
    Column("inwoners", "population_persons", "persons", "Inwoners in dit plan", whole=True),
    Column("gepubliceerd", "published_persons", "persons", "Inwoners volgens het CBS; leeg: niet gepubliceerd"),
    Column("bijgeteld", "added_persons", "persons", "Inwoners die zijn bijgeteld", whole=True),
    Column("inwoners_65plus", "persons_65plus", "persons", "Inwoners van 65 jaar en ouder; leeg: niet gepubliceerd"),
    Column("gemeente_code", "gemeente_code", "text", "Code van de gemeente"),
    Column("gebiedstype", "area_type", "text", "kern of buitengebied"),
    Column("lnsp_id", "site_id", "text", "Id van het L-NSP waar de meeste inwoners heen gaan"),
    Column("lnsp", "site_name", "text", "L-NSP waar de meeste inwoners heen gaan"),
    Column("buurt_code", "buurt_code", "text", "Code van de buurt", optional=True),
    Column("bewoners", "residents_persons", "persons", "Wie er woont", whole=True, optional=True),
    Column("overdag_weg", "away_persons", "persons", "Overdag niet thuis", whole=True, optional=True),
    Column("op_school_of_werk", "day_persons", "persons", "Op school of werk", whole=True, optional=True),
    Column("gasten", "guest_persons", "persons", "Gasten", whole=True, optional=True),
    Column("aantal_lnsp", "n_sites", "sites", "Aantal L-NSP's waar inwoners heen gaan", whole=True),
    Column("afstand_m", "distance_m", "m", "Gemiddelde loopafstand naar het eigen L-NSP"),
    Column("dichtstbij_id", "nearest_site_id", "text", "Id van het dichtstbijzijnde L-NSP"),
    Column("dichtstbij_m", "nearest_distance_m", "m", "Loopafstand tot het dichtstbijzijnde L-NSP"),
    Column("tweede_id", "second_site_id", "text", "Id van het tweede L-NSP"),
    Column("tweede_m", "second_distance_m", "m", "Loopafstand tot het tweede L-NSP"),
    Column("norm_m", "norm_m", "m", "Norm voor de loopafstand"),
    Column("binnen_norm", "within_norm", "flag", "Of alle inwoners binnen de norm gaan"),
    Column("inwoners_buiten_norm", "beyond_norm_persons", "persons", "Inwoners die verder gaan, of geen L-NSP hebben"),
)

UNFIT = (
    Column("regel", "rule", "text", "Regel"),
    Column("reden", "reason", "text", "Waarom geen kandidaat"),
    Column("naam", "name", "text", "Naam"),
    Column("soort", "kind", "text", "Soort"),
    Column("gemeente", "gemeente_name", "text", "Gemeente"),
    Column("adres", "address", "text", "Adres"),
    Column("plaats", "place", "text", "Plaats"),
    Column("bron", "source", "text", "Bron"),
    Column("id", "site_id", "text", "Id"),
)
"""Buildings of the lists that are no candidates."""

LAYERS: dict[str, tuple[Column, ...]] = {
    "gemeenten": (
        Column("gemeente_code", "area_code", "text", "Code van de gemeente"),
        Column("naam", "name", "text", "Gemeente"),
        *(Column(INDICATOR_COLUMNS[name], name, unit_of(unit), label) for name, (unit, label) in INDICATORS.items()),
    ),
    "vierkanten": SQUARES,
    "verzorgingsgebieden": (
        Column("site_id", "site_id", "text", "Id van het L-NSP"),
        Column("naam", "name", "text", "L-NSP"),
        Column("inwoners", "persons", "persons", "Inwoners van dat L-NSP"),
        Column("kleur", "colour", "plain", "Nummer van de kleur; buren verschillen", whole=True),
    ),
    "toewijzing_l_c": sites.LINE_LAYER,
    "kandidaten": sites.CANDIDATE_LAYER,
    "lnsp": sites.LNSP_LAYER,
    "cnsp": sites.CNSP_LAYER,
    "ongeschikt": UNFIT,
    "omstandigheden": (Column("soort", "soort", "text", "onder water of zonder stroom"),),
    "lnsp_buren": sites.NEIGHBOUR_LAYER,
}
"""Columns beside the geometry; the last three layers are there where a rule left buildings out, and where
the study has circumstances or neighbours."""
