"""Parts of a document that both HTML and PDF are made of. In: text. Out: tables of text, and what each page bears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.run_info import RunInfo
from nsp_planner.report.text.dutch import attribution_nl, date_nl, marks_nl, measured_nl
from nsp_planner.report.text.objective import proof_sentences_nl

Table = dict[str, Any]
"""``caption``, ``columns`` (each with ``label`` and ``number``) and ``rows`` of text."""


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> Table:
    """A table; the columns named in ``numbers`` are aligned to the right."""
    return {
        "caption": caption,
        "columns": [{"label": label, "number": label in numbers} for label in columns],
        "rows": [list(row) for row in rows],
    }


def document_head(evaluation: Evaluation, run_info: RunInfo) -> dict[str, Any]:
    """What every document bears: region, date, version, marks, metric, attributions, and the proof of both levels."""
    return {
        "study": evaluation.premises.title,
        "region": evaluation.premises.region_name,
        "date": date_nl(run_info.created),
        "version": f"nsp_planner {run_info.version}",
        "marks": marks_nl(evaluation),
        "metric": measured_nl(evaluation),
        "attribution": attribution_nl(evaluation),
        "proofs": proof_sentences_nl(evaluation.goal),
    }
