"""Names of files. In: a name as people write it. Out: a name every file system takes, not used before."""

from __future__ import annotations

import re
import unicodedata


def file_slug(name: str, used: set[str]) -> str:
    """Lower-case letters, digits and hyphens, at most 40, told apart by a number; it is added to ``used``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].rstrip("-") or "gemeente"
    candidate, n = slug, 2
    while candidate in used:
        candidate, n = f"{slug}-{n}", n + 1
    used.add(candidate)
    return candidate
