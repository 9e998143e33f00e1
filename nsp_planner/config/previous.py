"""The plan made before this one. In: a table of a study file. Out: settings."""

from __future__ import annotations

from pydantic import Field

from nsp_planner.config.base import Settings, StudyPath


class Previous(Settings):
    """[previous]: the plan made before this one; the new plan changes it as little as the asked gap allows.

    Among the plans within solver.gap of the proven bound the one with the fewest other L-NSPs is taken, then that in
    which the fewest inhabitants get another L-NSP, then the least distance; C-NSPs likewise. Left out, a plan knows of
    no other.
    """

    run: StudyPath
    """Folder of that finished run; sites and squares are known by their ids, what does not match is told."""
    search_s: float = Field(default=30, gt=0, le=86_400)
    """Seconds to look for the plan with the fewest changes, after the plan itself (own setting)."""
    reasons_s: float = Field(default=30, ge=0, le=86_400)
    """Seconds to compute what keeping each site that goes would cost; 0 leaves it unknown (own setting)."""
