"""The page that says what to open. In: what was written, by output. Out: ``begin-hier.html``, links under headings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.outputs import Written, files_of
from nsp_planner.report.paper.document import document_head
from nsp_planner.report.paper.html import render_page
from nsp_planner.report.run_info import OutputFile, RunInfo, open_first

FILE = OutputFile("begin-hier.html", "Begin hier: wat er is gemaakt en voor wie", open_rank=0)


def write_start_page(path: Path, evaluation: Evaluation, run_info: RunInfo, written: tuple[Written, ...]) -> None:
    """Write the page: what to open first, then the other files under the heading of who they are for."""
    first = open_first(files_of(written))
    groups = {"Begin met": first}
    for each in written:
        others = [file for file in each.files if file not in first]
        groups[each.output.readers_nl] = [*groups.get(each.output.readers_nl, []), *others]
    shown = [{"title": title, "files": _links(files)} for title, files in groups.items() if files]
    content = {**document_head(evaluation, run_info), "groups": shown}
    path.write_text(render_page("start/begin-hier.html", content, {}), encoding="utf-8")


def _links(files: Iterable[OutputFile]) -> list[dict[str, str]]:
    return [{"href": quote(file.name), "text": file.description_nl} for file in files]
