"""Columns of a candidate file. In: its column names and the mapping of the study. Out: which column is which field.

A mapped column must be there. The rest is guessed from names in use at municipalities, Kiesraad and DUO; a field
mapped to "" is not read at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nsp_planner.errors import Faults
from nsp_planner.layers.raw.columns import find_column, named_column
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.names import nearest_or_all

GUESSES: Mapping[str, tuple[str, ...]] = {
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
    "capacity_persons": ("capacity_persons", "capaciteit", "capaciteit personen", "capacity"),
    "status": ("status",),
    "status_reason": ("status_reason", "reden status", "statusreden", "reden", "toelichting status"),
    "address": ("address", "adres"),
    "street": ("street", "straat", "straatnaam"),
    "house_number": ("house_number", "huisnummer"),
    "house_letter": ("house_letter", "huisletter"),
    "house_suffix": ("house_suffix", "huisnummertoevoeging", "toevoeging"),
    "place": ("place", "plaats", "woonplaats", "plaatsnaam", "city"),
    "floor_area_m2": ("floor_area_m2", "vloeroppervlakte", "oppervlakte_m2", "gebruiksoppervlakte"),
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

assert set(GAP_COLUMNS) <= set(GUESSES)


def map_columns(
    layer: str, names: Sequence[str], mapping: Mapping[str, str], faults: Faults, file: object
) -> dict[str, str] | None:
    """Field to column for every field the file has, or ``None`` with faults for a mapping that cannot be.

    Args:
        layer: Name of the input for faults.
        names: Columns of the file.
        mapping: Field to column as the study says; "" for a field that is not to be read.
        faults: Where faults are added.
        file: The file, for faults.
    """
    n_before = len(faults.items)
    for field in mapping:
        if field not in GUESSES:
            faults.add(
                layer,
                f'there is no field "{field}" to map a column to',
                nearest_or_all(field, list(GUESSES)),
                file=file,
                column=f"columns.{field}",
            )
    found: dict[str, str] = {}
    for field, guesses in GUESSES.items():
        if field not in mapping:
            column = find_column(names, guesses)
        elif mapping[field] == "":
            continue
        else:
            column = named_column(names, mapping[field])
            if column is None:
                faults.add(
                    layer,
                    f'the file has no column "{mapping[field]}" (mapped to {field})',
                    nearest_or_all(mapping[field], names),
                    file=file,
                    column=mapping[field],
                )
        if column is not None:
            found[field] = column
    for mapped, guessed in ((("x", "y"), ("longitude", "latitude")), (("longitude", "latitude"), ("x", "y"))):
        # Coordinates the study names go before others that happen to be there.
        if any(mapping.get(field) for field in mapped) and not any(mapping.get(field) for field in guessed):
            for field in guessed:
                found.pop(field, None)
    return found if len(faults.items) == n_before else None
