"""A terminal that knows ASCII only (LANG=C, an old console, a log file): no crash, and text that can be read."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsp_planner.cli.poor_terminal import HANDLER, nearest_letters
from tests.towns.raw_files import both_roles, make_world
from tests.trust.corpus import as_toml

POOR = {"PYTHONIOENCODING": "ascii", "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ACCENTS = "naam;x;y\nCafé Brême €;201050;501050\nKerk;205050;501050\n"


def run_poor(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "nsp_planner", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=os.environ | POOR, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sites", "option", "exit_code", "piece"),
    [(ACCENTS, (), 0, "Een plan"), (ACCENTS.replace("205050", "veél"), ("--json",), 3, "ve\\u00e9l")],
)
def test_a_terminal_of_ascii_gets_readable_text(
    tmp_path: Path, sites: str, option: tuple[str, ...], exit_code: int, piece: str
) -> None:
    study = tmp_path / "study.toml"
    study.write_text(as_toml({**both_roles(make_world(tmp_path, sites)), "title": "Één plán"}), encoding="utf-8")
    result = run_poor("check", study, *option)
    said = (result.stdout + result.stderr).decode("ascii")
    assert result.returncode == exit_code, said
    assert "Error" not in said
    assert piece in said


@pytest.mark.parametrize(
    ("encoding", "text", "expected"),
    [("ascii", "Café – 3 € 🦉 ½", b"Cafe - 3 EUR ? 12"), ("cp1252", "Café € ┏ ā", "Café € ? a".encode("cp1252"))],
)
def test_what_a_terminal_does_not_know_is_written_by_the_nearest_letter(
    encoding: str, text: str, expected: bytes
) -> None:
    codecs.register_error(HANDLER, nearest_letters)
    assert text.encode(encoding, HANDLER) == expected
