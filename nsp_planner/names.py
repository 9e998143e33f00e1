"""Names and counts as people write them. In: a name, a number. Out: its plain form, the nearest one known; Dutch text.

Counts stand here, below every room, because notes on raw files and reports say them alike.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

MAX_NAMES_SHOWN = 20

SINGULAR = {
    "C-NSP's": "C-NSP",
    "L-NSP's": "L-NSP",
    "adressen": "adres",
    "ambtenaren": "ambtenaar",
    "berekeningen": "berekening",
    "bezoekers": "bezoeker",
    "buurten": "buurt",
    "diensten": "dienst",
    "gasten": "gast",
    "gebouwen": "gebouw",
    "gemeenteambtenaren": "gemeenteambtenaar",
    "gemeenten": "gemeente",
    "inwoners": "inwoner",
    "kaarten": "kaart",
    "kandidaten": "kandidaat",
    "kazernes": "kazerne",
    "kolommen": "kolom",
    "medewerkers": "medewerker",
    "mensen": "mens",
    "noodsteunpunten": "noodsteunpunt",
    "plannen": "plan",
    "plekken": "plek",
    "punten": "punt",
    "rijen": "rij",
    "scenario's": "scenario",
    "seconden": "seconde",
    "stippen": "stip",
    "teksten": "tekst",
    "vierkanten": "vierkant",
    "waterpunten": "waterpunt",
    "wijzigingen": "wijziging",
}
"""Dutch nouns that are counted, plural to singular."""


def names_of_files(folder: str, *, first: str) -> tuple[str, ...]:
    """The names that the files of a folder of this package stand for, known without importing them.

    So a layer below can say which names a register above accepts (objectives, in ``plan/objectives``).

    Args:
        folder: The folder inside the package, such as ``plan/objectives``.
        first: The name that comes first; the others follow by the alphabet.
    """
    found = {path.stem for path in (Path(__file__).parent / folder).glob("[!_]*.py")}
    return tuple(sorted(found, key=lambda name: (name != first, name)))


def plain_name(name: str, *, between: str = "-", longest: int | None = None, otherwise: str = "") -> str:
    """Lower-case letters and digits without accents, with ``between`` for every run of anything else.

    Args:
        name: Any text.
        between: What stands between the words; "" closes them up, to compare names.
        longest: The most characters it may have.
        otherwise: What it is called where nothing is left.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", between, plain).strip(between)[:longest].rstrip(between) or otherwise


def nearest_names(name: str, known: Iterable[str], *, n: int = 1, cutoff: float = 0.6) -> list[str]:
    """At most ``n`` known names that look like this one, the nearest first; ``cutoff`` is the least likeness."""
    return difflib.get_close_matches(name, list(known), n=n, cutoff=cutoff)


def did_you_mean(name: str, known: Iterable[str], otherwise: str, *, cutoff: float = 0.6) -> str:
    """What to do about an unknown name: the nearest known one, or else what ``otherwise`` says."""
    near = nearest_names(name, known, cutoff=cutoff)
    return f"did you mean {near[0]!r}?" if near else otherwise


def nearest_or_all(name: str, known: Sequence[str]) -> str:
    """Advice on a name that is not in a file, case left aside: the nearest one that is, or all of them."""
    folded = {candidate.casefold(): candidate for candidate in known}
    if near := nearest_names(name.casefold(), folded):
        return f'Did you mean "{folded[near[0]]}"?'
    shown = ", ".join(f'"{candidate}"' for candidate in known[:MAX_NAMES_SHOWN])
    return f"There are: {shown}{', ...' if len(known) > MAX_NAMES_SHOWN else ''}." if known else "There are none."


def counted_nl(n: Any, plural: str, singular: str | None = None, *, none: str = "geen") -> str:
    """A count with its noun as Dutch has it: geen gebouwen, 1 gebouw, 1.234 gebouwen; what is not known is said.

    What is rounded to one has the singular too.

    Args:
        n: The number; NaN, None or ``pd.NA`` where it is not known.
        plural: The noun, adjectives before it included, such as "nieuwe gebouwen".
        singular: The same for one; left out where the noun is in :data:`SINGULAR`.
        none: What stands for zero.
    """
    one = SINGULAR[plural] if singular is None else singular
    try:
        number = float(n)
    except TypeError:
        number = math.nan
    if math.isnan(number):
        return f"een onbekend aantal {plural}"
    text = f"{number:,.0f}".replace(",", ".")
    if text in ("0", "-0"):
        return f"{none} {plural}"
    return f"{text} {one if text == '1' else plural}"


def agreeing_nl(n: float, singular: str, plural: str) -> str:
    """The form of a verb or an article that goes with a count: of one the first, else the second."""
    return singular if f"{n:.0f}" == "1" else plural


def inhabitants_nl(n: Any) -> str:
    """A number of inhabitants: geen inwoners, 1 inwoner, 1.234 inwoners."""
    return counted_nl(n, "inwoners")


def lnsps_nl(n: Any) -> str:
    """A number of L-NSPs: geen L-NSP's, 1 L-NSP, 2 L-NSP's."""
    return counted_nl(n, "L-NSP's")


def cnsps_nl(n: Any) -> str:
    """A number of C-NSPs."""
    return counted_nl(n, "C-NSP's")
