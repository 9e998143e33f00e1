"""``nsp-planner question``. In: a study and a question. Out: a table, a figure and a conclusion, in a fresh folder."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nsp_planner.questions.run import Answering

questions = typer.Typer(
    name="question",
    help="Answers a question the board paper leaves open: ratios, refusals, phasing, robustness, capacity.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Per(StrEnum):
    """Where a number of L-NSPs counts."""

    GEMEENTE = "gemeente"
    REGION = "region"


StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="The study: a TOML file.", show_default=False)]
ScenarioOption = Annotated[
    list[str] | None,
    typer.Option("--scenario", "-s", help="A scenario to lay over the study: a name, or a path. May be repeated."),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Folder for the answer, instead of the study's `output`.")
]
TimeOption = Annotated[
    float | None, typer.Option("--time-limit", help="Seconds per plan, instead of the study's.", min=1)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]


@questions.command(epilog="Example: [bold]nsp-planner question cnsp-ratio scenarios/ijsselland.toml[/bold]")
def cnsp_ratio(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    ratio: Annotated[
        list[float] | None, typer.Option("--ratio", help="L-NSPs per C-NSP; repeat for more. Default 3 to 8.", min=1)
    ] = None,
    once_eur: Annotated[float | None, typer.Option(help="What a C-NSP costs once, in euros.", min=0)] = None,
    per_year_eur: Annotated[float | None, typer.Option(help="What a C-NSP costs per year, in euros.", min=0)] = None,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Is 1 C-NSP per 4 L-NSPs a good ratio? 1:3 to 1:8, and one coordination point."""
    from nsp_planner.questions.cnsp_ratio.answer import CnspCosts
    from nsp_planner.questions.cnsp_ratio.solve import RATIOS, answer_cnsp_ratio

    costs = CnspCosts(once_eur, per_year_eur)
    answering = partial(answer_cnsp_ratio, ratios=tuple(ratio or RATIOS), costs=costs)
    _answer(study, scenario, answering, output, time_limit, as_json)


