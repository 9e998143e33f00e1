"""The entry of the proof, for the register. In: a report. Out: ``bewijs.npz``."""

from __future__ import annotations

from pathlib import Path

from nsp_planner.report.outputs import Output, ReportInput, with_proof
from nsp_planner.report.proof.write import FILE, write_proof
from nsp_planner.report.run_info import OutputFile


def _write(folder: Path, given: ReportInput) -> tuple[OutputFile, ...]:
    write_proof(folder / FILE.name, given.evaluation)
    return (FILE,)


PROOF = Output(name="proof", description="The proof of the plan, for an auditor", when=with_proof, write=_write)
