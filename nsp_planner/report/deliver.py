"""Everything beside map and list. In: a planned study, its evaluation and the run. Out: reports, cards, packs, exports.

Board report, cards and lists per place, packs per gemeente and for the C-NSPs, GeoJSON, the public version behind its
gate, and a page that says what to open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from nsp_planner.errors import Faults, SettingsError
from nsp_planner.evaluate.phases import PhasePlan
from nsp_planner.evaluate.tables import Evaluation, PlannedStudy
from nsp_planner.report.board import write_board_report
from nsp_planner.report.cards.parts import build_parts
from nsp_planner.report.cards.write import CARDS_FOLDER, write_cards, write_place_list
from nsp_planner.report.geojson.write import write_geojson
from nsp_planner.report.packs.write import PACKS_FOLDER, write_packs
from nsp_planner.report.paper.document import document_head
from nsp_planner.report.paper.html import render_page
from nsp_planner.report.previous_run import read_run
from nsp_planner.report.public import write_public
from nsp_planner.report.public.write import FOLDER as PUBLIC_FOLDER
from nsp_planner.report.run_info import OutputFile, RunInfo

INDEX = OutputFile("begin-hier.html", "Begin hier: wat er is gemaakt en voor wie")
OPEN_FIRST = (INDEX.name, "kaart.html", "bestuursrapport.pdf", "kandidatenlijst.xlsx")
"""What a reader opens first, where it is there."""

_GROUPS = (
    ("Ook voor het project", ""),
    ("Per gemeente", f"{PACKS_FOLDER}/"),
    ("Projectleider C-NSP", "c-nsp/"),
    ("Inwoners: meterkastkaarten (concept)", f"{CARDS_FOLDER}/"),
    ("Openbare versie", f"{PUBLIC_FOLDER}/"),
)


@dataclass(frozen=True)
class DeliverOptions:
    """What goes into the deliverables beside the plan itself.

    Attributes:
        decisions_asked: The decisions the board is asked for; made from the plan when empty.
        alternatives: Folders of runs to put beside this one in the board report.
        previous: Folder of the run of the version before this one.
        public_pilots: Whether sites with the status pilot are public.
    """

    decisions_asked: tuple[str, ...] = ()
    alternatives: tuple[Path, ...] = ()
    previous: Path | None = None
    public_pilots: bool = False

    def check(self) -> None:
        """Raise now what :func:`write_all` would raise after a long solve: a run to compare with is none, no typst."""
        faults = Faults()
        for package, why in (("typst", "PDFs are set with"), ("pypdf", "the publish gate reads PDFs with")):
            if find_spec(package) is None:
                fix = f"install it (pip install {package}), or leave the reports out"
                faults.add("report", f"{why} the package {package}, which is not installed", fix)
        faults.raise_if_any(SettingsError)
        for run in (*self.alternatives, *([] if self.previous is None else [self.previous])):
            read_run(run)


def write_all(
    folder: Path,
    planned: PlannedStudy,
    evaluation: Evaluation,
    run_info: RunInfo,
    options: DeliverOptions | None = None,
    others: Iterable[OutputFile] = (),
    phases: PhasePlan | None = None,
) -> tuple[OutputFile, ...]:
    """Write all deliverables into an existing folder.

    Args:
        folder: The folder of the run, with map and list in it already.
        planned: The planned study.
        evaluation: Its evaluation.
        run_info: When and with what.
        options: What goes in beside the plan.
        others: What was written before, for the page that says what to open.
        phases: When each site opens, for the board report and the maps of the packs.

    Returns:
        What was written, the page to begin with first.

    Raises:
        DataError: A run to compare with is none. SettingsError: typst is not installed. VerificationError: the gate
        refuses the public version. Nothing of it should be kept then; the caller removes the folder.
    """
    options = options or DeliverOptions()
    parts = build_parts(planned, evaluation)
    written = (
        *write_board_report(
            folder,
            planned,
            evaluation,
            run_info,
            decisions_asked=options.decisions_asked,
            alternatives=options.alternatives,
            previous=options.previous,
            phases=phases,
        ),
        *write_place_list(folder, planned, evaluation, run_info, parts),
        *write_geojson(folder, planned, evaluation, run_info),
        *write_packs(folder, planned, evaluation, run_info, phases),
        *write_cards(folder, planned, evaluation, run_info, parts),
        *write_public(folder, planned, evaluation, run_info, with_pilots=options.public_pilots, parts=parts),
    )
    _write_index(folder, planned, run_info, (*others, *written))
    return (INDEX, *written)


def open_first(outputs: Iterable[OutputFile]) -> list[OutputFile]:
    """The few files to open first, in that order."""
    by_name = {output.name: output for output in outputs}
    return [by_name[name] for name in OPEN_FIRST if name in by_name]


def _write_index(folder: Path, planned: PlannedStudy, run_info: RunInfo, outputs: Iterable[OutputFile]) -> None:
    files = list(outputs)
    first = [output for output in open_first(files) if output is not INDEX]
    groups = [{"title": "Begin met", "files": [{"href": quote(o.name), "text": o.description_nl} for o in first]}]
    for title, prefix in _GROUPS:
        own = [o for o in files if o.name.startswith(prefix) and prefix]
        if not prefix:
            own = [o for o in files if "/" not in o.name and o not in first]
        if own:
            groups.append({"title": title, "files": [{"href": quote(o.name), "text": o.description_nl} for o in own]})
    content = {**document_head(planned, run_info), "groups": groups}
    (folder / INDEX.name).write_text(render_page("start/begin-hier.html", content, {}), encoding="utf-8")
