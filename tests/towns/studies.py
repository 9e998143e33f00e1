"""The smallest study there is. In: what a test is about. Out: tables of a study file, or the study."""

from __future__ import annotations

from typing import Any

from nsp_planner.config import Study, study_from_dict


def smallest_tables(**sections: Any) -> dict[str, Any]:
    """Tables with the required keys only: files that need not be there. ``sections`` replace or add top-level keys."""
    tables: dict[str, Any] = {
        "title": "Toets",
        "region": {"name": "Toetsregio"},
        "inputs": {
            "population": {"path": "grid.gpkg"},
            "areas": {"path": "areas.gpkg"},
            "sites": [{"path": "sites.csv", "source": "zalen"}],
        },
    }
    return {**tables, **sections}


def smallest_study(**sections: Any) -> Study:
    """The study of :func:`smallest_tables`."""
    return study_from_dict(smallest_tables(**sections))
