"""The commands of ``nsp-planner``. In: arguments. Out: text on stdout, progress on stderr, an exit code.

Exit codes: 0 fine, 1 unexpected, 2 wrong use or settings, 3 bad data, 4 no plan possible, 130 stopped by Ctrl-C. Heavy
imports stand inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nsp_planner.cli.compare import compare
from nsp_planner.cli.deliver import MERGE_EPILOG, merge_lists
from nsp_planner.cli.fetch import FETCH_EPILOG, INIT_EPILOG, fetch, init
from nsp_planner.cli.questions import questions
from nsp_planner.cli.sweep import sweep
from nsp_planner.errors import EXIT_UNEXPECTED, NspError

if TYPE_CHECKING:
    from nsp_planner.config import AppliedScenario, Study
    from nsp_planner.report.options import DeliverOptions

EXIT_INTERRUPTED = 130

EPILOG = (
    "Exit codes: 0 fine, 1 unexpected, 2 wrong use or settings, 3 bad data, 4 no plan possible, 130 stopped. "
    "Ctrl-C while solving keeps the best plan so far."
)

app = typer.Typer(
    name="nsp-planner",
    help="Plans noodsteunpunten: L-NSPs among buildings, C-NSPs among fire stations, with a proven gap.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="The study: a TOML file.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Folder for the run, instead of the study's `output`.")
]
TimeOption = Annotated[
    float | None, typer.Option("--time-limit", help="Seconds to solve, instead of the study's.", min=1)
]
ScenarioOption = Annotated[
    list[str] | None,
    typer.Option("--scenario", "-s", help="A scenario to lay over the study: a name, or a path. May be repeated."),
]
NormsOption = Annotated[
    Path | None, typer.Option("--norms", help="A norms file of the form of norms.toml, instead of the study's norms.")
]
GapOption = Annotated[
    float | None, typer.Option("--gap", help="Gap to stop at, such as 0.005, instead of the study's.", min=0)
]
AtHandOption = Annotated[
    Path | None,
    typer.Option("--at-hand", help="A finished run: only its noodsteunpunten can open. For circumstances."),
]
ReportOption = Annotated[
    bool, typer.Option("--report", help="Write the board report, cards, packs, GeoJSON and the public version too.")
]
AlternativeOption = Annotated[
    list[Path] | None,
    typer.Option("--alternative", help="A run to put beside this one in the board report; implies --report."),
]
PreviousOption = Annotated[
    Path | None, typer.Option("--previous", help="The run of the version before this one; implies --report.")
]
PilotsOption = Annotated[
    bool, typer.Option("--public-pilots", help="Sites with status pilot are public too; implies --report.")
]


def _version(show: bool) -> None:
    if show:
        from nsp_planner import __version__

        typer.echo(f"nsp-planner {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example: [bold]nsp-planner demo --folder voorbeeld[/bold]")
def demo(
    folder: Annotated[Path, typer.Option("--folder", "-f", help="Where the example's files go.")] = Path("voorbeeld"),
    output: OutputOption = None,
    seed: Annotated[int, typer.Option(help="Seed of the example region.", min=0)] = 1,
    time_limit: TimeOption = None,
    gap: GapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the example region (made-up data) and plan it."""
    from nsp_planner.cli.progress import progress_on_stderr
    from nsp_planner.config import load_study
    from nsp_planner.errors import Fault, SettingsError
    from nsp_planner.example import write_example

    with progress_on_stderr() as progress:
        progress.stage("making the example region")
        try:
            study_file = write_example(folder, seed=seed)
        except OSError as error:
            fix = "give a folder you may write in with --folder"
            raise SettingsError(Fault("demo", f"cannot write: {error.strerror}", fix, str(folder))) from None
    from nsp_planner.report.options import DeliverOptions

    _plan(load_study(study_file), study_file, output, time_limit, gap, as_json, deliver=DeliverOptions())


@app.command(epilog="Example: [bold]nsp-planner check scenarios/ijsselland.toml[/bold]")
def check(
    study: StudyArgument, scenario: ScenarioOption = None, norms: NormsOption = None, as_json: JsonOption = False
) -> None:
    """Read all inputs and report every fault at once, without solving."""
    from nsp_planner.cli.scenarios import load_with_scenarios

    settings, _ = load_with_scenarios(study, scenario, norms)

    from nsp_planner.cli.progress import progress_on_stderr
    from nsp_planner.cli.summary import check_as_dict, print_check
    from nsp_planner.study.build.instances import build_local_problem
    from nsp_planner.study.read import check_layers

    with progress_on_stderr() as progress:
        layers = check_layers(settings, progress)
        progress.stage("measuring distances")
        problem = build_local_problem(layers, settings)
    if as_json:
        _print_json({"ok": True, "study": str(study), **check_as_dict(layers, problem)})
    else:
        print_check(settings, layers, problem)


