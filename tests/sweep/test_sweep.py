"""Sweeps: the grid, the keys, resuming after kill -9, and the same through Dask."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from nsp_planner.config import Study, load_study
from nsp_planner.errors import SettingsError
from nsp_planner.study.read import check_layers
from nsp_planner.sweep import scenario
from nsp_planner.sweep.file import read_sweep, scenario_key, with_absolute_paths
from nsp_planner.sweep.memory import LINUX, peak_memory
from nsp_planner.sweep.records import read_record, write_record
from nsp_planner.sweep.run import GUARD, RESULTS, run_sweep
from nsp_planner.sweep.scenario import solve_scenario
from tests.sweep.conftest import threads_for_processes
from tests.towns.example_region import write_overlay

GRID = """
[values]
"ratios.lnsp_per_cnsp" = [2, 3, 4]
"ratios.inhabitants_per_lnsp" = [2500, 4000, 5000, 6000]
"""


def write_sweep(folder: Path, study: Path, name: str = "reeks.toml", *, grid: str = GRID, stacks: str = "[[]]") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    text = f'title = "Proef"\nstudies = ["{study}"]\noutput = "uit"\nscenarios = {stacks}\n{grid}'
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def tiny(example: Path, tmp_path: Path) -> Path:
    """A sweep of two scenarios."""
    return write_sweep(tmp_path, example, grid='[values]\n"ratios.lnsp_per_cnsp" = [3, 4]\n')


def test_the_grid_is_every_study_times_every_stack_times_every_value(example: Path, tmp_path: Path) -> None:
    write_overlay(tmp_path / "eigen.toml", "[distances]\ncross_border = false")
    _, scenarios = read_sweep(write_sweep(tmp_path, example, stacks='[[], ["./eigen.toml"]]'))
    assert len(scenarios) == len({scenario.key for scenario in scenarios}) == 24
    assert {(s.stack, *(value for _, value in s.values)) for s in scenarios} == {
        (stack, c, p) for stack in ((), ("eigen",)) for c in (2, 3, 4) for p in (2500, 4000, 5000, 6000)
    }
    assert scenarios[-1].study.ratios.lnsp_per_cnsp == 4
    assert not scenarios[-1].study.distances.cross_border
    assert scenarios[0].label == "voorbeeld lnsp_per_cnsp=2 inhabitants_per_lnsp=2500"


def test_a_value_that_an_overlay_sets_too_is_refused_before_anything_is_solved(example: Path, tmp_path: Path) -> None:
    write_overlay(tmp_path / "zes.toml", "[ratios]\nlnsp_per_cnsp = 6")
    with pytest.raises(SettingsError, match="two scenarios set this key") as error:
        run_sweep(write_sweep(tmp_path, example, stacks='[["./zes.toml"]]'))
    assert len(error.value.faults) == 1
    assert not (tmp_path / "uit").exists()


@pytest.mark.parametrize(
    ("change", "column"),
    [(("title", "titel"), "title"), (("studies = [", "studies = 3 #["), "studies")],
)
def test_a_sweep_file_that_is_wrong_is_named_with_its_key(tiny: Path, change: tuple[str, str], column: str) -> None:
    tiny.write_text(tiny.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        read_sweep(tiny)
    assert column in [fault.column for fault in error.value.faults]


def test_the_key_follows_settings_and_the_contents_of_inputs_and_nothing_else(example: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(example.parent, tmp_path / "kopie")
    here, copy = (with_absolute_paths(load_study(path)) for path in (example, tmp_path / "kopie" / example.name))
    key = scenario_key(here)
    assert scenario_key(copy) == key
    assert scenario_key(here.change(title="Anders", output=tmp_path)) == key
    assert scenario_key(here.change(ratios={"lnsp_per_cnsp": 5.0})) != key
    sites = copy.inputs.sites[0].path
    sites.write_bytes(sites.read_bytes() + b"\n")
    assert scenario_key(copy) != key


@pytest.mark.slow
def test_a_scenario_gives_the_same_result_alone_and_after_another_that_shares_its_layers(example: Path) -> None:
    first = with_absolute_paths(load_study(example))
    halls = tuple(check_layers(first).sites.query("can_be_lnsp")["site_id"])
    without = first.change(decisions={"refused": halls})

    def result(study: Study) -> dict[str, Any]:
        found: dict[str, Any] = solve_scenario("k", study.model_dump(mode="json"))["result"]
        return found

    scenario._kept.clear()
    alone = result(without)
    assert alone["status"] == "wrong data"
    assert result(first)["status"] == "planned"
    assert scenario._kept
    assert result(without) == alone


@pytest.mark.slow
def test_the_peak_of_memory_is_that_of_the_block_wherever_it_runs(tmp_path: Path) -> None:
    for proc in (LINUX, tmp_path / "no-proc"):
        with peak_memory(proc) as before:
            pass
        with peak_memory(proc) as peak:
            held = bytearray(80 * 1024 * 1024)
            held[::4096] = b"x" * len(held[::4096])
            time.sleep(0.3)
            del held
        with peak_memory(proc) as after:
            pass
        assert peak.megabytes >= before.megabytes + 60
        assert after.megabytes <= peak.megabytes - 60


def test_a_record_that_is_half_written_counts_as_none(tmp_path: Path) -> None:
    write_record(tmp_path, {"key": "a", "result": {"status": "planned"}, "run": {}})
    assert read_record(tmp_path, "a") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    (tmp_path / "b.json").write_text(text, encoding="utf-8")
    (tmp_path / "c.json").write_text(text[: len(text) // 2], encoding="utf-8")
    assert read_record(tmp_path, "b") is None
    assert read_record(tmp_path, "c") is None


def test_a_record_that_was_altered_is_not_believed_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = {"key": "a", "result": {"status": "planned", "value": 812.5}, "run": {}}
    write_record(tmp_path, record)
    assert read_record(tmp_path, "a") == record
    assert not caplog.messages
    file = tmp_path / "a.json"
    file.write_text(file.read_text(encoding="utf-8").replace("812.5", "406.2"), encoding="utf-8")
    assert read_record(tmp_path, "a") is None
    assert "its content is not what was kept" in caplog.text


def test_two_sweeps_at_once_in_one_folder_never_mix(tiny: Path) -> None:
    guard = tiny.parent / "uit" / GUARD
    guard.parent.mkdir()
    with FileLock(guard), pytest.raises(SettingsError, match="another sweep is busy in this folder"):
        run_sweep(tiny, workers=1)
    assert [path.name for path in guard.parent.iterdir()] == [GUARD]


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_what_is_finished_is_not_solved_again_and_what_changed_is(tiny: Path) -> None:
    first = run_sweep(tiny, workers=1)
    assert first.n_new == 2
    assert {path.name for path in first.folder.iterdir()} == {output.name for output in first.outputs}
    again = run_sweep(tiny, workers=1)
    assert (again.n_new, again.records) == (0, first.records)
    tiny.write_text(tiny.read_text(encoding="utf-8").replace("[3, 4]", "[3, 5]"), encoding="utf-8")
    assert run_sweep(tiny, workers=1).n_new == 1


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_a_scenario_without_a_plan_is_a_result_with_its_reason(example: Path, tmp_path: Path) -> None:
    sweep = write_sweep(tmp_path, example, grid='[values]\n"ratios.lnsp_per_cnsp" = [1, 4]\n')
    without, planned = run_sweep(sweep, workers=1).records
    assert without["result"]["status"] == "no plan"
    assert without["result"]["faults"]
    assert planned["result"]["status"] == "planned"
    assert len(planned["result"]["lnsps"]) == 4


def results_of(folder: Path) -> dict[str, Any]:
    """What every scenario gave, without the time it took."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in (folder / RESULTS).glob("[!.]*.json")]
    return {record["key"]: record["result"] for record in records}


