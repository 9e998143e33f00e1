"""Three villages followed from the raw files to everything that is written: nobody is lost and nobody is made up.

The world stands in ``tests.towns.village``: one village out of reach, squares that CBS withholds, a square across a
border, and a square whose persons go to two L-NSPs. What is expected is counted by hand, and every number of persons
is read back from the files.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest

from nsp_planner.report.page.packing import NO_SITE
from tests.cli.test_command_line import run_here
from tests.report.figures_read import READERS, REGION, cells, html_tables, map_content
from tests.report.paper import page_texts
from tests.towns.village import GEMEENTEN, OUT_OF_REACH, SQUARES, TOTALS, village_persons, write_villages

pytest.importorskip("typst", reason="the reports need typst")
pytestmark = pytest.mark.slow

VILLAGES = village_persons()
EVERYBODY = sum(TOTALS.values())
LOST = VILLAGES[OUT_OF_REACH]
SERVED = EVERYBODY - LOST
OF_LNSP = {"Zaal Veldhuizen": 340, "Schuur Grenshoek": 42, "Kerk Bedorp": 100}
"""The hall is full at 340: the 11 of Veldhuizen who live farthest from it go to the barn, with the 31 of Grenshoek."""
IN_ALDORP = {"Achterlo", "Veldhuizen", "Grenshoek"}


def answer_of(*arguments: object) -> dict[str, Any]:
    """A command that must end well; its answer."""
    result = run_here(*map(str, arguments), "--json")
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_villages(tmp_path_factory.mktemp("dorpen"))


@pytest.fixture(scope="module")
def finished(study: Path) -> Path:
    return Path(answer_of("plan", study, "--report", "--output", study.parent / "runs")["folder"])


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV as this package writes it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def text_of(path: Path) -> str:
    """What a page shows, without its packed data."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))).split())


def test_what_is_expected_is_what_the_official_totals_say() -> None:
    assert Counter({name: persons for name, persons in VILLAGES.items() if name in IN_ALDORP}).total() == 412
    assert sum(OF_LNSP.values()) == SERVED == 482


def test_every_square_is_planned_as_counted_by_hand_and_in_the_gemeente_of_its_centre(finished: Path) -> None:
    squares = pyogrio.read_dataframe(finished / "plan.gpkg", layer="vierkanten").set_index("demand_id")
    assert squares["inwoners"].to_dict() == {square: planned for square, (_, _, planned) in SQUARES.items()}
    published = squares["gepubliceerd"].dropna().to_dict()
    assert published == {square: n for square, (_, n, _) in SQUARES.items() if n >= 0}
    assert (squares["gepubliceerd"].fillna(0) + squares["bijgeteld"] == squares["inwoners"]).all()
    gemeente = {square: "GM0001" if of in IN_ALDORP else "GM0002" for square, (of, _, _) in SQUARES.items()}
    assert squares["gemeente_code"].to_dict() == gemeente
    corners = {square: (int(square[1:5]) * 100.0, int(square[6:]) * 100.0) for square in SQUARES}
    assert {square: box.bounds[:2] for square, box in squares.geometry.items()} == corners


def test_who_is_out_of_reach_is_nowhere_served_and_everywhere_named(finished: Path) -> None:
    lost = {square: planned for square, (of, _, planned) in SQUARES.items() if of == OUT_OF_REACH}
    squares = pyogrio.read_dataframe(finished / "plan.gpkg", layer="vierkanten").set_index("demand_id")
    assert set(squares.index[squares["lnsp_id"].isna()]) == set(lost)
    assert squares.loc[list(lost), "inwoners_buiten_norm"].to_dict() == lost
    manifest = json.loads((finished / "manifest.json").read_text(encoding="utf-8"))
    assert {each["id"]: each["persons"] for each in manifest["unreachable"]} == lost
    listed = cells(finished / "kandidatenlijst.xlsx", "Buiten bereik")
    assert {row["Vierkant"]: row["Inwoners"] for row in listed} == lost
    report = text_of(finished / "bestuursrapport.html")
    printed = " ".join(" ".join(page_texts(finished / "bestuursrapport.pdf")).split())
    for text in (report, printed):
        assert f"Voor {LOST} inwoners is er binnen 5.000 m geen gebouw" in text
        assert f"{OUT_OF_REACH} Aldorp {LOST} {LOST}" in text
    (row,) = [row for row in rows_of(finished / "noodsteunpunten-per-plaats.csv") if row["Deel"] == OUT_OF_REACH]
    assert (row["Inwoners"], row["Noodsteunpunt"]) == (str(LOST), "geen binnen bereik")
    for page, where in (("kaart.html", EVERYBODY), ("gemeenten/aldorp/kaart.html", TOTALS["GM0001"])):
        assert f"Inwoners {where} Zonder L-NSP binnen bereik {LOST} " in text_of(finished / page)
    guide = openpyxl.load_workbook(finished / "kandidatenlijst.xlsx")["Leeswijzer"].iter_rows(values_only=True)
    assert ("Zonder L-NSP binnen bereik", str(LOST)) in [row[:2] for row in guide]
    assert OUT_OF_REACH in text_of(finished / "openbaar" / "noodsteunpunten.html")


