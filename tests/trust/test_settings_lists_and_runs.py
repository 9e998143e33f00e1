"""Bad and odd studies, overlays, norms, sweeps, edited lists and run folders."""

from __future__ import annotations

import atexit
import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nsp_planner.report import write_report
from tests.cli.test_command_line import run_here
from tests.towns.planned import RUN, make_toy
from tests.towns.raw_files import both_roles, make_world
from tests.trust.corpus import Command, as_toml, commands, hold_command
from tests.trust.makers import VRT, changed_parts

pytestmark = pytest.mark.slow  # hundreds of small cases, a minute or two together

KEY = "study.toml"


def study_text(folder: Path) -> str:
    """The study of the world, as TOML without its sections in line."""
    return as_toml(both_roles(make_world(folder)))


def settings(text: str, *, replace: tuple[str, str] | None = None) -> Callable[[Path], Sequence[object]]:
    """``check`` of the world's study with these lines added, or a piece of it replaced."""

    def arguments(folder: Path) -> Sequence[object]:
        whole = study_text(folder)
        if replace is not None:
            assert replace[0] in whole
            whole = whole.replace(*replace)
        (folder / KEY).write_text(f"{whole}\n{text}\n", encoding="utf-8")
        return "check", folder / KEY

    return arguments


def study_bytes(content: bytes | Callable[[Path], object]) -> Callable[[Path], Sequence[object]]:
    """``check`` of a file of these bytes, or of what is made at its place."""

    def arguments(folder: Path) -> Sequence[object]:
        if callable(content):
            content(folder / KEY)
        else:
            (folder / KEY).write_bytes(content)
        return "check", folder / KEY

    return arguments


NUMBERS = ("inf", "-inf", "nan", "1e300", "true", "-1", '"veel"', "[1]", "{ a = 1 }", "9" * 30)
NUMBER_KEYS = (
    "ratios.inhabitants_per_lnsp",
    "ratios.lnsp_per_cnsp",
    "capacity.persons",
    "capacity.slack",
    "distances.cutoff_m",
    "distances.detour_factor",
    "solver.gap",
    "solver.time_limit_s",
    "inputs_.same_building_m",
)


def number(key: str, value: str) -> Command:
    """A number that is none."""
    section, name = key.split(".")
    if section == "inputs_":
        arguments = settings("", replace=("inputs = {", f'inputs = {{ "{name}" = {value}, '))
        return Command(f"inputs.{name} = {value}", arguments, [f"inputs.{name}"])
    return Command(f"{key} = {value}", settings(f"[{section}]\n{name} = {value}"), [key])