def n_finished(folder: Path) -> int:
    """Records that are there whole: one that is being written has a name that begins with a dot."""
    return len(list((folder / RESULTS).glob("[!.]*.json")))


@pytest.fixture(scope="module")
def undisturbed(example: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of 24 scenarios, nothing in the way, one after the other."""
    folder = tmp_path_factory.mktemp("ongestoord")
    write_overlay(folder / "eigen.toml", "[distances]\ncross_border = false")
    with threads_for_processes():
        result = run_sweep(write_sweep(folder, example, stacks='[[], ["./eigen.toml"]]'), workers=1)
    assert result.n_new == 24
    return results_of(folder / "uit")


@pytest.mark.slow
def test_a_sweep_killed_half_way_and_started_again_gives_the_same_24_results(
    example: Path, tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    write_overlay(tmp_path / "eigen.toml", "[distances]\ncross_border = false")
    sweep = write_sweep(tmp_path, example, stacks='[[], ["./eigen.toml"]]')
    command = [sys.executable, "-m", "nsp_planner", "sweep", str(sweep), "--workers", "2", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while n_finished(tmp_path / "uit") < 10:
            assert process.poll() is None, "the sweep ended before it could be killed"
            assert time.monotonic() < deadline, "the sweep makes no headway"
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "uit" / RESULTS).glob("[!.]*.json")}
    assert 10 <= len(before) < 24
    assert set(results_of(tmp_path / "uit")) < set(undisturbed)
    with threads_for_processes():
        second = run_sweep(sweep, workers=1)
    assert second.n_new == 24 - len(before)
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "uit" / RESULTS).glob("[!.]*.json")}
    assert {name: after[name] for name in before} == before
    assert results_of(tmp_path / "uit") == undisturbed


@pytest.mark.slow
def test_the_same_24_results_through_dask_with_one_of_two_workers_killed(
    example: Path, tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    distributed = pytest.importorskip("distributed", reason="dask is not installed (the extra nsp-planner[dask])")
    from threading import Thread

    write_overlay(tmp_path / "eigen.toml", "[distances]\ncross_border = false")
    sweep = write_sweep(tmp_path, example, stacks='[[], ["./eigen.toml"]]')
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        victim = next(iter(cluster.workers.values())).pid

        def kill_one() -> None:
            while n_finished(tmp_path / "uit") < 6:
                time.sleep(0.05)
            os.kill(victim, signal.SIGKILL)

        killer = Thread(target=kill_one, daemon=True)
        killer.start()
        result = run_sweep(sweep, scheduler=cluster.scheduler_address)
        killer.join(timeout=1)
        assert not killer.is_alive(), "no worker was killed"
    assert result.n_new == 24
    assert results_of(tmp_path / "uit") == undisturbed


def test_without_dask_the_scheduler_option_says_how_to_get_it(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"nsp-planner\[dask\]"):
        run_sweep(tiny, scheduler="tcp://127.0.0.1:1")
