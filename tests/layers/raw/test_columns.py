"""Which column holds what: synonyms in their order, names of the study first, and what is said where none fits."""

from __future__ import annotations

import pytest

from nsp_planner.errors import Fault, Faults
from nsp_planner.layers.raw.columns import FieldSpec, find_column, find_columns, fold, named_column

CODE = FieldSpec(("gemeentecode", "gm_code"), required=True, what="the code", key="code_column", table="inputs.areas")


def find(names: list[str], **fields: FieldSpec) -> tuple[dict[str, str] | None, list[Fault]]:
    faults = Faults()
    return find_columns("lijst", names, fields, faults, "x.csv"), list(faults.items)


def test_names_are_one_without_case_accents_and_punctuation() -> None:
    assert fold("Aantal_Inwónérs (2024)") == "aantalinwoners2024"


def test_the_likeliest_synonym_goes_first_and_of_equal_names_the_first_column() -> None:
    assert find_column(["gm_code", "GemeenteCode"], CODE.synonyms) == "GemeenteCode"
    assert find_column(["GM code", "gm_code"], CODE.synonyms) == "GM code"
    assert find_column(["code"], CODE.synonyms) is None


def test_a_column_the_study_names_is_taken_exactly_before_alike() -> None:
    assert named_column(["naam", "Naam"], "Naam") == "Naam"
    assert named_column(["NAAM"], "naam") == "NAAM"
    assert named_column(["label"], "naam") is None


def test_a_field_that_is_not_to_be_read_is_left_out_and_one_that_may_miss_is_no_fault() -> None:
    assert find(["naam"], name=FieldSpec(("naam",), named="")) == ({}, [])
    assert find(["iets"], name=FieldSpec(("naam",))) == ({}, [])


def test_two_columns_of_one_name_ask_for_a_choice_and_a_name_of_the_study_is_one() -> None:
    found, (fault,) = find(["gm_code", "GM-code"], code=CODE)
    assert found is None
    assert fault.message == "the file has more than one column that may be meant: gm_code, GM-code"
    assert fault.fix == "Keep one, or name the right one with code_column = ... in [inputs.areas]."
    assert (fault.column, fault.file) == ("gm_code", "x.csv")
    named = FieldSpec(named="GM-code")
    assert find(["gm_code", "GM-code"], code=named) == ({"code": "GM-code"}, [])


@pytest.mark.parametrize(("required", "said"), [(True, ""), (False, " (mapped to code)")])
def test_a_column_of_the_study_that_is_not_there_is_named_with_the_nearest(required: bool, said: str) -> None:
    found, (fault,) = find(["gm_code"], code=FieldSpec(named="gm_cod", required=required))
    assert found is None
    assert fault.message == f'the file has no column "gm_cod"{said}'
    assert fault.column == "gm_cod"
    assert "gm_code" in fault.fix


def test_a_required_field_that_nothing_looks_like_says_how_to_name_it() -> None:
    found, (fault,) = find(["iets"], code=CODE)
    assert found is None
    assert (fault.message, fault.column) == ("no column looks like the code", "code_column")
    assert fault.fix.startswith("Name it with code_column = ... in [inputs.areas].")
    _, (fault,) = find(["iets"], code=FieldSpec(("gemeentecode", "gm_code"), required=True, what="the code"))
    assert fault.column == "gemeentecode"
    assert fault.fix.startswith("It is called one of gemeentecode, gm_code.")