STUDIES: tuple[Command, ...] = (
    *(number(key, value) for key in NUMBER_KEYS for value in NUMBERS if (key, value) != ("capacity.slack", "9" * 30)),
    Command("a study in a pipe", study_bytes(os.mkfifo), ["pipe"]),
    Command("a study on a device without end", study_bytes(lambda path: path.symlink_to("/dev/zero")), ["device"]),
    Command("a study that is a folder", study_bytes(Path.mkdir), ["folder"]),
    Command("a study of 11 MiB", study_bytes(b"#" * 11 * 2**20), ["10 MiB"]),
    Command("a study in Windows-1252", study_bytes('title = "Één"'.encode("cp1252")), ["UTF-8"]),
    Command("a study in UTF-16", study_bytes('title = "x"'.encode("utf-16")), ["UTF-8"]),
    Command("a study that is a workbook", study_bytes(b"PK\x03\x04" + bytes(100)), ["TOML"]),
    Command("a study that is empty", study_bytes(b""), ["title", "region", "inputs"], n_faults=3),
    Command("a study with a thousand brackets", study_bytes(b"a = " + b"[" * 5_000), ["too deep"]),
    Command("a number of 5,000 digits", settings(f"[capacity]\npersons = {'9' * 5_000}"), ["cannot be read"]),
    Command("a study with a key twice", settings('title = "nog een"'), ["TOML"]),
    Command("a key with a typing error", settings("[ratios]\ninhabitants_per_lnps = 5"), ["inhabitants_per_lnsp"]),
    Command("a section that is a number", settings("ratios = 5"), ["ratios"]),
    Command("a section that is a list", settings("ratios = [1]"), ["ratios"]),
    Command(
        "control characters in the title", settings("", replace=('"Toets"', '"To\\u001b[31mets"')), ["title", "control"]
    ),
    Command("a zero byte in a path", settings("", replace=("grid.gpkg", "grid\\u0000.gpkg")), ["path", "control"]),
    Command(
        "a direction mark in the name of the region",
        settings("", replace=("Toetsregio", "Toets\\u202eregio")),
        ["region.name"],
    ),
    Command("a title of 20,000 letters", settings("", replace=('"Toets"', f'"{"T" * 20_000}"')), ["20,000"]),
    Command("a gemeente in another form", settings("", replace=('"GM0001"', '"0001"')), ["region.gemeenten"]),
    Command("a gemeente twice", settings("", replace=('"GM0002"', '"GM0001"')), ["GM0001"]),
    Command("a quota that is ignored", settings('[ratios]\nquota_per = "region"\nquota = { GM0001 = 1 }'), ["quota"]),
    Command("fixed and refused at once", settings('[decisions]\nfixed = ["a"]\nrefused = ["a"]'), ["a"]),
    Command("a decision about a building that is not there", settings('[decisions]\nfixed = ["lijst:9"]'), ["lijst:9"]),
    Command("a solver that is not there", settings('[solver]\nname = "gurobi"'), ["solver.name"]),
    Command("a network without a path", settings('[distances]\nmethod = "network"'), ["inputs.network"]),
    Command("a quota of an unknown gemeente", settings("[ratios]\nquota = { GM9999 = 1 }"), ["GM9999"]),
    Command("a norm larger than the cutoff", settings("[distances]\ncutoff_m = 100"), ["cutoff_m"]),
    Command("no study", lambda folder: ("check", folder / "geen.toml"), ["does not exist"]),
    Command("a name of 5,000 letters as study", lambda folder: ("check", folder / f"{'a' * 5_000}.toml"), ["study"]),
)


MERGED = "id;naam;x;y\n7;Dorpshuis;201050;501050\n8;Zaal;201055;501050\n9;Kerk;205050;501050\n"
"""Rows 7 and 8 are one building, which goes by the id of the first."""


def merged_away(command: str = "plan", **decisions: list[str]) -> Callable[[Path], Sequence[object]]:
    """``plan`` or ``check`` of the world with decisions about a row that was merged into another."""

    def arguments(folder: Path) -> Sequence[object]:
        tables = {**both_roles(make_world(folder, MERGED)), "decisions": decisions}
        (folder / KEY).write_text(as_toml(tables), encoding="utf-8")
        return command, folder / KEY, *(("--output", folder / "uit") if command == "plan" else ())

    return arguments


DECISIONS: tuple[Command, ...] = (
    Command("a refusal of a row that was merged away", merged_away(refused=["lijst:8"]), ["GM0001 needs 1"], 4),
    Command(
        "a building fixed by one row and refused by another",
        merged_away(fixed=["lijst:7"], refused=["lijst:8"]),
        ["one building", "lijst:7", "lijst:8"],
    ),
    Command(
        "the same, told by check",
        merged_away("check", fixed=["lijst:7"], refused=["lijst:8"]),
        ["one building", "lijst:7", "lijst:8"],
    ),
)


# --- overlays and norms ----------------------------------------------------------------------------------------------

GOOD_OVERLAY = 'title = "Proef"\nsentence = "Een proef."\n[ratios]\nlnsp_per_cnsp = 3\n'


def overlay(
    content: str | bytes | Callable[[Path], object], *more: str, flag: str = "--scenario", name: str = "laag.toml"
) -> Callable[[Path], Sequence[object]]:
    """``check`` with an overlay, or several."""

    def arguments(folder: Path) -> Sequence[object]:
        _, path = settings("")(folder)
        files = []
        for n, each in enumerate((content, *more)):
            file = folder / (name if n == 0 else f"laag{n}.toml")
            if callable(each):
                each(file)
            else:
                file.write_bytes(each if isinstance(each, bytes) else each.encode())
            files += [flag, file]
        return "check", path, *files

    return arguments


