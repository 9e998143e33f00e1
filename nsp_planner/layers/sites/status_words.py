"""Words for a status as people write them. In: a word of a list. Out: the status it means, or None.

Compared in lower case without accents and punctuation, and as a whole: "akkoord" is one, "akkoord na verbouwing" is
not, for whoever wrote that meant something. Words that registers have for any building ("in gebruik", "actief",
"gesloten") are none: a status may fix or refuse a building. A study adds its own with ``statuses`` of [[inputs.sites]].
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from nsp_planner.config import STATUSES
from nsp_planner.names import nearest_names, plain_name

NOT_SAID = ""
"""Stands for a cell that says nothing of a status."""

WORDS: Mapping[str, tuple[str, ...]] = {
    NOT_SAID: ("", "onbekend", "geen", "geen status", "n v t", "nvt", "nog onbekend", "unknown", "none"),
    "idee": (
        *("kandidaat", "mogelijke kandidaat", "potentieel", "potentiele locatie", "potentiele kandidaat", "optie"),
        *("mogelijk", "mogelijke locatie", "suggestie", "voorstel", "voorgesteld", "longlist", "groslijst"),
        *("verkennen", "verkenning", "te verkennen", "te onderzoeken", "onderzoeken", "nog te onderzoeken"),
        *("te benaderen", "nog te benaderen", "niet benaderd", "nog niet benaderd", "nog niet gesproken", "ideeen"),
        *("idea", "candidate", "possible"),
    ),
    "in gesprek": (
        *("in gesprek met bestuur", "in gesprek met eigenaar", "in gesprek met beheerder", "in gesprek met gemeente"),
        *("in gesprek met stichting", "in gesprek met kerk", "in gesprek met school", "gesprek", "gesprekken"),
        *("gesprek loopt", "gesprekken lopen", "gesprek gepland", "gesprek gevoerd", "in overleg", "overleg"),
        *("in overleg met eigenaar", "in overleg met bestuur", "in overleg met beheerder", "benaderd", "contact"),
        *("contact gelegd", "contact gehad", "afspraak gepland", "bezoek gepland", "bezocht", "schouw gepland"),
        *("wacht op reactie", "wacht op akkoord", "wachten op akkoord", "wacht op eigenaar", "in behandeling"),
        *("lopend", "loopt", "shortlist", "in onderzoek", "wordt onderzocht", "in discussion", "contacted"),
    ),
    "akkoord eigenaar": (
        *("akkoord", "eigenaar akkoord", "eigenaar is akkoord", "akkoord van eigenaar", "akkoord van de eigenaar"),
        *("akkoord bestuur", "bestuur akkoord", "bestuur is akkoord", "akkoord beheerder", "beheerder akkoord"),
        *("akkoord stichting", "akkoord kerkbestuur", "akkoord gekregen", "mondeling akkoord", "schriftelijk akkoord"),
        *("toegezegd", "toezegging", "toestemming", "toestemming eigenaar", "overeenkomst", "overeenkomst getekend"),
        *("contract getekend", "getekend", "agreed", "owner agreed"),
    ),
    "pilot": (
        *("pilotlocatie", "pilot locatie", "pilot loopt", "in pilot", "pilot gestart", "pilot gepland", "proef"),
        *("proeflocatie", "proef locatie", "proef loopt"),
    ),
    "operationeel": (
        *("operationeel noodsteunpunt", "operationele locatie", "paraat", "volledig paraat", "ingericht"),
        *("ingericht en paraat", "operational"),
    ),
    "afgevallen": (
        *("valt af", "viel af", "is afgevallen", "vervalt", "vervallen", "afgewezen", "geweigerd", "weigert", "nee"),
        *("niet geschikt", "ongeschikt", "afgekeurd", "niet akkoord", "geen akkoord", "eigenaar niet akkoord"),
        *("eigenaar wil niet", "wil niet", "doet niet mee", "niet beschikbaar", "niet meer beschikbaar"),
        *("gesloopt", "teruggetrokken", "ingetrokken", "dropped", "refused", "rejected"),
    ),
}
"""Words per status, besides its own name; "" for words that say nothing."""


@cache
def _known() -> Mapping[str, str]:
    own = {plain(status): str(status) for status in STATUSES}
    return {plain(word): status for status, words in WORDS.items() for word in words} | own


def plain(word: str) -> str:
    """A word as words are compared."""
    return plain_name(word, between=" ")


def status_of(word: str, more: Mapping[str, str] | None = None) -> str | None:
    """The status a word means, "" where it says nothing, None where it is not understood; ``more`` goes first."""
    own = {plain(each): status for each, status in (more or {}).items()}
    return (own | {"": NOT_SAID}).get(plain(word), _known().get(plain(word)))


def nearest_status(word: str, more: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """The known word that looks most like this one, and its status; None where none does."""
    known = {**_known(), **{plain(each): status for each, status in (more or {}).items()}}
    known = {each: status for each, status in known.items() if status}
    near = nearest_names(plain(word), known, cutoff=0.6)
    return (near[0], known[near[0]]) if near else None
