"""The page about the house: its picture and its table have the imports of today."""

from __future__ import annotations

import importlib
import re
import xml.etree.ElementTree as ET

from docs.make.architecture import (
    PACKAGE,
    PAGE,
    PICTURE,
    ROOT,
    draw,
    drawn_arrows,
    read_imports,
    read_order,
    read_rooms,
    table,
)

UPDATE = "the rooms or their imports changed: run `make docs`"


def test_the_picture_and_the_table_have_the_rooms_and_imports_of_today() -> None:
    imports = read_imports()
    description = ET.parse(PICTURE).getroot().find("{http://www.w3.org/2000/svg}desc")
    assert description is not None
    drawn = set(description.get("data-imports", "").split())
    assert drawn == {f"{here}>{there}" for here, found in imports.items() for there in found}, UPDATE
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([a-z, ]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {room: set(found.split(", ")) - {"nothing"} for room, found in rows if room in imports}
    assert told == imports, UPDATE


def test_the_picture_is_the_same_every_time_and_well_formed() -> None:
    rooms = read_rooms()
    assert draw(rooms) == draw(read_rooms())
    texts = {text.text for text in ET.fromstring(draw(rooms)).iter("{http://www.w3.org/2000/svg}text")}
    assert {room for layer in read_order() for room in layer} <= texts
    assert table(rooms).count("\n") == len(rooms) + 1


def test_an_arrow_that_follows_from_two_others_is_not_drawn() -> None:
    chain = {"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset[str]()}
    assert drawn_arrows(chain) == [("a", "b"), ("b", "c")]


def test_every_step_of_the_walk_is_a_function_that_there_is() -> None:
    steps = re.findall(r"^\| (\d+) \| `([\w/.]+)` \| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _, _ in steps] == list(range(1, len(steps) + 1))
    assert len(steps) > 15
    for _, file, name in steps:
        path = ROOT / PACKAGE / file
        if path.suffix == ".py":
            module = importlib.import_module(f"{PACKAGE}.{file.removesuffix('.py').replace('/', '.')}")
            assert getattr(module, name).__module__ == module.__name__, f"{name} is not made in {file}"
        else:
            assert f"function {name}(" in path.read_text(encoding="utf-8"), f"no {name} in {file}"


def test_every_file_and_folder_that_the_page_names_is_there() -> None:
    for name in re.findall(r"`([\w.]+/[\w/.]*)`", PAGE.read_text(encoding="utf-8")):
        assert (ROOT / PACKAGE / name).exists(), name


def test_every_import_between_rooms_goes_down() -> None:
    row = {room: n for n, layer in enumerate(read_order()) for room in layer}
    assert all(row[here] < row[there] for here, found in read_imports().items() for there in found)
