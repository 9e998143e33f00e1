"""A town whose every text tries to be more than text, written as raw files; and which of its words are secret.

Two gemeenten of 6 by 6 km beside each other, a square with people and a hall beside it per hostile text, one station.
Names, kinds, addresses, places and reasons are hostile, so are names of gemeenten, buurten, layers, columns and sheets,
and title, region and sources of the study. Half of the halls are in use and may be published, half are drafts.

Secrets are words that stand in no file of the public: of every hall that is a draft or refused, and of columns that
are nobody's business (contact, reason).
"""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from tests.cli.test_command_line import run_here
from tests.towns.raw_files import write_grid, write_totals, write_vector

CODE = "window.kwaad=1"
"""What no page may run."""
HOSTILE = (
    f"<script>{CODE}</script>",
    f'<img src=x onerror="{CODE}">',
    f'"><svg onload={CODE}>',
    f"</script><script>{CODE}</script><style>*{{display:none}}</style>",
    f"'-({CODE})-' onmouseover={CODE}",
    f"javascript:{CODE}",
    '=HYPERLINK("http://kwaad.example/";"klik")',
    "=1+1",
    "+1+1|cmd",
    "-2+3",
    "@SUM(1;1)",
    "\t=1+1",
    '#panic() #eval("1") $x^2$ *b* _i_ @ref <lab> \\ // `c` #link("http://kwaad.example")[x]',
    "{{ 7 * 7 }} {% raw %} {# geen #} ${7*7}",
    '"""\n[region]\nname = "Anders"\n#',
    "../../../../../../tmp/kwaad",
    "C:\\kwaad\\con.txt",
    "a\u202eb\u200bc\u0007\u001b[31md",
    "[red]kwaad[/red] [link=http://kwaad.example]x[/link] :smile:",
    "'; DROP TABLE gpkg_contents; --",
    "]]> <!-- -->  &lt;b&gt; &amp;amp; %s %(x)s {0}",
    "url(http://kwaad.example/a.png) @import 'http://kwaad.example/b.css';",
    "Lang" + "lang" * 79,
    "Zee\u0301land \U0001f989 \u0645\u0631\u062d\u0628\u0627 \u4e2d\u6587",
)
"""Texts that try to be markup, script, formula, code of Typst, TOML, a path, SQL, or to turn what is read."""
SECRET = "geheim"
"""How every word begins that the public may not see."""
STATIONS = (f"<b>Kazerne</b> =1+1 {HOSTILE[0]}", "Kazerne \"twee\" & 'drie'")


def is_public(n: int) -> bool:
    """Whether the n-th hall is in use."""
    return n % 2 == 0


def halls() -> list[list[object]]:
    """Rows of the list of halls, the header first."""
    header = [
        "naam",
        "soort",
        "x",
        "y",
        "adres",
        "plaats",
        "capaciteit_inwoners",
        "status",
        "reden status",
        HOSTILE[0],
        "contact",
    ]
    rows: list[list[object]] = [header]
    for n, text in enumerate(HOSTILE):
        other = [HOSTILE[(n + shift) % len(HOSTILE)] for shift in range(3)]
        secret = "" if is_public(n) else "geheim"
        mark = {what: f"{secret}{what}{n}" if secret else f"{what}{n}" for what in ("naam", "adres", "soort")}
        rows.append(
            [
                f"{text} {mark['naam']}",
                f"{other[1]} {mark['soort']}",
                200_050 + 250 * n,
                503_050,
                f"{other[2]} {mark['adres']}",
                f"Plaats {other[0]}",
                600,
                ("operationeel", "in gesprek")[n % 2],
                f"{other[0]} geheimreden{n}",
                text,
                f"geheimcontact{n} 0612345678 geheimcontact{n}@kwaad.example",
            ]
        )
    refused = [
        "geheimnaam99 <b>",
        "x",
        203_050,
        503_350,
        "geheimadres99",
        "Plaats",
        900,
        "afgevallen",
        "geheimreden99",
        "",
        "",
    ]
    return [*rows, refused]


