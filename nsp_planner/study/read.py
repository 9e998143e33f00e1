"""Reading the inputs of a study. In: a study. Out: its checked layers, and a key that says which studies share them."""

from __future__ import annotations

from nsp_planner.config import Study
from nsp_planner.errors import DataError, Faults
from nsp_planner.layers.checks import check_capacity
from nsp_planner.layers.read import read_layers
from nsp_planner.layers.tables import Layers
from nsp_planner.study.progress import Progress, SilentProgress

NOT_IN_LAYERS = (
    "title",
    "output",
    "staff_shortage",
    "plan_at_hand",
    "previous",
    "ratios",
    "capacity",
    "decisions",
    "plan",
    "solver",
    "phasing",
    "fetch",
)
"""Sections of a study that reading the layers does not look at."""


def check_layers(study: Study, progress: Progress | None = None) -> Layers:
    """Read and check every input without solving; ``DataError`` with every fault of every file at once."""
    progress = progress or SilentProgress()
    faults = Faults()
    layers = read_layers(study, faults, progress.stage)
    faults.raise_if_any(DataError)
    assert layers is not None, "read_layers gives layers when there is no fault"
    return layers


def check_shared(layers: Layers, study: Study) -> None:
    """What reading would say of a study that shares the layers of another; ``DataError`` where they cannot hold all."""
    faults = Faults()
    check_capacity(layers, study, faults)
    faults.raise_if_any(DataError)


def layers_key(study: Study) -> str:
    """Equal for studies whose layers are the same; whether they will do for each of them is :func:`check_shared`."""
    # what is decided is a candidate, whatever the rules of [eligibility] say
    decided = study.decisions.model_dump_json(include={"fixed", "by_status"})
    return study.model_dump_json(exclude=set(NOT_IN_LAYERS)) + decided
