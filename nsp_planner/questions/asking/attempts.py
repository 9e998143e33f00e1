"""Plans that are tried for an answer. In: what makes a plan. Out: the plan, or why there is none; what was refused.

The one place of a question that goes on after a plan was refused by the check: a refused plan is a result of its own,
named with its reason and counted, never "no plan possible", and no figure is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from nsp_planner.errors import Fault, NoPlanError, VerificationError
from nsp_planner.names import agreeing_nl, counted_nl
from nsp_planner.report.answers.answer import Answer, AnswerTable, Column
from nsp_planner.report.text.no_plan import refused_why_nl

Made = TypeVar("Made")


@dataclass(frozen=True)
class RefusedPlan:
    """A plan that did not pass the check: what it was for, in Dutch, and the faults found."""

    name_nl: str
    faults: tuple[Fault, ...]

    def labelled(self) -> tuple[Fault, ...]:
        """The faults, each with the name of the plan."""
        return tuple(replace(fault, column=self.name_nl, refused=True) for fault in self.faults)


@dataclass(frozen=True)
class Attempt(Generic[Made]):
    """What was made, or None and the faults that say why not; the first one is marked where a plan was refused."""

    made: Made | None
    faults: tuple[Fault, ...] = ()

    @property
    def fault(self) -> Fault | None:
        """Why there is nothing; None where there is."""
        return self.faults[0] if self.faults else None


@dataclass
class Attempts:
    """The plans tried for one answer, with every one that was refused."""

    refused: list[RefusedPlan] = field(default_factory=list)

    def make(self, name_nl: str, make: Callable[[], Made]) -> Attempt[Made]:
        """Make and verify a plan; why there is none where none is possible or found, and where it was refused.

        Args:
            name_nl: What the plan is for, for readers.
            make: Makes and verifies it.
        """
        try:
            return Attempt(make())
        except NoPlanError as error:
            return Attempt(None, error.faults)
        except VerificationError as error:
            self.refused.append(RefusedPlan(name_nl, error.faults))
            return Attempt(None, tuple(replace(fault, refused=True) for fault in error.faults))


def with_refused(answer: Answer, refused: Sequence[RefusedPlan]) -> Answer:
    """The answer with a sentence and a table of the plans that were refused; as it is where none was."""
    if not refused:
        return answer
    n = len(refused)
    is_, counts = agreeing_nl(n, "is", "zijn"), agreeing_nl(n, "telt", "tellen")
    counted = f"{counted_nl(n, 'plannen')} {is_} geweigerd door de controle en {counts}"
    sentence = f"Let op: {counted} nergens in mee (zie de tabel 'Geweigerd door de controle'). Meld dit."
    rows = tuple(
        (plan.name_nl, refused_why_nl(plan.faults[0]), "; ".join(fault.message for fault in plan.faults))
        for plan in refused
    )
    table = AnswerTable(
        "geweigerd",
        "Geweigerd door de controle",
        (Column("Plan"), Column("Geweigerd, want"), Column("Melding van de controle (Engels)")),
        rows,
        "Een geweigerd plan is niet hetzelfde als 'geen plan mogelijk': er is een fout in het rekenprogramma.",
    )
    return replace(answer, conclusion=f"{sentence} {answer.conclusion}", tables=(*answer.tables, table))
