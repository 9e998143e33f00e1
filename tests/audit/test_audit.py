"""The auditor recomputes a run by itself, and finds what is wrong with one."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import nsp_planner.audit
from nsp_planner.audit.bound import certified_bound
from nsp_planner.audit.findings import Audit
from nsp_planner.audit.run import audit_run
from nsp_planner.cli.app import app
from nsp_planner.config import Study
from nsp_planner.study.run import run_study

Arrays = dict[str, Any]


@pytest.fixture(scope="module")
def run(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the small example region: exact, divisible, a quota per gemeente."""
    output = tmp_path_factory.mktemp("runs")
    return run_study(study.change(output=output), command="test").folder


def spoilt(run: Path, folder: Path, change: Callable[[Arrays], None]) -> Path:
    """A copy of a run whose proof was changed, with a manifest that knows the changed file."""
    copy = shutil.copytree(run, folder / "run")
    with np.load(copy / "bewijs.npz") as file:
        fields = {name: file[name] for name in file.files}
    change(fields)
    np.savez_compressed(copy / "bewijs.npz", **fields)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["outputs"]:
        if entry["name"] == "bewijs.npz":
            entry["sha256"] = hashlib.sha256((copy / "bewijs.npz").read_bytes()).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return copy


def failing(audit: Audit) -> str:
    return "; ".join(f"{each.check}: {each.detail}" for each in audit.findings if not each.holds)


@pytest.mark.slow
def test_every_check_of_a_sound_run_holds_and_the_gap_is_certified(run: Path) -> None:
    audit = audit_run(run)
    assert failing(audit) == ""
    lnsp, cnsp = audit.certified
    assert lnsp.claimed_gap - 1e-9 <= lnsp.certified_gap < lnsp.claimed_gap + 1e-4
    assert cnsp.claimed_gap - 1e-9 <= cnsp.certified_gap < cnsp.claimed_gap + 1e-4


def test_the_command_says_what_it_certifies_and_ends_well(run: Path) -> None:
    result = CliRunner().invoke(app, ["audit", str(run)])
    assert result.exit_code == 0, result.output
    assert "certified here" in result.output


def _half_of_someone(fields: Arrays) -> None:
    fields["lnsp_share"] = fields["lnsp_share"].copy()
    fields["lnsp_share"][3] *= 0.5


def _one_site_closed(fields: Arrays) -> None:
    fields["lnsp_open_sites"] = fields["lnsp_open_sites"][1:]


def _a_hall_refused(fields: Arrays) -> None:
    fields["lnsp_refused"][fields["lnsp_open_sites"][0]] = True


def _a_smaller_hall(fields: Arrays) -> None:
    load = np.bincount(fields["lnsp_site"], fields["lnsp_persons"][fields["lnsp_demand"]] * fields["lnsp_share"])
    fields["lnsp_capacity"][int(load.argmax())] = load.max() - 1.0


def _a_larger_hall(fields: Arrays) -> None:
    fields["lnsp_capacity"] = fields["lnsp_capacity"].copy()
    fields["lnsp_capacity"][-1] *= 2


def _a_quota_more(fields: Arrays) -> None:
    fields["lnsp_quota"] = fields["lnsp_quota"] + 1


def _a_better_value(fields: Arrays) -> None:
    fields["lnsp_value"] = fields["lnsp_value"] * 0.999


def _a_bound_past_the_value(fields: Arrays) -> None:
    fields["lnsp_bound"] = fields["lnsp_value"] * 1.001


def _a_nearer_walk(fields: Arrays) -> None:
    fields["walk_m"] = fields["walk_m"] * 0.99


def _a_person_lost(fields: Arrays) -> None:
    fields["walk_persons"] = fields["walk_persons"].copy()
    fields["walk_persons"][0] -= 1


def _another_station(fields: Arrays) -> None:
    closed = np.setdiff1d(np.arange(len(fields["cnsp_capacity"])), fields["cnsp_open_sites"])
    fields["cnsp_site"] = fields["cnsp_site"].copy()
    fields["cnsp_site"][0] = closed[0]


