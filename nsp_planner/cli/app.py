"""The commands of ``nsp-planner``. In: arguments. Out: text on stdout, progress on stderr, an exit code.

Exit codes: 0 fine, 1 unexpected, 2 wrong use or settings (also a full disk or a missing package), 3 bad data, 4 no plan
possible, 5 finished but kept aside, 6 a plan was refused by its check (a question or a sweep wrote all the rest), 130
stopped by Ctrl-C, 143 by the system (SIGTERM). Each command is a module of its own, with its heavy imports inside, so
that ``--help`` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Annotated, NoReturn

import typer

from nsp_planner.cli.audit import audit
from nsp_planner.cli.check import check
from nsp_planner.cli.compare import compare
from nsp_planner.cli.demo import demo
from nsp_planner.cli.faults import print_error
from nsp_planner.cli.fetch import fetch
from nsp_planner.cli.init import init
from nsp_planner.cli.merge_lists import merge_lists
from nsp_planner.cli.options import HELP_NAMES
from nsp_planner.cli.plan import plan
from nsp_planner.cli.poor_terminal import know_every_letter
from nsp_planner.cli.question import make_question_app
from nsp_planner.cli.rerun import rerun
from nsp_planner.cli.settings import settings
from nsp_planner.cli.sweep import sweep
from nsp_planner.errors import EXIT_UNEXPECTED, NspError
from nsp_planner.questions.register import find_questions

EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

EPILOG = (
    "Exit codes: 0 fine, 1 unexpected, 2 wrong use or settings, 3 bad data, 4 no plan possible, "
    "5 finished but kept aside, 6 a plan was refused by its check, 130 or 143 stopped. "
    "Ctrl-C while solving keeps the best plan so far."
)

COMMANDS = (
    (demo, "[bold]nsp-planner demo --folder voorbeeld[/bold]"),
    (check, "[bold]nsp-planner check scenarios/ijsselland.toml[/bold]"),
    (plan, "[bold]nsp-planner plan scenarios/ijsselland.toml --time-limit 60[/bold]"),
    (settings, "[bold]nsp-planner settings | less[/bold]"),
    (compare, "[bold]nsp-planner compare runs/plan-a runs/plan-b[/bold]"),
    (rerun, "[bold]nsp-planner rerun runs/plan-a[/bold]"),
    (audit, "[bold]nsp-planner audit runs/plan-a[/bold]"),
    (sweep, "[bold]nsp-planner sweep scenarios/reeks.toml[/bold]"),
    (merge_lists, "[bold]nsp-planner merge-lists runs/eerste-plan dalfsen.xlsx ommen.xlsx -o lijsten[/bold]"),
    (fetch, '[bold]nsp-planner fetch "IJsselland"[/bold], then [bold]nsp-planner init "IJsselland"[/bold]'),
    (init, '[bold]nsp-planner init "IJsselland" --study ijsselland.toml[/bold]'),
)
"""Every command with its example; those of the questions come from their register."""


def _version(show: bool) -> None:
    if show:
        from nsp_planner import __version__

        typer.echo(f"nsp-planner {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    pass


def make_app() -> typer.Typer:
    """The command line, with a command per question that is registered now."""
    app = typer.Typer(
        name="nsp-planner",
        help="Plans noodsteunpunten: L-NSPs among buildings, C-NSPs among fire stations, with a proven gap.",
        epilog=EPILOG,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings=HELP_NAMES,
    )
    app.callback()(_options)
    for command, example in COMMANDS:
        app.command(epilog=f"Example: {example}")(command)
    app.add_typer(make_question_app(find_questions()))
    return app


app = make_app()


def main() -> None:
    """Run the command line and exit; the planner never sees a traceback unless NSP_DEBUG is set."""
    wants_json = "--json" in sys.argv[1:]
    know_every_letter()
    with contextlib.suppress(ValueError):  # not in the main thread: then whoever runs us stops us
        signal.signal(signal.SIGTERM, _stop)
    try:
        app()
    except NspError as error:
        print_error(error, as_json=wants_json)
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
        from nsp_planner.storage import system_fault

        if (found := system_fault(error)) is not None:
            print_error(found, as_json=wants_json)
            sys.exit(found.exit_code)
        text = f"Unexpected: {type(error).__name__}: {error}\nThis is a fault of nsp-planner, not of your data."
        typer.echo(f"{text}\nRun again with NSP_DEBUG=1 for the details and report them.", err=True)
        sys.exit(EXIT_UNEXPECTED)


def _stop(_signal_number: int, _frame: object) -> NoReturn:
    """Asked to stop by the system: what is half written is removed on the way out."""
    sys.exit(EXIT_TERMINATED)
