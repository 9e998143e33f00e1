"""One command gives the plan with its planning: slider, list, board report and manifest, where the study has phases."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from nsp_planner.config import load_study
from nsp_planner.errors import NoPlanError
from nsp_planner.example import write_example
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.page.packing import DATA_ID, unpack
from nsp_planner.report.public import gate
from nsp_planner.study.run import run_study

pytestmark = pytest.mark.slow

PHASING = "\n[phasing]\nfirst_year = 2027\nn_years = 3\n"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The small example as a study of straight lines, its paths absolute."""
    folder = write_example(tmp_path_factory.mktemp("voorbeeld"), scale=0.05).parent
    study = (folder / "voorbeeld.toml").read_text(encoding="utf-8")
    study = study.replace('method = "network"', 'method = "straight_line"\nnearest_sites = 8')
    return study.replace("gap = 0.005", "gap = 0.01").replace('path = "', f'path = "{folder}/')


def test_a_study_with_phases_has_its_planning_in_every_output(text: str, tmp_path: Path) -> None:
    (tmp_path / "studie.toml").write_text(text + PHASING, encoding="utf-8")
    run = run_study(load_study(tmp_path / "studie.toml"), command="test", deliver=DeliverOptions())
    page = (run.folder / "kaart.html").read_text(encoding="utf-8")
    header, _ = unpack(page.rsplit(f'id="{DATA_ID}">', 1)[1].split("</script>", 1)[0])
    assert header["phases"]["years"] == [2027, 2028, 2029]
    assert 'type="range"' in (run.folder / "gemeenten/olst-wijhe/kaart.html").read_text(encoding="utf-8")
    assert "<h2>Planning</h2>" in (run.folder / "bestuursrapport.html").read_text(encoding="utf-8")
    assert "Er is nog geen kostenonderzoek" in gate.read_text(run.folder / "bestuursrapport.pdf").replace("\n", " ")
    assert "Planning per gebouw" in openpyxl.load_workbook(run.folder / "kandidatenlijst.xlsx").sheetnames
    manifest = json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))
    assert [row["year"] for row in manifest["phases"]["per_phase"]] == [2027, 2028, 2029]
    chosen = {*run.evaluation.lnsps["site_id"], *run.evaluation.cnsps["site_id"]}
    assert set(manifest["phases"]["year_of_site"]) <= chosen
    # what the owner agreed to is public, with its card, and passes the gate
    public = (run.folder / "openbaar/noodsteunpunten.html").read_text(encoding="utf-8")
    assert "staat vast" in public
    assert list((run.folder / "openbaar/meterkastkaarten").glob("*.pdf"))
    points = json.loads((run.folder / "openbaar/noodsteunpunten.geojson").read_text(encoding="utf-8"))
    sites = run.evaluation.layers.sites
    agreed = set(sites.loc[sites["status"].isin(["akkoord eigenaar", "operationeel"]), "site_id"])
    assert {feature["id"] for feature in points["features"]} == agreed & set(run.evaluation.lnsps["site_id"]) != set()


def test_without_the_section_nothing_is_phased(text: str, tmp_path: Path) -> None:
    (tmp_path / "studie.toml").write_text(text, encoding="utf-8")
    run = run_study(load_study(tmp_path / "studie.toml"), command="test")
    assert json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))["phases"] is None
    assert "Planning" not in openpyxl.load_workbook(run.folder / "kandidatenlijst.xlsx").sheetnames


def test_a_budget_that_opens_nothing_is_refused_and_leaves_nothing(text: str, tmp_path: Path) -> None:
    poor = PHASING + "budget_first_year_eur = 10\nbudget_per_year_eur = 10\n"
    (tmp_path / "studie.toml").write_text(text + poor, encoding="utf-8")
    with pytest.raises(NoPlanError):
        run_study(load_study(tmp_path / "studie.toml"), command="test")
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())
