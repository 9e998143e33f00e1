"""Tables of the docs, made by runs. In: a page with marks and a study. Out: the page with fresh answers between them.

``python -m nsp_planner.study.questions.docs docs/scenarios.md scenarios/ijsselland.toml`` answers every question about
the study and replaces what stands between ``<!-- begin ijsselland cnsp-ratio -->`` and ``<!-- end ... -->``.
``--only`` takes one question, ``--seconds`` limits every plan.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nsp_planner.config import Study, load_study
from nsp_planner.errors import Fault, NspError, SettingsError
from nsp_planner.layers.tables import Layers
from nsp_planner.report.answer import Answer
from nsp_planner.report.answer_files import answer_markdown
from nsp_planner.study.progress import Progress, SilentProgress
from nsp_planner.study.questions.cnsp_ratio import answer_cnsp_ratio
from nsp_planner.study.questions.lnsp_ratio import answer_lnsp_ratio
from nsp_planner.study.questions.refusals import answer_refusals
from nsp_planner.study.run import check_layers


def questions(seconds: float) -> dict[str, Callable[[Study, Layers, Progress], Answer]]:
    """Every question by its name, with a time limit per plan after the first."""
    return {
        "cnsp-ratio": answer_cnsp_ratio,
        "lnsp-ratio": partial(answer_lnsp_ratio, seconds_per_plan=seconds),
        "refusals": partial(answer_refusals, seconds_per_site=seconds),
    }


def replace_between(text: str, name: str, inside: str, file: Path) -> str:
    """The text with what stands between the marks of ``name`` replaced; ``SettingsError`` where there are no marks."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise SettingsError(Fault("docs", f"no marks for {name!r}", f"put {begin} and {end} on the page", str(file)))
    return pattern.sub(lambda _: f"{begin}\n\n{inside.strip()}\n\n{end}", text, count=1)


def write_answers(page: Path, study_file: Path, *, only: str | None = None, seconds: float = 20.0) -> None:
    """Answer the questions about a study and put them on the page, one by one."""
    study = load_study(study_file)
    layers = check_layers(study)
    for name, answering in questions(seconds).items():
        if only in (None, name):
            answer = answering(study, layers, SilentProgress())
            text = answer_markdown(answer, heading="####")
            limit = "" if name == "cnsp-ratio" else f" --seconds {seconds:g}"
            told = f"Made by `nsp-planner question {name} {study_file.name}{limit}` ({', '.join(answer.marks)})."
            marked = replace_between(
                page.read_text(encoding="utf-8"), f"{study_file.stem} {name}", f"{told}\n\n{text}", page
            )
            page.write_text(marked, encoding="utf-8")


def main() -> None:
    """Read the arguments and write the page."""
    parser = argparse.ArgumentParser(description="Puts answers between the marks of a page of the docs.")
    parser.add_argument("page", type=Path)
    parser.add_argument("study", type=Path, nargs="+")
    parser.add_argument("--only", choices=list(questions(1.0)))
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    try:
        for study_file in given.study:
            write_answers(given.page, study_file, only=given.only, seconds=given.seconds)
    except NspError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