def test_the_data_of_the_map_hold_every_square_where_it_is_with_all_its_persons(finished: Path) -> None:
    centre = {(int(s[1:5]) * 100 + 50, int(s[6:]) * 100 + 50): s for s in SQUARES}
    pages = {"kaart.html": {*GEMEENTEN.values()}, "gemeenten/aldorp/kaart.html": {"Aldorp"}}
    for page, names in pages.items():
        header, columns = map_content(finished / page)
        x, y = (
            np.round(header["square_origin_m"][k] + columns[name] * header["resolution_m"]).astype(int)
            for k, name in enumerate(("ix", "iy"))
        )
        squares = [centre[(int(a), int(b))] for a, b in zip(x, y, strict=True)]
        assert set(squares) == {s for s, (of, _, _) in SQUARES.items() if of in IN_ALDORP or "Bedorp" in names}
        assert dict(zip(squares, columns["persons"].tolist(), strict=True)) == {s: SQUARES[s][2] for s in squares}
        lost = {s for s, site in zip(squares, columns["site"], strict=True) if site == NO_SITE}
        assert lost == {s for s, (of, _, _) in SQUARES.items() if of == OUT_OF_REACH}
        # persons per L-NSP, from the squares alone: the main allocation, and that of the squares that are divided
        to_site: Counter[str] = Counter()
        shared = set(columns["shared_square"].tolist())
        for k, site in enumerate(columns["site"].tolist()):
            if site != NO_SITE and k not in shared:
                to_site[header["lnsps"][site]["name"]] += int(columns["persons"][k])
        for site, persons in zip(columns["shared_site"], columns["shared_persons"], strict=True):
            to_site[header["lnsps"][site]["name"]] += int(persons)
        assert to_site == {name: n for name, n in OF_LNSP.items() if name != "Kerk Bedorp" or "Bedorp" in names}


def test_every_output_says_the_same_number_of_persons_per_village_l_nsp_gemeente_and_region(
    finished: Path, record_property: Callable[[str, object], None]
) -> None:
    expected: dict[tuple[str, str], float] = {
        **{("persons", GEMEENTEN[code]): n for code, n in TOTALS.items()},
        **{("persons", name): n for name, n in OF_LNSP.items()},
        ("persons", REGION): EVERYBODY,
        ("persons", "Dorpenregio"): EVERYBODY,
        ("unreachable_persons", "Aldorp"): LOST,
        ("unreachable_persons", "Bedorp"): 0,
        ("unreachable_persons", REGION): LOST,
        ("unreachable_persons", "Dorpenregio"): LOST,
        ("served_persons", "Aldorp"): TOTALS["GM0001"] - LOST,
        ("served_persons", "Bedorp"): TOTALS["GM0002"],
        ("served_persons", REGION): SERVED,
        ("served_persons", "Dorpenregio"): SERVED,
    }
    by_output: dict[str, set[str]] = {}
    n_figures = 0
    for output, reader in READERS.items():
        for seen in reader(finished):
            if seen.figure in ("persons", "served_persons", "unreachable_persons"):
                assert seen.value == expected[seen.figure, seen.of], seen
                n_figures += 1
                by_output.setdefault(output, set()).add(seen.of)
    record_property("figure", f"{n_figures} numbers of persons in {len(by_output)} outputs are as counted by hand")
    telling = {"map", "list", "geopackage", "board", "places", "geojson", "packs", "cnsp_pack", "proof", "manifest"}
    assert set(by_output) == telling
    for output in ("map", "list", "geopackage", "packs", "board", "geojson"):
        assert set(OF_LNSP) <= by_output[output], output


def test_every_village_stands_once_in_the_lists_per_place_and_on_the_cards(finished: Path) -> None:
    for rows in (
        rows_of(finished / "noodsteunpunten-per-plaats.csv"),
        cells(finished / "noodsteunpunten-per-plaats.xlsx", "Alle plaatsen"),
    ):
        assert {row["Deel"]: int(row["Inwoners"]) for row in rows} == VILLAGES
        sent = {
            row["Deel"]: int(row["Inwoners die het plan hierheen stuurt"] or 0)
            for row in rows
            if row["Keuze"] in (1, "1")
        }
        # 7 of the second square and 4 of the withheld one go past their hall; the first choice is that of most people
        assert sent == {"Veldhuizen": 340, "Grenshoek": 31, "Bedorp Kern": 100}
    of_places = {name for name in VILLAGES if name != OUT_OF_REACH}
    cards = " ".join(
        text for path in sorted((finished / "meterkastkaarten").glob("*.pdf")) for text in page_texts(path)
    )
    assert {name for name in VILLAGES if name in cards} == of_places
    assert {row["Deel"] for row in rows_of(finished / "openbaar" / "noodsteunpunten-per-plaats.csv")} == set(VILLAGES)


