"""The register of questions. In: the modules and folders of this package. Out: every :class:`Question` they give.

Reading it imports their entries only, which are names and texts: a question imports what solves it when it is asked, so
that ``--help`` answers at once.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nsp_planner import questions

if TYPE_CHECKING:
    from nsp_planner.report.answers.answer import Answer

ENTRY = "QUESTION"
"""What the module of a question calls its entry."""


def _no_options(_study: str, _seconds: float) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class DocsEntry:
    """A place on the page of answers in the docs, and what is typed to fill it.

    Attributes:
        name: Name of the place, after that of the study.
        options: From the stem of a study's file and the seconds a plan may take: the options on the command line.
        limits_time: Whether these options limit the time of every plan themselves.
    """

    name: str
    options: Callable[[str, float], Sequence[str]] = _no_options
    limits_time: bool = False


@dataclass(frozen=True)
class Question:
    """A question about a study.

    Attributes:
        name: Name on the command line.
        title: What it asks, for the docs.
        help: What it asks, for ``--help``.
        example: What stands behind the name in an example: a study and options.
        answer: Answers it. Its parameters behind the first are the options of the command, typed and with help as
            typer takes them; those before ``*`` stand before the options every question has, the others behind them.
        docs: Its places on the page of answers.
        order: Place among the questions, low first.
    """

    name: str
    title: str
    help: str
    example: str
    answer: Callable[..., Answer]
    docs: tuple[DocsEntry, ...] = ()
    order: int = 1000

    def options(self) -> list[inspect.Parameter]:
        """The parameters of ``answer`` behind the first, their annotations as types."""
        _, *own = inspect.signature(self.answer).parameters.values()
        names = getattr(self.answer, "__globals__", {})

        def typed(annotation: object) -> object:
            return eval(annotation, names) if isinstance(annotation, str) else annotation

        # Only the options: the other annotations name types that are not imported before the question is asked.
        return [each.replace(annotation=typed(each.annotation)) for each in own]


def find_questions() -> tuple[Question, ...]:
    """Every question of the modules and folders in this package, in order."""
    found = []
    for module in pkgutil.iter_modules(questions.__path__):
        entry = getattr(importlib.import_module(f"{questions.__name__}.{module.name}"), ENTRY, None)
        if isinstance(entry, Question):
            found.append(entry)
    return tuple(sorted(found, key=lambda question: (question.order, question.name)))
