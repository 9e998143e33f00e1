"""What a plan was made to be good at, in Dutch. In: the goal. Out: words, the value with its unit."""

from __future__ import annotations

from nsp_planner.evaluate.solved.goal import Goal
from nsp_planner.report.text.dutch import metres_nl, number_nl, percent_nl, proof_nl

PROVEN_OF_BOTH_NL = "bewezen van de regio en haar buren samen, niet van de regio alleen"
"""What value, bound and gap are of where the neighbours are planned with the region."""


def local_proof_nl(goal: Goal) -> str:
    """What is proven of the choice of L-NSPs, and of whom where that is not the region alone."""
    told = proof_nl(goal.lnsp.proof)
    return told if goal.own_value is None else f"{told} ({PROVEN_OF_BOTH_NL})"


def proof_sentences_nl(goal: Goal) -> list[str]:
    """A sentence for each level, in the same words."""
    levels = (("L-NSP's", local_proof_nl(goal)), ("C-NSP's", proof_nl(goal.cnsp.proof)))
    best = "bewezen het best mogelijke plan"
    return [f"De keuze van de {name} is {told.replace(best, 'bewezen de best mogelijke')}." for name, told in levels]


def objective_nl(goal: Goal) -> str:
    """What was looked for, to follow "gezocht is" or to stand alone."""
    return goal.objective.objective_nl(goal.instance, _share_nl)


def _share_nl(share: float) -> str:
    return percent_nl(share, 0 if (100 * share) % 1 < 1e-9 else 1)


def unit_nl(goal: Goal) -> str:
    """Unit in which a worse plan is worse; it says when persons or metres are weighed."""
    words = goal.objective.words
    return f"gewogen {words.worse_nl}" if words.weighs_persons and goal.is_weighted else words.worse_nl


def weighed_nl(goal: Goal) -> str:
    """What "gewogen" stands for in this plan; empty where nothing is."""
    parts = []
    if goal.weighs_inhabitants:
        parts.append("sommige inwoners tellen zwaarder mee")
    if goal.weighs_neighbours:
        parts.append("inwoners van de buren tellen anders mee dan die van de regio")
    if goal.crossing_m is not None:
        parts.append(f"wie de regiogrens overgaat telt als {metres_nl(goal.crossing_m)} verder")
    elif goal.most_extra_m is not None:
        most = metres_nl(goal.most_extra_m)
        parts.append(f"gebouwen die minder gewenst zijn tellen als verder weg (ten hoogste {most})")
    return f"Gewogen: {' en '.join(parts)}. Loopafstanden zijn altijd de werkelijke." if parts else ""


def reached_nl(goal: Goal) -> str:
    """The value of the objective with its unit."""
    words, own = goal.objective.words, goal.shown_own_value
    weighed = "gewogen " if words.weighs_persons and goal.is_weighted else ""
    if own is None:
        priced = ", met de meters die extra tellen" if words.in_metres and goal.most_extra_m is not None else ""
        return f"{number_nl(goal.shown_value)} {weighed}{words.unit_nl}{priced}"
    return f"{number_nl(own)} {weighed}{words.unit_nl}; met de mensen van de buren {number_nl(goal.shown_value)}"
