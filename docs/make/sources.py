"""The tables of docs/sources.md. In: the registers of sources and of rules for candidates. Out: the page with both.

``make docs`` writes them. What is fetched follows from the same registers, so page and program cannot differ.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from docs.make.answers import replace_between
from nsp_planner.fetch import catalogue
from nsp_planner.fetch.catalogue import Source, known_sources

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
RULES = Path(catalogue.__file__).with_name("osm_rules.toml")
FORMATS = {"zip": "zip with one GeoPackage", "ogc": "OGC API", "pbf": ".osm.pbf", "csv": "CSV", "wmts": "tiles"}


def page(text: str) -> str:
    """A page with both tables as the registers have them now."""
    return replace_between(replace_between(text, "sources", sources_table(), PAGE), "rules", rules_table(), PAGE)


def sources_table() -> str:
    """Every source of ``sources.toml``; a star marks those a plan can do without."""
    head = "| source | what | address | format | licence | attribution | kept | tried |\n" + "| --- " * 8 + "|\n"
    return head + "\n".join(_source_row(source) for source in known_sources().values())


def _source_row(source: Source) -> str:
    star = "" if source.needed else " *"
    address = source.address or f"none that lasts: {source.page}"
    collection = f", `{source.collection}`" if source.collection else ""
    shown = address.removeprefix("https://").replace("{", "`<").replace("}", ">`")
    cells = (f"`{source.name}`{star}", source.title_nl, f"{shown}{collection}", FORMATS[source.format], source.licence,
             source.attribution, source.clip, source.verified or "never")  # fmt: skip
    return f"| {' | '.join(cells)} |"


def rules_table() -> str:
    """Every rule of ``osm_rules.toml``, in its order."""
    head = "| kind | tags (one of) | with | and not | or a word in the name |\n" + "| --- " * 5 + "|\n"
    rows = []
    for rule in tomllib.loads(RULES.read_text(encoding="utf-8"))["kind"]:
        kind = rule["kind"] + (" (C-NSP)" if rule.get("role") == "cnsp" else "")
        rows.append(
            f"| {kind} | {' | '.join(', '.join(rule.get(key, ())) for key in ('tags', 'also', 'unless', 'names'))} |"
        )
    return head + "\n".join(rows)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