@questions.command(
    epilog="Example: [bold]nsp-planner question lnsp-ratio scenarios/ijsselland.toml --seconds 30[/bold]"
)
def lnsp_ratio(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    ratio: Annotated[
        list[float] | None, typer.Option("--ratio", help="Inhabitants per L-NSP; repeatable. Default 2,500 to 7,500.")
    ] = None,
    per: Annotated[Per | None, typer.Option(help="Where the number counts, instead of the study's.")] = None,
    front: Annotated[int, typer.Option(help="Points of the front of mean against worst distance; 0: none.", min=0)] = 8,
    seconds: Annotated[float | None, typer.Option(help="Seconds per plan after the first one.", min=1)] = None,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """How many inhabitants per L-NSP? The curve with its knee, and mean against worst distance."""
    from nsp_planner.errors import Fault, SettingsError
    from nsp_planner.questions.lnsp_ratio.solve import RATIOS, answer_lnsp_ratio

    if any(value <= 0 for value in ratio or ()):
        raise SettingsError(
            Fault("question", "a ratio must be above 0", "give inhabitants per L-NSP", column="--ratio")
        )
    answering = partial(
        answer_lnsp_ratio,
        ratios=tuple(ratio or RATIOS),
        per=None if per is None else per.value,
        n_epsilons=front,
        seconds_per_plan=seconds,
    )
    _answer(study, scenario, answering, output, time_limit, as_json)


@questions.command(epilog="Example: [bold]nsp-planner question refusals scenarios/ijsselland.toml --resolve 20[/bold]")
def refusals(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    site: Annotated[list[str] | None, typer.Option("--site", help="Solve again without this site; repeatable.")] = None,
    insist: Annotated[
        list[str] | None, typer.Option("--insist", help="Solve again with this site; repeatable.")
    ] = None,
    resolve: Annotated[int, typer.Option(help="How many of the most expensive sites to solve again.", min=0)] = 10,
    seconds: Annotated[float, typer.Option(help="Seconds to solve again, per site.", min=0.5)] = 5.0,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What it costs when a building drops out, is fixed or must be in; and what replaces it."""
    from nsp_planner.questions.refusals.solve import answer_refusals

    answering = partial(
        answer_refusals, sites=site or (), insist=insist or (), n_solved=resolve, seconds_per_site=seconds
    )
    _answer(study, scenario, answering, output, time_limit, as_json)


@questions.command(epilog="Example: [bold]nsp-planner question phasing scenarios/ijsselland.toml --seconds 60[/bold]")
def phasing(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    seconds: Annotated[float, typer.Option(help="Seconds to look for the order.", min=1)] = 60.0,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """In which order do the sites open, under a budget per year? Persons and euros after each year."""
    from nsp_planner.questions.phasing.solve import answer_phasing_with_map

    _answer(study, scenario, partial(answer_phasing_with_map, seconds=seconds), output, time_limit, as_json)


@questions.command(
    epilog="Example: [bold]nsp-planner question robustness scenarios/ijsselland.toml --under hoogwater[/bold]"
)
def robustness(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    under: Annotated[
        list[str] | None, typer.Option("--under", help="A scenario to test every plan in; repeatable.")
    ] = None,
    plans: Annotated[int, typer.Option(help="Variants to plan, to see which buildings are in every plan.", min=0)] = 12,
    seconds: Annotated[float, typer.Option(help="Seconds per variant.", min=1)] = 10.0,
    tolerance: Annotated[
        float, typer.Option(help="How much farther people may walk in a good plan: 0.05 is 5 %.", min=0, max=1)
    ] = 0.05,
    failing: Annotated[int, typer.Option(help="Most buildings that fail together.", min=1, max=8)] = 3,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which buildings are in every good plan, what fails worst, and does the plan hold in other circumstances?"""
    from nsp_planner.cli.scenarios import load_with_scenarios
    from nsp_planner.questions.robustness.solve import answer_robustness

    tested = []
    for name in under or ():
        other, applied = load_with_scenarios(study, [*(scenario or ()), name], None)
        tested.append((applied[-1].title, other))
    answering = partial(
        answer_robustness,
        n_plans=plans,
        seconds_per_plan=seconds,
        tolerance=tolerance,
        most_failing=failing,
        under=tested,
    )
    _answer(study, scenario, answering, output, time_limit, as_json)


@questions.command(
    epilog="Example: [bold]nsp-planner question what-if scenarios/ijsselland.toml -w stroomuitval -w hoogwater[/bold]"
)
def what_if(
    study: StudyArgument,
    what: Annotated[
        list[str] | None,
        typer.Option("--what-if", "-w", help="A scenario with an outage, flood, shortage or closed links; repeatable."),
    ] = None,
    scenario: ScenarioOption = None,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What do an outage, a flood, a shortage or a closed bridge do to the plan at hand, and to a new plan?"""
    from nsp_planner.questions.what_if.solve import answer_what_if, read_supposed

    supposed = read_supposed(study, what or (), scenario or (), time_limit)
    _answer(study, scenario, partial(answer_what_if, supposed=supposed), output, time_limit, as_json)


@questions.command(
    epilog="Example: [bold]nsp-planner question people scenarios/voorbeeld.toml -w zomer -w overdag[/bold]"
)
def people(
    study: StudyArgument,
    what: Annotated[
        list[str] | None,
        typer.Option("--what-if", "-w", help="A scenario about guests, the day, vulnerable, neighbours; repeatable."),
    ] = None,
    scenario: ScenarioOption = None,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Does the plan hold in summer, by day, for the vulnerable, and with the neighbours?"""
    from nsp_planner.questions.people.solve import answer_people
    from nsp_planner.questions.what_if.solve import read_supposed

    supposed = read_supposed(study, what or (), scenario or (), time_limit)
    _answer(study, scenario, partial(answer_people, supposed=supposed), output, time_limit, as_json)


@questions.command(epilog="Example: [bold]nsp-planner question capacity scenarios/ijsselland.toml --share 0.3[/bold]")
def capacity(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    share: Annotated[
        float | None, typer.Option("--share", help="Share of the inhabitants that comes on a day: 0.2 is one in five.")
    ] = None,
    peak: Annotated[
        float | None, typer.Option("--peak", help="How much busier the busiest moment is than the mean of the day.")
    ] = None,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    as_json: JsonOption = False,
) -> None:
    """How many visitors at once and per day, how much staff and water, per gemeente?"""
    from nsp_planner.questions.capacity.solve import answer_capacity

    answering = partial(answer_capacity, share_per_day=share, peak_factor=peak)
    _answer(study, scenario, answering, output, time_limit, as_json)


def _answer(
    study: Path,
    scenarios: list[str] | None,
    answering: Answering,
    output: Path | None,
    time_limit: float | None,
    as_json: bool,
) -> None:
    from nsp_planner.cli.answers import print_answer
    from nsp_planner.cli.progress import progress_on_stderr
    from nsp_planner.cli.scenarios import load_with_scenarios
    from nsp_planner.questions.run import run_question

    settings, applied = load_with_scenarios(study, scenarios, None)
    if time_limit is not None:
        solver = settings.solver.model_copy(update={"time_limit_s": time_limit})
        settings = settings.model_copy(update={"solver": solver})
    if output is not None:
        settings = settings.model_copy(update={"output": output})
    with progress_on_stderr() as progress:
        result = run_question(settings, answering, progress=progress, scenarios=applied)
    print_answer(result.answer, result.folder, result.outputs, result.seconds, as_json=as_json)
