"""The columns of buildings. In: nothing. Out: the columns of the candidate list, of layers and of GeoJSON, in order."""

from __future__ import annotations

from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS, STATION_COLUMNS
from nsp_planner.report.columns.column import Column
from nsp_planner.report.text.dutch import GAP_LABELS, STATION_LABELS

ID = Column("site_id", "site_id", "text", "Id")
NAME = Column("naam", "name", "text", "Naam")
KIND = Column("soort", "kind", "text", "Soort")
GEMEENTE_CODE = Column("gemeente_code", "gemeente_code", "text", "Code van de gemeente")
GEMEENTE = Column("gemeente", "gemeente_name", "text", "Gemeente")
ADDRESS = Column("adres", "address", "text", "Adres")
PLACE = Column("plaats", "place", "text", "Plaats")
ROLE = Column("rol", "role", "text", "Rol")
STATUS = Column("status", "status", "text", "Status")
REASON = Column("reden", "status_reason", "text", "Reden")
SOURCE = Column("bron", "source", "text", "Bron")
DECISION = Column("besluit", "decision", "text", "Vastgelegd")
WHY = Column("waarom", "why", "text", "Waarom")
TO_CHECK = Column("te_controleren", "to_check", "text", "Te controleren")
FIXED = Column("vastgelegd", "fixed", "flag", "Ligt vast (door besluit of status)")
CAN_BE_LNSP = Column("kan_lnsp", "can_be_lnsp", "flag", "Kan L-NSP zijn")
CAN_BE_CNSP = Column("kan_cnsp", "can_be_cnsp", "flag", "Kan C-NSP zijn")
PROVISIONS = tuple(
    Column(f"gap_{label.lower().translate(str.maketrans(' -/', '___'))}", name, "text", label)
    for name, label in ((name, GAP_LABELS[name]) for name in GAP_COLUMNS)
)
STATION = tuple(Column(STATION_LABELS[name].lower(), name, "text", STATION_LABELS[name]) for name in STATION_COLUMNS)
STATION_RULE = Column("regel_kazerne", "station_rule", "text", "Regel voor deze kazerne")
FLOOR_AREA = Column("vloeroppervlak_m2", "floor_area_m2", "number", "Vloeroppervlak (m2)")
CAPACITY = Column("capaciteit_inwoners", "capacity_persons", "persons", "Capaciteit (inwoners)")
PRESENT = Column("capaciteit_tegelijk", "capacity_present", "persons", "Capaciteit (mensen tegelijk)")
X, Y = Column("x_rd", "x_m", "plain", "X (RD)"), Column("y_rd", "y_m", "plain", "Y (RD)")

PERSONS = Column("inwoners", "persons", "persons", "Inwoners")
COUNTED = Column("telt_voor_inwoners", "counted_persons", "persons", "Telt voor (inwoners)")
COUNTED_PRESENT = Column("telt_voor_tegelijk", "counted_present", "persons", "Telt voor (mensen tegelijk)")
BASIS = Column("capaciteit_is", "capacity_basis", "text", "Capaciteit is")
CAPACITIES = (CAPACITY, PRESENT, COUNTED, COUNTED_PRESENT, BASIS)
"""What is known of the building, what it counts for in the plan, and why."""
LOAD = Column("belasting", "load", "share", "Belasting")
NEAREST = Column("dichtstbij_inwoners", "nearest_persons", "persons", "Inwoners voor wie dit het dichtst bij is")
MEAN = Column("gem_afstand_m", "mean_distance_m", "m", "Gemiddelde loopafstand (m)")
MINUTES = Column("gem_minuten", "mean_minutes", "minutes", "Gemiddeld lopen (min)")
WORST = Column("max_afstand_m", "worst_distance_m", "m", "Grootste loopafstand (m)")
CNSP_ID = Column("cnsp_id", "cnsp_id", "text", "Id van het C-NSP")
CNSP = Column("cnsp", "cnsp_name", "text", "C-NSP")
CNSP_DISTANCE = Column("cnsp_afstand_m", "cnsp_distance_m", "m", "Afstand tot C-NSP (m)")
CNSP_MINUTES = Column("cnsp_minuten", "cnsp_minutes", "minutes", "Rijden naar C-NSP (min)")
CNSP_BEYOND = Column("cnsp_boven_norm", "cnsp_beyond_norm", "flag", "Verder van het C-NSP dan de norm")
CNSP_ELSEWHERE = Column("cnsp_andere_gemeente", "cnsp_elsewhere", "flag", "C-NSP in een andere gemeente")
N_NEARER = Column("aantal_dichterbij", "n_nearer_cnsp", "sites", "Open C-NSP's die dichterbij liggen", whole=True)

