"""What changed since the plan before, as sheets of the workbook. In: an evaluation with changes. Out: tables."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.text.changes import CHANGE_COLUMNS, FLOW_COLUMNS, change_rows, flow_rows
from nsp_planner.report.text.dutch import date_nl
from nsp_planner.report.text.units import list_values
from nsp_planner.report.workbook.book import Table


def change_sheets(evaluation: Evaluation) -> Iterator[Table]:
    """Wijzigingen (a row per noodsteunpunt that came or went) and Wie verhuist (a row per pair of L-NSPs)."""
    assert evaluation.changes is not None
    title = f"Wat er verandert sinds het plan van {date_nl(evaluation.changes.previous.created)}"
    yield "Wijzigingen", title, pd.DataFrame(change_rows(evaluation), columns=list(CHANGE_COLUMNS))
    flows = pd.DataFrame(flow_rows(evaluation.changes), columns=list(FLOW_COLUMNS))
    flows["Inwoners"] = list_values(flows["Inwoners"], "persons")
    yield "Wie verhuist", "Inwoners die een ander L-NSP krijgen, van waar naar waar", flows
