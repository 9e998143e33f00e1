"""Which studies share their layers: the key leaves out only what reading never looks at."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from nsp_planner.config import Study, load_study
from nsp_planner.study.read import NOT_IN_LAYERS, check_layers, layers_key

looked_at: set[tuple[str, str]] = set()


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Who asks, who asked them, and so on."""
    while frame is not None:
        yield frame
        frame = frame.f_back


class WatchedStudy(Study):
    """A study that notes who looks at the sections that the key leaves out."""

    def __getattribute__(self, name: str) -> Any:
        """The attribute, noted with the function that asks for it."""
        if name in NOT_IN_LAYERS:
            asking = [frame.f_code.co_name for frame in _frames(sys._getframe(1))]
            looked_at.add((name, "check_capacity" if "check_capacity" in asking else asking[0]))
        return super().__getattribute__(name)


def test_reading_looks_at_no_section_that_the_key_of_layers_leaves_out(small_example: Path) -> None:
    """But for the one check that every study gets by itself (``check_shared``), whoever read the layers.

    Of [decisions] it looks at what is decided of unfit buildings, and that is in the key.
    """
    study = load_study(small_example)
    sections = {name: getattr(study, name) for name in study.model_fields_set}
    watched = WatchedStudy.model_construct(study.model_fields_set, **{**dict(study), **sections})
    looked_at.clear()
    check_layers(watched)
    looked_at_while_reading = {each for each in looked_at if each[1] != "check_capacity"}
    assert looked_at_while_reading == {("decisions", "keep_decided"), ("decisions", "_decided_statuses")}
    assert ("capacity", "check_capacity") in looked_at


def test_the_key_follows_every_other_section(small_example: Path) -> None:
    study = load_study(small_example)
    key = layers_key(study)
    assert layers_key(study.change(capacity={"slack": 3.0}, decisions={"refused": ("a:b",)})) == key
    for decided in ({"fixed": ("a:b",)}, {"by_status": {"pilot": "free"}}):
        assert layers_key(study.change(decisions=decided)) != key
    for changed in ({"distances": {"kern_persons_within_500m": 1}}, {"region": {"name": "Elders"}}):
        assert layers_key(study.change(**changed)) != key
