"""Report computes nothing: no sum, mean, extreme or quotient in what makes its words and tables.

Modules that draw or lay out (squares, lines, widths of columns) count pixels and characters; they are named here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import nsp_planner.report

ROOT = Path(nsp_planner.report.__file__).parent
DRAWS = (
    *("svg", "page", "gis", "workbook/book.py", "palette.py", "geopackage/styles.py", "cards/write.py"),
    "proof/write.py",
    *("map/data.py", "map/circumstances.py", "compare/squares.py", "compare/map.py", "answers/write.py"),
)
SPEAKS = {
    "text/dutch.py": "units, and rounding up of what is proven",
    "text/units.py": "the one rounding of every list",
    "text/coordination.py": "metres as kilometres",
    "cards/content.py": "metres and minutes as residents say them",
    "answers/answer.py": "best and worst of the cells of a table",
    "compare/answer.py": "metres as kilometres; the widest of the gaps that it tells",
    "text/objective.py": "whether a share needs decimals",
}
"""Where a number is turned into words; nothing else may be computed there."""
REDUCERS = {
    *("sum", "mean", "median", "average", "quantile", "max", "min", "idxmax", "idxmin", "argmax", "argmin", "nunique"),
    *("value_counts", "cumsum", "ceil", "floor", "rint", "clip", "nlargest", "nsmallest"),
}


def computed(source: str) -> list[str]:
    """Expressions that compute: quotients, products, powers, and calls that reduce."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            computes = getattr(node.func, "attr", getattr(node.func, "id", "")) in REDUCERS
        elif isinstance(node, ast.BinOp):
            computes = isinstance(node.op, ast.Mult | ast.Pow | ast.FloorDiv | ast.Mod)
            computes |= isinstance(node.op, ast.Div) and not _is_path(node)
        else:
            computes = False
        found += [ast.unparse(node)] if computes else []
    return found


def _is_path(node: ast.BinOp) -> bool:
    """A slash between the parts of a path: what stands left of it names a folder."""
    left = ast.unparse(node.left)
    return left.startswith(("folder", "public")) or left.endswith(".folder")


def modules() -> list[str]:
    every = (path.relative_to(ROOT).as_posix() for path in sorted(ROOT.rglob("*.py")))
    return [name for name in every if not name.startswith(DRAWS) and name not in SPEAKS]


@pytest.mark.parametrize("name", modules())
def test_what_makes_words_and_tables_computes_nothing(name: str) -> None:
    assert computed((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["a = lnsps['load'].max()", "m = metres / speed", "n = staff * day", "x = np.ceil(v)"])
def test_what_computes_is_found(line: str) -> None:
    assert computed(line)


def test_a_path_is_no_quotient_and_the_named_modules_exist() -> None:
    assert computed("p = folder / 'a' / name") == []
    assert all((ROOT / name).exists() for name in (*DRAWS, *SPEAKS))
