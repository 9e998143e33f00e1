"""The audit of one run. In: its folder. Out: a :class:`Finding` per check, the gap claimed and the gap certified.

Nothing here knows how a plan is made; see :mod:`nsp_planner.audit` for what is read and what is checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nsp_planner.audit.capacities import audit_capacities
from nsp_planner.audit.changes import audit_changes
from nsp_planner.audit.figures import audit_indicators, audit_persons, audit_ways
from nsp_planner.audit.findings import Audit, Finding, none_wrong
from nsp_planner.audit.plan import audit_constraints, audit_objective
from nsp_planner.audit.reading import part, read_run, sha256
from nsp_planner.audit.tables import audit_tables


def audit_run(run: Path, root: Path | None = None) -> Audit:
    """Check a finished run; relative paths of inputs are looked up from ``root``, the working folder when left out.

    Raises:
        ValueError: The folder is no finished run with a proof; the message says what is missing.
    """
    root = root or Path()
    manifest, proof = read_run(run)
    findings, certified = _files(run, root, manifest), []
    for level in ("lnsp", "cnsp"):
        problem = part(proof, f"{level}_")
        found, proven = audit_objective(level, problem, manifest["plan"][level])
        findings += [*audit_constraints(level, problem), *found]
        certified.append(proven)
    walk, lnsp, cnsp = (part(proof, f"{each}_") for each in ("walk", "lnsp", "cnsp"))
    findings += [*audit_ways(cnsp, manifest), *audit_persons(walk, manifest), audit_indicators(walk, manifest)]
    findings += audit_tables(run, walk, cnsp, manifest)
    findings += [*audit_capacities(run, lnsp, manifest), *audit_changes(run, manifest, root)]
    return Audit(tuple(findings), tuple(certified))


def _files(run: Path, root: Path, manifest: dict[str, Any]) -> list[Finding]:
    """Outputs and inputs by their checksums; an input that is not there is told apart from one that changed."""
    outputs = {each["name"]: (run / each["name"], each["sha256"]) for each in manifest["outputs"]}
    inputs = {each["path"]: (root / each["path"], each["sha256"]) for each in manifest["inputs"]}
    written = [name for name, (path, told) in outputs.items() if not path.is_file() or sha256(path) != told]
    changed = [name for name, (path, told) in inputs.items() if path.is_file() and sha256(path) != told]
    absent = [name for name, (path, _) in inputs.items() if not path.is_file()]
    found = [
        none_wrong("files of the run are as they were written", written, f"{len(outputs)} files"),
        none_wrong("inputs are those the plan was made from", changed, f"{len(inputs)} files"),
    ]
    return [*found, none_wrong("inputs are there", absent, "")] if absent else found