def test_the_service_areas_are_the_squares_of_those_who_go_there(finished: Path) -> None:
    areas = pyogrio.read_dataframe(finished / "plan.gpkg", layer="verzorgingsgebieden").set_index("naam")
    assert areas["inwoners"].to_dict() == OF_LNSP
    assert areas.geometry.area.sum() == pytest.approx(1e4 * sum(of != OUT_OF_REACH for of, _, _ in SQUARES.values()))
    board = [
        row for table in html_tables((finished / "bestuursrapport.html").read_text(encoding="utf-8")) for row in table
    ]
    assert [row for row in board if row.get("Plaats") == OUT_OF_REACH]


def test_the_auditor_counts_the_same_persons(finished: Path) -> None:
    answer = answer_of("audit", finished)
    assert not answer.get("faults")


def test_the_run_stands_beside_itself_with_the_same_persons(finished: Path, tmp_path: Path) -> None:
    again = shutil.copytree(finished, tmp_path / "nog-eens")
    answer = answer_of("compare", finished, again, "--output", tmp_path)
    told = [float(row[1]) for table in answer["tables"] for row in table["rows"] if row[0] == "Inwoners"]
    assert told, [table["title"] for table in answer["tables"]]
    assert set(told) == {float(EVERYBODY)}


def test_two_gemeenten_of_one_name_keep_sheets_folders_and_persons_apart(tmp_path: Path) -> None:
    study = write_villages(tmp_path, {"GM0001": "Aldorp", "GM0002": "Aldorp"})
    folder = Path(answer_of("plan", study, "--report", "--output", tmp_path / "runs")["folder"])
    packs = sorted(folder.glob("gemeenten/*/pakket.xlsx"))
    persons = {row["Deze gemeente"] for pack in packs for row in cells(pack, "Cijfers") if row["Cijfer"] == "Inwoners"}
    assert len(packs) == 2
    assert persons == set(TOTALS.values())
    sheets = [name for name in openpyxl.load_workbook(folder / "kandidatenlijst.xlsx").sheetnames if "Aldorp" in name]
    assert len(sheets) == 2
    assert len(list((folder / "meterkastkaarten").glob("*.pdf"))) == 2


PERSON_COLUMNS = {
    "capacity": {("gebruik-per-gemeente", "Inwoners"): {"Dorpenregio": EVERYBODY, "Aldorp": 412, "Bedorp": 100},
                 ("gebruik-per-l-nsp", "Inwoners"): OF_LNSP},
    "robustness": {("tweede-l-nsp", "Inwoners"): {"Dorpenregio": EVERYBODY, "Aldorp": 412, "Bedorp": 100},
                   ("tweede-l-nsp", "Zonder tweede L-NSP binnen bereik"): {"Dorpenregio": LOST, "Aldorp": LOST, "Bedorp": 0}},
    "refusals": {("vervangers", "Inwoners"): OF_LNSP},
}  # fmt: skip


@pytest.mark.trust
@pytest.mark.parametrize("question", list(PERSON_COLUMNS))
def test_a_question_counts_the_same_persons(study: Path, question: str, tmp_path: Path) -> None:
    folder = Path(answer_of("question", question, study, "--output", tmp_path)["folder"])
    for (table, column), expected in PERSON_COLUMNS[question].items():
        rows = rows_of(folder / f"{table}.csv")
        name = "Gebied" if "Gebied" in rows[0] else "Gebouw"
        assert {row[name]: float(row[column].replace(",", ".")) for row in rows} == expected, table


@pytest.mark.trust
def test_the_years_of_an_order_of_opening_and_other_ratios_lose_nobody(study: Path, tmp_path: Path) -> None:
    folder = Path(answer_of("question", "phasing", study, "--output", tmp_path)["folder"])
    years = rows_of(folder / "fasering-per-jaar.csv")
    assert {int(row["Met een open L-NSP binnen de norm"]) for row in years} == {SERVED}
    assert {
        round(float(row["Binnen de norm met plek"]) / float(row["Deel van de inwoners"].replace(",", ".")))
        for row in years
    } == {EVERYBODY}
    folder = Path(answer_of("question", "lnsp-ratio", study, "--output", tmp_path)["folder"])
    assert {row["Zonder L-NSP binnen bereik"] for row in rows_of(folder / "l-nsp-verhouding.csv")} == {str(LOST)}


@pytest.mark.trust
def test_a_sweep_counts_the_same_persons_in_every_scenario(study: Path) -> None:
    path = study.parent / "reeks.toml"
    grid = '[values]\n"ratios.lnsp_per_cnsp" = [3, 4]\n'
    path.write_text(f'title = "Reeks"\nstudies = ["study.toml"]\noutput = "reeks"\n{grid}', encoding="utf-8")
    answer_of("sweep", path)
    records = [json.loads(each.read_text(encoding="utf-8")) for each in (study.parent / "reeks" / "results").iterdir()]
    assert len(records) == 2
    for record in records:
        figures = record["result"]["indicators"]
        assert figures["Dorpenregio"]["persons"] == EVERYBODY
        assert figures["Dorpenregio"]["served_persons"] == SERVED
        assert figures["GM0001"]["unreachable_persons"] == LOST
