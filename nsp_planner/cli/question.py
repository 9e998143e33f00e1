"""``nsp-planner question``. In: a study and a question. Out: a table, a figure and a conclusion, in a fresh folder."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from nsp_planner.cli.options import HELP_NAMES, JsonOption, ScenarioOption, StudyArgument
from nsp_planner.questions.register import Question

OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Folder for the answer, instead of the study's `output`.")
]
TimeOption = Annotated[
    float | None, typer.Option("--time-limit", help="Seconds per plan, instead of the study's.", min=1)
]


def make_question_app(questions: Iterable[Question]) -> typer.Typer:
    """The group ``question`` with a command for each of these."""
    group = typer.Typer(
        name="question",
        help="Answers a question the board paper leaves open: ratios, refusals, phasing, robustness, capacity.",
        no_args_is_help=True,
        context_settings=HELP_NAMES,
    )
    for question in questions:
        example = f"Example: [bold]nsp-planner question {question.name} {question.example}[/bold]"
        group.command(name=question.name, help=question.help, epilog=example)(command_of(question))
    return group


def command_of(question: Question) -> Callable[..., None]:
    """The command of a question: its own options beside those that every question has."""

    def command(
        study: Path,
        scenario: list[str] | None,
        output: Path | None,
        time_limit: float | None,
        as_json: bool,
        **own: Any,
    ) -> None:
        from nsp_planner.cli.answers import print_answer
        from nsp_planner.cli.progress import progress_on_stderr
        from nsp_planner.questions.asking.asked import read_asked
        from nsp_planner.questions.asking.run import run_question

        with progress_on_stderr() as progress:
            asked = read_asked(study, scenario or (), time_limit_s=time_limit, output=output, progress=progress)
            result = run_question(asked, lambda asked: question.answer(asked, **own))
        refused = [fault for plan in result.refused for fault in plan.labelled()]
        print_answer(result.answer, result.folder, result.outputs, result.seconds, as_json=as_json, refused=refused)

    own = question.options()
    parameters = [
        _parameter("study", StudyArgument, inspect.Parameter.empty),
        *(each for each in own if each.kind is not inspect.Parameter.KEYWORD_ONLY),
        _parameter("scenario", ScenarioOption, None),
        *(each for each in own if each.kind is inspect.Parameter.KEYWORD_ONLY),
        _parameter("output", OutputOption, None),
        _parameter("time_limit", TimeOption, None),
        _parameter("as_json", JsonOption, False),
    ]
    by_keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    command.__signature__ = inspect.Signature(by_keyword)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
