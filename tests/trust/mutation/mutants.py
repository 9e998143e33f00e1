"""Small faults in code, one at a time. In: the source of a module. Out: mutants, and a sample spread over modules.

A mutant is the source with one piece of text replaced: an operator, a number, a condition, a statement. Not changed are
texts (strings), types, decorators and log lines: a message is held by the tests of messages.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

Edit = tuple[int, int, str]
"""Bytes from, to, and what stands there instead."""

COMPARE: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: (r"not\s+in", "in"),
    ast.Is: ("is", "is not"), ast.IsNot: (r"is\s+not", "is"),
}  # fmt: skip
BINARY: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"), ast.Sub: ("-", "+"), ast.Mult: (r"\*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"), ast.Pow: (r"\*\*", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: (r"\|", "&"),
}  # fmt: skip
NAMES = {"min": "max", "any": "all", "minimum": "maximum", "floor": "ceil", "argmin": "argmax", "nanmin": "nanmax"}
OTHER_NAMES = NAMES | {new: old for old, new in NAMES.items()}


@dataclass(frozen=True)
class Mutant:
    """One fault: the module (path from the root), line (from 1), its text, old and new piece, bytes from and to."""

    path: str
    line: int
    text: str
    old: str
    new: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """Line and change in words that stay the same when lines above are added."""
        return f"{self.path} | {self.text} | {self.old} -> {self.new}"

    def apply(self, source: bytes) -> bytes:
        """The source with the fault in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Every mutant of a module that is Python and differs from it, in the order of the text."""
    lines = source.splitlines(keepends=True)
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line))
    found = {}
    for start, end, new in _edits(ast.parse(source), source, begins):
        line_no = source.count(b"\n", 0, start) + 1
        mutant = Mutant(path, line_no, lines[line_no - 1].decode().strip(), source[start:end].decode(), new, start, end)
        try:
            ast.parse(mutant.apply(source))
        except SyntaxError:
            continue
        found[start, end, new] = mutant
    return [found[key] for key in sorted(found)]


def sample(paths: list[Path], root: Path, n: int, seed: int) -> list[Mutant]:
    """So many mutants of the modules, each module its share: a shuffled list per module, every k-th of all taken."""
    rng = random.Random(seed)
    everything: list[Mutant] = []
    for path in sorted(paths):
        mutants = mutants_of(path.relative_to(root).as_posix(), path.read_bytes())
        rng.shuffle(mutants)
        everything += mutants
    step = max(1.0, len(everything) / n)
    first = rng.random() * step
    return [
        everything[int(first + k * step)] for k in range(min(n, len(everything))) if first + k * step < len(everything)
    ]


def runs_in_function(source: bytes, line: int) -> bool:
    """Whether a line runs when a function is called, and not when its module is imported."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return any(node.body[0].lineno <= line <= (node.end_lineno or line) for node in functions)


def _edits(tree: ast.Module, source: bytes, begins: list[int]) -> Iterator[Edit]:
    for node in _walk(tree):
        yield from _edits_of(node, source, begins)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are executed and say something: no types, decorators, texts, log lines, exports."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "exc", "msg"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _says_nothing(child):
                continue
            yield child
            yield from _walk(child)


def _says_nothing(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr() | ast.keyword(arg="strict" | "stacklevel" | "exc_info"):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="logger")))) | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if name == "__all__":
            return True
    return False


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def _edits_of(node: ast.AST, source: bytes, begins: list[int]) -> Iterator[Edit]:
    def at(part: ast.AST) -> tuple[int, int]:
        return begins[part.lineno - 1] + part.col_offset, begins[part.end_lineno - 1] + part.end_col_offset  # type: ignore[attr-defined]

    def between(left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[Edit]:
        first, last = at(left)[1], at(right)[0]
        hit = re.search(old.encode(), source[first:last])
        if hit:
            yield first + hit.start(), first + hit.end(), new

    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            for op, one, other in zip(ops, [left, *others], others, strict=False):
                yield from between(one, other, *COMPARE[type(op)])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            if not any(_is_text(part) for part in (left, right)):
                yield from between(left, right, *BINARY[type(op)])
        case ast.BoolOp(op=op, values=values):
            old, new = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
            for one, other in pairwise(values):
                yield from between(one, other, rf"\b{old}\b", new)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield at(node)[0], at(operand)[0], " " * (at(operand)[0] - at(node)[0])
        case ast.Constant(value=bool() | int() | float() as value) if value is not Ellipsis:
            yield *at(node), repr(not value if isinstance(value, bool) else value + 1)
        case ast.If(test=test) | ast.IfExp(test=test):
            first, last = at(test)
            yield first, last, f"not ({source[first:last].decode()})"
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield *at(node), "pass"
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield *at(value), "None"
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in BINARY:
            old, new = BINARY[type(op)]
            yield from between(target, value, old, new)
        case ast.Continue():
            yield *at(node), "break"
        case ast.Break():
            yield *at(node), "continue"
        case ast.Call(func=ast.Name(id=name) as func) if name in OTHER_NAMES:
            yield *at(func), OTHER_NAMES[name]
        case ast.Call(func=ast.Attribute(attr=name) as func) if name in OTHER_NAMES:
            yield at(func)[1] - len(name), at(func)[1], OTHER_NAMES[name]
