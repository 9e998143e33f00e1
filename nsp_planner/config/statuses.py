"""Status of a building and what it does to a plan. In: nothing. Out: the statuses, and the rule of each by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Status = Literal["idee", "in gesprek", "akkoord eigenaar", "pilot", "operationeel", "afgevallen"]
StatusRule = Literal["fixed", "preferred", "free", "refused"]

STATUSES: tuple[Status, ...] = get_args(Status)
"""Status of a site, from idea to operational; the words of the candidate list."""

STATUS_RULES: Mapping[Status, StatusRule] = {
    "idee": "free",
    "in gesprek": "free",
    "akkoord eigenaar": "preferred",
    "pilot": "fixed",
    "operationeel": "fixed",
    "afgevallen": "refused",
}
"""What a status does to a plan unless a study says otherwise."""
