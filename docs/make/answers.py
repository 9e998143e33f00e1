"""Tables of the docs, made by runs. In: a page with marks and a study. Out: the page with fresh answers between them.

``python -m docs.make.answers docs/scenarios.md scenarios/ijsselland.toml`` answers every question about
the study and replaces what stands between ``<!-- begin ijsselland cnsp-ratio -->`` and ``<!-- end ... -->``.
``--only`` takes one question, ``--seconds`` limits every plan after the first, ``--time-limit`` the first.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nsp_planner.config import Study, load_scenario_study, load_study
from nsp_planner.errors import Fault, NspError, SettingsError
from nsp_planner.layers.tables import Layers
from nsp_planner.questions.capacity.solve import answer_capacity
from nsp_planner.questions.cnsp_ratio.solve import answer_cnsp_ratio
from nsp_planner.questions.lnsp_ratio.solve import answer_lnsp_ratio
from nsp_planner.questions.people.solve import answer_people
from nsp_planner.questions.phasing.solve import answer_phasing
from nsp_planner.questions.refusals.solve import answer_refusals
from nsp_planner.questions.robustness.solve import answer_robustness
from nsp_planner.questions.what_if.solve import Supposed, answer_what_if, read_supposed
from nsp_planner.report.answers.answer import Answer
from nsp_planner.report.answers.write import answer_markdown
from nsp_planner.study.progress import Progress, SilentProgress
from nsp_planner.study.read import check_layers

N_PLANS = 8
MOST_ROWS = 25
"""Rows of a table that the page shows; the rest is in the CSV file of the answer."""
UNDER = ("hoogwater", "stroomuitval")
"""Scenarios that plans are tested in."""
WHAT_IF = ("stroomuitval", "hoogwater", "personeelstekort")
WHO = ("zomer", "overdag", "kwetsbaren-dubbel", "kwetsbaren-per-buurt")
ACROSS = ("buren", "buren-geprijsd")
WHO_OF = {"ijsselland": ("ijsselland-zomer-vechtdal", "ijsselland-overdag-scholen", "kwetsbaren-dubbel")}
"""Scenarios about people on the example region, across its border, and on other studies."""
ON_THE_EXAMPLE = ("brug-dicht", "veren-uit")
"""Circumstances that every study meets, and that the example region meets besides."""


def questions(seconds: float, study_file: Path | None = None) -> dict[str, Callable[[Study, Layers, Progress], Answer]]:
    """Every question by its name, with a time limit per plan after the first; scenarios stand beside the study."""
    under = []
    for name in UNDER if study_file is not None else ():
        assert study_file is not None
        study, applied = load_scenario_study(study_file, [name])
        under.append((applied[-1].title, study))
    return {
        "cnsp-ratio": answer_cnsp_ratio,
        "lnsp-ratio": partial(answer_lnsp_ratio, seconds_per_plan=seconds),
        "refusals": partial(answer_refusals, seconds_per_site=seconds),
        "phasing": partial(answer_phasing, seconds=seconds),
        "robustness": partial(answer_robustness, n_plans=N_PLANS, seconds_per_plan=seconds, under=under),
        "capacity": answer_capacity,
        "what-if": partial(answer_what_if, supposed=_supposed(study_file, seconds)),
        "people": partial(_answer_people, study_file=study_file, seconds=seconds),
        "neighbours": partial(_answer_people, study_file=study_file, seconds=seconds, across=True),
    }


def _answer_people(
    study: Study, layers: Layers, progress: Progress, *, study_file: Path | None, seconds: float, across: bool = False
) -> Answer:
    """Who is there, for the scenarios of this study's page; neighbours may need other distances than the study has."""
    assert study_file is not None, "the page belongs to a study file"
    also, names = people_scenarios(study_file.stem, across)
    if also:
        study, _ = load_scenario_study(study_file, also)
        layers = check_layers(study, progress)
    solver = study.solver.model_copy(update={"time_limit_s": seconds})
    study = study.model_copy(update={"solver": solver})
    supposed = read_supposed(study_file, names, also, time_limit_s=seconds)
    return answer_people(study, layers, progress, supposed=supposed)


def people_scenarios(study: str, across: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Scenarios that lie under all others, and those that are met: about people here, or across the border."""
    if study == "voorbeeld":
        return (("hemelsbreed",), ACROSS) if across else ((), WHO)
    return ((), (f"{study}-buren",)) if across else ((), WHO_OF.get(study, ("kwetsbaren-dubbel",)))


def _supposed(study_file: Path | None, seconds: float) -> list[Supposed]:
    """The circumstances of this study's page; bridges and ferries only where their names are those of its network."""
    if study_file is None:
        return []
    named = ON_THE_EXAMPLE if study_file.stem == "voorbeeld" else ()
    return read_supposed(study_file, (*WHAT_IF, *named), time_limit_s=seconds)


def replace_between(text: str, name: str, inside: str, file: Path) -> str:
    """The text with what stands between the marks of ``name`` replaced; ``SettingsError`` where there are no marks."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise SettingsError(Fault("docs", f"no marks for {name!r}", f"put {begin} and {end} on the page", str(file)))
    return pattern.sub(lambda _: f"{begin}\n\n{inside.strip()}\n\n{end}", text, count=1)


def write_answers(
    page: Path, study_file: Path, *, only: str | None = None, seconds: float = 20.0, time_limit_s: float | None = None
) -> None:
    """Answer the questions about a study and put them on the page, one by one."""
    study = load_study(study_file)
    if time_limit_s is not None:
        solver = study.solver.model_copy(update={"time_limit_s": time_limit_s})
        study = study.model_copy(update={"solver": solver})
    layers = check_layers(study)
    for name, answering in questions(seconds, study_file).items():
        if only in (None, name):
            answer = answering(study, layers, SilentProgress())
            text = answer_markdown(answer, heading="####", most_rows=MOST_ROWS)
            limit = "" if name in ("cnsp-ratio", "capacity") else f" --seconds {seconds:g}"
            if name == "robustness":
                limit += f" --plans {N_PLANS}" + "".join(f" --under {scenario}" for scenario in UNDER)
            if name == "what-if":
                named = (*WHAT_IF, *(ON_THE_EXAMPLE if study_file.stem == "voorbeeld" else ()))
                limit = f" --time-limit {seconds:g}" + "".join(f" -w {scenario}" for scenario in named)
            if name in ("people", "neighbours"):
                also, names = people_scenarios(study_file.stem, name == "neighbours")
                limit = f" --time-limit {seconds:g}" + "".join(f" --scenario {each}" for each in also)
                limit += "".join(f" -w {each}" for each in names)
            elif name != "what-if" and time_limit_s is not None:
                limit = f" --time-limit {time_limit_s:g}{limit}"
            asked = "people" if name == "neighbours" else name
            told = f"Made by `nsp-planner question {asked} {study_file.name}{limit}` ({', '.join(answer.marks)})."
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
    parser.add_argument("--time-limit", type=float)
    given = parser.parse_args()
    try:
        for study_file in given.study:
            write_answers(given.page, study_file, only=given.only, seconds=given.seconds, time_limit_s=given.time_limit)
    except NspError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
