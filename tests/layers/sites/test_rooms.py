"""Rooms of one building: their names, with and without a number."""

from __future__ import annotations

import pandas as pd
import pytest

from nsp_planner.config import Eligibility
from nsp_planner.layers.sites.rooms import building_name, without_room_numbers


@pytest.mark.parametrize(
    ("name", "building"),
    [
        ("De Hoeksteen - bureau 1", "De Hoeksteen"),
        ("Academiehuis Grote Kerk - bureau 2 (ingang Kerkplein)", "Academiehuis Grote Kerk (ingang Kerkplein)"),
        ("De Poort Zwartsluis 2/2", "De Poort Zwartsluis"),
        ("Hervormd Centrum, Genemuiden 1/2", "Hervormd Centrum, Genemuiden"),
        ("MFC de Binder zaal 1", "MFC de Binder"),
        ("Buurthuis de Zuidert, zaal 3", "Buurthuis de Zuidert"),
        ("De Scheg 1", "De Scheg 1"),
        ("Stembureau 12", "Stembureau 12"),
        ("Sportzaal van der Walstraat", "Sportzaal van der Walstraat"),
        ("Kruispunt 1", "Kruispunt 1"),
        ("Grote zaal", "Grote zaal"),
    ],
)
def test_a_room_is_called_as_its_building(name: str, building: str) -> None:
    rooms = Eligibility().rooms
    assert rooms is not None
    assert building_name(name, rooms) == building


def test_the_number_goes_only_where_one_building_has_two_of_them() -> None:
    names = pd.Series(["De Burght I", "De Burght II", "De Scheg 1", "De Scheg 1", "Hal 2", "Hal 3", "School 4"])
    building = pd.Series([0, 0, 2, 2, 4, 5, 0])
    told = without_room_numbers(names, building).tolist()
    assert told == ["De Burght", "De Burght", "De Scheg 1", "De Scheg 1", "Hal 2", "Hal 3", "School 4"]


def test_rooms_are_rows_where_the_study_says_so() -> None:
    assert Eligibility(off=("ruimte",)).rooms is None
