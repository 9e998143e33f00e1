"""Fuzzing by bytes with atheris, as a program of its own. In: a kind of file, seconds. Out: exit code 0 when held.

``python -m tests.trust.fuzz_bytes NAME SECONDS FOLDER``: atheris changes the bytes of a good file of that kind (see
``tests.trust.fuzzing``) where that reaches lines of the readers not reached before. What surprises is kept in FOLDER.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[
        "nsp_planner.layers.raw",
        "nsp_planner.layers.sites",
        "nsp_planner.config",
        "nsp_planner.study",
        "tomllib",
    ],
):
    from tests.trust.fuzzing import expect_no_surprise, good


def main() -> None:
    """Fuzz until the time is over or something surprises."""
    name, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    warnings.simplefilter("ignore")
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "good").write_bytes(good(name))
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", "-timeout=60", "-rss_limit_mb=4096"]
    atheris.Setup(
        [sys.argv[0], *options, "-print_final_stats=1", str(corpus)], lambda raw: expect_no_surprise(name, raw)
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
