"""Why a noodsteunpunt came or went, in words. In: a reason. Out: a line of Dutch."""

from __future__ import annotations

from collections.abc import Mapping

from nsp_planner.evaluate.change.change_reasons import ChangeReason, ReasonKind
from nsp_planner.report.text.dutch import number_nl, percent_nl

MOST_NAMED = 3
"""Neighbours or settings that one line names; the rest is counted."""
CHANGE_NL = {"came": "erbij", "went": "vervallen", "stayed": "blijft"}


def reason_nl(reason: ChangeReason, names: Mapping[str, str]) -> str:
    """Why it came or went, and whose people are concerned; ``names`` are those of the buildings by id."""
    return "; ".join(part for part in (_why(reason, names), _people(reason, names)) if part)


def _why(reason: ChangeReason, names: Mapping[str, str]) -> str:
    old, new = reason.old, reason.new
    because = f" ({reason.note})" if reason.note else ""
    match reason.kind:
        case ReasonKind.NEW:
            return "nieuw op de lijst"
        case ReasonKind.GONE:
            return "staat niet meer op de lijst"
        case ReasonKind.UNFIT:
            return f"geen kandidaat meer{because}"
        case ReasonKind.MERGED:
            return f"is nu één gebouw met {new}"
        case ReasonKind.WITHDRAWN:
            return f"ingetrokken: {old} werd {new}{because}"
        case ReasonKind.FREED:
            return f"doet weer mee: {old} werd {new}"
        case ReasonKind.FIXED:
            return "nu vastgelegd"
        case ReasonKind.RELEASED:
            return "niet meer vastgelegd"
        case ReasonKind.STATUS:
            return f"andere status: {old} werd {new}{because}"
        case ReasonKind.CAPACITY:
            return f"andere capaciteit: {number_nl(float(old))} werd {number_nl(float(new))}"
        case ReasonKind.MOVED:
            return f"ligt {number_nl(float(new))} m verderop dan eerst"
        case ReasonKind.FOLLOWS if reason.root is not None:
            return _follows(reason, reason.root, names)
        case ReasonKind.SETTING:
            return f"andere instelling of invoer: {_listed(reason.keys)}"
        case _:
            return f"geen aanwijsbare oorzaak: binnen de marge van het bewijs ({_margin(reason.gap)})"


def _follows(reason: ChangeReason, root: ChangeReason, names: Mapping[str, str]) -> str:
    over = f", via {_listed([names.get(site, site) for site in reason.via])}" if reason.via else ""
    if reason.role == "cnsp":
        verb = {"came": "erbij kwam", "went": "verviel"}.get(root.change, "wijzigde")
        return f"volgt uit de L-NSP's die het aanstuurt: {root.name} {verb}"
    return f"volgt uit {root.name} ({root.gemeente_name}): {_why(root, names)}{over}"


def _people(reason: ChangeReason, names: Mapping[str, str]) -> str:
    if not reason.people:
        return ""
    shown = [f"{names.get(site, site)} ({number_nl(persons)})" for site, persons in reason.people[:MOST_NAMED]]
    more = f" en {len(reason.people) - MOST_NAMED} andere" if len(reason.people) > MOST_NAMED else ""
    verb = "inwoners komen van" if reason.change == "came" else "inwoners gaan naar"
    return f"{verb} {', '.join(shown)}{more}"


def _listed(words: tuple[str, ...] | list[str]) -> str:
    more = f" en {len(words) - MOST_NAMED} andere" if len(words) > MOST_NAMED else ""
    return ", ".join(words[:MOST_NAMED]) + more


def _margin(gap: float) -> str:
    return percent_nl(gap, 2) if gap != float("inf") else "er is niets bewezen"
