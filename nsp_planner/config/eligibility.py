"""The section [eligibility]. In: a table of a study, ``unfit.toml``. Out: rules that leave out, or ask to check."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field, field_validator, model_validator

from nsp_planner.config.base import Settings
from nsp_planner.names import did_you_mean

Provision = Literal[
    "emergency_power",
    "internet",
    "heat",
    "toilets",
    "water_food",
    "step_free",
    "first_aid_room",
    "access_24_7",
    "parking",
    "flood_safe",
]
"""A basic provision of a building; each is yes, no or unknown."""


class UnfitRule(Settings):
    """[[eligibility.rules]]: buildings that are no candidates for an L-NSP, in the form of config/unfit.toml."""

    id: str = Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")
    """Short name of the rule, as lists and reports show it."""
    reason: str = Field(min_length=1, max_length=200)
    """Why such a building is no candidate, in Dutch, as it stands in lists and reports."""
    words: tuple[str, ...] = ()
    """Words of the name, such as "bioscoop"; whole words, capitals and accents do not count."""
    kinds: tuple[str, ...] = ()
    """Words of the kind of building, likewise."""
    unless: tuple[str, ...] = ()
    """Words of the name that make the building fit after all, such as "kulturhus"."""
    of: Literal["building", "row"] = "building"
    """"building": the building goes with all its rows; "row": that row is no building, other rows there count."""
    then: Literal["leave_out", "check"] = "leave_out"
    """"leave_out": it is no candidate; "check": it stays one, and every output says that it must be checked and why."""
    example: str = ""
    """A name, or a kind, that it fits, for readers."""

    @model_validator(mode="after")
    def _matches_something(self) -> UnfitRule:
        if not any(word.strip() for word in (*self.words, *self.kinds)):
            raise ValueError("a rule needs words or kinds that it matches")
        if self.then == "check" and self.of == "row":
            raise ValueError('then = "check" is for of = "building": a row that is no building is left out')
        return self


class RoomRule(Settings):
    """How rows that are a room of a building are told: a word and a number, or 1/2, at the end of the name."""

    id: str
    words: tuple[str, ...]
    reason: str
    example: str = ""


class UnfitFile(Settings):
    """What ``unfit.toml`` holds: the rules in the order in which they are tried, and how rooms are told."""

    rules: tuple[UnfitRule, ...]
    rooms: RoomRule


@cache
def published_rules() -> UnfitFile:
    """The rules that come with the planner."""
    text = resources.files(__package__).joinpath("unfit.toml").read_text(encoding="utf-8")
    return UnfitFile.model_validate(tomllib.loads(text))


FLOOR_AREA_RULE, PROVISION_RULE = "vloeroppervlak", "voorziening"
"""Ids of what a study asks of a building itself."""


class Eligibility(Settings):
    """[eligibility]: which buildings of the lists may become an L-NSP.

    Buildings that a rule fits are left out and shown with the rule. What is fixed in [decisions], and what is fixed or
    preferred by its status, stays: the contradiction is told.
    """

    off: tuple[str, ...] = ()
    """Rules of the planner that this study does not use, such as ["bioscoop", "zorginstelling"]."""
    rules: tuple[UnfitRule, ...] = ()
    """Rules of this study beside those of the planner, in the same form; one with the same id replaces it."""
    min_floor_area_m2: float = Field(default=0, ge=0, le=100_000)
    """Least floor area in square metres; a building of which it is known to be smaller is left out, one of which it is
    not known stays. 0 asks for nothing."""
    required: tuple[Provision, ...] = ()
    """Provisions without which a building is no candidate, such as ["toilets"]; one that says no is left out, one of
    which it is not known stays."""

    @field_validator("off")
    @classmethod
    def _are_rules(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        file = published_rules()
        known = [*(rule.id for rule in file.rules), file.rooms.id]
        for name in names:
            if name not in known:
                raise ValueError(f"there is no rule {name!r}: {did_you_mean(name, known, ', '.join(known))}")
        return names

    @field_validator("rules")
    @classmethod
    def _each_once(cls, rules: tuple[UnfitRule, ...]) -> tuple[UnfitRule, ...]:
        ids = [rule.id for rule in rules]
        reserved = {published_rules().rooms.id, FLOOR_AREA_RULE, PROVISION_RULE}
        if double := sorted({each for each in ids if ids.count(each) > 1 or each in reserved}):
            raise ValueError(f"these ids of rules are taken: {', '.join(double)}")
        return rules

    @property
    def rules_in_force(self) -> tuple[UnfitRule, ...]:
        """The rules that leave buildings out here, in the order in which they are tried: those of the study first."""
        return tuple(rule for rule in self._every_rule if rule.then == "leave_out")

    @property
    def checks_in_force(self) -> tuple[UnfitRule, ...]:
        """The rules that ask to check a building, in the same order."""
        return tuple(rule for rule in self._every_rule if rule.then == "check")

    @property
    def _every_rule(self) -> tuple[UnfitRule, ...]:
        own = {rule.id for rule in self.rules}
        kept = (rule for rule in published_rules().rules if rule.id not in {*self.off, *own})
        return (*self.rules, *kept)

    @property
    def rooms(self) -> RoomRule | None:
        """How rooms are told; None where that is switched off."""
        rooms = published_rules().rooms
        return None if rooms.id in self.off else rooms