OVERLAYS: tuple[Command, ...] = (
    Command("an overlay without a title", overlay("[ratios]\nlnsp_per_cnsp = 3"), ["title", "sentence"], n_faults=2),
    Command("an overlay that changes nothing", overlay('title = "a"\nsentence = "b"'), ["nothing is changed"]),
    Command("an overlay with an unknown key", overlay(GOOD_OVERLAY + "x = 1"), ["ratios.x"]),
    Command("an overlay with infinity", overlay(GOOD_OVERLAY.replace("3", "inf")), ["lnsp_per_cnsp"]),
    Command("an overlay with true for a number", overlay(GOOD_OVERLAY.replace("= 3", "= true")), ["lnsp_per_cnsp"]),
    Command("two overlays on one key", overlay(GOOD_OVERLAY, GOOD_OVERLAY.replace("3", "5")), ["two scenarios"]),
    Command("an overlay in a pipe", overlay(os.mkfifo), ["no scenario"]),
    Command("an overlay that is a folder", overlay(Path.mkdir), ["scenario"]),
    Command(
        "an overlay that is a study", overlay('title = "a"\n[region]\nname = "b"\n[inputs]\na = 1'), ["whole study"]
    ),
    Command(
        "an overlay in another encoding", overlay(GOOD_OVERLAY.replace("Proef", "Café").encode("cp1252")), ["UTF-8"]
    ),
    Command(
        "control characters in the sentence",
        overlay(GOOD_OVERLAY.replace("Een proef", "Een \\u001b[2J proef")),
        ["sentence", "control"],
    ),
    Command(
        "control characters in the title of an overlay",
        overlay(GOOD_OVERLAY.replace("Proef", "Pro\\u202eef")),
        ["title", "control"],
    ),
    Command(
        "an overlay that adds to a number",
        overlay(GOOD_OVERLAY.replace("lnsp_per_cnsp", '"lnsp_per_cnsp+"')),
        ["adds to a list"],
    ),
    Command(
        "an overlay with a section that is a number", overlay('title = "a"\nsentence = "b"\nratios = 3'), ["ratios"]
    ),
    Command("an overlay with a key that is empty", overlay(GOOD_OVERLAY + '"" = 3'), ["ratios"]),
    Command("an overlay that is not there", lambda folder: (*settings("")(folder), "--scenario", "geen"), ["geen"]),
    Command(
        "an overlay whose name holds a zero byte",
        lambda folder: (*settings("")(folder), "--scenario", "a\x00b"),
        ["scenario"],
    ),
    Command(
        "an overlay of 5,000 letters", lambda folder: (*settings("")(folder), "--scenario", "a" * 5_000), ["scenario"]
    ),
    Command("norms that are none", overlay("[capaciteit]\nvalue = 3", flag="--norms"), ["capaciteit"]),
    Command(
        "a norm that is infinite", overlay("[capacity_persons]\nvalue = inf", flag="--norms"), ["capacity.persons"]
    ),
    Command("a norm that is true", overlay("[capacity_persons]\nvalue = true", flag="--norms"), ["capacity_persons"]),
    Command(
        "a norm that is a text", overlay('[capacity_persons]\nvalue = "5000"', flag="--norms"), ["capacity_persons"]
    ),
    Command("a norm that is a number itself", overlay("capacity_persons = 5", flag="--norms"), ["capacity_persons"]),
    Command("norms in a pipe", overlay(os.mkfifo, flag="--norms"), ["pipe"]),
    Command("empty norms", overlay("", flag="--norms"), ["nothing is changed"]),
)


# --- sweeps ----------------------------------------------------------------------------------------------------------


def sweep(text: str | Callable[[Path], object]) -> Callable[[Path], Sequence[object]]:
    """A sweep over the world's study."""

    def arguments(folder: Path) -> Sequence[object]:
        settings("")(folder)
        path = folder / "reeks.toml"
        if callable(text):
            text(path)
        else:
            path.write_text(text, encoding="utf-8")
        return "sweep", path

    return arguments


GRID = 'title = "Reeks"\nstudies = ["study.toml"]\noutput = "uit"\n'

