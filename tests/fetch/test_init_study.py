from __future__ import annotations

import json
from pathlib import Path

import pytest

from nsp_planner.config import load_study
from nsp_planner.fetch.init_study import REGION_FILE, write_study
from nsp_planner.norms import published_norms


def fetched(folder: Path, *, streets: bool) -> Path:
    """A folder as ``nsp-planner fetch`` leaves it, with hardly anything in the files."""
    files = {"population": "vk.zip", "areas": "g.gpkg", "totals": "t.csv", "sites_osm": "osm.csv"}
    if streets:
        files |= {"streets": "straten.osm.pbf", "bag": "bag.gpkg"}
    folder.mkdir()
    for name in files.values():
        (folder / name).write_text("naam;x;y\nZaal;200000;500000\n", encoding="utf-8")
    region = {"name": "IJsselland", "code": "VR04", "gemeenten": {"GM0177": "Raalte"}, "year": 2024, "files": files}
    (folder / REGION_FILE).write_text(json.dumps(region), encoding="utf-8")
    return folder


@pytest.mark.parametrize(("streets", "method"), [(True, "network"), (False, "straight_line")])
def test_a_first_study_walks_along_the_streets_where_they_were_fetched(
    tmp_path: Path, streets: bool, method: str
) -> None:
    written = write_study(fetched(tmp_path / "data", streets=streets), tmp_path / "studie.toml", published_norms())
    study = load_study(written.path)
    assert study.distances.method == method
    assert (study.inputs.network is not None) == streets
    assert (study.inputs.addresses is not None) == streets, "the extract of the BAG"
