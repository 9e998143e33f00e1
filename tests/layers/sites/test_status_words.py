"""Words for a status as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsp_planner.config import STATUSES
from nsp_planner.layers.sites.status_words import WORDS, nearest_status, plain, status_of
from tests.towns.raw_files import faults_of, layers_of, make_world

HEADER = "naam;x;y;gemeentecode;status\n"


def listed(*statuses: str) -> str:
    rows = (f"Hal {n};{201_050 + 300 * n};501050;0001;{status}\n" for n, status in enumerate(statuses))
    return HEADER + "".join(rows) + "Kerk;205050;501050;0002;\n"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("akkoord", "akkoord eigenaar"),
        ("Eigenaar akkoord", "akkoord eigenaar"),
        ("valt af", "afgevallen"),
        ("Niet geschikt.", "afgevallen"),
        ("geen akkoord", "afgevallen"),
        ("in gesprek met bestuur", "in gesprek"),
        ("In gesprek (met eigenaar)", "in gesprek"),
        ("operationeel", "operationeel"),
        ("PILOT", "pilot"),
        ("kandidaat", "idee"),
        ("verkennen", "idee"),
        ("n.v.t.", ""),
        ("?", ""),
        ("", ""),
        ("in gebruik", None),
        ("akkoord na verbouwing", None),
    ],
)
def test_words_are_understood_as_people_write_them(word: str, status: str | None) -> None:
    assert status_of(word) == status


def test_no_word_means_two_things_and_every_status_is_its_own_word() -> None:
    words = [plain(word) for words in WORDS.values() for word in words] + [plain(status) for status in STATUSES]
    assert len(words) == len(set(words))
    assert [status_of(status) for status in STATUSES] == list(STATUSES)


def test_a_word_of_the_study_goes_before_ours() -> None:
    assert status_of("Pilot", {"pilot": "in gesprek"}) == "in gesprek"
    assert status_of("bestuur denkt na", {"Bestuur denkt na": "in gesprek"}) == "in gesprek"
    assert nearest_status("bestuur denkt naa", {"bestuur denkt na": "in gesprek"}) == ("bestuur denkt na", "in gesprek")


def test_words_that_are_not_understood_are_one_fault_with_what_to_write(tmp_path: Path) -> None:
    text = faults_of(make_world(tmp_path, listed("akkoort", "akkoort", "vraag Piet", "pilot", "xyz")))
    assert text.count("not understood") == 1
    assert "4 rows have a status that is not understood" in text
    assert '"akkoort" (2 x, looks like "akkoord": akkoord eigenaar)' in text
    assert '"vraag Piet" (1 x)' in text
    assert 'statuses = { "akkoort" = "akkoord eigenaar", "vraag piet" = "idee", "xyz" = "idee" }' in text
    assert "sites.csv" in text


def test_what_the_fault_says_to_write_is_understood(tmp_path: Path) -> None:
    tables = make_world(tmp_path, listed("akkoort", "vraag Piet"))
    tables["inputs"]["sites"][0]["statuses"] = {"akkoort": "akkoord eigenaar", "vraag piet": "idee"}
    sites = layers_of(tables).sites.set_index("name")["status"]
    assert sites["Hal 0"] == "akkoord eigenaar"
    assert sites["Hal 1"] == "idee"
