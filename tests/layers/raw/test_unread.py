"""Columns that are not read: named once per file, with the field each may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsp_planner.layers.raw.unread import closest_field
from nsp_planner.layers.sites.columns import RELATED, SYNONYMS
from tests.towns.raw_files import layers_of, make_world


def notes_of(folder: Path, text: str, **source: object) -> list[str]:
    (folder / "s.csv").write_text(text)
    layers = layers_of(make_world(folder, sites=[{"path": str(folder / "s.csv"), "source": "lijst", **source}]))
    return layers.notes["note"].tolist()


def test_unread_columns_are_one_note_the_likely_ones_first_with_what_to_write(tmp_path: Path) -> None:
    text = "naam;x;y;beheerder;Aggregaat?;verwarmng\nHal;201050;501050;Jansen;ja;nee\n"
    assert notes_of(tmp_path, text) == [
        'niet gelezen: "Aggregaat?" (bedoelt u emergency_power? columns = { emergency_power = "Aggregaat?" }), '
        '"verwarmng" (bedoelt u heat? columns = { heat = "verwarmng" }), "beheerder"'
    ]


def test_a_field_that_another_column_holds_is_not_offered_again(tmp_path: Path) -> None:
    text = "naam;x;y;noodstroom;aggregaat\nHal;201050;501050;ja;50 kVA\n"
    assert notes_of(tmp_path, text) == ['niet gelezen: "aggregaat"']


def test_what_is_read_or_left_unread_on_purpose_is_not_named(tmp_path: Path) -> None:
    text = "naam;x;y;lon;lat;status;toiletten\nHal;201050;501050;6,1232;52,4979;bezet;ja\n"
    assert notes_of(tmp_path, text, columns={"status": "", "x": "x"}) == []


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Aggregaat?", "emergency_power"),
        ("Noodstrom", "emergency_power"),
        ("WC's aanwezig", "toilets"),
        ("Rolstoelvriendelijk", "step_free"),
        ("vloeropp. m2", "floor_area_m2"),
        ("internetadres", None),
        ("leerlingen", None),
        ("beheerder", None),
    ],
)
def test_the_closest_field_by_word_or_likeness(name: str, field: str | None) -> None:
    assert closest_field(name, SYNONYMS, RELATED) == field
