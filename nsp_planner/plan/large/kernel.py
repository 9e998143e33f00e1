"""How kernels of the search are compiled. In: a function on arrays and numbers. Out: the same, compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba as nb

OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "_nrt": False}
"""Without counting references to arrays: every call counts each array of its tuples, which took most of the time."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile on first use, or load from the cache; it may not make arrays: working memory is handed in."""
    return nb.njit(**OPTIONS)(function)
