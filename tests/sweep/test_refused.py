"""Plans of a sweep that their check refuses: results of their own, counted, tried again; here and through Dask."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nsp_planner.cli.app import app
from nsp_planner.errors import EXIT_REFUSED, Fault, NoPlanError, VerificationError
from nsp_planner.sweep import runners
from nsp_planner.sweep.run import RESULTS, ScenarioCrashError, run_sweep
from nsp_planner.sweep.scenario import solve_scenario
from tests.sweep.planted import on_a_full_disk, with_wrong_bounds
from tests.sweep.test_sweep import write_sweep


@pytest.fixture(autouse=True)
def refused_in_this_process(in_this_process: None) -> None:
    """What is refused is the same in a thread as in a process."""


@pytest.fixture
def tiny(example: Path, tmp_path: Path) -> Path:
    """Two scenarios; the plan of the first is refused."""
    return write_sweep(tmp_path, example, grid='[values]\n"ratios.lnsp_per_cnsp" = [3, 4]\n')


@pytest.mark.slow
def test_a_refused_plan_of_a_sweep_is_counted_told_and_tried_again(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "solve_scenario", with_wrong_bounds)
    result = CliRunner().invoke(app, ["sweep", str(tiny), "--workers", "1", "--json"])
    assert result.exit_code == EXIT_REFUSED, result.output
    told = json.loads(result.stdout)
    assert (told["ok"], told["exit_code"]) == (False, EXIT_REFUSED)
    assert "a bound of" in told["faults"][0]["message"]
    assert "lnsp_per_cnsp=3" in told["faults"][0]["column"]
    assert "1 plan is geweigerd door de controle en telt nergens in mee" in told["conclusion"]
    assert "hebben geen plan" not in told["conclusion"]
    refused, planned = told["tables"][0]["rows"]
    assert refused[-1].startswith("plan geweigerd door de controle: a bound of")
    assert [cell for cell in refused[3:-3] if cell is not None] == []
    assert planned[-1] == ""
    assert len(list((tiny.parent / "uit" / RESULTS).glob("*.json"))) == 2
    monkeypatch.setattr(runners, "solve_scenario", solve_scenario)
    again = run_sweep(tiny, workers=1)
    assert (again.n_new, again.refused) == (1, ())
    assert [record["result"]["status"] for record in again.records] == ["planned", "planned"]


@pytest.mark.slow
def test_a_refused_plan_is_the_same_result_through_dask(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="dask is not installed (the extra nsp-planner[dask])")
    monkeypatch.setattr(runners, "solve_scenario", with_wrong_bounds)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, silence_logs=50
    ) as cluster:
        result = run_sweep(tiny, scheduler=cluster.scheduler_address)
    assert [record["result"]["status"] for record in result.records] == ["refused", "planned"]
    (fault,) = result.refused
    assert fault.refused
    assert (result.folder / "antwoord.html").is_file()


def test_a_full_disk_is_no_result_of_a_scenario(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "solve_scenario", on_a_full_disk)
    with pytest.raises(ScenarioCrashError, match="the disk is full"):
        run_sweep(tiny, workers=1)
    assert list((tiny.parent / "uit" / RESULTS).glob("*.json")) == []


@pytest.mark.parametrize("kind", [VerificationError, NoPlanError])
def test_an_error_comes_out_of_another_process_with_all_its_faults(kind: type[VerificationError]) -> None:
    faults = (Fault("proof", "one", "do"), Fault("proof", "two", "do", ids=("a",), refused=True))
    back = pickle.loads(pickle.dumps(kind(faults)))
    assert (type(back), back.faults, str(back)) == (kind, faults, str(kind(faults)))
