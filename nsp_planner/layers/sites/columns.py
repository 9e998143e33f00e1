"""Columns of a candidate file. In: its column names and the mapping of the study. Out: which column is which field.

A mapped column must be there. The rest is guessed from names in use at municipalities, Kiesraad and DUO; a field
mapped to "" is not read at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from nsp_planner.errors import Faults
from nsp_planner.layers.raw.columns import FieldSpec
from nsp_planner.layers.sites.vocabulary import CAPACITY_FIELDS, GAP_COLUMNS
from nsp_planner.names import nearest_or_all

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "id": ("site_id", "id", "locatie_id", "facility_id", "stembureau_id", "vestigingscode"),
    "name": (
        "name",
        "naam",
        "naam stembureau",
        "naam gebouw",
        "naam locatie",
        "locatienaam",
        "vestigingsnaam",
        "gebouw",
        "locatie",
    ),
    "kind": (
        "kind",
        "soort",
        "soort gebouw",
        "soort locatie",
        "type gebouw",
        "type locatie",
        "gebruiksdoel van het gebouw",
        "gebruiksdoel",
    ),
    "x": ("x", "x_rd", "rd_x", "x_coordinaat", "xcoord", "x_coord"),
    "y": ("y", "y_rd", "rd_y", "y_coordinaat", "ycoord", "y_coord"),
    "longitude": ("longitude", "lon", "lng", "long", "lengtegraad"),
    "latitude": ("latitude", "lat", "breedtegraad"),
    "gemeente_code": ("gemeente_code", "gemeentecode", "cbs gemeentecode", "gm_code", "gemcode"),
    "gemeente": ("gemeente", "gemeentenaam", "gemeente naam", "naam gemeente"),
    "capacity_persons": ("capacity_persons", "capaciteit inwoners"),
    "capacity_present": (
        "capacity_present",
        "capaciteit tegelijk",
        "capaciteit mensen tegelijk",
        "capaciteit personen tegelijk",
        "zaalcapaciteit",
        "capaciteit zaal",
        "mensen tegelijk",
        "personen tegelijk",
        "aantal personen tegelijk",
        "maximaal aantal personen",
        "max aantal personen",
        "zitplaatsen",
        "aantal zitplaatsen",
    ),
    "status": ("status",),
    "status_reason": ("status_reason", "reden status", "statusreden", "reden", "toelichting status"),
    "address": ("address", "adres"),
    "street": ("street", "straat", "straatnaam"),
    "house_number": ("house_number", "huisnummer"),
    "house_letter": ("house_letter", "huisletter"),
    "house_suffix": ("house_suffix", "huisnummertoevoeging", "toevoeging"),
    "postcode": ("postcode", "post code", "pc6", "postal_code"),
    "place": ("place", "plaats", "woonplaats", "plaatsnaam", "city"),
    "floor_area_m2": ("floor_area_m2", "vloeroppervlakte", "oppervlakte_m2", "gebruiksoppervlakte"),
    "renewal": ("renewal", "vernieuwing", "vernieuwing kazerne", "tijdvak vernieuwing"),
    "suitability": ("suitability", "geschiktheid", "geschiktheid c-nsp", "geschikt als c-nsp"),
    "tenure": ("tenure", "eigendom", "eigendom of huur", "huur of eigendom"),
    "emergency_power": ("emergency_power", "noodstroom", "noodstroomvoorziening"),
    "internet": ("internet", "wifi"),
    "heat": ("heat", "verwarming", "warmte"),
    "toilets": ("toilets", "toiletten", "toilet"),
    "water_food": ("water_food", "water en eten", "water en voedsel"),
    "step_free": (
        "step_free",
        "drempelvrij",
        "rolstoeltoegankelijk",
        "toegankelijk voor mensen met een lichamelijke beperking",
    ),
    "first_aid_room": ("first_aid_room", "ehbo ruimte", "ehbo"),
    "access_24_7": ("access_24_7", "24/7 toegang", "toegang 24/7"),
    "parking": ("parking", "parkeren", "parkeergelegenheid"),
    "flood_safe": ("flood_safe", "overstromingsveilig", "hoogwatervrij"),
}
"""Names each field goes by, the likeliest first."""

RELATED: Mapping[str, tuple[str, ...]] = {
    "emergency_power": ("aggregaat", "generator", "noodvoeding", "nsa"),
    "internet": ("glasvezel", "starlink", "wi-fi"),
    "heat": ("kachel", "verwarm"),
    "toilets": ("sanitair", "wc"),
    "water_food": ("keuken", "drinkwater", "maaltijd"),
    "step_free": ("rolstoel", "mindervalide", "toegankelijk"),
    "first_aid_room": ("ehbo", "bhv"),
    "access_24_7": ("sleutel", "24 uur", "24/7"),
    "parking": ("parkeer",),
    "flood_safe": ("hoogwater", "overstrom"),
    "floor_area_m2": ("vloeropp", "oppervlak", "m2", "m²"),
    "capacity_present": ("capaciteit", "aantal personen", "max personen", "zitplaatsen", "stoelen"),
}
"""Words in the name of a column that tell what it may hold, where it is not read: for advice only."""

BARE_CAPACITY = "capacity"
BARE_CAPACITY_NAMES = ("capaciteit", "capaciteit personen", "capacity", "maximale capaciteit", "max capaciteit")
"""A column that does not say whether it counts inhabitants or people at once: its values decide
(:mod:`nsp_planner.layers.sites.bare_capacity`), unless the study names a column for either."""

assert set(GAP_COLUMNS) <= set(SYNONYMS)


def site_fields(columns: Mapping[str, str], layer: str, faults: Faults, file: object) -> dict[str, FieldSpec]:
    """The fields of a source with the columns the study names; a field that does not exist is a fault.

    Coordinates the study names go before others that happen to be there, which are then not read.
    """
    for field in columns:
        if field not in SYNONYMS:
            message = f'there is no field "{field}" to map a column to'
            faults.add(layer, message, nearest_or_all(field, list(SYNONYMS)), file=file, column=f"columns.{field}")
    named = {field: columns.get(field) for field in SYNONYMS}
    pairs = (("x", "y"), ("longitude", "latitude"))
    for mapped, guessed in (pairs, pairs[::-1]):
        if any(columns.get(field) for field in mapped) and not any(columns.get(field) for field in guessed):
            named |= dict.fromkeys(guessed, "")
    fields = {field: FieldSpec(synonyms, named[field]) for field, synonyms in SYNONYMS.items()}
    if not set(CAPACITY_FIELDS) & set(columns):
        fields[BARE_CAPACITY] = FieldSpec(BARE_CAPACITY_NAMES)
    return fields
