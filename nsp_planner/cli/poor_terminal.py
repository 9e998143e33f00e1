"""Terminals and pipes that do not know every letter. In: stdout and stderr. Out: the same, that never refuse a text.

A terminal in LANG=C, an old console of Windows or a pipe there takes ASCII or some code page only. A letter that it has
not is written by the nearest one it has (e for é, - for a dash), else as a question mark.
"""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata

NEAREST = str.maketrans({"\u2013": "-", "\u2014": "-", "\u00b7": "-", "\u2022": "-", "\u2019": "'", "\u20ac": "EUR"})
HANDLER = "nsp-nearest"
LETTERS_OF_A_BYTE = "iso8859-1"


def nearest_letters(error: UnicodeError) -> tuple[str, int]:
    """What is written for letters that an encoding does not have; a handler for ``codecs.register_error``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end].translate(NEAREST)
    plain = (unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() for letter in missing)
    return "".join(letter or "?" for letter in plain), error.end


class _Ascii(io.TextIOWrapper):
    """A stream of ASCII that says it knows more: click writes UTF-8 to one that says it is ASCII."""

    def write(self, text: str, /) -> int:
        super().write(text.encode("ascii", HANDLER).decode("ascii"))
        return len(text)


def know_every_letter() -> None:
    """Make stdout and stderr take any text, where they do not."""
    codecs.register_error(HANDLER, nearest_letters)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper) or knows_every_letter(stream):
            continue
        stream.reconfigure(errors=HANDLER)
        if codecs.lookup(stream.encoding).name == "ascii":
            at_once = stream.line_buffering
            setattr(sys, name, _Ascii(stream.detach(), LETTERS_OF_A_BYTE, HANDLER, line_buffering=at_once))


def knows_every_letter(stream: object) -> bool:
    """Whether a stream takes any text as it is."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return codecs.lookup(encoding).name.startswith("utf")
