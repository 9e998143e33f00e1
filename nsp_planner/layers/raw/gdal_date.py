"""The date inside a written file. In: a moment. Out: GDAL writes it, so that the same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyogrio


@contextmanager
def gdal_date(moment: str) -> Iterator[None]:
    """Let GDAL write this moment, such as ``2025-01-01T00:00:00.000Z``, in place of the time of now."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": moment})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
