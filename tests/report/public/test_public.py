"""The publish gate: what may be known gets out, and nothing else, whoever wrote the files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nsp_planner.errors import VerificationError
from nsp_planner.evaluate.evaluate import evaluate_run
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report.public import write as public_write
from nsp_planner.report.public import write_public
from nsp_planner.report.public.gate import PHONE, read_text, verify_public
from nsp_planner.report.public.write import public_site_ids
from tests.report.paper import page_texts
from tests.towns.planned import RUN, evaluated, make_synthetic_region, make_toy

NAMES = ("Dorpshuis De Toekomst", "Kulturhus Oost", "Sint Nergenskerk", "Kazerne Toystad")


def agreed(names: tuple[str, ...] = NAMES) -> tuple[PlannedStudy, Evaluation]:
    """The toy with the first L-NSP agreed and the second a draft."""
    planned, _ = make_toy(names)
    planned.layers.sites["status"] = ["akkoord eigenaar", "in gesprek", "idee", "operationeel"]
    planned.layers.sites["emergency_power"] = "yes"
    return planned, evaluated(planned)


def all_text(folder: Path) -> str:
    return "\n".join(read_text(path) for path in folder.rglob("*") if path.is_file())


def test_only_agreed_and_operational_lnsps_get_out(tmp_path: Path) -> None:
    outputs = write_public(tmp_path, agreed()[1], RUN)
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*") if p.is_file()} == {
        o.name for o in outputs
    }
    text = all_text(tmp_path / "openbaar")
    assert "Dorpshuis De Toekomst" in text
    for secret in ("Kulturhus Oost", "Sint Nergenskerk", "Kazerne Toystad", "gebouwen-2", "oodstroom", "in gesprek"):
        assert secret not in text
    points = json.loads((tmp_path / "openbaar/noodsteunpunten.geojson").read_text(encoding="utf-8"))
    (feature,) = points["features"]
    assert feature["id"] == "gebouwen-1"
    assert set(feature["properties"]) == {"site_id", "naam", "soort", "adres", "plaats", "gemeente_code", "gemeente"}
    assert points["versie"] == "nsp_planner 0.1.0"
    assert points["datum"] == "2026-11-21"


def test_a_public_card_is_no_concept_and_does_not_name_a_draft(tmp_path: Path) -> None:
    write_public(tmp_path, agreed()[1], RUN)
    cards = list((tmp_path / "openbaar/meterkastkaarten").glob("*.pdf"))
    assert [path.name for path in cards] == ["links.pdf"]
    (page,) = page_texts(cards[0])
    assert "CONCEPT" not in page
    assert "Kulturhus" not in page
    assert "Dit noodsteunpunt wordt nog ingericht" in page
    assert "21 november 2026" in page


def test_pilots_are_public_only_when_asked() -> None:
    planned, evaluation = agreed()
    planned.layers.sites.loc[1, "status"] = "pilot"
    assert public_site_ids(evaluation) == {"gebouwen-1"}
    assert public_site_ids(evaluation, with_pilots=True) == {"gebouwen-1", "gebouwen-2"}


def test_without_any_agreed_site_the_public_version_says_so(tmp_path: Path) -> None:
    write_public(tmp_path, make_toy(NAMES)[1], RUN)
    text = all_text(tmp_path / "openbaar")
    assert "nog geen noodsteunpunten die vaststaan" in text
    assert not any(name in text for name in NAMES)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "secret"),
    [
        ("status_reason", "wacht op mevrouw De Vries"),
        ("owner", "Stichting Verborgen Bezit"),
        ("contact", "sleutel bij Piet"),
    ],
)
def test_a_secret_in_a_column_that_is_not_public_stops_the_export(
    tmp_path: Path, column: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned, evaluation = agreed()
    planned.layers.sites[column] = [secret, None, None, None]
    write_public(tmp_path, evaluation, RUN)
    assert secret not in all_text(tmp_path / "openbaar")
    leak(monkeypatch, secret)
    (tmp_path / "weer").mkdir()
    with pytest.raises(VerificationError, match=f"the column {column}"):
        write_public(tmp_path / "weer", evaluation, RUN)
    assert list((tmp_path / "weer").iterdir()) == []


def leak(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    """Make the writer put a secret into the list, as a fault of the program would."""
    honest = public_write.place_list

    def leaking(*arguments: object, **options: object) -> object:
        return honest(*arguments, **options).assign(Soort=f"x {secret} y")  # type: ignore[arg-type]

    monkeypatch.setattr(public_write, "place_list", leaking)


@pytest.mark.slow
@pytest.mark.parametrize(
    "secret", ["Kulturhus Oost", "kulturhus\noost", "gebouwen-2", "Kazerne Toystad", "Noodstroom: ja"]
)
def test_a_draft_site_that_slips_through_stops_the_export(
    tmp_path: Path, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak(monkeypatch, secret)
    with pytest.raises(VerificationError, match="may not be public"):
        write_public(tmp_path, agreed()[1], RUN)
    assert list(tmp_path.iterdir()) == []


def test_a_draft_named_as_the_source_of_the_data_stops_nothing(tmp_path: Path) -> None:
    _, evaluation = agreed(("Dorpshuis De Toekomst", "Zalen", "Sint Nergenskerk", "Kazerne Toystad"))
    premises = replace(evaluation.premises, all_made_up=False, site_sources_nl=["zalenlijst van de gemeenten"])
    write_public(tmp_path, replace(evaluation, premises=premises), RUN)
    assert "zalenlijst van de gemeenten" in all_text(tmp_path / "openbaar")


@pytest.mark.slow
@pytest.mark.parametrize("secret", ["sleutel 06-12345678", "0570 123456", "+31 6 1234 5678", "jan@gemeente.example"])
def test_a_telephone_number_or_address_in_a_public_name_stops_the_export(tmp_path: Path, secret: str) -> None:
    with pytest.raises(VerificationError, match=r"telephone|e-mail"):
        write_public(tmp_path, agreed((f"Dorpshuis ({secret})", *NAMES[1:]))[1], RUN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["6.123456, 52.512345", "2026-11-21", "RD 210050 500050", "1.234.567.890", "Laan 12 0001"]
)
def test_numbers_of_other_kinds_are_no_telephone_number(text: str) -> None:
    assert PHONE.findall(text) == []


def test_the_gate_reads_pdfs_and_workbooks_itself(tmp_path: Path) -> None:
    from nsp_planner.report.cards.write import cards_pdf
    from nsp_planner.report.places.write import place_list
    from nsp_planner.report.workbook.book import says_of, write_tables_workbook

    _, evaluation = agreed()
    parts = evaluation.report_figures.parts
    (tmp_path / "kaart.pdf").write_bytes(cards_pdf(evaluation, RUN, parts, []))
    write_tables_workbook(
        tmp_path / "lijst.xlsx", says_of(evaluation, RUN), [("A", "A", place_list(evaluation, parts))]
    )
    with pytest.raises(VerificationError) as refusal:
        verify_public(tmp_path, evaluation, {"gebouwen-1"})
    assert {fault.file for fault in refusal.value.faults} == {"kaart.pdf", "lijst.xlsx"}
    assert all("Kulturhus Oost" in fault.message for fault in refusal.value.faults)


def test_a_file_that_cannot_be_read_cannot_be_published(tmp_path: Path) -> None:
    (tmp_path / "plan.gpkg").write_bytes(b"SQLite format 3")
    with pytest.raises(ValueError, match="cannot be checked"):
        verify_public(tmp_path, agreed()[1], {"gebouwen-1"})


@pytest.mark.slow
def test_a_region_of_true_size_passes(tmp_path: Path) -> None:
    planned, evaluation = make_synthetic_region(3_000, 300, 60)
    planned.layers.sites.loc[planned.layers.sites["site_id"].isin(evaluation.lnsps["site_id"][::2]), "status"] = (
        "operationeel"
    )
    planned.layers.sites["name"] = [f"{name} [{n:04d}]" for n, name in enumerate(planned.layers.sites["name"])]
    write_public(tmp_path, evaluate_run(planned, reports=True), RUN)
    assert len(public_site_ids(evaluation)) == 30
