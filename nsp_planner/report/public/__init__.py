"""The public version: only sites that may be known, checked in what was written before anyone can see it."""

from nsp_planner.report.public.write import write_public

__all__ = ["write_public"]
