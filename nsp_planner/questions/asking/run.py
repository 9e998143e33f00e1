"""From a question to a folder. In: what is asked about and who answers. Out: a fresh folder with the answer."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nsp_planner import __version__
from nsp_planner.errors import Fault, SettingsError
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.questions.asking.asked import Asked
from nsp_planner.questions.asking.attempts import RefusedPlan, with_refused
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.answers.write import write_answer
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.dutch import attribution_nl, marks_nl, measured_nl, measured_text_nl
from nsp_planner.report.text.objective import proof_sentences_nl
from nsp_planner.storage import hidden_folder, ready_folder
from nsp_planner.study.run import scenario_notes
from nsp_planner.study.run_folder import publish_run


@dataclass(frozen=True, eq=False)
class QuestionResult:
    """An answered question: where it is, what was written, the answer, and the plans that its check refused."""

    folder: Path
    outputs: tuple[OutputFile, ...]
    answer: Answer
    seconds: float
    refused: tuple[RefusedPlan, ...] = ()


def run_question(asked: Asked, answering: Callable[[Asked], Answer]) -> QuestionResult:
    """Answer, and write the answer into a fresh folder under ``study.output``.

    Plans tried beside that of the study which their check refused are in the answer and in the result.

    Raises:
        DataError: Inputs are missing or wrong. NoPlanError: no plan is possible. SettingsError: the study names what is
        not there, or the folder cannot be written. VerificationError: the plan of the study itself was refused.
    """
    study = asked.study
    started, clock = dt.datetime.now().astimezone(), time.perf_counter()
    if study.neighbours.cross_border != "off":
        message = "a question is answered for the region by itself, and this study lets people cross its border"
        fix = "leave that scenario out; `nsp-planner question people -w NAME` shows what it does"
        raise SettingsError(Fault("question", message, fix, column="neighbours.cross_border"))
    ready_folder(study.output)
    answer = with_refused(answering(asked), asked.attempts.refused)
    supposed = tuple(f"Scenario {scenario.title}: {scenario.sentence}" for scenario in asked.applied)
    answer = replace(answer, notes=(*answer.notes, *supposed))
    asked.progress.stage("writing the answer")
    with hidden_folder(study.output) as hidden:
        outputs = list(write_answer(hidden, answer, created=started, version=__version__))
        command = f"nsp-planner question {answer.name}"
        run_info = RunInfo(started, __version__, time.perf_counter() - clock, command, scenario_notes(asked.applied))
        for file in answer.files:
            file.write(hidden / file.name, run_info)
            outputs.append(OutputFile(file.name, file.description_nl))
        folder = publish_run(hidden, study.output, f"{answer.name} {study.title[:40]}", started)
    refused = tuple(asked.attempts.refused)
    return QuestionResult(folder, tuple(outputs), answer, time.perf_counter() - clock, refused)


def signed(answer: Answer, evaluation: Evaluation) -> Answer:
    """The answer with what every output says: marks, whose data, how distance is measured, what is proven."""
    notes = (
        *answer.notes,
        f"De loopafstand is {measured_nl(evaluation)}; de afstand van L-NSP naar C-NSP is "
        f"{measured_text_nl(evaluation.station_metric_nl)}.",
        "Het plan waarop dit rust: " + " ".join(proof_sentences_nl(evaluation.goal)),
    )
    return replace(
        answer, notes=notes, marks=tuple(marks_nl(evaluation)), attribution=tuple(attribution_nl(evaluation))
    )
