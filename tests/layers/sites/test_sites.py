"""Candidate buildings from every kind of file: guesses, mapping, ids, coordinates, words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from tests.towns.raw_files import faults_of, layers_of, make_world, write_vector


def sites_of(folder: Path, text: str | bytes, name: str = "s.csv", **settings: Any) -> gpd.GeoDataFrame:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return layers_of(make_world(folder, sites=[sites_input(path, **settings)])).sites


def sites_input(path: Path, **settings: Any) -> dict[str, Any]:
    return {"path": str(path), "source": "lijst", **settings}


def test_a_windows_1252_file_with_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    text = "Naam gebouw;X-coördinaat;Y-coördinaat;Capaciteit inwoners\nCafé ’t Hoekje;201.050,5;501.050,25;1.250\n"
    site = sites_of(tmp_path, text.encode("cp1252"), columns={"x": "x-coordinaat"}).iloc[0]
    assert (site["name"], site["capacity_persons"]) == ("Café ’t Hoekje", 1250)
    assert (site.geometry.x, site.geometry.y) == (201050.5, 501050.25)


@pytest.mark.slow
def test_longitude_and_latitude_become_rd(tmp_path: Path) -> None:
    point = gpd.GeoSeries([shapely.Point(201_050, 501_050)], crs="EPSG:28992").to_crs("EPSG:4326").iloc[0]
    text = f"naam,Longitude,Latitude\nHal,{point.x:.8f},{point.y:.8f}\n"
    site = sites_of(tmp_path, text).iloc[0]
    assert (round(site.geometry.x), round(site.geometry.y)) == (201050, 501050)
    same = sites_of(tmp_path, text.replace("Longitude,Latitude", "x,y"), crs="EPSG:4326").iloc[0]
    assert same.geometry.distance(site.geometry) < 0.01


def test_a_row_without_x_and_y_falls_back_on_its_degrees(tmp_path: Path) -> None:
    point = gpd.GeoSeries([shapely.Point(201_050, 501_050)], crs="EPSG:28992").to_crs("EPSG:4326").iloc[0]
    text = f"naam,x,y,lon,lat\nHal,,,{point.x:.8f},{point.y:.8f}\nKerk,205050,501050,,\n"
    assert sites_of(tmp_path, text).geometry.x.round().tolist() == [201050, 205050]


def test_excel_keeps_the_zeros_of_codes_and_the_formula_sign_of_names(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in (["id", "naam", "gemeentecode", "x", "y"], ["007", "'=Hal", "0001", 201050, 501050.5]):
        workbook.active.append(row)
    workbook.save(tmp_path / "s.xlsx")
    site = layers_of(make_world(tmp_path, sites=[sites_input(tmp_path / "s.xlsx")])).sites.iloc[0]
    assert (site["site_id"], site["name"], site["gemeente_code"]) == ("lijst:007", "'=Hal", "GM0001")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_polygons_become_a_point_within(tmp_path: Path, suffix: str) -> None:
    angle = shapely.Polygon([(201_000, 501_000), (201_100, 501_000), (201_100, 501_010), (201_010, 501_010),
                             (201_010, 501_100), (201_000, 501_100)])  # fmt: skip
    frame = gpd.GeoDataFrame({"naam": ["Hal"], "aantal": [3]}, geometry=[angle], crs="EPSG:28992")
    path = write_vector(tmp_path / f"s.{suffix}", frame if suffix == "gpkg" else frame.to_crs("EPSG:4326"))
    site = layers_of(make_world(tmp_path, sites=[sites_input(path)])).sites.iloc[0]
    assert angle.buffer(0.1).contains(site.geometry)


def test_geojson_in_metres_needs_and_takes_the_crs_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "s.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"naam":"Hal"},'
        '"geometry":{"type":"Point","coordinates":[201050,501050]}}]}'
    )
    assert "metres, but the file says degrees" in faults_of(
        make_world(tmp_path, sites=[sites_input(tmp_path / "s.geojson")])
    )
    study = make_world(tmp_path, sites=[sites_input(tmp_path / "s.geojson", crs="EPSG:28992")])
    assert layers_of(study).sites.geometry.x.tolist() == [201050]


def test_a_mapping_goes_before_a_guess_and_an_empty_one_leaves_unread(tmp_path: Path) -> None:
    text = "naam;titel;x;y;status\nfout;Hal;201050;501050;bezet\n"
    sites = sites_of(tmp_path, text, columns={"name": "TITEL", "status": ""})
    assert sites[["name", "status"]].to_numpy().tolist() == [["Hal", "idee"]]


def test_a_guessed_column_without_a_word_understood_is_left_unread_and_noted(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("naam;x;y;parkeren\nHal;201050;501050;42 plaatsen\n")
    layers = layers_of(make_world(tmp_path, sites=[sites_input(tmp_path / "s.csv")]))
    assert layers.sites["parking"].tolist() == ["unknown"]
    assert layers.notes["note"].tolist() == ['kolom "parkeren" niet gelezen: geen waarden voor parking']


def test_yes_and_no_are_read_in_dutch_and_empty_is_unknown_never_no(tmp_path: Path) -> None:
    text = "naam;x;y;noodstroom\nA;201050;501050;Ja\nB;202050;501050;nee\nC;203050;501050;\nD;203950;501050;onbekend\n"
    assert sites_of(tmp_path, text)["emergency_power"].tolist() == ["yes", "no", "unknown", "unknown"]


def test_kinds_are_mapped_by_the_first_value_known(tmp_path: Path) -> None:
    text = (
        'naam,x,y,Gebruiksdoel van het gebouw\nA,201050,501050,"overige,Sportfunctie"\nB,202050,501050,\n'
        "C,203050,501050,Kantoorfunctie\n"
    )
    kinds = sites_of(tmp_path, text, kind="gebouw", kinds={"sportfunctie": "sporthal"})["kind"]
    assert kinds.tolist() == ["sporthal", "gebouw", "kantoorfunctie"]


def test_an_address_is_put_together_and_a_name_made_where_there_is_none(tmp_path: Path) -> None:
    text = "naam;straat;huisnummer;huisletter;plaats;x;y\n;Plein;1;a;Aldorp;201050;501050\n;;;;Bedorp;205050;501050\n"
    sites = sites_of(tmp_path, text, kind="school")
    assert sites["name"].tolist() == ["school Plein 1a", "school Bedorp"]
    assert sites["address"].isna().tolist() == [False, True]
    assert sites["place"].tolist() == ["Aldorp", "Bedorp"]


@pytest.mark.slow
def test_ids_come_from_the_file_or_from_the_place_and_not_from_the_row(tmp_path: Path) -> None:
    head, rows = "naam;x;y\n", ["A;201050,4;501050\n", "B;202050;501050\n", "C;203050;501050\n"]
    one = sites_of(tmp_path, head + "".join(rows))
    other = sites_of(tmp_path, head + "D;203950;501050\n" + "".join(reversed(rows)))
    names = dict(zip(other["site_id"], other["name"], strict=True))
    assert one["site_id"].tolist() == ["lijst:201050-501050", "lijst:202050-501050", "lijst:203050-501050"]
    assert [names[i] for i in one["site_id"]] == ["A", "B", "C"]
    with_ids = sites_of(tmp_path, "id;naam;x;y\n0085::SB1;A;201050;501050\n;B;202050;501050\n")
    assert with_ids["site_id"].tolist() == ["lijst:0085::SB1", "lijst:202050-501050"]
    doubles = sites_of(tmp_path, "id;naam;x;y\n1;A;201050;501050\n1;B;202050;501050\n")
    assert doubles["site_id"].tolist() == ["lijst:201050-501050", "lijst:202050-501050"]


def test_rows_on_one_square_metre_keep_apart_ids(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("naam;x;y\nB;201050;501050\nA;201050,3;501050\nC;201050,1;501050\n")
    study = make_world(tmp_path, sites=[sites_input(path)])
    study["inputs"]["same_building_m"] = 0
    sites = layers_of(study).sites
    assert dict(zip(sites["site_id"], sites["name"], strict=True)) == {
        "lijst:201050-501050": "A",
        "lijst:201050-501050-2": "B",
        "lijst:201050-501050-3": "C",
    }


def test_rows_outside_and_without_coordinates_are_left_out_on_request_and_listed(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("id;naam;x;y\n1;Hal;201050;501050\n2;Ver;209000;501050\n3;Bus;;\n4;Zee;10000;600000\n")
    source = sites_input(path, clip_to_region=True, skip_without_coordinates=True)
    layers = layers_of(make_world(tmp_path, sites=[source]))
    assert layers.sites["name"].tolist() == ["Hal"]
    assert layers.left_out[["layer", "row_id", "name", "reason"]].to_numpy().tolist() == [
        ["sites: lijst", "3", "Bus", "geen coördinaten"],
        ["sites: lijst", "2", "Ver", "buiten de regio"],
        ["sites: lijst", "4", "Zee", "buiten de regio"],
    ]


def test_a_place_overseas_in_degrees_is_only_outside_the_region(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("naam;lon;lat\nHal;6,1232;52,4979\nBonaire;-68,27;12,15\nAntipode;-174;-52\n")
    layers = layers_of(make_world(tmp_path, sites=[sites_input(path, clip_to_region=True)]))
    assert layers.sites["name"].tolist() == ["Hal"]
    assert layers.left_out["name"].tolist() == ["Bonaire", "Antipode"]


def test_mapped_columns_go_before_the_geometry(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"naam": ["Hal"], "x": [201_050.0], "y": [501_050.0]}, geometry=[shapely.Point(1, 1)], crs="EPSG:28992"
    )
    path = write_vector(tmp_path / "s.gpkg", frame)
    source = sites_input(path, columns={"x": "x", "y": "y"})
    assert layers_of(make_world(tmp_path, sites=[source])).sites.geometry.x.tolist() == [201_050]


def test_rows_of_two_sources_on_one_building_become_one_site(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("naam;x;y\nHal;201050;501050\n")
    (tmp_path / "b.csv").write_text("naam;x;y\nKazerne;201060;501050\n")
    sources = [
        {"path": str(tmp_path / "a.csv"), "source": "hallen"},
        {"path": str(tmp_path / "b.csv"), "source": "kazernes", "can_be": ["lnsp", "cnsp"]},
    ]
    layers = layers_of(make_world(tmp_path, sites=sources))
    assert layers.sites[["site_id", "can_be_lnsp", "can_be_cnsp"]].to_numpy().tolist() == [
        ["hallen:201050-501050", True, True]
    ]
    assert layers.merged["source"].tolist() == ["hallen", "kazernes"]


def test_every_file_read_is_recorded_with_its_checksum(tmp_path: Path) -> None:
    import hashlib

    layers = layers_of(make_world(tmp_path))
    assert [each.layer for each in layers.inputs] == ["areas", "population", "totals", "sites: lijst"]
    for each in layers.inputs:
        raw = Path(each.path).read_bytes()
        assert (each.n_bytes, each.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())


def test_missing_text_and_capacity_are_missing(tmp_path: Path) -> None:
    site = layers_of(make_world(tmp_path)).sites.iloc[0]
    assert all(pd.isna(site[column]) for column in ("address", "place", "status_reason", "capacity_persons"))