SWEEPS: tuple[Command, ...] = (
    Command("a sweep in a pipe", sweep(os.mkfifo), ["pipe"]),
    Command("a sweep without studies", sweep(GRID.replace('["study.toml"]', "[]")), ["studies"]),
    Command("a sweep of a study that is not there", sweep(GRID.replace("study.toml", "geen.toml")), ["does not exist"]),
    Command("a sweep with an unknown key", sweep(GRID + "x = 1"), ["x"]),
    Command("a sweep over an unknown key of the study", sweep(GRID + '[values]\n"ratios.x" = [1]'), ["ratios.x"]),
    Command(
        "a sweep over infinity", sweep(GRID + '[values]\n"ratios.lnsp_per_cnsp" = [inf]'), ["values", "number below"]
    ),
    Command("a sweep over true", sweep(GRID + '[values]\n"ratios.lnsp_per_cnsp" = [true]'), ["lnsp_per_cnsp"]),
    Command(
        "a sweep over a number instead of a list", sweep(GRID + '[values]\n"ratios.lnsp_per_cnsp" = 3'), ["values"]
    ),
    Command("a sweep over an empty key", sweep(GRID + '[values]\n"" = [3]'), ["unknown key"]),
    Command(
        "a sweep over two keys of which one is inside the other",
        sweep(GRID + '[values]\n"ratios" = [3]\n"ratios.lnsp_per_cnsp" = [3]'),
        ["ratios"],
    ),
    Command(
        "a sweep of a billion scenarios",
        sweep(
            GRID
            + "[values]\n"
            + "".join(
                f'"ratios.{key}" = {list(range(1, 1001))}\n'
                for key in ("lnsp_per_cnsp", "inhabitants_per_lnsp", "most_lnsp_per_cnsp")
            )
        ),
        ["1,000,000,000 scenarios"],
    ),
    Command("a sweep with control characters in its title", sweep(GRID.replace("Reeks", "Re\\u001beks")), ["title"]),
)


# --- edited lists and runs -------------------------------------------------------------------------------------------


