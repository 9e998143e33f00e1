"""The command line as a newcomer meets it: help, exit codes, faults, JSON."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from filelock import FileLock

from nsp_planner.cli import main
from nsp_planner.cli.demo import GUARD
from nsp_planner.errors import EXIT_REFUSED, Fault, VerificationError


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "nsp_planner", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def run_here(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has imported everything already; the working folder is that of the tests."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}),
        mock.patch.object(sys, "argv", ["nsp-planner", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return subprocess.CompletedProcess(list(arguments), code, out.getvalue(), err.getvalue())


@pytest.mark.parametrize("command", ["demo", "check", "plan", "settings"])
def test_help_of_every_command_shows_an_example(command: str) -> None:
    result = run_here(command, "--help")
    assert result.returncode == 0
    assert f"Example: nsp-planner {command}" in result.stdout


def test_the_exit_codes_are_documented_in_the_help() -> None:
    text = " ".join(run_here("--help").stdout.split())
    assert "0 fine, 1 unexpected, 2 wrong use or settings, 3 bad data, 4 no plan possible" in text


def test_help_needs_no_heavy_import() -> None:
    heavy = ["geopandas", "pandas", "numpy", "scipy", "pulp", "folium", "numba", "pandera", "shapely", "jinja2"]
    asked = [["--help"], ["plan", "--help"], ["question", "--help"], ["question", "robustness", "--help"]]
    code = (
        "import sys\nimport nsp_planner.cli as c\n"
        f"for asked in {asked!r}:\n"
        "    sys.argv = ['nsp-planner', *asked]\n"
        "    try: c.main()\n    except SystemExit: pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_plan_that_its_check_refuses_ends_the_command_with_6(
    small_example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, as_json: bool
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise VerificationError(Fault("proof", "the bound lies above the value", "report it", column="bound"))

    monkeypatch.setattr("nsp_planner.cli.planning.run_study", refused)
    result = run_here("plan", str(small_example), "-o", str(tmp_path), *(["--json"] if as_json else []))
    assert result.returncode == EXIT_REFUSED == 6
    if as_json:
        told = json.loads(result.stdout)
        assert (told["ok"], told["exit_code"], told["faults"][0]["column"]) == (False, 6, "bound")
    else:
        assert "The plan was refused by its check: 1 fault. Nothing was written." in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_two_demos_in_one_folder_are_not_made_at_once(tmp_path: Path) -> None:
    with FileLock(tmp_path / GUARD):
        result = run_here("demo", "--folder", str(tmp_path), "--seed", "2")
    assert result.returncode == 2
    assert "another demo is busy in this folder" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {GUARD}


def test_wrong_use_exits_with_2() -> None:
    assert run("plan").returncode == 2
    assert run_here("plan", "x.toml", "--nonsense").returncode == 2
    assert run_here("plna", "x.toml").returncode == 2


def test_a_missing_study_exits_with_2_and_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run_here("check", "nothing.toml")
    assert result.returncode == 2
    assert "the study file does not exist" in result.stderr
    assert "what to do:" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_faults_in_a_study_are_json_for_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "study.toml").write_text('titel = "x"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = run_here("plan", "study.toml", "--json")
    answer = json.loads(result.stdout)
    assert (result.returncode, answer["ok"], answer["exit_code"]) == (2, False, 2)
    assert "titel" in {fault["column"] for fault in answer["faults"]}


def test_settings_lists_every_key_with_its_default() -> None:
    result = run_here("settings")
    assert result.returncode == 0
    assert "ratios.inhabitants_per_lnsp  (number; default 5000)" in result.stdout
    assert "inputs.population.path  (path; required)" in result.stdout


def test_the_version_is_the_version_of_the_package() -> None:
    from nsp_planner import __version__

    assert run("--version").stdout.strip() == f"nsp-planner {__version__}"
