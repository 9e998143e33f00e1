"""Ctrl-C while solving: the best plan until then is verified, written in full, and says that it was stopped early."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nsp_planner.example import write_example

pty = pytest.importorskip("pty", reason="terminals are needed to see the progress")


def read_until(descriptor: int, words: bytes, seconds: float) -> bytes:
    """What a terminal shows until some words; what there is when time is up or the program ends."""
    shown, end = b"", time.monotonic() + seconds
    while words not in shown and time.monotonic() < end:
        if select.select([descriptor], [], [], 0.2)[0]:
            try:
                part = os.read(descriptor, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
    return shown


@pytest.mark.slow
def test_ctrl_c_while_solving_writes_the_best_plan_so_far(tmp_path: Path) -> None:
    study = write_example(tmp_path / "example", scale=0.3)
    text = study.read_text(encoding="utf-8").replace('method = "network"', 'method = "straight_line"', 1)
    text = text[: text.index("[inputs.network]")] + text[text.index("# Fire stations") :]
    study.write_text(text + '\n[plan]\ndemand_points = "whole"\n', encoding="utf-8")
    command = [sys.executable, "-m", "nsp_planner", "plan", str(study), "--output", str(tmp_path / "runs")]
    controller, terminal = pty.openpty()
    environment = os.environ | {"COLUMNS": "140", "TERM": "xterm"}
    process = subprocess.Popen(
        [*command, "--gap", "0", "--time-limit", "600", "--json"],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env=environment,
    )
    os.close(terminal)
    shown = read_until(controller, b", gap ", 120)
    assert b", gap " in shown, shown[-500:]
    process.send_signal(signal.SIGINT)
    read_until(controller, b"no such words", 120)
    out, _ = process.communicate(timeout=120)
    os.close(controller)
    assert process.returncode == 0, shown[-800:]
    answer = json.loads(out)
    assert answer["proof"]["lnsp"]["stopped_by"] == "interrupt"
    folder = Path(answer["folder"])
    assert all((folder / name).exists() for name in answer["files"])
    manifest = json.loads(next(folder.glob("*manifest*.json")).read_text(encoding="utf-8"))
    assert manifest["plan"]["lnsp"]["stopped_by"] == "interrupt"
    assert manifest["plan"]["lnsp"]["trace"]
    assert not list((tmp_path / "runs").glob(".unfinished*"))
