"""Names as people write them. In: a name. Out: its plain form for files and comparing, or the nearest one known."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

MAX_NAMES_SHOWN = 20


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
