"""Invented names for the example's buildings. In: kind, place, gemeente. Out: Dutch names in the manner of the region.

Any likeness with an existing building is chance: the example says on every output that it is an illustration.
"""

from __future__ import annotations

from collections.abc import Mapping

COMMUNITY = (
    "De Schakel", "De Brink", "De Weijde", "'t Noaberhoes", "De Spil", "De Kandelaar", "'t Trefpunt", "De Klokkenhof",
    "De Esch", "Ons Huis", "De Wheme", "'t Kruispunt", "De Hoeksteen", "De Marke", "De Deel", "'t Haagje",
    "De Bijenkorf", "De Vuursteen", "De Terp", "De Ark", "De Pol", "De Kolk", "'t Veerhuis", "De Zandhorst",
)  # fmt: skip
SCHOOLS = (
    "De Regenboog", "Het Kompas", "De Wegwijzer", "De Klimop", "De Vlieger", "Het Mozaïek", "De Toermalijn",
    "De Zonnebloem", "De Wissel", "De Springplank", "De Rank", "De Eikenlaan", "De Sterrenkijker", "Het Anker",
    "De Bongerd", "De Watermolen", "De Kleine Kapitein", "De Planthof", "De Vonder", "De Uitkijk",
)  # fmt: skip
CHURCHES = (
    "Kruiskerk", "Fonteinkerk", "Sint Nicolaaskerk", "Ontmoetingskerk", "Maranathakerk", "Opstandingskerk",
    "Grote Kerk", "Bethelkerk", "Sint Josephkerk", "De Levensbron", "Immanuëlkerk", "Eben-Haëzerkerk",
    "Zuiderkerk", "Noorderkerk", "Westerkerk", "Dorpskerk", "Heilig Hartkerk", "Ichthuskerk",
)  # fmt: skip
SPORTS = (
    "De Treffer", "De Kamp", "Het Vechtdal", "De Boegbeeld", "De Slag", "De Marslanden", "De Beemd", "De Hoogte",
    "De Sprint", "De Wilgen", "De Bolder", "De Kring",
)  # fmt: skip
CLUBS = (
    "Crescendo", "Eendracht", "Irene", "Rehoboth", "Concordia", "Eben Haëzer", "Soli Deo Gloria", "De Herberg",
    "Pro Rege", "Ons Genoegen", "Harmonie", "De Rots", "Elim", "Obadja", "Excelsior", "De Schutse",
)  # fmt: skip

_POOL: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "dorpshuis": ("Dorpshuis", COMMUNITY),
    "buurthuis": ("Buurthuis", COMMUNITY),
    "wijkcentrum": ("Wijkcentrum", COMMUNITY),
    "school": ("Basisschool", SCHOOLS),
    "kerk": ("", CHURCHES),
    "sporthal": ("Sporthal", SPORTS),
    "verenigingsgebouw": ("Verenigingsgebouw", CLUBS),
}
_FIXED: Mapping[str, str] = {
    "kulturhus": "Kulturhus {place}",
    "bibliotheek": "Bibliotheek {place}",
    "gemeentehuis": "Gemeentehuis {gemeente}",
}

STREETS = (
    "Dorpsstraat", "Kerkstraat", "Schoolstraat", "Molenweg", "Stationsweg", "Brinkweg", "Esweg", "Marktstraat",
    "Kerkweg", "Hoofdstraat", "Zandweg", "Beukenlaan", "Lindelaan", "Kanaalweg", "Julianastraat", "Weidestraat",
)  # fmt: skip


def building_name(kind: str, place: str, gemeente: str, turn: int) -> str:
    """The ``turn``-th name for a building of a kind in a place.

    Args:
        kind: Kind of building, in Dutch.
        place: Name of the place, wijk or buurtschap.
        gemeente: Name of the gemeente.
        turn: 0 and up; every turn gives another name.
    """
    if kind in _FIXED:
        name = _FIXED[kind].format(place=place, gemeente=gemeente)
        return name if turn == 0 else f"{name} {turn + 1}"
    label, pool = _POOL[kind]
    again, pick = divmod(turn, len(pool))
    name = f"{label} {pool[pick]} {place}".strip()
    return name if again == 0 else f"{name} {again + 1}"
