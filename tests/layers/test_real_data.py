"""The open data as published: IJsselland, Rijnmond, polling places, schools, fire stations."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nsp_planner.layers.tables import Layers
from tests.towns.raw_files import layers_of

pytestmark = pytest.mark.slow

IJSSELLAND = {
    "GM0148": 29_683, "GM0150": 103_405, "GM0160": 62_932, "GM0166": 56_177, "GM0175": 19_031, "GM0177": 38_364,
    "GM0180": 17_739, "GM0193": 133_141, "GM1708": 45_472, "GM1773": 18_835, "GM1896": 23_448,
}  # fmt: skip
"""CBS, Kerncijfers wijken en buurten 2024: inhabitants on 1 January 2024."""


def ijsselland(data: Path) -> dict[str, Any]:
    sites = [
        ("stemlokalen", "stemlokalen/stemlokalen_tk2025.csv", {"kind": "stemlokaal", "clip_to_region": True}),
        (
            "stemlokalen2023",
            "stemlokalen/stemlokalen_tk2023.csv",
            {"clip_to_region": True, "skip_without_coordinates": True},
        ),
        ("scholen", "duo-scholen-2024/scholen20241122.geojson", {"kind": "school", "clip_to_region": True}),
        ("kazernes", "brandweerkazernes/brandweerkazernes_ijsselland.csv", {"can_be": ["cnsp"]}),
    ]
    return {
        "title": "IJsselland",
        "region": {"name": "IJsselland", "gemeenten": list(IJSSELLAND)},
        "inputs": {
            "population": {"path": str(data / "ijsselland-modelgrid/vk100_ijsselland_model.gpkg")},
            "areas": {"path": str(data / "cbs-gemeenten-2026/gemeente_gegeneraliseerd_2026.gpkg")},
            "totals": {"path": str(data / "cbs-kwb-2024/gemeente_2024_stats.csv")},
            "sites": [{"path": str(data / path), "source": name, **more} for name, path, more in sites],
        },
    }


def rijnmond(data: Path, folder: Path, resolution_m: int, totals: bool) -> dict[str, Any]:
    (folder / "hallen.csv").write_text("naam;x;y\nHal;92000;437000\n")
    buurten = {"path": str(data / "cbs-vierkant-rijnmond-2024/buurten_2024_rijnmond.gpkg")}
    grid = data / f"cbs-vierkant-rijnmond-2024/cbs_vk{resolution_m}_2024_rijnmond.gpkg"
    return {
        "title": "Rijnmond",
        "region": {"name": "Rijnmond"},
        "capacity": {"persons": 2_000_000},
        "inputs": {
            "population": {"path": str(grid)},
            "areas": buurten,
            **({"totals": buurten} if totals else {}),
            "sites": [{"path": str(folder / "hallen.csv"), "source": "hallen"}],
        },
    }


def conserved(layers: Layers, in_file: int) -> bool:
    left = layers.left_out.loc[layers.left_out["layer"] == "population", "persons"].sum()
    added = layers.calibration["added_persons"].sum()
    return bool(layers.demand["population_persons"].sum() + left == in_file + added)


@pytest.fixture(scope="module")
def region(shared_dir: Path) -> Layers:
    return layers_of(ijsselland(shared_dir / "data"))


def test_ijsselland_has_its_official_inhabitants_in_every_gemeente(region: Layers) -> None:
    persons = region.demand.groupby("gemeente_code")["population_persons"].sum().to_dict()
    assert persons == IJSSELLAND
    assert sum(persons.values()) == 548_227
    assert region.calibration["official_persons"].tolist() == list(IJSSELLAND.values())
    assert region.calibration["published_persons"].sum() == 522_480
    assert conserved(region, in_file=522_480)


def test_in_ijsselland_only_the_buitengebied_gains(region: Layers) -> None:
    gained = region.demand.groupby("area_type")["added_persons"].sum()
    assert gained.to_dict() == {"buitengebied": 25_747, "kern": 0}


def test_a_part_of_the_region_leaves_the_rest_out_and_counts_it(shared_dir: Path) -> None:
    study = ijsselland(shared_dir / "data")
    study["region"]["gemeenten"] = ["GM0193"]
    del study["inputs"]["sites"][3]
    layers = layers_of(study)
    assert layers.demand["population_persons"].sum() == 133_141
    assert conserved(layers, in_file=522_480)
    others = layers.left_out[layers.left_out["layer"] == "population"]
    assert sorted(others["row_id"]) == sorted(set(IJSSELLAND) - {"GM0193"})


def test_polling_places_schools_and_fire_stations_become_sites(region: Layers) -> None:
    sites = region.sites
    assert sites["site_id"].is_unique
    assert set(sites["gemeente_code"]) == set(IJSSELLAND)
    assert sites["can_be_cnsp"].sum() == 34
    assert sites["can_be_lnsp"].sum() >= 590
    # Every row of every file is a site, merged into one, or left out.
    rows = {each.layer.removeprefix("sites: "): each.n_rows for each in region.inputs if "sites" in each.layer}
    assert rows == {"stemlokalen": 737, "stemlokalen2023": 699, "scholen": 772, "kazernes": 34}
    n_alone = len(sites) - region.merged["site_id"].nunique()
    n_left = region.left_out["layer"].str.startswith("sites").sum()
    assert n_alone + len(region.merged) + n_left == sum(rows.values())
    assert 25.0 < region.merged["distance_m"].max() <= 84.0, "one address or name"


def test_the_rules_leave_out_what_was_looked_at_by_eye(region: Layers) -> None:
    """Buildings per rule; the columns of the study are guessed, so the kinds are those of the BAG."""
    assert region.unfit is not None
    assert region.unfit.groupby("rule")["building_id"].nunique().to_dict() == {
        "bedrijf": 3, "biljart": 1, "bioscoop": 1, "mobiel": 9, "station": 1, "tent": 4, "ziekenhuis": 2,
        "zorginstelling": 32,
    }  # fmt: skip
    halls = region.unfit["name"].str.contains("kulturhus|dorpshuis|wijkcentrum|sporthal|kerk|school", case=False)
    assert not halls.any()


def test_a_school_on_the_generalised_border_is_where_its_list_says(region: Layers) -> None:
    near = region.notes[region.notes["note"].str.contains("de lijst zegt")]
    assert near["note"].tolist() == [
        "ligt volgens de kaart in Raalte, 7 m van Olst-Wijhe; de lijst zegt Olst-Wijhe en geldt"
    ]


def test_step_free_access_of_polling_places_is_read(region: Layers) -> None:
    answers = region.sites["step_free"].value_counts()
    assert answers["yes"] > 250
    assert answers["no"] >= 1


def test_ids_of_sites_do_not_depend_on_the_order_of_rows(shared_dir: Path, tmp_path: Path, region: Layers) -> None:
    study = ijsselland(shared_dir / "data")
    for source in study["inputs"]["sites"]:
        path = Path(source["path"])
        if path.suffix == ".csv":
            head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
            source["path"] = str(tmp_path / path.name)
            Path(source["path"]).write_text(head + "".join(reversed(rows)), encoding="utf-8")
    again = layers_of(study)
    pd.testing.assert_frame_equal(pd.DataFrame(again.sites), pd.DataFrame(region.sites))


def test_polling_places_of_the_provincial_election_are_read(shared_dir: Path) -> None:
    study = ijsselland(shared_dir / "data")
    path = shared_dir / "data/stemlokalen/stemlokalen_ps2023.csv"
    study["inputs"]["sites"] = [
        {"path": str(path), "source": "ps2023", "clip_to_region": True, "skip_without_coordinates": True}
    ]
    layers = layers_of(study)
    assert layers.unfit is not None
    assert len(layers.sites) + len(layers.unfit) == 316
    assert (layers.left_out["reason"] == "geen coördinaten").sum() == 3


def test_rijnmond_is_read_as_published(shared_dir: Path, tmp_path: Path) -> None:
    layers = layers_of(rijnmond(shared_dir / "data", tmp_path, 100, totals=False))
    assert next(each for each in layers.inputs if each.layer == "population").n_rows == 16_383
    assert layers.demand["published_persons"].sum() == 1_299_500
    assert layers.demand["population_persons"].sum() == 1_299_500
    assert layers.demand["persons_65plus"].isna().any()


@pytest.mark.parametrize(("resolution_m", "published"), [(100, 1_299_500), (500, 1_309_120)])
def test_rijnmond_is_calibrated_to_its_buurten(
    shared_dir: Path, tmp_path: Path, resolution_m: int, published: int
) -> None:
    layers = layers_of(rijnmond(shared_dir / "data", tmp_path, resolution_m, totals=True))
    assert layers.calibration["published_persons"].sum() == published
    assert layers.calibration["total_persons"].sum() == 1_312_605
    assert layers.demand["population_persons"].sum() == 1_312_605
    assert conserved(layers, in_file=published)


def test_ijsselland_is_read_within_seconds(shared_dir: Path, region: Layers) -> None:
    start = time.perf_counter()
    layers_of(ijsselland(shared_dir / "data"))
    assert region is not None
    assert time.perf_counter() - start < 15  # about 1.5 s on an idle machine