@cache
def finished() -> Path:
    """A finished run of the toy, written once."""
    folder = Path(tempfile.mkdtemp(prefix="run-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_report(folder, make_toy()[1], run_info=RUN)
    return folder


def merged(write: Callable[[Path], object], name: str = "links.xlsx") -> Callable[[Path], Sequence[object]]:
    """``merge-lists`` of the toy's run and a list that is written."""

    def arguments(folder: Path) -> Sequence[object]:
        write(folder / name)
        return "merge-lists", finished(), folder / name, "--output", folder / "uit"

    return arguments


def edited(*cells: tuple[str, str, object], more: Callable[[Any], object] | None = None) -> Callable[[Path], Path]:
    """The run's workbook with cells of its first list changed: id, column, value."""

    def write(path: Path) -> Path:
        book = openpyxl.load_workbook(finished() / "kandidatenlijst.xlsx")
        page = book["Links"]
        columns = {str(cell.value): cell.column for cell in page[4]}
        for site_id, column, value in cells:
            for row in page.iter_rows(min_row=5):
                if row[columns["Id"] - 1].value == site_id:
                    row[columns[column] - 1].value = value
        if more is not None:
            more(page)
        book.save(path)
        return path

    return write


def without_values(path: Path) -> object:
    """A list whose capacity is a formula that Excel never computed."""
    return edited(("gebouwen-1", "Capaciteit (mensen tegelijk)", "=2*350"))(path)


LISTS: tuple[Command, ...] = (
    Command("a list in a pipe", merged(os.mkfifo), ["no regular file"], 3),
    Command("a list that is a folder", merged(Path.mkdir), ["folder"], 3),
    Command("a list that is empty", merged(lambda path: path.write_bytes(b"")), ["empty"], 3),
    Command("a list that is a VRT", merged(lambda path: path.write_bytes(VRT % b"/etc/passwd")), ["no workbook"], 3),
    Command("a list with another ending", merged(lambda path: path.write_bytes(b"x"), "links.ods"), [".ods"], 3),
    Command("a list that is not there", lambda folder: ("merge-lists", finished(), folder / "geen.xlsx", "-o", folder / "uit"), ["not there"], 3),
    Command("a list of which a part unpacks to far more", merged(lambda path: path.write_bytes(changed_parts(edited()(path).read_bytes(), {"xl/worksheets/sheet2.xml": lambda text: text.replace("</sheetData>", " " * 80_000_000 + "</sheetData>")}))), ["MiB", "refused"], 3),
    Command("a list with a formula without a stored value", merged(without_values), ["formula"], 3),
    Command("a list with an error value", merged(edited(("gebouwen-1", "Naam", "#REF!"))), ["error value"], 3),
    Command("a list with a date for a name", merged(edited(("gebouwen-1", "Adres", dt.datetime(2026, 3, 12)))), ["a date"], 3),
    Command("a list with merged cells", merged(edited(more=lambda page: page.merge_cells("C5:C6"))), ["merged"], 3),
    Command("another word for the status", merged(edited(("gebouwen-1", "Status", "gesloten"))), ["gesloten"], 3),
    Command("another word for refused, without a reason", merged(edited(("gebouwen-1", "Status", "valt af"))), ["Reden"], 3),
    Command("a status that was emptied", merged(edited(("gebouwen-1", "Status", None))), ["Status"], 3),
    Command("another word for decided", merged(edited(("gebouwen-1", "Vastgelegd", "misschien"))), ["misschien"], 3),
    Command("refused without a reason", merged(edited(("gebouwen-1", "Status", "afgevallen"))), ["Reden"], 3),
    Command("refused and decided", merged(edited(("gebouwen-2", "Status", "afgevallen"), ("gebouwen-1", "Status", "afgevallen"), ("gebouwen-1", "Reden", "x"), ("gebouwen-1", "Vastgelegd", "ja"))), ["vastgelegd"], 3),
    Command("a capacity that may be 1,250 or 1.25 in a list", merged(edited(("gebouwen-1", "Capaciteit (mensen tegelijk)", "1,250"))), ["1,250"], 3),
    Command("a capacity in words in a list", merged(edited(("gebouwen-1", "Capaciteit (mensen tegelijk)", "veel"))), ["veel"], 3),
    Command("an infinite capacity in a list", merged(edited(("gebouwen-1", "Capaciteit (mensen tegelijk)", "inf"))), ["inf"], 3),
    Command("a capacity of 1e300 in a list", merged(edited(("gebouwen-1", "Capaciteit (mensen tegelijk)", "1e300"))), ["1e300"], 3),
    Command("an emptied name", merged(edited(("gebouwen-1", "Naam", None))), ["name was emptied"], 3),
    Command("an id that is not of the run", merged(edited(("gebouwen-1", "Id", "gebouwen-9"))), ["gebouwen-9"], 3),
    Command("an id with control characters", merged(edited(("gebouwen-1", "Id", "gebouwen-\u202e1x"))), ["gebouwen-1x"], 3),
    Command("a workbook that is no list", merged(lambda path: openpyxl.Workbook().save(path)), ["holds no candidate list"], 3),
    Command("a CSV with an open quote", merged(lambda path: path.write_text('Id;Naam;Status\n"a;b;c\n'), "l.csv"), ["quotes"], 3),
    Command("a CSV with a broken byte", merged(lambda path: path.write_bytes((finished() / "kandidatenlijst.csv").read_bytes() + "é".encode() + b"\xff;x\n"), "l.csv"), ["line"], 3),
    Command("an output that is there already", lambda folder: [(folder / "uit").mkdir(), merged(edited())(folder)][1], ["exists already"]),
)  # fmt: skip


def manifest(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], Sequence[object]]:
    """``compare`` of the toy's run with one whose manifest is changed."""

    def arguments(folder: Path) -> Sequence[object]:
        other = shutil.copytree(finished(), folder / "run")
        content = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
        content = change(content) or content
        text = content if isinstance(content, str) else json.dumps(content)
        (other / "manifest.json").write_text(text, encoding="utf-8")
        return "compare", finished(), other, "--output", folder / "uit"

    return arguments


def run_file(name: str, change: Callable[[Path], object]) -> Callable[[Path], Sequence[object]]:
    """``compare`` of the toy's run with one of which a file is changed."""

    def arguments(folder: Path) -> Sequence[object]:
        other = shutil.copytree(finished(), folder / "run")
        change(other / name)
        return "compare", finished(), other, "--output", folder / "uit"

    return arguments


OTHER_TYPES = tuple(
    Command(f"a manifest whose {key} is {json.dumps(value)}", manifest(lambda m, key=key, value=value: {**m, key: value}), ["no finished run"], 3)
    for key, value in (
        ("plan", []), ("plan", {}), ("settings", 5), ("indicators", "x"), ("indicators", [{"a": 1}]), ("inputs", {}),
        ("inputs", [1]), ("created", "gisteren"), ("created", 5), ("scenarios", 5), ("scenarios", [{}]), ("title", None),
    )
)  # fmt: skip

RUNS: tuple[Command, ...] = (
    *OTHER_TYPES,
    Command("a manifest that is a list", manifest(lambda _: "[1]"), ["no finished run"], 3),
    Command("a manifest cut short", manifest(lambda m: json.dumps(m)[:-100]), ["no finished run"], 3),
    Command("a manifest nested too deep", manifest(lambda _: "[" * 100_000), ["no finished run"], 3),
    Command(
        "a manifest in a pipe",
        run_file("manifest.json", lambda path: [path.unlink(), os.mkfifo(path)]),
        ["no regular file"],
        3,
    ),
    Command("no manifest", run_file("manifest.json", Path.unlink), ["no manifest"], 3),
    Command("no plan", run_file("plan.gpkg", Path.unlink), ["not there"], 3),
    Command(
        "a plan that is a VRT",
        run_file("plan.gpkg", lambda path: path.write_bytes(VRT % b"/etc/passwd")),
        ["no GeoPackage"],
        3,
    ),
    Command(
        "a plan in a pipe", run_file("plan.gpkg", lambda path: [path.unlink(), os.mkfifo(path)]), ["no regular file"], 3
    ),
    Command(
        "a plan cut short",
        run_file("plan.gpkg", lambda path: path.write_bytes(path.read_bytes()[:5_000])),
        ["no finished run"],
        3,
    ),
    Command("no candidate list", run_file("kandidatenlijst.csv", Path.unlink), ["not there"], 3),
    Command(
        "a candidate list of another shape",
        run_file("kandidatenlijst.csv", lambda path: path.write_text("a;b\n1;2\n")),
        ["no finished run"],
        3,
    ),
    Command(
        "a candidate list in a pipe",
        run_file("kandidatenlijst.csv", lambda path: [path.unlink(), os.mkfifo(path)]),
        ["no regular file"],
        3,
    ),
    Command(
        "a folder that is no run",
        lambda folder: ("compare", finished(), folder, "-o", folder / "uit"),
        ["no manifest"],
        3,
    ),
    Command("one run", lambda folder: ("compare", finished(), "-o", folder / "uit"), ["two runs"]),
    Command("a run twice", lambda folder: ("compare", finished(), finished(), "-o", folder / "uit"), ["twice"]),
)


@commands(STUDIES)
def test_a_study(case: Command, tmp_path: Path) -> None:
    hold_command(case, tmp_path)


@commands(OVERLAYS)
def test_an_overlay(case: Command, tmp_path: Path) -> None:
    hold_command(case, tmp_path)


@commands(SWEEPS)
def test_a_sweep(case: Command, tmp_path: Path) -> None:
    hold_command(case, tmp_path)


@commands(LISTS)
def test_an_edited_list(case: Command, tmp_path: Path) -> None:
    hold_command(case, tmp_path)


@commands(RUNS, DECISIONS)
def test_a_finished_run(case: Command, tmp_path: Path) -> None:
    hold_command(case, tmp_path)


@pytest.mark.parametrize("title", ["[/red]", "[bold", "a[link=http://x]b[/link]", ":boom:", "x" * 300])
def test_markup_in_a_title_is_text(title: str, tmp_path: Path) -> None:
    _, path = settings("", replace=('"Toets"', json.dumps(title)))(tmp_path)
    result = run_here("check", str(path))
    assert result.returncode == 0, result.stderr
    assert title[:20] in " ".join(result.stdout.split())
