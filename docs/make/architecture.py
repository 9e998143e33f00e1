"""The picture of the house, made from its imports. In: the package. Out: docs/img/architecture.svg, a table of rooms.

``make docs`` writes both. Rooms stand in the order of the import contract of ``pyproject.toml``, top first. An arrow
says "imports"; one that follows from two others is left out of the drawing. All are in its data and in the table.
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp

from docs.make.answers import replace_between

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "nsp_planner"
PICTURE = ROOT / "docs" / "img" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"
MARK = "rooms"
WIDTH, MARGIN, GAP_X, GAP_Y, LINE, BESIDE = 1080, 20, 24, 34, 15, 84
CHARACTER = 5.9
"""Mean width of a character of the small text."""


@dataclass(frozen=True)
class Room:
    """A room: name, what it is for, its folders, how many files and lines it has, and what it imports."""

    name: str
    purpose: str
    folders: tuple[str, ...]
    n_files: int
    n_lines: int
    imports: frozenset[str]


def read_order() -> list[list[str]]:
    """The rooms per layer, top first, as the import contract has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    return [[name.strip().removeprefix(f"{PACKAGE}.") for name in layer.split("|")] for layer in contract["layers"]]


def read_imports() -> dict[str, frozenset[str]]:
    """Which rooms each room imports, wherever in its files."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    rooms: dict[str, set[str]] = {room: set() for layer in read_order() for room in layer}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            here, there = _room(module), _room(imported)
            if here in rooms and there in rooms and here != there:
                rooms[here].add(there)
    return {room: frozenset(imported) for room, imported in rooms.items()}


def _room(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


def read_rooms() -> dict[str, Room]:
    """Every room of the contract."""
    found = {}
    for name, imports in read_imports().items():
        folder = ROOT / PACKAGE / name
        entry = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [entry]
        folders = sorted({path.parent.name for path in files if path.parent.parent == folder})
        n_lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
        purpose = " ".join((ast.get_docstring(ast.parse(entry.read_text(encoding="utf-8"))) or "").split())
        found[name] = Room(name, purpose.split(". ")[0].rstrip(".") + ".", tuple(folders), len(files), n_lines, imports)
    return found


def drawn_arrows(imports: dict[str, frozenset[str]]) -> list[tuple[str, str]]:
    """The imports that do not follow from two others."""

    def reached(room: str) -> set[str]:
        return set(imports[room]).union(*(reached(each) for each in imports[room]))

    return sorted(
        (room, there)
        for room, found in imports.items()
        for there in found
        if not any(there in reached(other) for other in found - {there})
    )


def draw(rooms: dict[str, Room]) -> str:
    """The picture."""
    places, top = {}, MARGIN
    shapes = []
    for layer in read_order():
        wide = (WIDTH - 2 * (MARGIN + BESIDE) - (len(layer) - 1) * GAP_X) / len(layer)
        texts = {name: _texts(rooms[name], wide) for name in layer}
        high = max(len(lines) for lines in texts.values()) * LINE + 34
        for n, name in enumerate(layer):
            left = MARGIN + BESIDE + n * (wide + GAP_X)
            places[name] = (left, top, wide, high)
            shapes.append(_box(name, texts[name], left, top, wide, high))
        top += high + GAP_Y
    imports = {name: room.imports for name, room in rooms.items()}
    arrows = [_arrow(here, there, places) for here, there in drawn_arrows(imports)]
    data = " ".join(f"{here}>{there}" for here in sorted(imports) for there in sorted(imports[here]))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top - GAP_Y + MARGIN:.0f}" '
            'font-family="Verdana, DejaVu Sans, sans-serif" role="img">',
            "<title>The rooms of nsp_planner, what each imports, top to bottom</title>",
            f'<desc data-imports="{data}"/>',
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0 8 4 0 8z" fill="#5B7083"/></marker></defs>',
            '<rect width="100%" height="100%" fill="#FFFFFF"/>',
            *arrows,
            *shapes,
            "</svg>",
            "",
        ]
    )


def _texts(room: Room, wide: float) -> list[str]:
    size = f"{room.n_files} file{'s' if room.n_files > 1 else ''}, {room.n_lines:,} lines"
    letters = int((wide - 24) / CHARACTER)
    return [
        *textwrap.wrap(room.purpose.replace("``", ""), letters),
        *textwrap.wrap(size + (": " + ", ".join(room.folders) if room.folders else ""), letters),
    ]


def _box(name: str, lines: list[str], left: float, top: float, wide: float, high: float) -> str:
    rows = "".join(
        f'<text x="{left + 12:.0f}" y="{top + 36 + n * LINE:.0f}" font-size="10.5" fill="#33414E">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        f'<g><rect x="{left:.0f}" y="{top:.0f}" width="{wide:.0f}" height="{high:.0f}" rx="6" fill="#F3F6F9" '
        f'stroke="#14324F"/><text x="{left + 12:.0f}" y="{top + 20:.0f}" font-size="14" font-weight="bold" '
        f'fill="#14324F">{escape(name)}</text>{rows}</g>'
    )


def _arrow(here: str, there: str, places: dict[str, tuple[float, float, float, float]]) -> str:
    left, top, wide, high = places[here]
    to_left, to_top, to_wide, _ = places[there]
    order = [set(layer) for layer in read_order()]
    rows = [next(n for n, layer in enumerate(order) if name in layer) for name in (here, there)]
    names = sorted(places)
    if rows[1] - rows[0] == 1:
        shift = 14 * (names.index(here) % 3 - 1)
        middle = max(left, to_left) + (min(left + wide, to_left + to_wide) - max(left, to_left)) / 2 + shift
        if left <= middle <= left + wide and to_left <= middle <= to_left + to_wide:
            return _path(f"M{middle:.0f} {top + high:.0f}V{to_top - 1:.0f}")
        start = min(max(middle, left + 20), left + wide - 20)
        end = min(max(middle, to_left + 20), to_left + to_wide - 20)
        return _path(f"M{start:.0f} {top + high:.0f}L{end:.0f} {to_top - 1:.0f}")
    # Past the rooms between along the nearer side, and in by the space above the row it goes to.
    right = left + wide / 2 + to_left + to_wide / 2 > WIDTH
    out = 12 + 9 * (names.index(here) % 8)
    side = WIDTH - MARGIN - BESIDE + out if right else MARGIN + BESIDE - out
    start = left + wide if right else left
    end = to_left + to_wide * (0.75 if right else 0.25)
    return _path(f"M{start:.0f} {top + high - 12:.0f}H{side:.0f}V{to_top - GAP_Y / 2:.0f}H{end:.0f}V{to_top - 1:.0f}")


def _path(d: str) -> str:
    return f'<path d="{d}" fill="none" stroke="#5B7083" stroke-width="1.2" marker-end="url(#head)"/>'


def table(rooms: dict[str, Room]) -> str:
    """The rooms and all they import, in Markdown."""
    lines = ["| room | what it is for | imports |", "| --- | --- | --- |"]
    order = [name for layer in read_order() for name in layer]
    for name in order:
        imported = ", ".join(each for each in order if each in rooms[name].imports)
        lines.append(f"| `{name}` | {rooms[name].purpose.replace('|', '/')} | {imported or 'nothing'} |")
    return "\n".join(lines)


def main() -> None:
    """Write picture and table."""
    rooms = read_rooms()
    PICTURE.write_text(draw(rooms), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replace_between(text, MARK, table(rooms), PAGE), encoding="utf-8")


if __name__ == "__main__":
    main()
