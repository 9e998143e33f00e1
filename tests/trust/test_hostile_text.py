"""Hostile text in every text field of every input: nothing of it is run, nothing of it leaves, and it stays readable.

The town stands in ``tests.towns.hostile_town``; its pages in a browser are opened in ``tests.browser``.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pyogrio
import pypdf
import pytest

from nsp_planner.config import load_study
from nsp_planner.evaluate.solved.planned import PlannedStudy
from nsp_planner.report.public.write import write_public
from nsp_planner.study.progress import SilentProgress
from nsp_planner.study.read import check_layers
from nsp_planner.study.solve import solve_study
from tests.cli.test_command_line import run_here
from tests.towns.hostile_town import HOSTILE, SECRET
from tests.towns.planned import RUN, evaluated
from tests.towns.village import TOTALS, write_villages
from tests.trust.corpus import CONTROL

pytest.importorskip("typst", reason="the reports need typst")
pytestmark = pytest.mark.slow


def seen(text: str) -> str:
    """A text as people see it: without marks that cannot be seen, on one line, accents in one piece."""
    text = unicodedata.normalize("NFC", re.sub(r"[\t\r\n]", " ", text))
    return " ".join(CONTROL.sub("", text).split())


SEEN = [seen(text) for text in HOSTILE]


def test_files_have_plain_names_inside_the_run(hostile_run: Path) -> None:
    names = [path.relative_to(hostile_run).as_posix() for path in hostile_run.rglob("*")]
    assert [name for name in [hostile_run.name, *names] if not re.fullmatch(r"[a-z0-9./-]+", name)] == []
    assert [name for name in names if ".." in name or any(len(part) > 100 for part in name.split("/"))] == []
    beside = {path.name for path in hostile_run.parent.parent.iterdir()}
    assert not [name for name in beside if "kwaad" in name]


def test_a_terminal_gets_text_only(hostile_run: Path) -> None:
    said = (hostile_run.parent.parent / "said").read_bytes().decode("utf-8")
    assert not CONTROL.search(said.replace("\n", " "))
    assert "[red]" in said


def test_every_name_is_in_the_tables_as_people_see_it(hostile_run: Path) -> None:
    layers = ("lnsp", "kandidaten", "cnsp")
    tables = [pyogrio.read_dataframe(hostile_run / "plan.gpkg", layer=layer, read_geometry=False) for layer in layers]
    for column in ("naam", "soort", "adres", "plaats", "reden"):
        stored = [" ".join(str(value).split()) for table in tables for value in table[column].dropna()]
        assert not [value for value in stored if CONTROL.search(value)], column
        lost = [text for text in SEEN if not any(text.casefold() in value.casefold() for value in stored)]
        assert lost == [], column


def test_no_cell_is_a_formula_or_a_link_and_every_name_is_whole(hostile_run: Path) -> None:
    found: set[str] = set()
    for path in hostile_run.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        assert not [name for name in parts if "externalLink" in name or "macro" in name.lower()], path
        assert not [name for name, part in parts.items() if b"<f>" in part or b"TargetMode" in part], path
        for sheet in openpyxl.load_workbook(path):
            found |= {
                " ".join(str(cell.value).split()) for row in sheet.iter_rows() for cell in row if cell.data_type == "s"
            }
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), path
    assert [text for text in SEEN if not any(text in value for value in found)] == []


def spreadsheet() -> str:
    """The spreadsheet of this machine; a skip where there is none."""
    named = os.environ.get("NSP_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")
    if named is None:
        pytest.skip("no LibreOffice found (install libreoffice-calc, or name soffice in NSP_SOFFICE)")
    return named


def opened_in_a_spreadsheet(paths: Sequence[Path], folder: Path) -> list[str]:
    """Files of one kind as a spreadsheet shows them: their flat XML, with formulas and links."""
    folder.mkdir()
    command = [spreadsheet(), f"-env:UserInstallation={(folder / 'p').as_uri()}", "--headless", "--norestore"]
    # semicolon, quotes, UTF-8, from line 1, and cells that look like a formula evaluated as on opening by hand
    csv = paths[0].suffix == ".csv"
    command += ["--infilter=CSV:59,34,76,1,,0,false,true,false,false,false,-1,true"] if csv else []
    copies = [shutil.copy(path, folder / f"{number}{path.suffix}") for number, path in enumerate(paths)]
    command += ["--convert-to", "fods", "--outdir", str(folder), *map(str, copies)]
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    return [(folder / f"{number}.fods").read_text(encoding="utf-8") for number in range(len(paths))]


def formulas(flat: str) -> list[str]:
    """What a spreadsheet computes, follows or fetches."""
    return re.findall(r"table:formula=\"[^\"]*\"|<text:a [^>]*>|<table:table-source[^>]*>|<script:event[^>]*>", flat)


@pytest.mark.trust
def test_a_real_spreadsheet_finds_no_formula_and_no_link(
    hostile_run: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    planted = tmp_path / "geplant.csv"
    planted.write_text("a;b\n=1+1;2\n", encoding="utf-8")
    for suffix in (".csv", ".xlsx"):
        files = sorted(hostile_run.rglob(f"*{suffix}"))
        opened = opened_in_a_spreadsheet([*files, *([planted] if suffix == ".csv" else [])], tmp_path / suffix)
        for path, flat in zip(files, opened, strict=False):
            assert formulas(flat) == [], path.name
        record_property("figure", f"{len(files)} {suffix} files of hostile text opened in a spreadsheet: no formula")
        if suffix == ".csv":
            assert formulas(opened[-1]), "a formula must be seen as one"


def test_printed_pages_hold_the_texts_and_nothing_that_acts(hostile_run: Path) -> None:
    for path in hostile_run.rglob("*.pdf"):
        reader = pypdf.PdfReader(path)
        everything = path.read_bytes() + b"".join(inflated(path.read_bytes()))
        acts = [
            word
            for word in (b"/JavaScript", b"/URI", b"/Launch", b"/OpenAction /", b"/EmbeddedFile")
            if word in everything
        ]
        assert acts == [], path.name
        assert len(reader.pages) >= 1


def test_the_manifest_and_the_study_in_it_say_what_was_read_and_no_more(hostile_run: Path) -> None:
    manifest = json.loads((hostile_run / "manifest.json").read_text(encoding="utf-8"))
    study = load_study(hostile_run.parent.parent / "study.toml")
    assert manifest["title"] == study.title
    assert manifest["region"] == study.region.name != "Anders"
    assert manifest["scenarios"][0]["title"].startswith(HOSTILE[0])


@pytest.mark.trust
def test_a_run_with_hostile_text_is_made_again_from_its_manifest_and_audited(hostile_run: Path, tmp_path: Path) -> None:
    again = run_here("rerun", str(hostile_run), "--output", str(tmp_path), "--json")
    assert json.loads(again.stdout)["same"] is True, again.stdout
    assert run_here("audit", str(hostile_run), "--json").returncode == 0


# --- the public version ----------------------------------------------------------------------------------------------


def inflated(raw: bytes) -> Iterator[bytes]:
    """Everything that is packed in these bytes: streams of zlib and gzip at any place, members of zips, base64."""
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
        return
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", raw):
        unpacker = zlib.decompressobj(31 if match[0].startswith(b"\x1f") else 15)
        try:
            yield unpacker.decompress(raw[match.start() :])
        except zlib.error:
            continue
    for match in re.finditer(rb"[A-Za-z0-9+/]{24,}={0,2}", raw):
        part = match[0]
        try:
            yield base64.b64decode(part + b"=" * (-len(part) % 4))
        except ValueError:
            continue


@cache
def all_bytes(path: Path) -> list[bytes]:
    """The bytes of a file and of everything packed in it, three deep, and the text of a PDF as it is read."""
    found, level = [path.read_bytes()], [path.read_bytes()]
    for _ in range(3):
        level = [inner for raw in level for inner in inflated(raw)]
        found += level
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(path)
        text = " ".join(
            [*(page.extract_text() for page in reader.pages), str(reader.metadata), str(reader.xmp_metadata)]
        )
        found.append(text.encode())
    return found


def written_as(secret: str) -> list[bytes]:
    """A word in the ways a file may hold it: plain, UTF-16, hexadecimal, base64 at each of its three offsets."""
    plain = secret.encode()
    ways = [
        plain,
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        plain.hex().encode(),
        plain.hex().upper().encode(),
    ]
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain)
        ways.append(coded[4 if shift else 0 : len(coded) - 4])
    return ways


def holding(folder: Path, secret: str) -> list[str]:
    """Files under a folder that hold a word, in any of those ways."""
    ways = written_as(secret)
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and any(way in raw or way in re.sub(rb"[\s-]", b"", raw) for raw in all_bytes(path) for way in ways)
    ]


def test_no_byte_of_the_public_version_is_of_a_draft_a_refused_building_or_a_contact(
    hostile_run: Path, record_property: Callable[[str, object], None]
) -> None:
    public = hostile_run / "openbaar"
    assert len(list(public.rglob("*.*"))) >= 6
    for secret in (SECRET, "afgevallen", "in gesprek", "0612345678", "@kwaad.example"):
        assert holding(public, secret) == [], secret
    n_bytes = sum(len(raw) for path in public.rglob("*.*") for raw in all_bytes(path))
    record_property("figure", f"{n_bytes / 2**20:.1f} MiB of the public version, unpacked, searched for hidden words")
    # the search can find: the same words are in the working version, packed and printed, and public names are here
    working = holding(hostile_run, SECRET)
    assert {"kaart.html", "bestuursrapport.pdf", "kandidatenlijst.xlsx", "plan.gpkg"} <= set(working)
    others = [name for name in holding(public, "naam10") if name.endswith("tmp-kwaad.pdf")]
    assert len(holding(public, "naam10")) == len([path for path in public.rglob("*.*") if path.is_file()]) - 1
    assert others == [], "the cards of the other gemeente"


@pytest.fixture(scope="module")
def villages(tmp_path_factory: pytest.TempPathFactory) -> PlannedStudy:
    return planned_villages(tmp_path_factory.mktemp("dorpen"), 405)


def planned_villages(folder: Path, official: int) -> PlannedStudy:
    """The villages with another official total of Aldorp: 405 puts 3 and 2 on its withheld squares, 406 puts 3 and 3."""
    study = load_study(write_villages(folder))
    (folder / "totals.csv").write_text(
        f"gemeentecode,aantal_inwoners\nGM0001,{official}\nGM0002,{TOTALS['GM0002']}\n", encoding="utf-8"
    )
    return solve_study(study, check_layers(study), SilentProgress())


def public_bytes(folder: Path, planned: PlannedStudy) -> dict[str, bytes]:
    """The public version of a plan, file by file."""
    folder.mkdir()
    write_public(folder, evaluated(planned), RUN)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def test_the_public_version_does_not_depend_on_persons_below_the_level_of_cbs(
    villages: PlannedStudy, tmp_path: Path
) -> None:
    other_folder = tmp_path / "anders"
    other_folder.mkdir()
    other = planned_villages(other_folder, 406)
    columns = ["demand_id", "population_persons"]
    changed = villages.layers.demand[columns].compare(other.layers.demand[columns])
    assert len(changed) == 1, "one withheld square holds one person more"
    assert public_bytes(tmp_path / "a", villages) == public_bytes(tmp_path / "b", other)


@pytest.mark.parametrize("status", ["in gesprek", "afgevallen"])
def test_the_public_version_does_not_depend_on_anything_known_of_a_building_that_is_not_public(
    villages: PlannedStudy, tmp_path: Path, status: str
) -> None:
    sites = villages.layers.sites.copy()
    sites["status"] = sites["status"].replace("in gesprek", status)
    first = replace(villages, layers=replace(villages.layers, sites=sites))
    hidden = ~sites["status"].isin(["operationeel", "akkoord eigenaar"])
    assert hidden.any()
    other = sites.copy()
    for column in ("name", "kind", "address", "status_reason", "emergency_power", "parking", "capacity_persons"):
        values = {"emergency_power": "yes", "parking": "no", "capacity_persons": 999.0}
        other.loc[hidden, column] = values.get(column, f"Anders {column}")
    second = replace(villages, layers=replace(villages.layers, sites=other))
    one, two = public_bytes(tmp_path / "a", first), public_bytes(tmp_path / "b", second)
    assert {name for name in one | two if one.get(name) != two.get(name)} == set()
