"""``nsp-planner plan``. In: a study. Out: a fresh folder with the plan and everything about it, and its summary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nsp_planner.cli.options import (
    GapOption,
    JsonOption,
    NormsOption,
    OutputOption,
    ScenarioOption,
    StudyArgument,
    TimeOption,
)


def plan(
    study: StudyArgument,
    scenario: ScenarioOption = None,
    norms: NormsOption = None,
    output: OutputOption = None,
    time_limit: TimeOption = None,
    gap: GapOption = None,
    report: Annotated[
        bool, typer.Option("--report", help="Write the board report, cards, packs, GeoJSON and the public version too.")
    ] = False,
    alternative: Annotated[
        list[Path] | None,
        typer.Option("--alternative", help="A run to put beside this one in the board report; implies --report."),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option("--previous", help="The run made before this one: the new plan changes it as little as it can."),
    ] = None,
    public_pilots: Annotated[
        bool, typer.Option("--public-pilots", help="Sites with status pilot are public too; implies --report.")
    ] = False,
    at_hand: Annotated[
        Path | None,
        typer.Option("--at-hand", help="A finished run: only its noodsteunpunten can open. For circumstances."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a plan: L-NSPs, C-NSPs, map, candidate list, GeoPackage and manifest."""
    from nsp_planner.cli.planning import make_plan
    from nsp_planner.cli.scenarios import load_with_scenarios
    from nsp_planner.config import PlanAtHand
    from nsp_planner.study.deliver import read_deliver_options

    settings, applied = load_with_scenarios(study, scenario, norms)
    if at_hand is not None:
        settings = settings.change(plan_at_hand=PlanAtHand(run=at_hand))
    if previous is not None:
        settings = settings.after(previous)
    deliver = None
    if report or alternative or public_pilots:
        deliver = read_deliver_options(alternatives=alternative or (), public_pilots=public_pilots)
    command = f"nsp-planner plan {study}" + "".join(f" --scenario {each.name}" for each in applied)
    if settings.plan_at_hand is not None and settings.plan_at_hand.run is not None:
        command += f" --at-hand {settings.plan_at_hand.run}"
    if previous is not None:
        command += f" --previous {previous}"
    make_plan(settings, command, output, time_limit, gap, as_json, scenarios=applied, deliver=deliver)
