"""The proof as a file. In: a planned study. Out: ``bewijs.npz``; its fields are described in :mod:`nsp_planner.audit`.

Both problems with their plans and multipliers (prefix ``lnsp_`` and ``cnsp_``), and who of the region walks how far
(prefix ``walk_``): enough to check every constraint, the objective, the bound and the indicators without this package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nsp_planner.evaluate.tables import PlannedStudy
from nsp_planner.plan.certificate import Certificate
from nsp_planner.report.run_info import OutputFile

FILE = OutputFile("bewijs.npz", "Bewijs van het plan, om na te rekenen met nsp-planner audit")
FORMAT = 1


def write_proof(path: Path, planned: PlannedStudy) -> None:
    """Write the proof of both levels; the same plan gives the same bytes."""
    lnsp, cnsp = planned.certificates
    fields = {**_fields("lnsp", lnsp), **_fields("cnsp", cnsp), **_walk(planned), "format": np.array(FORMAT)}
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **fields)


def _fields(level: str, certificate: Certificate) -> dict[str, Any]:
    named = {name: getattr(certificate, name) for name in Certificate.__dataclass_fields__}
    return {f"{level}_{name}": np.asarray(value) for name, value in named.items() if value is not None}


def _walk(planned: PlannedStudy) -> dict[str, Any]:
    allocation, local = planned.allocation, planned.local
    return {
        "walk_demand_ids": np.asarray(local.demand_ids),
        "walk_persons": local.population_persons,
        "walk_gemeente": planned.layers.demand["gemeente_code"].to_numpy(dtype=str),
        "walk_norm_m": local.service_distance_m,
        "walk_demand": allocation.demand,
        "walk_site_ids": np.asarray(local.site_ids)[allocation.site],
        "walk_share": allocation.share,
        "walk_m": allocation.distance_m,
    }
