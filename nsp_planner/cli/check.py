"""``nsp-planner check``. In: a study. Out: what was read, or every fault of every input; nothing is solved."""

from __future__ import annotations

from nsp_planner.cli.options import JsonOption, NormsOption, ScenarioOption, StudyArgument


def check(
    study: StudyArgument, scenario: ScenarioOption = None, norms: NormsOption = None, as_json: JsonOption = False
) -> None:
    """Read all inputs and report every fault at once, without solving."""
    from nsp_planner.cli.json_output import print_json
    from nsp_planner.cli.progress import progress_on_stderr
    from nsp_planner.cli.scenarios import load_with_scenarios
    from nsp_planner.cli.summary import check_as_dict, print_check
    from nsp_planner.study.prepare.instances import build_local_problem
    from nsp_planner.study.previous import read_previous_plan
    from nsp_planner.study.read import check_layers

    settings, _ = load_with_scenarios(study, scenario, norms)
    read_previous_plan(settings)
    with progress_on_stderr() as progress:
        layers = check_layers(settings, progress)
        progress.stage("measuring distances")
        problem = build_local_problem(layers, settings, stations_too=True)
    if as_json:
        print_json({"ok": True, "study": str(study), **check_as_dict(settings, layers, problem)})
    else:
        print_check(settings, layers, problem)
