"""Everything a run hands out. In: an evaluation. Out: the files, and what each one is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.evaluate.view import whole_view
from nsp_planner.report import register
from nsp_planner.report.gis.geometry import site_colours
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.outputs import ReportInput, Written, files_of
from nsp_planner.report.run_info import OutputFile, RunInfo


def write_report(
    folder: Path,
    evaluation: Evaluation,
    *,
    run_info: RunInfo,
    deliver: DeliverOptions | None = None,
) -> tuple[OutputFile, ...]:
    """Write every output of the register that is due into an existing, empty folder.

    Args:
        folder: Where the files go.
        evaluation: Every figure of the plan; those of the reports with ``deliver``.
        run_info: When and with what.
        deliver: Write the board report, cards, packs, GeoJSON and the public version too, with these options.

    Returns:
        What was written, in the order in which a reader opens it; the manifest comes last and lists the others.

    Raises:
        SettingsError: typst is not installed. VerificationError: the gate
        refuses the public version. Nothing of it should be kept then; the caller removes the folder.
    """
    given = ReportInput(
        evaluation, run_info, site_colours(evaluation.layers.demand, whole_view(evaluation).tables), deliver
    )
    due = [output for output in register.OUTPUTS if output.when(given)]
    written: dict[str, Written] = {}
    for output in sorted(due, key=lambda output: output.after_others):
        before = tuple(written[each.name] for each in due if each.name in written)
        written[output.name] = Written(output, output.write(folder, replace(given, written=before)))
    return files_of(tuple(written[output.name] for output in due))
