"""The proof as a file. In: an evaluation. Out: ``bewijs.npz``; docs/certificate.md describes its fields.

Both problems with their plans and proofs (prefix ``lnsp_`` and ``cnsp_``), and who of the region walks how far
(prefix ``walk_``): enough to check every constraint, the objective, the bound and the indicators without this package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.plan.certify import Certificate, packed
from nsp_planner.report.run_info import OutputFile

FILE = OutputFile("bewijs.npz", "Bewijs van het plan, om na te rekenen met nsp-planner audit")
FORMAT = 3


def write_proof(path: Path, evaluation: Evaluation) -> None:
    """Write the proof of both levels, which the evaluation must have; the same plan gives the same bytes."""
    assert evaluation.certificates is not None
    lnsp, cnsp = evaluation.certificates
    fields = {**fields_of("lnsp", lnsp), **fields_of("cnsp", cnsp), **_walk(evaluation), "format": np.array(FORMAT)}
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **fields)


def fields_of(level: str, certificate: Certificate) -> dict[str, Any]:
    """The fields of one level by name, without those that the certificate does not have."""
    named = {name: getattr(certificate, name) for name in Certificate.__dataclass_fields__ if name != "proof"}
    named |= {} if certificate.proof is None else packed(certificate.proof)
    return {f"{level}_{name}": _small(np.asarray(value)) for name, value in named.items() if value is not None}


def _small(values: np.ndarray) -> np.ndarray:
    """Whole numbers in the smallest type that holds them all."""
    if values.dtype.kind != "i":
        return values
    ends = values.min(initial=0), values.max(initial=0)
    return values.astype(np.result_type(*(np.min_scalar_type(end) for end in ends)))


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