def _a_lower_ratio(fields: Arrays) -> None:
    fields["cnsp_ratio"] = np.array(1)


def _stations_in_another_gemeente(fields: Arrays) -> None:
    fields["cnsp_station_gemeente"] = fields["cnsp_station_gemeente"] + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_half_of_someone, "allocated once"),
        (_one_site_closed, "only to open sites"),
        (_a_hall_refused, "refused sites are closed"),
        (_a_smaller_hall, "capacities hold"),
        (_a_larger_hall, "capacities follow"),
        (_a_quota_more, "number per gemeente"),
        (_a_better_value, "sum of its parts"),
        (_a_bound_past_the_value, "does not contradict"),
        (_a_nearer_walk, "indicators"),
        (_a_person_lost, "persons"),
        (_another_station, "cnsp: (2)"),
        (_a_lower_ratio, "cnsp: the objective is the sum of its parts"),
        (_stations_in_another_gemeente, "cnsp: distances are those of the objective"),
    ],
)
def test_a_planted_fault_is_found(run: Path, tmp_path: Path, change: Callable[[Arrays], None], found: str) -> None:
    audit = audit_run(spoilt(run, tmp_path, change))
    assert not audit.holds
    assert found in failing(audit)


def test_a_changed_output_and_a_changed_input_are_found(run: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(run, tmp_path / "run")
    with (copy / "kandidatenlijst.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert "as they were written: kandidatenlijst.csv" in failing(audit_run(copy))


def test_a_folder_without_a_proof_is_told_with_exit_code_3(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["audit", str(tmp_path)])
    assert result.exit_code != 0


@pytest.mark.slow
def test_any_multipliers_give_a_bound_no_plan_is_below(run: Path) -> None:
    problem = read_proof(run)
    rng, value = np.random.default_rng(1), float(problem["value"])
    good = problem["row_differences"]
    for _ in range(20):
        problem["row_differences"] = (good * rng.uniform(0.0, 3.0, len(good))).astype(np.int64)
        assert certified_bound(problem) <= value * (1 + 1e-9)


def read_proof(run: Path, level: str = "lnsp") -> Arrays:
    """The arrays of one level, whole numbers as wide as the auditor has them."""
    with np.load(run / "bewijs.npz") as file:
        fields = {name.removeprefix(f"{level}_"): file[name] for name in file.files if name.startswith(f"{level}_")}
    return {name: each.astype(np.int64) if each.dtype.kind in "iu" else each for name, each in fields.items()}


def test_an_auditor_can_read_all_of_it() -> None:
    files = Path(nsp_planner.audit.__file__).parent.glob("*.py")
    modules = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    for node in (node for module in modules for node in ast.walk(module) if hasattr(node, "body")):
        if isinstance(node.body, list):
            node.body = [each for each in node.body if not _is_text_or_import(each)] or [ast.Pass()]
    assert sum(len(ast.unparse(module).split("\n")) for module in modules) <= 500


def _is_text_or_import(each: ast.stmt) -> bool:
    text = isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
    return text or isinstance(each, ast.Import | ast.ImportFrom)


def _another_distance_to_the_station(fields: Arrays) -> None:
    fields["cnsp_metres"] = fields["cnsp_metres"] + 500.0


def _a_bound_without_a_proof(fields: Arrays) -> None:
    for name in [name for name in fields if name.startswith("cnsp_tree_")]:
        del fields[name]


def test_a_wrong_distance_to_a_station_is_found(run: Path, tmp_path: Path) -> None:
    assert "C-NSP and distance" in failing(audit_run(spoilt(run, tmp_path, _another_distance_to_the_station)))


def test_without_a_proof_the_auditor_says_so(run: Path, tmp_path: Path) -> None:
    copy = spoilt(run, tmp_path, _a_bound_without_a_proof)
    assert not audit_run(copy).certified[1].is_certified
    result = CliRunner().invoke(app, ["audit", str(copy)])
    assert result.exit_code == 0, result.output
    assert "cnsp (distance)" in result.output
    assert "not certified" in result.output
