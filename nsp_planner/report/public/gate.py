"""The publish gate. In: a folder written for the public, and the plan. Out: a refusal, if need be.

It knows nothing of the code that wrote the files: it reads their text back (CSV, JSON, HTML, every cell of a workbook,
every page of a PDF) and looks for what may not be there:

- the id, name or address of a site that may not be published;
- any text that stands, for whatever site, in a column that is not public (reason, owner, contact, source row, ...);
- anything that looks like a telephone number or an e-mail address;
- words of the working version: CONCEPT, a status, emergency power.

Text that is public by right (a name of a published site, a place, the title of the
study, whose data it is) is not held against a file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterable
from html import unescape
from pathlib import Path

import pandas as pd

from nsp_planner.errors import Faults, VerificationError
from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.layers.sites.vocabulary import STATION_COLUMNS
from nsp_planner.report.paper.pdf import printable
from nsp_planner.report.text.dutch import CONCEPT, GAP_LABELS, attribution_nl, is_missing

PUBLIC_COLUMNS = ("site_id", "name", "kind", "gemeente_code", "address", "place")
"""Columns of the table of sites that anyone may see, of a site that may be published."""

_NUMBERS = ("capacity_persons", "capacity_present", "floor_area_m2")
CODE_COLUMNS = ("source", "status", "can_be_lnsp", "can_be_cnsp", *_NUMBERS, "geometry", *STATION_COLUMNS)
"""Columns without secrets in their own words: they hold codes, numbers, years or everyday words that a text of the
public version may hold too, or words that are looked for apart."""

PHONE = re.compile(r"(?<![\d.,-])(?:\+31|0031|0)[\s-]?(?:\(0\))?[1-9](?:[\s-]?\d){8}(?![\d])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)
WORDS = (CONCEPT, GAP_LABELS["emergency_power"], "in gesprek", "afgevallen", "akkoord eigenaar")
LEAST_LETTERS = 4
"""Shorter texts occur by chance."""


def verify_public(folder: Path, evaluation: Evaluation, published: Collection[str]) -> None:
    """Read every file under ``folder`` and refuse what may not be public.

    Raises:
        VerificationError: Something slipped through; every file and text at once.
    """
    faults = Faults()
    secrets = _secrets(evaluation, published)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name, text = path.relative_to(folder).as_posix(), read_text(path)
        plain, squeezed = " ".join(text.split()), _squeezed(text)
        found = sorted({what for secret, what in secrets.items() if secret in squeezed})
        found += [f"a telephone number: {match}" for match in sorted(set(PHONE.findall(plain)))]
        found += [f"an e-mail address: {match}" for match in sorted(set(EMAIL.findall(plain)))]
        found += [f"the word {word!r}" for word in WORDS if _squeezed(word) in squeezed]
        if found:
            faults.add(
                "public version",
                f"holds what may not be public: {'; '.join(found[:5])}",
                "take it out of the list of sites (names and addresses are published as they are), or report a fault",
                file=name,
            )
    faults.raise_if_any(VerificationError)


def read_text(path: Path) -> str:
    """All text of a file that this package writes for the public; ``ValueError`` for another kind of file."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".geojson", ".json", ".txt"):
        return path.read_text(encoding="utf-8-sig")
    if suffix == ".html":
        return unescape(re.sub(r"<style>.*?</style>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL))
    if suffix == ".pdf":
        import pypdf

        reader = pypdf.PdfReader(path)
        pages = [page.extract_text() for page in reader.pages]
        return "\n".join([*pages, *(str(value) for value in (reader.metadata or {}).values())])
    if suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            parts = [book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml")]
        # Numbers of a sheet are no text; what a cell says lies between <t> and </t>, and properties between others.
        texts = [re.sub(r"<v>[^<]*</v>", " ", part) for part in parts]
        return unescape(re.sub(r"<[^>]*>", " ", " ".join(texts)))
    raise ValueError(f"no way to read the text of {path.name}: it cannot be checked")


def _secrets(evaluation: Evaluation, published: Collection[str]) -> dict[str, str]:
    """Squeezed text that may not occur, and what it is; without text that is public by right."""
    sites = evaluation.layers.sites
    is_public = sites["site_id"].isin(list(published))
    allowed_texts = [
        evaluation.premises.title,
        evaluation.premises.region_name,
        *attribution_nl(evaluation),
        *map(str, evaluation.layers.areas["name"]),
    ]
    for column in PUBLIC_COLUMNS:
        allowed_texts += _texts(sites.loc[is_public, column])
    allowed_texts += [*_texts(sites["place"]), *_texts(sites["kind"])]
    allowed = "\n".join(_squeezed(text) for text in allowed_texts)
    secrets: dict[str, str] = {}

    def forbid(texts: Iterable[str], what: str) -> None:
        for text in texts:
            for written in {_squeezed(text), _squeezed(printable(text))}:
                if len(written) >= LEAST_LETTERS and written not in allowed:
                    secrets.setdefault(written, f"{what}: {text[:60]}")

    for column in ("site_id", "name", "address"):
        forbid(_texts(sites.loc[~is_public, column]), f"the {column} of a site that is not public")
    vocabulary = {"yes", "no", "unknown"}
    for column in sites.columns:
        if column not in (*PUBLIC_COLUMNS, *CODE_COLUMNS):
            forbid(
                (t for t in _texts(sites[column]) if t not in vocabulary), f"the column {column}, which is not public"
            )
    return secrets


def _texts(column: pd.Series) -> list[str]:
    return [str(value) for value in column if not is_missing(value) and str(value).strip()]


def _squeezed(text: str) -> str:
    """Without white space, hyphens and case: a line end inside a name does not hide it."""
    return re.sub(r"[\s\u00ad-]", "", text).casefold()
