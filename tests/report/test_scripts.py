"""The scripts of pages get colours, kinds and words from the data: what Python knows does not stand in them again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nsp_planner.report
from nsp_planner.layers.network.backdrop import ROAD_CLASSES
from nsp_planner.report import palette
from nsp_planner.report.page.backdrop import WATER, WATERWAY, backdrop_looks

FOLDER = Path(nsp_planner.report.__file__).parent
SCRIPTS = sorted(path for path in FOLDER.rglob("*.js") if "leaflet" not in path.parts)
TEMPLATES = [FOLDER / "map" / "above.html", FOLDER / "compare" / "above.html"]


def palette_colours() -> set[str]:
    return set(re.findall(r"#[0-9a-f]{6}", Path(palette.__file__).read_text(encoding="utf-8"))) - {"#111827"}


@pytest.mark.parametrize("path", [*SCRIPTS, *TEMPLATES], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_script_or_legend_writes_a_colour_of_the_palette_again(path: Path) -> None:
    assert not palette_colours() & set(re.findall(r"#[0-9a-f]{6}", path.read_text(encoding="utf-8")))


def test_the_search_for_colours_finds_one_that_stands_twice() -> None:
    assert len(SCRIPTS) >= 9
    assert palette.LNSP_COLOUR in palette_colours()


def test_every_class_of_road_has_a_look_and_water_none_of_theirs() -> None:
    looks = backdrop_looks()
    kinds = [road["kind"] for road in looks["roads"]]
    assert sorted(kinds) == sorted(set(ROAD_CLASSES.values()))
    assert {looks["water"], looks["waterway"]} == {WATER, WATERWAY}
    assert not {WATER, WATERWAY} & set(kinds)
