"""The proof as a file. In: an evaluation. Out: ``bewijs.npz``; its fields are described in :mod:`nsp_planner.audit`.

Both problems with their plans and multipliers (prefix ``lnsp_`` and ``cnsp_``), and who of the region walks how far
(prefix ``walk_``): enough to check every constraint, the objective, the bound and the indicators without this package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.plan.certificate import Certificate
from nsp_planner.report.run_info import OutputFile

FILE = OutputFile("bewijs.npz", "Bewijs van het plan, om na te rekenen met nsp-planner audit")
FORMAT = 1


def write_proof(path: Path, evaluation: Evaluation) -> None:
    """Write the proof of both levels, which the evaluation must have; the same plan gives the same bytes."""
    assert evaluation.certificates is not None
    lnsp, cnsp = evaluation.certificates
    fields = {**_fields("lnsp", lnsp), **_fields("cnsp", cnsp), **_walk(evaluation), "format": np.array(FORMAT)}
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **fields)


def _fields(level: str, certificate: Certificate) -> dict[str, Any]:
    named = {name: getattr(certificate, name) for name in Certificate.__dataclass_fields__}
    return {f"{level}_{name}": np.asarray(value) for name, value in named.items() if value is not None}


def _walk(evaluation: Evaluation) -> dict[str, Any]:
    allocation, people = evaluation.allocation, evaluation.demand
    return {
        "walk_demand_ids": np.asarray(people["demand_id"].tolist()),
        "walk_persons": evaluation.persons,
        "walk_gemeente": evaluation.layers.demand["gemeente_code"].to_numpy(dtype=str),
        "walk_norm_m": people["norm_m"].to_numpy(dtype=float),
        "walk_demand": allocation.demand,
        "walk_site_ids": np.asarray(evaluation.site_ids.tolist())[allocation.site],
        "walk_share": allocation.share,
        "walk_m": allocation.distance_m,
    }
