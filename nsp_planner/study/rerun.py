"""A run made again from its manifest. In: its folder. Out: a fresh run folder, and whether it is the same.

The inputs are looked up where the manifest says they are, and must have the checksums it gives: with other inputs there
is nothing to compare. A run that was stopped by its time limit or by Ctrl-C need not come out the same; that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nsp_planner.config import AppliedScenario, Study
from nsp_planner.config.loading import study_from_dict
from nsp_planner.config.overlay import Change
from nsp_planner.errors import DataError, Faults
from nsp_planner.report.manifest.write import FILE as MANIFEST
from nsp_planner.report.options import DeliverOptions
from nsp_planner.storage import sha256_of
from nsp_planner.study.deliver import read_deliver_options
from nsp_planner.study.finished_run import read_manifest
from nsp_planner.study.progress import Progress
from nsp_planner.study.run import RunResult, run_study
from nsp_planner.study.run_difference import compared, differences, other_versions

LAYER = "rerun"
BY_ITSELF = "gap"
"""The reason to stop that says nothing of the clock."""


@dataclass(frozen=True, eq=False)
class RerunResult:
    """A run made again.

    Attributes:
        run: The new run.
        differences: Every difference from the first run; empty where it is the same.
        n_tables: How many tables were compared.
        notes: What may explain a difference: other versions, a run that was stopped by the clock.
    """

    run: RunResult
    differences: tuple[str, ...]
    n_tables: int
    notes: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether all tables and every figure of the manifest came out the same."""
        return not self.differences


def rerun(folder: Path, *, output: Path | None = None, progress: Progress | None = None) -> RerunResult:
    """Make a run again from its manifest, into a fresh folder, and compare the two.

    Args:
        folder: The finished run; nothing in it is changed.
        output: Where the fresh folder goes; beside the finished run when left out.
        progress: Who wants to know how far it is.

    Raises:
        DataError: The folder is no finished run, its files were changed, or an input is not what it was; every one.
        SettingsError: The settings are not known to this version, or the output folder cannot be written.
        NspError: As :func:`~nsp_planner.study.run.run_study`.
    """
    was = _manifest_of(folder)
    study = _study_of(folder, was).change(output=folder.resolve().parent if output is None else output)
    made = run_study(
        study,
        command=f"nsp-planner rerun {folder}",
        progress=progress,
        scenarios=tuple(_scenario(each) for each in was.get("scenarios", ())),
        deliver=_deliver_options(was),
    )
    now = _manifest_of(made.folder)
    found = differences(folder, made.folder, was, now)
    return RerunResult(made, found, compared(was), _notes(was, now))


def _manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a run whose files and inputs are as it says."""
    faults = Faults()
    manifest = read_manifest(folder, faults, LAYER)
    faults.raise_if_any(DataError)
    assert manifest is not None, "there is a fault where there is no manifest"
    again = "take the run from a copy that was not changed"
    for output in manifest.get("outputs", ()):
        path = folder / output["name"]
        if not path.is_file():
            faults.add(LAYER, "a file of this run is not there any more", again, file=path)
        elif sha256_of(path) != output["sha256"]:
            faults.add(LAYER, "this file of the run was changed after it was made", again, file=path)
    back = "put the file back as it was; or make a new plan with `nsp-planner plan` and `compare` the two"
    where = "paths are relative to the folder in which the run was made: work in that one, or put the file back"
    for given in manifest["inputs"]:
        path = Path(given["path"])
        if not path.is_file():
            faults.add(LAYER, f"this input ({given['layer']}) is not there", where, file=path)
        elif sha256_of(path) != given["sha256"]:
            faults.add(LAYER, f"this input ({given['layer']}) is not what it was: its SHA-256 differs", back, file=path)
    if (changes := manifest.get("changes")) is not None:
        before = Path(changes["previous"]) / MANIFEST.name
        if not before.is_file():
            faults.add(
                LAYER, "the run before it, which it changes as little as it can, is not there", where, file=before
            )
        elif sha256_of(before) != changes["sha256"]:
            faults.add(
                LAYER, "the run before it, which it changes as little as it can, is not what it was", back, file=before
            )
    faults.raise_if_any(DataError)
    return manifest


def _study_of(folder: Path, manifest: Mapping[str, Any]) -> Study:
    study = study_from_dict(dict(manifest["settings"]), file=str(folder))
    # in a manifest every section stands, also one the study does not have
    return study if manifest.get("phases") is not None else study.not_asking_for("phasing")


def _scenario(noted: Mapping[str, Any]) -> AppliedScenario:
    changes = tuple(Change(each["key"], each["old"], each["new"]) for each in noted["changes"])
    return AppliedScenario(noted["name"], noted["title"], noted["sentence"], changes, noted.get("file"))


def _deliver_options(manifest: Mapping[str, Any]) -> DeliverOptions | None:
    asked = manifest.get("reports")
    if asked is None:
        return None
    return read_deliver_options(
        alternatives=[Path(each) for each in asked["alternatives"]],
        public_pilots=asked["public_pilots"],
    )


def _notes(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    notes = [f"made with other versions: {each}" for each in other_versions(was, now)]
    for which, manifest in (("first", was), ("second", now)):
        for level, plan in manifest["plan"].items():
            if plan["stopped_by"] != BY_ITSELF:
                notes.append(f"the {which} run's {level} plan was stopped by: {plan['stopped_by']}")
    return tuple(notes)
