"""What is in a PDF. In: a file. Out: its text per page and what it says about itself."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("typst", reason="PDFs need typst")
pypdf = pytest.importorskip("pypdf", reason="PDFs are read back with pypdf")


def page_texts(path: Path) -> list[str]:
    """Text of every page, white space as single spaces."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]


def squeezed(text: str) -> str:
    """Text without any white space and hyphens, so that line ends inside a word do not matter."""
    return "".join(text.split()).replace("-", "").replace("\u00ad", "")


def is_tagged_pdf_ua(path: Path) -> bool:
    """Whether the PDF is tagged, has Dutch as language, a title to show, and says that it is PDF/UA-1."""
    reader = pypdf.PdfReader(path)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("nl")
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    return b"pdfuaid:part>1<" in root["/Metadata"].get_data()
