"""Tables of the docs, made by runs. In: a page with marks and a study. Out: the page with fresh answers between them.

``python -m docs.make.answers docs/scenarios.md scenarios/ijsselland.toml`` answers every question about the study, with
the options it gives for the docs in the register, and replaces what stands between
``<!-- begin ijsselland cnsp-ratio -->`` and ``<!-- end ... -->``. ``--only`` takes one place, ``--seconds`` limits
every plan after the first, ``--time-limit`` the first.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from typer.main import get_command

from nsp_planner.cli.question import make_question_app
from nsp_planner.errors import Fault, NspError, SettingsError
from nsp_planner.questions.asking.asked import Asked, read_asked
from nsp_planner.questions.register import DocsEntry, Question, find_questions
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.answers.write import answer_markdown

MOST_ROWS = 25
"""Rows of a table that the page shows; the rest is in the CSV file of the answer."""


def places() -> dict[str, tuple[Question, DocsEntry]]:
    """Every place on a page by its name."""
    return {entry.name: (question, entry) for question in find_questions() for entry in question.docs}


def replace_between(text: str, name: str, inside: str, file: Path) -> str:
    """The text with what stands between the marks of ``name`` replaced; ``SettingsError`` where there are no marks."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise SettingsError(Fault("docs", f"no marks for {name!r}", f"put {begin} and {end} on the page", str(file)))
    return pattern.sub(lambda _: f"{begin}\n\n{inside.strip()}\n\n{end}", text, count=1)


def answer_as_typed(question: Question, study_file: Path, options: Sequence[str]) -> Answer:
    """The answer that these options of the command line give."""
    command: Any = get_command(make_question_app([question]))
    command = getattr(command, "commands", {}).get(question.name, command)
    given = command.make_context(question.name, [str(study_file), *options]).params
    asked: Asked = read_asked(given.pop("study"), given.pop("scenario") or (), time_limit_s=given.pop("time_limit"))
    own = {each.name: given[each.name] for each in question.options()}
    answer = question.answer(asked, **own)
    return replace(answer, files=())


def write_answers(
    page: Path, study_file: Path, *, only: str | None = None, seconds: float = 20.0, time_limit_s: float | None = None
) -> None:
    """Answer the questions about a study and put them on the page, one by one."""
    for name, (question, entry) in places().items():
        if only not in (None, name):
            continue
        options = list(entry.options(study_file.stem, seconds))
        if time_limit_s is not None and not entry.limits_time:
            options = ["--time-limit", f"{time_limit_s:g}", *options]
        answer = answer_as_typed(question, study_file, options)
        typed = " ".join(["nsp-planner question", question.name, study_file.name, *options])
        text = answer_markdown(answer, heading="####", most_rows=MOST_ROWS)
        made = f"Made by `{typed}` ({', '.join(answer.marks)})."
        marked = replace_between(
            page.read_text(encoding="utf-8"), f"{study_file.stem} {name}", f"{made}\n\n{text}", page
        )
        page.write_text(marked, encoding="utf-8")


def main() -> None:
    """Read the arguments and write the page."""
    parser = argparse.ArgumentParser(description="Puts answers between the marks of a page of the docs.")
    parser.add_argument("page", type=Path)
    parser.add_argument("study", type=Path, nargs="+")
    parser.add_argument("--only", choices=list(places()))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--time-limit", type=float)
    given = parser.parse_args()
    try:
        for study_file in given.study:
            write_answers(given.page, study_file, only=given.only, seconds=given.seconds, time_limit_s=given.time_limit)
    except NspError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
