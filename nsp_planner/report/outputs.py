"""What an output is. In: nothing. Out: :class:`Output`, what it is made from, and when it is written.

An output is one folder of this package with one entry (``entry.py``): a name, what it is, who it is for, when it is
written and a function that writes it. :mod:`nsp_planner.report.register` lists the entries; the files of a run, the
manifest, the page that says what to open and the tests follow from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nsp_planner.evaluate.evaluation import Evaluation
from nsp_planner.report.options import DeliverOptions
from nsp_planner.report.run_info import OutputFile, RunInfo

PROJECT_NL = "Ook voor het project"
"""Heading, on the page that says what to open, of what is for everybody in the project."""


@dataclass(frozen=True, eq=False)
class ReportInput:
    """Everything that outputs are made from.

    Attributes:
        evaluation: Every figure of the plan.
        run_info: When and with what.
        colours: Colour number of the service area of each L-NSP; neighbours differ, in every drawing alike.
        options: What goes into the reports beside the plan; None where only map, list and GeoPackage are asked for.
        written: What was written before this output, in the order of the register.
    """

    evaluation: Evaluation
    run_info: RunInfo
    colours: Mapping[str, int]
    options: DeliverOptions | None = None
    written: tuple[Written, ...] = ()

    @property
    def asked(self) -> DeliverOptions:
        """The options, those that hold without any where none were given."""
        return self.options or DeliverOptions()


@dataclass(frozen=True, eq=False)
class Output:
    """One thing that people get; see the module's docstring.

    Attributes:
        name: Name of its folder in this package.
        description: What it is, in English, for who reads the register.
        readers_nl: Who it is for: its heading on the page that says what to open.
        when: Whether it is written, given what there is.
        write: Writes it into an existing folder; returns its files in the order in which a reader opens them.
        after_others: Whether it tells of the other files, and so is written when they are there.
    """

    name: str
    description: str
    when: Callable[[ReportInput], bool]
    write: Callable[[Path, ReportInput], tuple[OutputFile, ...]]
    readers_nl: str = PROJECT_NL
    after_others: bool = False


@dataclass(frozen=True, eq=False)
class Written:
    """An output and the files it wrote."""

    output: Output
    files: tuple[OutputFile, ...]


def always(_given: ReportInput) -> bool:
    """In every run."""
    return True


def with_report(given: ReportInput) -> bool:
    """Where all reports are asked for (``--report``)."""
    return given.options is not None


def with_proof(given: ReportInput) -> bool:
    """Where the plan is proven."""
    return given.evaluation.certificates is not None


def with_phases(given: ReportInput) -> bool:
    """Where the study has an order of opening."""
    return given.evaluation.phases is not None


def files_of(written: tuple[Written, ...]) -> tuple[OutputFile, ...]:
    """All files, in order."""
    return tuple(file for each in written for file in each.files)
