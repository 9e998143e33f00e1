"""Everything a run hands out. In: a planned study and its evaluation. Out: the files, and what each one is."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.report.deliver import DeliverOptions, write_all
from nsp_planner.report.geopackage.write import write_geopackage
from nsp_planner.report.list.table import candidate_table, write_candidate_csv
from nsp_planner.report.list.workbook import write_candidate_workbook
from nsp_planner.report.manifest.write import MANIFEST_NAME, write_manifest
from nsp_planner.report.map.write import write_map
from nsp_planner.report.run_info import OutputFile, RunInfo
from nsp_planner.report.text.dutch import note_nl

MAP = OutputFile("kaart.html", "Interactieve kaart; opent zonder internet")
WORKBOOK = OutputFile("kandidatenlijst.xlsx", "Kandidatenlijst met normen, indicatoren en leeswijzer (Excel)")
CSV = OutputFile("kandidatenlijst.csv", "Kandidatenlijst, alle gebouwen op een rij (CSV voor een Nederlandse Excel)")
GEOPACKAGE = OutputFile("plan.gpkg", "Alle lagen met opmaak voor QGIS (GeoPackage, RD)")
MANIFEST = OutputFile(MANIFEST_NAME, "Verantwoording: invoer, instellingen, normen, versies en bewijs")


def write_report(
    folder: Path,
    planned: PlannedStudy,
    evaluation: Evaluation,
    *,
    run_info: RunInfo,
    deliver: DeliverOptions | None = None,
    phases: PhasePlan | None = None,
) -> tuple[OutputFile, ...]:
    """Write map, candidate list, GeoPackage and manifest into an existing, empty folder, and all else when asked.

    Args:
        folder: Where the files go.
        planned: The planned study.
        evaluation: Its evaluation.
        run_info: When and with what.
        phases: When each site opens; the maps then have a slider, list and board report the planning.
        deliver: Write the board report, cards, packs, GeoJSON and the public version too, with these options.

    Returns:
        What was written, in the order in which a reader opens it; the manifest comes last and lists the others.
    """
    write_map(folder / MAP.name, planned, evaluation, run_info, phases=phases)
    write_candidate_workbook(folder / WORKBOOK.name, planned, evaluation, run_info, phases)
    write_candidate_csv(folder / CSV.name, candidate_table(planned, evaluation), note_nl(planned))
    write_geopackage(folder / GEOPACKAGE.name, planned, evaluation, run_info)
    outputs: tuple[OutputFile, ...] = (MAP, WORKBOOK, CSV, GEOPACKAGE)
    if deliver is not None:
        first, *more = write_all(folder, planned, evaluation, run_info, deliver, others=outputs, phases=phases)
        outputs = (first, *outputs, *more)
    write_manifest(folder / MANIFEST.name, planned, evaluation, run_info, outputs, phases)
    return (*outputs, MANIFEST)
