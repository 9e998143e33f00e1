"""What a resident reads. In: a part and the sites. Out: the text of one card, in plain Dutch (B1), as plain data."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from nsp_planner.evaluate.change.baseline import TODAY
from nsp_planner.evaluate.residents.parts import Destination, Part
from nsp_planner.evaluate.solved.premises import Premises
from nsp_planner.report.text.dutch import hours_nl, is_missing, number_nl

THERE_IS = {
    "toilets": "toiletten",
    "heat": "een warme plek",
    "water_food": "plek om water en eten uit te delen",
    "emergency_power": "stroom, ook als de stroom uitvalt",
    "first_aid_room": "een ruimte voor eerste hulp",
    "internet": "internet",
    "step_free": "geen drempels: u kunt er in met rolstoel of rollator",
    "parking": "plek om te parkeren",
    "flood_safe": "een droge plek bij hoog water",
}
"""Provisions that help a resident, in the order of the card. Open day and night is what every point in use is."""

BRING = (
    "medicijnen die u nodig hebt",
    "lege flessen of een jerrycan voor water",
    "uw telefoon met oplader of powerbank",
    "warme kleren en een zaklamp",
    "uw legitimatie",
    "spullen voor uw baby of huisdier",
)


def card_content(part: Part, sites: pd.DataFrame, premises: Premises, *, picture: str) -> dict[str, Any]:
    """The text of a card; ``sites`` is the table of sites by id, ``part.first`` must be there."""
    assert part.first is not None, "a part without a noodsteunpunt has no card"
    site = sites.loc[part.first.site_id]
    there = [text for column, text in THERE_IS.items() if site[column] == "yes"]
    alt = f"Kaartje van {part.name}. Nummer 1 is {part.first.name}."
    if part.second is not None:
        alt += f" Nummer 2 is {part.second.name}."
    return {
        "place": part.place,
        "side": part.side,
        "gemeente": part.gemeente,
        "first": _place(part.first, sites, premises),
        "second": None if part.second is None else _place(part.second, sites, premises),
        "there": there,
        "bring": list(BRING),
        "know": [
            f"Het noodsteunpunt gaat open bij een grote ramp of als stroom of water lang uitvalt. Dat kan tot "
            f"{hours_nl(premises.norms.value('operational_within_hours'))} duren. "
            "Zorg dat u zich thuis zo lang kunt redden.",
            "Is het punt open? Dan is het dag en nacht open.",
            f"U kunt er ongeveer {hours_nl(premises.norms.value('max_stay_hours'))} blijven. Slapen kan er niet.",
            "Kan uw buur niet zelf gaan? Help elkaar, of vertel het bij het noodsteunpunt.",
            "Bel 112 als er iemand in gevaar is. Luister naar de radio: de rampenzender.",
        ],
        "warning": _warning(str(site["status"])),
        "picture": picture,
        "picture_alt": alt,
    }


def _warning(status: str) -> str:
    """What a resident must know of a point that is not there yet; empty for one that is."""
    if status in TODAY:
        return ""
    if status == "akkoord eigenaar":
        return "Dit noodsteunpunt wordt nog ingericht."
    return "Dit is een voorstel. Dit noodsteunpunt is er nog niet."


def _place(destination: Destination, sites: pd.DataFrame, premises: Premises) -> dict[str, str]:
    site = sites.loc[destination.site_id]
    address = ", ".join(str(site[c]) for c in ("address", "place") if not is_missing(site[c]) and str(site[c]).strip())
    return {"name": destination.name, "address": address, "how_far": how_far(destination, premises)}


def how_far(destination: Destination, premises: Premises) -> str:
    """Distance as a resident says it: rounded metres or kilometres, and minutes in steps of five from a quarter on."""
    metres, minutes = destination.mean_distance_m, destination.walk_minutes(premises)
    if math.isnan(metres):
        return "te ver om te lopen"
    far = (
        f"{number_nl(max(round(metres / 50) * 50, 50))} meter"
        if metres < 1_000
        else f"{number_nl(metres / 1000, 1)} km"
    )
    whole = max(1, round(minutes) if minutes < 15 else round(minutes / 5) * 5)
    return f"gemiddeld {far}, ongeveer {whole} {'minuut' if whole == 1 else 'minuten'} lopen"