N_LNSP = Column("aantal_lnsp", "n_lnsp", "sites", "L-NSP's onder dit C-NSP", whole=True)
PERSONS_OF_LNSPS = Column("inwoners", "persons", "persons", "Inwoners van die L-NSP's")
MEAN_TO_LNSPS = Column("gem_afstand_m", "mean_distance_m", "m", "Gemiddelde afstand tot L-NSP")
WORST_TO_LNSPS = Column("max_afstand_m", "worst_distance_m", "m", "Grootste afstand tot L-NSP")
MEAN_MINUTES_TO_LNSPS = Column("gem_minuten", "mean_minutes", "minutes", "Gemiddeld rijden naar L-NSP (min)")
WORST_MINUTES_TO_LNSPS = Column("max_minuten", "worst_minutes", "minutes", "Langste rijden naar L-NSP (min)")

LIST = (
    *(ID, NAME, KIND, GEMEENTE, ADDRESS, PLACE, ROLE, STATUS, REASON, DECISION, WHY, TO_CHECK),
    *(PERSONS, *CAPACITIES, LOAD, MEAN, MINUTES, WORST, NEAREST, CNSP, CNSP_DISTANCE, CNSP_MINUTES, N_LNSP),
    *(*STATION, STATION_RULE, *PROVISIONS, FLOOR_AREA, X, Y, SOURCE),
)
"""The candidate list, as CSV and in the workbook."""

_KNOWN = (ID, NAME, KIND, GEMEENTE_CODE, GEMEENTE, ADDRESS, PLACE, STATUS, REASON, WHY, TO_CHECK, SOURCE, *PROVISIONS)
TO_CNSP = (CNSP_DISTANCE, CNSP_MINUTES, CNSP_BEYOND, CNSP_ELSEWHERE, N_NEARER)
"""What the way from an L-NSP to its C-NSP is."""
LNSP_LAYER = (*_KNOWN, PERSONS, *CAPACITIES, LOAD, NEAREST, MEAN, WORST, CNSP_ID, CNSP, *TO_CNSP, FIXED)
CNSP_LAYER = (
    *(*_KNOWN, *STATION, STATION_RULE, N_LNSP, PERSONS_OF_LNSPS),
    *(MEAN_TO_LNSPS, WORST_TO_LNSPS, MEAN_MINUTES_TO_LNSPS, WORST_MINUTES_TO_LNSPS),
)
CANDIDATE_LAYER = (*_KNOWN, *STATION, STATION_RULE, CAN_BE_LNSP, CAN_BE_CNSP, *CAPACITIES)
NEIGHBOUR_LAYER = (
    *(*_KNOWN, *CAPACITIES, PERSONS),
    Column("inwoners_van_hier", "our_persons", "persons", "Inwoners van deze regio die erheen gaan"),
)
LINE_LAYER = (
    Column("lnsp_id", "site_id", "text", "Id van het L-NSP"),
    Column("lnsp", "name", "text", "L-NSP"),
    *(CNSP_ID, CNSP),
    Column("afstand_m", "cnsp_distance_m", "m", "Afstand tot C-NSP (m)"),
    Column("minuten", "cnsp_minutes", "minutes", "Rijden naar C-NSP (min)"),
)

PUBLIC_FEATURE = (ID, NAME, KIND, ADDRESS, PLACE, GEMEENTE_CODE, GEMEENTE)
"""What anyone may know of a noodsteunpunt that is published."""
_FEATURE = (ID, ROLE, *PUBLIC_FEATURE[1:], STATUS)
LNSP_FEATURE = (*_FEATURE, PERSONS, *CAPACITIES, LOAD, MEAN, WORST, CNSP_ID)
CNSP_FEATURE = (*_FEATURE, PERSONS_OF_LNSPS, N_LNSP)
AREA_FEATURE = (ID, NAME)
