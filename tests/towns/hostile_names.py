"""Names that try to be more than text: a script, a formula, a template, markup of the printed page, and very long."""

from __future__ import annotations

EVIL_NAMES = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://kwaad.example";"klik")',
    'Café "De Uil" \'s avonds & co 🦉 {{ 7 * 7 }} {% endraw %} ' + "lang" * 75,
    "@Kazerne </script><img src=x onerror=alert(1)>",
)
"""Names of the two L-NSPs, the candidate and the fire station that try to be more than text."""

NASTY = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://kwaad.example";"klik")',
    "#eval(\"1+1\") *vet* _schuin_ $x^2$ @ref <label> \\ // `code` 'Café' 🦉",
    "Lang " + "lang" * 74,
)
"""The same for the printed page."""
