"""Words of the sites table. In: nothing. Out: the statuses of a site, and its basic provisions."""

from __future__ import annotations

from typing import get_args

from nsp_planner.config import STATUSES, Provision

__all__ = ["GAP_COLUMNS", "STATUSES"]

GAP_COLUMNS: tuple[str, ...] = get_args(Provision)
"""Basic provisions of a site, each ``yes``, ``no`` or ``unknown``."""
