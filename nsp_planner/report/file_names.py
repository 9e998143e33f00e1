"""Names of files. In: a name as people write it. Out: a name every file system takes, not used before."""

from __future__ import annotations

from nsp_planner.names import plain_name


def file_slug(name: str, used: set[str]) -> str:
    """Lower-case letters, digits and hyphens, at most 40, made different by a number; it is added to ``used``."""
    slug = plain_name(name, longest=40, otherwise="gemeente")
    candidate, n = slug, 2
    while candidate in used:
        candidate, n = f"{slug}-{n}", n + 1
    used.add(candidate)
    return candidate
