"""The commands fetch and init as a planner meets them: text, JSON, exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from nsp_planner.cli.fetch import fetch
from nsp_planner.cli.init import init
from nsp_planner.config import load_study
from nsp_planner.errors import DataError, SettingsError
from tests.towns.open_data import GRID_PATH, example_world
from tests.towns.server import Playbook, serving

pytestmark = pytest.mark.slow

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(fetch)
app.command()(init)


@pytest.fixture(scope="module")
def book() -> Playbook:
    """The example region to serve."""
    return example_world()


@pytest.fixture
def world(book: Playbook, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playbook]:
    """A server that has the example region, set as the mirror in the environment."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with serving(Playbook(files=dict(book.files), collections=dict(book.collections))) as playing:
        monkeypatch.setenv("NSP_MIRROR", playing.address)
        yield playing


def run(*arguments: object) -> tuple[str, str]:
    """Standard output and error of a command; its error, if any, is raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


FEW = [part for name in ("bag", "wijken", "buurten", "flood_zones") for part in ("--skip", name)]


def test_fetch_and_init_lead_from_a_name_to_a_study(
    world: Playbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out, err = run("fetch", "ijsselland", "--year", 2024, *FEW)
    assert out.startswith("IJsselland (VR04), 2 gemeenten, 2024")
    assert 'Next: nsp-planner init "IJsselland"' in out
    assert "--file polling_places=PATH" in err
    assert (tmp_path / "data" / "raw" / "ijsselland" / "regio.json").is_file()
    out, _ = run("init", "IJsselland")
    assert "nsp-planner check ijsselland.toml" in out
    study = load_study(tmp_path / "ijsselland.toml")
    assert study.region.name == "Veiligheidsregio IJsselland"
    assert not study.illustration
    out, _ = run("fetch", "ijsselland", "--offline", *FEW)
    assert "nothing was downloaded" in out


def test_json_holds_files_and_what_was_skipped(world: Playbook, tmp_path: Path) -> None:
    out, _ = run("fetch", "VR04", "--folder", tmp_path, "--year", 2024, "--json", *FEW)
    result: dict[str, Any] = json.loads(out)
    assert result["ok"] is True
    assert result["gemeenten"] == {"GM0177": "Raalte", "GM1773": "Olst-Wijhe"}
    assert Path(result["files"]["population"]).is_file()
    assert [fault["layer"] for fault in result["skipped"]] == ["fetch: polling_places"]
    out, _ = run("init", "VR04", "--folder", tmp_path, "--study", tmp_path / "s.toml", "--json")
    assert json.loads(out)["sources"] == ["osm", "kazernes"]


def test_a_file_by_hand_and_its_mistakes(world: Playbook, tmp_path: Path) -> None:
    given = tmp_path / "vk100_2024.zip"
    given.write_bytes(world.files.pop(GRID_PATH))
    run("fetch", "IJsselland", "--folder", tmp_path / "raw", "--file", f"grid_100m={given}", *FEW)
    assert not world.asked("vierkant")
    with pytest.raises(SettingsError, match="SOURCE=PATH"):
        run("fetch", "IJsselland", "--folder", tmp_path / "raw", "--file", "grid_100m")
    with pytest.raises(DataError, match="the file given by hand is not there"):
        run("fetch", "IJsselland", "--folder", tmp_path / "raw", "--file", f"grid_100m={tmp_path / 'nee.zip'}", *FEW)
    with pytest.raises(SettingsError, match="there is no grid of 250 m"):
        run("fetch", "IJsselland", "--folder", tmp_path / "raw", "--grid", 250)


def test_a_missing_grid_exits_with_the_address_and_what_to_do(world: Playbook, tmp_path: Path) -> None:
    del world.files[GRID_PATH]
    with pytest.raises(DataError) as caught:
        run("fetch", "IJsselland", "--folder", tmp_path, "--year", 2024, *FEW)
    assert caught.value.exit_code == 3
    assert "2025-cbs_vk100_2024_v1.zip" in str(caught.value)
    assert "--file grid_100m=PATH" in str(caught.value)


def test_init_before_fetch_says_what_to_run_first(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match='Run first: nsp-planner fetch "IJsselland"') as caught:
        run("init", "IJsselland", "--folder", tmp_path)
    assert caught.value.exit_code == 2
