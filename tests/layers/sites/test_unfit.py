"""Buildings that are no candidates: which rule fits, what stays all the same, and that it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nsp_planner.config import Eligibility, UnfitRule
from nsp_planner.config.eligibility import published_rules
from nsp_planner.errors import SettingsError
from nsp_planner.layers.sites.rooms import building_name
from nsp_planner.layers.sites.unfit import find_rule
from nsp_planner.layers.tables import Layers
from tests.towns.raw_files import layers_of, make_world
from tests.towns.studies import smallest_study

RULES = published_rules().rules
HEAD = "id;naam;soort;x;y;status;toiletten;vloeroppervlakte\n"


def read(folder: Path, *rows: str, decisions: dict[str, Any] | None = None, **eligibility: Any) -> Layers:
    """A list with a Kerk that always fits, and these rows, a kilometre apart unless they say otherwise."""
    (folder / "s.csv").write_text(HEAD + "0;Kerk;kerk;201050;501050;;;\n" + "".join(f"{row}\n" for row in rows))
    study = make_world(folder, sites=[{"path": str(folder / "s.csv"), "source": "lijst"}])
    return layers_of({**study, "eligibility": eligibility, "decisions": decisions or {}})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_fits_its_own_example_and_gives_its_reason(rule: UnfitRule) -> None:
    assert rule in (find_rule(rule.example, "", RULES), find_rule("", rule.example, RULES))
    assert rule.reason[0].islower()
    assert not rule.reason.endswith(".")


def test_the_examples_of_rooms_are_rooms() -> None:
    rooms = published_rules().rooms
    assert all(building_name(name, rooms) != name for name in rooms.example.split(", "))


@pytest.mark.parametrize(
    ("name", "kind", "rule"),
    [
        ("BIOSCOOP PATHÉ", "", "bioscoop"),
        ("Kulturhus De Bios", "", None),
        ("Bioscoop in Kulturhus De Spil", "", None),
        ("Biljartcentrum De Dam", "sporthal", "biljart"),
        ("Woon- en zorgcentr. De Bloemendal", "", "zorginstelling"),
        ("Stichting Woon-, Zorg- en Dienstencentrum ’t Dijkhuis", "", "zorginstelling"),
        ("Dienstencentrum De Terp", "gemeenschapsgebouw", None),
        ("Averbergen", "zorggebouw", "zorginstelling"),
        ("Sporthal Hoogerheyne", "zorggebouw", None),
        ("Mobiel stembureau Buurthuis Ommerkanaal", "", "mobiel"),
        ("Automobielmuseum", "", None),
        ("Tent Raalte Zuid", "", "tent"),
        ("Tentoonstellingszaal", "", None),
        ("NS Station", "", "station"),
        ("Spoor 7", "", None),
        ("Wijkcentrum Stationskwartier", "", None),
        ("Hotel Inn Salland", "logiesgebouw", None),
        ("Vakgarage Van Winsum", "bedrijfsgebouw", "bedrijf"),
        ("Impact", "bedrijfsgebouw", None),
    ],
)
def test_names_of_real_lists(name: str, kind: str, rule: str | None) -> None:
    found = find_rule(name, kind, RULES)
    assert (None if found is None else found.id) == rule


def test_what_is_left_out_is_shown_with_its_rule_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    rows = ("1;Bioscoop Pathé;;202050;501050;;;", "2;Pathé;;202055;501050;;;", "3;Mobiel stembureau;;203050;501050;;;")
    layers = read(tmp_path, *rows)
    assert layers.sites["name"].tolist() == ["Kerk"]
    assert layers.unfit is not None
    assert layers.unfit[["site_id", "building_id", "rule"]].to_numpy().tolist() == [
        ["lijst:1", "lijst:1", "bioscoop"],
        ["lijst:2", "lijst:1", "bioscoop"],
        ["lijst:3", "lijst:3", "mobiel"],
    ]
    assert layers.unfit["x_m"].tolist() == [202050, 202055, 203050]
    left = layers.left_out[layers.left_out["layer"] == "sites: lijst"]
    assert sorted(left["row_id"]) == ["1", "2", "3"]
    assert left["reason"].str.startswith("ongeschikt (").all()
    assert layers.merged.empty


def test_a_bus_beside_a_hall_does_not_take_the_hall_away_nor_give_it_its_name(tmp_path: Path) -> None:
    layers = read(tmp_path, "1;Mobiel stembureau Aldorp;;202050;501050;;;", "2;Buurthuis;;202050;501050;;;")
    assert layers.sites["name"].tolist() == ["Kerk", "Buurthuis"]


def test_one_row_that_says_kulturhus_keeps_the_building_with_its_cinema(tmp_path: Path) -> None:
    layers = read(tmp_path, "1;Bioscoop De Zaal;;202050;501050;;;", "2;Kulturhus De Spil;;202055;501050;;;")
    assert layers.sites["site_id"].tolist() == ["lijst:0", "lijst:1"]


def test_a_rule_is_switched_off_and_another_is_added_by_the_study(tmp_path: Path) -> None:
    own = {"id": "molen", "words": ["molen"], "reason": "een molen heeft geen zaal"}
    rows = ("1;Bioscoop;;202050;501050;;;", "2;Molen De Hoop;;203050;501050;;;", "3;Molenaarshuis;;205050;501050;;;")
    layers = read(tmp_path, *rows, off=["bioscoop"], rules=[own])
    assert layers.sites["name"].tolist() == ["Kerk", "Bioscoop", "Molenaarshuis"]
    assert layers.unfit is not None
    assert layers.unfit[["rule", "reason"]].to_numpy().tolist() == [["molen", "een molen heeft geen zaal"]]


def test_a_rule_of_the_study_with_a_known_id_replaces_that_rule() -> None:
    own = UnfitRule(id="bioscoop", words=("filmzaal",), reason="te klein")
    assert find_rule("Bioscoop Pathé", "", Eligibility(rules=(own,)).rules_in_force) is None
    assert find_rule("De Filmzaal", "", Eligibility(rules=(own,)).rules_in_force) == own


@pytest.mark.slow
@pytest.mark.parametrize("status", ["akkoord eigenaar", "pilot", "operationeel"])
def test_what_is_decided_stays_and_the_contradiction_is_told(tmp_path: Path, status: str) -> None:
    layers = read(tmp_path, f"1;Bioscoop;;202050;501050;{status};;", f"2;Tent Zuid;;203050;501050;{status};;")
    assert layers.sites["name"].tolist() == ["Kerk", "Bioscoop", "Tent Zuid"]
    told = layers.notes[layers.notes["note"].str.startswith("tegenspraak: ongeschikt")]
    assert sorted(told["row_id"]) == ["lijst:1", "lijst:2"]


def test_a_fixed_building_stays_and_a_refused_or_discussed_one_goes(tmp_path: Path) -> None:
    rows = ("1;Bioscoop Oost;;202050;501050;;;", "2;Bioscoop West;;203050;501050;in gesprek;;")
    layers = read(tmp_path, *rows, decisions={"fixed": ["lijst:1"], "refused": ["lijst:2"]})
    assert layers.sites["name"].tolist() == ["Kerk", "Bioscoop Oost"]
    assert "lijst:1" in set(layers.notes["row_id"])


def test_a_row_without_coordinates_that_is_no_building_is_no_fault(tmp_path: Path) -> None:
    layers = read(tmp_path, "1;Mobiel bureau Verzorgingshuizen;;;;;;")
    assert layers.unfit is not None
    assert layers.unfit["x_m"].isna().tolist() == [True]
    assert layers.unfit["rule"].tolist() == ["mobiel"]


@pytest.mark.slow
def test_floor_area_and_provisions_count_where_they_are_known_and_unknown_is_not_no(tmp_path: Path) -> None:
    rows = (
        "1;Klein;;202050;501050;;;80",
        "2;Groot;;203050;501050;;ja;100",
        "3;Onbekend;;203950;501050;;;",
        "4;Zonder;;205050;501050;;nee;400",
    )
    layers = read(tmp_path, *rows, min_floor_area_m2=100, required=["toilets"])
    assert layers.sites["name"].tolist() == ["Kerk", "Groot", "Onbekend"]
    assert layers.unfit is not None
    assert layers.unfit[["rule", "reason"]].to_numpy().tolist() == [
        ["vloeroppervlak", "80 m² vloeroppervlak, minder dan 100"],
        ["voorziening", "zonder toiletten"],
    ]
    assert len(read(tmp_path, *rows).sites) == 5, "asked for nothing"


def test_a_building_that_may_be_a_cnsp_keeps_that_role(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(HEAD + "0;Kerk;;201050;501050;;;\n1;Tankstation Post;;202050;501050;;;\n")
    source = {"path": str(tmp_path / "s.csv"), "source": "lijst", "can_be": ["lnsp", "cnsp"]}
    layers = layers_of(make_world(tmp_path, sites=[source]))
    assert layers.sites[["can_be_lnsp", "can_be_cnsp"]].to_numpy().tolist() == [[True, True], [False, True]]
    assert "geen kandidaat voor L-NSP (bedrijf), wel voor C-NSP" in set(layers.notes["note"])


@pytest.mark.parametrize(
    ("eligibility", "told"),
    [
        ({"off": ["bioscop"]}, "did you mean 'bioscoop'"),
        ({"rules": [{"id": "leeg", "reason": "zomaar"}]}, "needs words or kinds"),
        ({"rules": [{"id": "ruimte", "reason": "zomaar", "words": ["a"]}]}, "ids of rules are taken: ruimte"),
        ({"required": ["koffie"]}, "toilets"),
    ],
)
def test_settings_that_cannot_be_are_refused(eligibility: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        smallest_study(eligibility=eligibility)
