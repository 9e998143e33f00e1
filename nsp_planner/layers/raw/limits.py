"""How much a reader takes. In: nothing. Out: limits far above any input of a region, so that none can eat the machine.

They are looked up when used, not copied, so that a test can lower them.
"""

from __future__ import annotations

MAX_FILE_BYTES = 16 * 2**30
"""A GeoPackage of the whole country has 2 GiB, an extract of Europe 30."""
MAX_TEXT_BYTES = 256 * 2**20
"""CSV, workbooks (packed) and GeoJSON: these are read whole."""
MAX_WORKBOOK_BYTES = 512 * 2**20
"""All parts of a workbook, unpacked."""
MAX_ROWS = 1_000_000
"""Rows of a table; a sheet of Excel has at most 1,048,576."""
MAX_CHARACTERS = 10_000
"""Characters of one text."""
MAX_NUMBER = 1e12
"""Larger is no figure of a region."""
MAX_PERSONS = 20_000_000
"""More than live in the country."""
MAX_CELLS = 200_000_000
"""Cells of a raster within the region: 60 by 60 km in cells of 4 m."""
