"""The page of published columns. In: their specification. Out: docs/columns.md.

``make docs`` writes it. What an output has follows from the same specification, so page and files cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nsp_planner.report.columns import sites
from nsp_planner.report.columns.column import Column
from nsp_planner.report.columns.layers import LAYERS
from nsp_planner.report.columns.places import PLACES
from nsp_planner.report.text.units import DECIMALS, Unit

PAGE = Path(__file__).resolve().parents[2] / "docs" / "columns.md"
UNITS: dict[Unit, str] = {"flag": "true or false", "sites": "count", "m": "metres", "share": "share (1 is all)",
                          "number": "", "plain": ""}  # fmt: skip
INTRODUCTION = f"""# Published columns

Every column of the candidate list, the GeoPackage and the GeoJSON files, made by `make docs` from
`nsp_planner/report/columns`, from which the files follow too. Names and labels are Dutch, as readers see them. In lists
and GeoJSON persons and metres are whole and shares have {DECIMALS} decimals; the GeoPackage has them as computed.
Missing is empty (null), never 0.
"""


def page() -> str:
    """The page."""
    parts = [INTRODUCTION, "## Candidate list: `kandidatenlijst.csv`, `kandidatenlijst.xlsx`\n", table(sites.LIST)]
    parts.append("The CSV has a last column `Let op`: what every output must say.\n")
    parts += ["## List per place: `noodsteunpunten-per-plaats.csv`, `noodsteunpunten-per-plaats.xlsx`\n", table(PLACES)]
    parts.append("## GeoPackage: `plan.gpkg`\n")
    for name, columns in LAYERS.items():
        parts += [f"### Layer `{name}`\n", table(columns)]
    parts.append("## GeoJSON: `noodsteunpunten.geojson`, `verzorgingsgebieden.geojson`\n")
    for title, columns in (
        ("L-NSPs", sites.LNSP_FEATURE),
        ("C-NSPs", sites.CNSP_FEATURE),
        ("Service areas", sites.AREA_FEATURE),
        ("Public version, points", sites.PUBLIC_FEATURE),
        ("Public version, service areas", sites.AREA_FEATURE),
    ):
        parts += [f"### {title}\n", table(columns)]
    return "\n".join(parts).rstrip() + "\n"


def table(columns: Sequence[Column]) -> str:
    """Columns as a table in Markdown."""
    lines = ["| name | label | unit |", "| --- | --- | --- |"]
    for column in columns:
        where = " (where the study has it)" if column.optional else ""
        lines.append(f"| `{column.name}` | {column.label}{where} | {UNITS.get(column.unit, column.unit)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