def write_hostile_town(folder: Path) -> Path:
    """Write the raw files, a study and an overlay (``laag.toml``); returns the path of the study."""
    squares = {f"E{2000 + round(2.5 * n)}N5030": 100 + n for n in range(len(HOSTILE))}
    write_grid(folder / "vk.gpkg", squares, layer=f"vk {HOSTILE[19]}")
    border = 203_000
    here = {f"E{2000 + round(2.5 * n)}N5030" for n in range(len(HOSTILE)) if 2000 + round(2.5 * n) < border / 100}
    of = {"GM0001": sum(n for square, n in squares.items() if square in here)}
    write_totals(folder / "totalen.csv", of | {"GM0002": sum(squares.values()) - of["GM0001"]})
    boxes = [shapely.box(200_000, 500_000, border, 506_000), shapely.box(border, 500_000, 206_000, 506_000)]
    table = {"statcode": ["GM0001", "GM0002"], "statnaam": [HOSTILE[1], HOSTILE[15]]}
    write_vector(
        folder / "grenzen.gpkg",
        gpd.GeoDataFrame(table, geometry=boxes, crs="EPSG:28992"),
        "grenzen '; DROP TABLE x; --",
    )
    quarters = [shapely.box(200_000 + 1_500 * n, 500_000, 201_500 + 1_500 * n, 506_000) for n in range(4)]
    table = {"buurtcode": [f"BU0001000{n}" for n in range(4)], "buurtnaam": [HOSTILE[n] for n in (0, 6, 12, 22)]}
    write_vector(folder / "buurten.gpkg", gpd.GeoDataFrame(table, geometry=quarters, crs="EPSG:28992"), "buurten")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "=1+1 <b>'x"
    for row in halls():
        sheet.append([_storable(value) for value in row])
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(folder / "zalen.xlsx")
    stations = "".join(f"{_quoted(name)};{201_050 + 2_000 * n};502050\n" for n, name in enumerate(STATIONS))
    (folder / "kazernes.csv").write_text(f"naam;x;y\n{stations}", encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(_study(), encoding="utf-8")
    overlay = f"title = {_toml(HOSTILE[0] + HOSTILE[7])}\nsentence = {_toml(HOSTILE[18] + HOSTILE[12])}\n"
    (folder / "laag.toml").write_text(f"{overlay}[ratios]\nlnsp_per_cnsp = 12\n", encoding="utf-8")
    return path


def _study() -> str:
    title, region, source = (_toml(text) for text in (HOSTILE[3] + HOSTILE[6], HOSTILE[1] + HOSTILE[18], HOSTILE[13]))
    return f"""title = {title}
output = "runs"
[region]
name = {region}
gemeenten = ["GM0001", "GM0002"]
[inputs]
population = {{ path = "vk.gpkg", source_nl = {source} }}
areas.path = "grenzen.gpkg"
totals.path = "totalen.csv"
buurten = {{ path = "buurten.gpkg", as_places = true }}
[[inputs.sites]]
path = "zalen.xlsx"
source = "zalen"
source_nl = {_toml(HOSTILE[0] + HOSTILE[7])}
[[inputs.sites]]
path = "kazernes.csv"
source = "kazernes"
source_nl = {_toml(HOSTILE[12])}
can_be = ["cnsp"]
kind = {_toml(HOSTILE[9])}
[ratios]
quota = {{ GM0001 = 11, GM0002 = 11 }}
lnsp_per_cnsp = 14
[capacity]
persons = 600
[solver]
time_limit_s = 20
threads = 1
[phasing]
"""


def _toml(text: str) -> str:
    """A string of TOML without control characters, which a study may not hold."""
    return json.dumps("".join(letter for letter in text if letter.isprintable()), ensure_ascii=False)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _storable(value: object) -> object:
    """What openpyxl stores: no control characters but tab and line end."""
    if not isinstance(value, str):
        return value
    return "".join(letter for letter in value if letter >= " " or letter in "\t\n")


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the town with an overlay and all reports; what the command said stands in ``../../said``."""
    folder = tmp_path_factory.mktemp("vijandig")
    study = write_hostile_town(folder)
    result = run_here(
        "plan", str(study), "--scenario", str(folder / "laag.toml"), "--report", "--output", str(folder / "runs")
    )
    assert result.returncode == 0, result.stderr
    (folder / "said").write_text(result.stdout + result.stderr, encoding="utf-8", newline="")
    (run,) = (folder / "runs").iterdir()
    return run
