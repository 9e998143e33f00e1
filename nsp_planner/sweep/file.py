"""The file of a sweep. In: SWEEP.toml. Out: every scenario of the grid as a checked study, with a key of its own.

A sweep lays stacks of overlays and lists of values over one or more studies: every study times every stack times every
combination of values is a scenario. The key of a scenario is a hash of its settings and of the contents of its inputs,
so a result is found again whatever the file is called, and never used when anything that matters has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from math import prod
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from nsp_planner import __version__
from nsp_planner.config import AppliedScenario, Overlay, Study, apply_overlays, find_overlay, read_overlay
from nsp_planner.config.base import Settings, StudyPath
from nsp_planner.config.loading import read_tables
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.storage import sha256_of

NOT_IN_THE_KEY = ("title", "output", "phasing", "fetch")
"""Settings that change no result; of the solver the number of threads neither."""


MOST_SCENARIOS = 10_000
"""More take weeks, and no table shows them."""


class SweepFile(Settings):
    """A sweep: studies, overlays and values."""

    title: str = Field(min_length=1)
    """Title on the table, in Dutch."""
    studies: tuple[StudyPath, ...] = Field(min_length=1)
    """Study files, relative to this file."""
    output: StudyPath
    """Folder of the results; the same one continues where an earlier run stopped."""
    scenarios: tuple[tuple[str, ...], ...] = ((),)
    """Stacks of overlays, each a list of names or paths; [] is the study itself. Names are looked up beside it."""
    values: dict[str, tuple[Any, ...]] = Field(default_factory=dict)
    """Lists of values per study key, such as { "ratios.lnsp_per_cnsp" = [3, 4, 5] }: every combination is made."""


@dataclass(frozen=True)
class SweepScenario:
    """One scenario of a sweep.

    Attributes:
        key: Hash of settings and inputs, names the result.
        study_file: The study it is made from.
        stack: Names of the overlays.
        values: Study keys and their values in this scenario.
        study: The settings, all paths absolute, one solver thread.
        scenarios: What was laid over the study, with every change.
    """

    key: str
    study_file: Path
    stack: tuple[str, ...]
    values: tuple[tuple[str, Any], ...]
    study: Study
    scenarios: tuple[AppliedScenario, ...]

    @property
    def label(self) -> str:
        """A short name for progress and tables."""
        parts = [*self.stack, *(f"{key.rsplit('.', 1)[-1]}={_short(value)}" for key, value in self.values)]
        return " ".join([self.study_file.stem, *parts])


def read_sweep(path: Path) -> tuple[SweepFile, list[SweepScenario]]:
    """Read a sweep and make all its scenarios, without solving any.

    Raises:
        SettingsError: The sweep, a study or an overlay is wrong; the faults of all scenarios at once, each once.
    """
    raw = read_tables(path, layer="sweep", what="sweep")
    try:
        sweep = SweepFile.model_validate(raw, context={"folder": path.parent})
    except ValidationError as error:
        faults = Faults()
        for item in error.errors(include_url=False, include_context=False):
            key = ".".join(str(part) for part in item["loc"])
            known = ", ".join(SweepFile.model_fields)
            faults.add("sweep", item["msg"], f"a sweep has these keys: {known}", file=path, column=key)
        raise SettingsError(faults.items) from None
    faults = Faults()
    _check_grid(sweep, path, faults)
    faults.raise_if_any(SettingsError)
    found = list(_scenarios(sweep, path))
    for made in found:
        if isinstance(made, SettingsError):
            faults.items += [fault for fault in made.faults if fault not in faults.items]
    faults.raise_if_any(SettingsError)
    return sweep, [made for made in found if isinstance(made, SweepScenario)]


def _check_grid(sweep: SweepFile, path: Path, faults: Faults) -> None:
    """A fault for keys inside one another, and for more scenarios than anybody can look at."""
    for one, other in permutations(sweep.values, 2):
        if other.startswith(f"{one}."):
            message, fix = f"this key is inside another of the sweep, {one}", "leave one of the two out"
            faults.add("sweep", message, fix, file=path, column=f"values.{other}")
    n_scenarios = len(sweep.studies) * len(sweep.scenarios) * prod(len(values) for values in sweep.values.values())
    if n_scenarios > MOST_SCENARIOS:
        message = f"these are {n_scenarios:,} scenarios, more than {MOST_SCENARIOS:,}"
        faults.add("sweep", message, "give fewer values, or several sweeps", file=path, column="values")


def _scenarios(sweep: SweepFile, path: Path) -> Iterator[SweepScenario | SettingsError]:
    for study_file in sweep.studies:
        try:
            raw = read_tables(study_file)
        except SettingsError as error:
            yield error
            continue
        for stack in sweep.scenarios:
            try:
                overlays = [read_overlay(find_overlay(_beside(name, path), study_file)) for name in stack]
            except SettingsError as error:
                yield error
                continue
            for chosen in product(*sweep.values.values()):
                values = tuple(zip(sweep.values, chosen, strict=True))
                try:
                    yield _scenario(study_file, raw, overlays, values, path)
                except SettingsError as error:
                    yield error


def _scenario(
    study_file: Path, raw: dict[str, Any], overlays: list[Overlay], values: tuple[tuple[str, Any], ...], path: Path
) -> SweepScenario:
    more = []
    if values:
        settings = ", ".join(f"{key} = {_short(value)}" for key, value in values)
        more = [Overlay("waarden", "Waarden van deze reeks", f"Ingesteld: {settings}.", _tables(values), path)]
    study, applied = apply_overlays(raw, [*overlays, *more], folder=study_file.parent, file=str(study_file))
    study = with_absolute_paths(study).change(solver={"threads": 1})
    stack = tuple(overlay.name for overlay in overlays)
    return SweepScenario(scenario_key(study), study_file, stack, values, study, applied)


def _tables(values: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for key, value in values:
        *above, last = key.split(".")
        table = tables
        for name in above:
            table = table.setdefault(name, {})
        table[last] = value
    return tables


def _beside(name: str, sweep_file: Path) -> str:
    """A path of an overlay is relative to the sweep; a name is looked up beside the study."""
    return str(sweep_file.parent / name) if name.endswith(".toml") or "/" in name else name


def with_absolute_paths(study: Study) -> Study:
    """The same study with every path absolute, so that any process can read it."""
    return Study.model_validate(_resolved(study.model_dump(mode="python")))


def _resolved(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item) for item in value]
    return value.absolute() if isinstance(value, Path) else value


def scenario_key(study: Study) -> str:
    """Hash of everything that may change the result: settings, the contents of files, the version of this package."""
    settings = study.model_dump(mode="python", exclude=set(NOT_IN_THE_KEY))
    settings["solver"].pop("threads")
    text = json.dumps([__version__, _hashable(settings)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _hashable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hashable(item) for item in value]
    if isinstance(value, Path):
        if not value.is_file():
            return str(value)
        stat = value.stat()
        return _digest(value, stat.st_size, stat.st_mtime_ns)
    return value


@cache
def _digest(path: Path, _n_bytes: int, _changed_ns: int) -> str:
    """SHA-256 of a file; size and time of change are in the arguments so that a changed file is read again."""
    return sha256_of(path)


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
