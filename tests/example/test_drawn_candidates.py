"""Made-up candidates on a real grid: by buurt, by population, the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.example import draw_candidates
from nsp_planner.example.__main__ import main

RD = "EPSG:28992"
# code, name, gemeente, persons of each of its squares
BUURTEN = (
    ("BU00010001", "Oost", "GM0001", [3000, 1500, 0, 0]),
    ("BU00010002", "West", "GM0001", [5, 0, 0, 0]),
    ("BU00020001", "Leeg", "GM0002", [-99997, 0, 0, 0]),
    ("BU00020002", "Dorp", "GM0002", [400, 400, 400, 400]),
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Four buurten of 200 by 200 m side by side, four squares each."""
    buurten, squares = [], []
    for i, (code, name, gemeente, persons) in enumerate(BUURTEN):
        x0, y0 = 100_000 + 200 * i, 450_000
        buurten.append((code, name, gemeente, "Stad", "NEE", shapely.box(x0, y0, x0 + 200, y0 + 200)))
        for k, n in enumerate(persons):
            x, y = x0 + 100 * (k % 2), y0 + 100 * (k // 2)
            squares.append((n, shapely.box(x, y, x + 100, y + 100)))
    names = ["buurtcode", "buurtnaam", "gemeentecode", "gemeentenaam", "water", "geometry"]
    gpd.GeoDataFrame(buurten, columns=names, crs=RD).to_file(tmp_path / "buurten.gpkg", engine="pyogrio")
    gpd.GeoDataFrame(squares, columns=["aantal_inwoners", "geometry"], crs=RD).to_file(
        tmp_path / "grid.gpkg", engine="pyogrio"
    )
    return tmp_path / "buurten.gpkg", tmp_path / "grid.gpkg"


def draw(files: tuple[Path, Path], out: Path, seed: int = 1, per: float = 1500) -> pd.DataFrame:
    draw_candidates(*files, out, seed=seed, inhabitants_per_candidate=per)
    return pd.read_csv(out, sep=";")


def test_a_buurt_gets_one_candidate_at_least_and_one_per_1500_inhabitants(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    drawn = draw(files, tmp_path / "k.csv").groupby("buurtnaam").size()
    # Oost has 4,500 inhabitants but only two populated squares; Leeg has nobody that is known
    assert drawn.to_dict() == {"Oost": 2, "West": 1, "Dorp": 1}


def test_candidates_stand_in_populated_squares_of_their_buurt(files: tuple[Path, Path], tmp_path: Path) -> None:
    drawn = draw(files, tmp_path / "k.csv", per=300)
    number = drawn["buurtcode"].map({row[0]: i for i, row in enumerate(BUURTEN)})
    assert np.floor((drawn["x"] - 100_000) / 200).astype(int).tolist() == number.tolist()
    west = drawn[drawn["buurtnaam"] == "West"].iloc[0]
    assert abs(west["x"] - 100_250) <= 40
    assert abs(west["y"] - 450_050) <= 40
    assert not drawn.duplicated(["x", "y"]).any()


def test_names_say_that_the_building_is_invented(files: tuple[Path, Path], tmp_path: Path) -> None:
    drawn = draw(files, tmp_path / "k.csv")
    assert "Buurtlocatie Oost 2 (verzonnen)" in set(drawn["naam"])
    stations = pd.read_csv(tmp_path / "kazernes.csv", sep=";")
    assert stations["gemeentecode"].tolist() == ["GM0001", "GM0002"]
    assert set(stations["soort"]) == {"brandweerkazerne (verzonnen)"}


def test_drawing_again_with_the_seed_gives_the_same_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    first, again, other = (draw(files, tmp_path / f"{i}.csv", seed=seed) for i, seed in enumerate((1, 1, 2)))
    pd.testing.assert_frame_equal(first, again)
    assert not first[["x", "y"]].equals(other[["x", "y"]])


@pytest.mark.parametrize("per", [0, -5, float("nan")])
def test_no_inhabitants_per_candidate_is_refused(files: tuple[Path, Path], tmp_path: Path, per: float) -> None:
    with pytest.raises(ValueError, match="inhabitants_per_candidate must be above 0"):
        draw(files, tmp_path / "k.csv", per=per)
    assert not (tmp_path / "k.csv").exists()


def test_a_missing_file_and_a_missing_column_are_told_together(files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        draw_candidates(files[1], tmp_path / "none.gpkg", tmp_path / "k.csv", seed=1)
    assert [fault.layer for fault in raised.value.faults] == [*["buurten"] * 5, "grid"]
    assert "buurtcode" in raised.value.faults[0].message
    assert "none.gpkg" in str(raised.value.faults[-1].file)
    assert not (tmp_path / "k.csv").exists()


def test_a_grid_beside_the_buurten_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    far = gpd.GeoDataFrame(
        {"aantal_inwoners": [50]}, geometry=[shapely.box(200_000, 500_000, 200_100, 500_100)], crs=RD
    )
    far.to_file(tmp_path / "far.gpkg", engine="pyogrio")
    with pytest.raises(DataError, match="no populated square lies in a buurt"):
        draw_candidates(files[0], tmp_path / "far.gpkg", tmp_path / "k.csv", seed=1)


def test_the_command_says_which_file_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "buurten.gpkg")
    assert main(["rijnmond", "--buurten", missing, "--grid", missing, "--out", str(tmp_path / "out")]) == 3
    assert "buurten.gpkg" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_rijnmond_gets_enough_candidates_in_every_gemeente(shared_dir: Path, tmp_path: Path) -> None:
    source = shared_dir / "data" / "cbs-vierkant-rijnmond-2024"
    buurten_path = source / "buurten_2024_rijnmond.gpkg"
    grid_path = source / "cbs_vk100_2024_rijnmond.gpkg"
    code = main(["rijnmond", "--buurten", str(buurten_path), "--grid", str(grid_path), "--out", str(tmp_path)])
    assert code == 0
    candidates = pd.read_csv(tmp_path / "kandidaten.csv", sep=";")
    buurten = gpd.read_file(buurten_path)
    passed_over = buurten[~buurten["buurtcode"].isin(candidates["buurtcode"])]
    assert passed_over["aantal_inwoners"].sum() < 500  # CBS publishes no square in these
    quota = np.ceil(buurten.groupby("gemeentecode")["aantal_inwoners"].sum() / 5000)
    assert (candidates.groupby("gemeentecode").size() >= 2 * quota).all()
    stations = pd.read_csv(tmp_path / "kazernes.csv", sep=";")
    assert len(stations) == pytest.approx(1_312_605 / 12_000, rel=0.1)
    area = buurten.set_index("buurtcode").geometry
    assert shapely.covers(area.loc[candidates["buurtcode"]].to_numpy(), shapely.points(candidates[["x", "y"]])).all()
