"""New buildings with an address and no coordinates: found by other lists, by a list of addresses, or asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from nsp_planner.layers.tables import Layers
from tests.towns.raw_files import faults_of, layers_of, make_world, write_vector

OLD = "naam;adres;plaats;x;y\nKerk;Plein 1;Aldorp;201050;501050\n"


def world(folder: Path, new: str, **inputs: Any) -> dict[str, Any]:
    (folder / "oud.csv").write_text(OLD)
    (folder / "nieuw.csv").write_text(new)
    sources = [{"path": str(folder / f"{name}.csv"), "source": name} for name in ("oud", "nieuw")]
    return make_world(folder, sites=sources, **inputs)


def places(layers: Layers) -> dict[str, tuple[float, float]]:
    points = layers.sites.geometry
    return dict(zip(layers.sites["name"], zip(points.x, points.y, strict=True), strict=True))


def bag(folder: Path) -> dict[str, str]:
    """An extract of the BAG as the service of PDOK has it."""
    table = {
        "openbare_ruimte_naam": ["Kerkweg", "Kerkweg", "Kerkweg"],
        "huisnummer": [3, 3, 5],
        "huisletter": [None, "a", None],
        "toevoeging": [None, None, None],
        "woonplaats_naam": ["Aldorp", "Aldorp", "Bedorp"],
    }
    points = [shapely.Point(202_050, 501_050), shapely.Point(203_050, 501_050), shapely.Point(205_050, 501_050)]
    frame = gpd.GeoDataFrame(table, geometry=points, crs="EPSG:28992")
    return {"path": str(write_vector(folder / "bag.gpkg", frame))}


def test_a_row_takes_the_place_of_the_same_address_on_another_list_and_it_is_said(tmp_path: Path) -> None:
    layers = layers_of(world(tmp_path, "naam;adres;plaats\nZaal achter de kerk;plein 1;Aldorp\n"))
    assert places(layers) == {"Kerk": (201_050, 501_050)}
    assert sorted(layers.merged["name"]) == ["Kerk", "Zaal achter de kerk"]
    (note,) = layers.notes["note"]
    assert note == "1 zonder coördinaten, op het adres gezet (bekend uit een andere lijst): Zaal achter de kerk"


def test_an_extract_of_the_bag_places_the_others(tmp_path: Path) -> None:
    new = "naam;straat;huisnummer;huisletter;plaats;x;y\nHal;Kerkweg;3;A;Aldorp;;\nZaal;Kerkweg;5;;;;\n"
    layers = layers_of(world(tmp_path, new, addresses=bag(tmp_path)))
    assert places(layers) == {"Kerk": (201_050, 501_050), "Hal": (203_050, 501_050), "Zaal": (205_050, 501_050)}
    assert "nieuw:203050-501050" in set(layers.sites["site_id"]), "its id follows from where it lies"
    assert "addresses" in {each.layer for each in layers.inputs}


def test_rows_whose_address_nobody_knows_are_one_fault_that_lists_them_all(tmp_path: Path) -> None:
    new = "naam;adres;plaats\nA;Kerkweg 3;Elders\nB;Kerkweg;Aldorp\nC;Kerkweg 3;Aldorp\nD;Dorpsweg 9;Aldorp\n"
    told = faults_of(world(tmp_path, new, addresses=bag(tmp_path)))
    assert told.count("what to do") == 1
    assert "3 rows have no coordinates, 3 of them with an address that is not known" in told
    assert "ids: row 2, row 3, row 5" in told
    assert "Give a list of addresses in [inputs.addresses] (BAG)" in told


def test_an_address_in_two_places_is_not_taken(tmp_path: Path) -> None:
    addresses = tmp_path / "a.csv"
    addresses.write_text("adres;plaats;x;y\nKerkweg 3;Aldorp;202050;501050\nKerkweg 3;;205050;501050\n")
    new = "naam;adres;plaats\nA;Kerkweg 3;Aldorp\n"
    assert "1 rows have no coordinates" in faults_of(world(tmp_path, new, addresses={"path": str(addresses)}))


def test_a_list_of_addresses_without_addresses_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("naam;x;y\nHal;202050;501050\n")
    study = world(tmp_path, "naam;adres\nA;Kerkweg 3\n", addresses={"path": str(tmp_path / "a.csv")})
    assert "addresses, column columns: no columns hold addresses" in faults_of(study)


def test_a_list_of_addresses_is_read_and_checked_where_nobody_needs_it_today(tmp_path: Path) -> None:
    study = world(tmp_path, "naam;x;y\nA;202050;501050\n", addresses={"path": str(tmp_path / "weg.csv")})
    assert "addresses: the file is not there" in faults_of(study)
