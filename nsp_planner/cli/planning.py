"""Planning a study from the command line. In: a study and what was asked for. Out: a fresh folder, and its summary."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.cli.json_output import print_json
from nsp_planner.cli.progress import progress_on_stderr
from nsp_planner.cli.summary import plan_as_dict, print_plan
from nsp_planner.config import AppliedScenario, Study
from nsp_planner.report.options import DeliverOptions
from nsp_planner.study.run import run_study


def make_plan(
    study: Study,
    command: str,
    output: Path | None,
    time_limit: float | None,
    gap: float | None,
    as_json: bool,
    *,
    scenarios: tuple[AppliedScenario, ...] = (),
    deliver: DeliverOptions | None = None,
) -> None:
    """Plan with the options of the command line over the study's settings, and print the summary.

    Raises:
        NspError: As :func:`~nsp_planner.study.run.run_study`.
    """
    wanted = {"time_limit_s": time_limit, "gap": gap}
    study = study.change(solver={key: value for key, value in wanted.items() if value is not None})
    study = study if output is None else study.change(output=output)
    with progress_on_stderr() as progress:
        result = run_study(study, command=command, progress=progress, scenarios=scenarios, deliver=deliver)
    if as_json:
        print_json({"ok": True, **plan_as_dict(result)})
    else:
        print_plan(result)