@app.command(epilog="Example: [bold]nsp-planner plan scenarios/ijsselland.toml --time-limit 60[/bold]")
def plan(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    norms: NormsOption = None,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    gap: GapOption = None,
    report: ReportOption = False,
    alternative: AlternativeOption = None,
    previous: PreviousOption = None,
    public_pilots: PilotsOption = False,
    at_hand: AtHandOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a plan: L-NSPs, C-NSPs, map, candidate list, GeoPackage and manifest."""
    from nsp_planner.cli.scenarios import load_with_scenarios

    settings, applied = load_with_scenarios(study, scenario, norms)
    if at_hand is not None:
        from nsp_planner.config import PlanAtHand

        settings = settings.model_copy(update={"plan_at_hand": PlanAtHand(run=at_hand)})
    deliver = None
    if report or alternative or previous is not None or public_pilots:
        from nsp_planner.report.options import DeliverOptions

        deliver = DeliverOptions((), tuple(alternative or ()), previous, public_pilots)
    _plan(settings, study, output, time_limit, gap, as_json, applied, deliver)


@app.command(epilog="Example: [bold]nsp-planner settings | less[/bold]")
def settings(as_json: JsonOption = False) -> None:
    """Every key of a study file: type, default and meaning."""
    from dataclasses import asdict

    from nsp_planner.cli.reference import print_settings
    from nsp_planner.config import settings_reference

    docs = settings_reference()
    if as_json:
        _print_json([asdict(doc) for doc in docs])
    else:
        print_settings(docs)


app.command(epilog="Example: [bold]nsp-planner compare runs/plan-a runs/plan-b[/bold]")(compare)
app.add_typer(questions)
app.command(epilog="Example: [bold]nsp-planner sweep scenarios/reeks.toml[/bold]")(sweep)
app.command(epilog=MERGE_EPILOG)(merge_lists)
app.command(epilog=FETCH_EPILOG)(fetch)
app.command(epilog=INIT_EPILOG)(init)


def _plan(
    study: Study,
    file: Path,
    output: Path | None,
    time_limit: float | None,
    gap: float | None,
    as_json: bool,
    scenarios: tuple[AppliedScenario, ...] = (),
    deliver: DeliverOptions | None = None,
) -> None:
    from nsp_planner.cli.progress import progress_on_stderr
    from nsp_planner.cli.summary import plan_as_dict, print_plan
    from nsp_planner.study.run import run_study

    wanted = {"time_limit_s": time_limit, "gap": gap}
    solver = study.solver.model_copy(update={key: value for key, value in wanted.items() if value is not None})
    study = study.model_copy(update={"solver": solver, **({} if output is None else {"output": output})})
    with progress_on_stderr() as progress:
        given = "".join(f" --scenario {scenario.name}" for scenario in scenarios)
        if study.plan_at_hand is not None and study.plan_at_hand.run is not None:
            given += f" --at-hand {study.plan_at_hand.run}"
        command = f"nsp-planner plan {file}{given}"
        result = run_study(study, command=command, progress=progress, scenarios=scenarios, deliver=deliver)
    if as_json:
        _print_json({"ok": True, **plan_as_dict(result)})
    else:
        print_plan(result)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def main() -> None:
    """Run the command line and exit; the planner never sees a traceback unless NSP_DEBUG is set."""
    wants_json = "--json" in sys.argv[1:]
    try:
        app()
    except NspError as error:
        if wants_json:
            faults = [fault.as_dict() for fault in error.faults]
            _print_json({"ok": False, "exit_code": error.exit_code, "faults": faults})
        else:
            _print_faults(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("Stopped; nothing was written.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_UNEXPECTED)
    except Exception as error:
        if os.environ.get("NSP_DEBUG"):
            raise
        text = f"Unexpected: {type(error).__name__}: {error}\nThis is a fault of nsp-planner, not of your data."
        typer.echo(f"{text}\nRun again with NSP_DEBUG=1 for the details and report them.", err=True)
        sys.exit(EXIT_UNEXPECTED)


def _print_faults(error: NspError) -> None:
    kind = {2: "The settings are not right", 3: "The data are not right", 4: "No plan is possible"}
    n = len(error.faults)
    title = kind.get(error.exit_code, "The plan was refused")
    typer.echo(f"{title}: {n} fault{'s' if n != 1 else ''}. Nothing was written.\n", err=True)
    for fault in error.faults:
        typer.echo(f"- {fault.as_text()}", err=True)
