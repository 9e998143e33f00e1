"""Names as people write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nsp_planner.names import SINGULAR, agreeing_nl, counted_nl, did_you_mean, nearest_names, nearest_or_all, plain_name

PACKAGE = Path(__file__).resolve().parents[1] / "nsp_planner"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Súdwest-Fryslân", "sudwest-fryslan"),
        ("  't Harde / Élburg  ", "t-harde-elburg"),
        ("Plan 2026", "plan-2026"),
        ("...", ""),
    ],
)
def test_a_plain_name_has_letters_digits_and_hyphens_only(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_plain_name_does_not_end_in_the_hyphen_it_is_cut_at() -> None:
    assert plain_name("Hof van Twente", longest=4) == "hof"


def test_a_name_of_nothing_plain_is_called_otherwise() -> None:
    assert plain_name("東京", otherwise="plan") == "plan"


def test_names_are_compared_closed_up() -> None:
    assert plain_name("Aantal_Inwoners", between="") == plain_name("aantalInwoners", between="") == "aantalinwoners"


def test_the_nearest_name_is_offered() -> None:
    assert did_you_mean("kulturhuus", ["kerk", "kulturhus"], "known: ...") == "did you mean 'kulturhus'?"


def test_without_a_near_name_the_other_advice_is_given() -> None:
    assert did_you_mean("zwembad", ["kerk"], "known: kerk") == "known: kerk"
    assert did_you_mean("zwembad", [], "there are none") == "there are none"


def test_the_likeness_asked_for_decides_what_is_near() -> None:
    assert nearest_names("abcd", ["abxy"], cutoff=0.5) == ["abxy"]
    assert nearest_names("abcd", ["abxy"]) == []


def test_the_nearest_come_first() -> None:
    assert nearest_names("gelderland", ["gelderland-midden", "gelderland-z", "zeeland"], n=2) == [
        "gelderland-z",
        "gelderland-midden",
    ]


def test_the_nearest_name_in_a_file_is_found_whatever_the_case() -> None:
    assert nearest_or_all("Aantal_Inwoner", ["id", "AANTAL_INWONERS"]) == 'Did you mean "AANTAL_INWONERS"?'


def test_without_a_near_name_all_are_shown_up_to_twenty() -> None:
    assert nearest_or_all("zzz", ["a", "b"]) == 'There are: "a", "b".'
    assert nearest_or_all("zzz", [f"c{i}" for i in range(21)]).endswith('"c19", ....')
    assert nearest_or_all("zzz", []) == "There are none."


@pytest.mark.parametrize(
    ("n", "plural", "text"),
    [
        (0, "gebouwen", "geen gebouwen"),
        (1, "gebouwen", "1 gebouw"),
        (0.7, "inwoners", "1 inwoner"),
        (1234.4, "inwoners", "1.234 inwoners"),
        (2, "L-NSP's", "2 L-NSP's"),
        (float("nan"), "inwoners", "een onbekend aantal inwoners"),
    ],
)
def test_a_count_has_the_noun_that_goes_with_it(n: float, plural: str, text: str) -> None:
    assert counted_nl(n, plural) == text


def test_an_adjective_goes_with_its_noun() -> None:
    told = [counted_nl(n, "nieuwe gebouwen", "nieuw gebouw") for n in (0, 1, 2)]
    assert told == ["geen nieuwe gebouwen", "1 nieuw gebouw", "2 nieuwe gebouwen"]
    assert [agreeing_nl(n, "loopt", "lopen") for n in (0, 0.6, 1, 2)] == ["lopen", "loopt", "loopt", "lopen"]


DUTCH_ROOMS = ("report", "questions", "sweep", "evaluate", "layers", "study/edited_lists")
OF_ALL = ("van de", "van alle", "alle", "alleen de", "de eerste", "een op de", "per", "onder", "elk van de", "1 op")
"""Words after which a number is a whole that is never one, or a ratio."""


def test_every_count_in_a_dutch_sentence_is_made_by_the_one_function() -> None:
    """A number that a sentence puts before a plural by hand would say "1 gebouwen" one day."""
    nouns = "|".join(sorted(map(re.escape, SINGULAR), key=len, reverse=True))
    by_hand = re.compile(rf"(?P<before>[^\n]{{0,20}})\{{[^{{}}\n]+\}} (?:{nouns})(?![\w-]| occur)")
    assert by_hand.search('f"{n} gebouwen"')
    found = [
        f"{path.name}: {match[0].strip()}"
        for room in DUTCH_ROOMS
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for match in by_hand.finditer(path.read_text(encoding="utf-8"))
        if not match["before"].rstrip().lower().endswith(OF_ALL)
    ]
    assert found == []
