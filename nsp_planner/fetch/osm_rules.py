"""Which OpenStreetMap objects are candidates. In: the tags of one object. Out: its rule, or why it is left out.

The rules are the table ``osm_rules.toml`` (explained in docs/sources.md); this module only applies it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from nsp_planner.fetch.lockfile import digest

MAIN_KEYS = ("amenity", "leisure", "building")
IN_USE_KEYS = ("amenity", "leisure")
UNUSED = "niet meer in gebruik"
PLANNED = "nog niet gebouwd"


@dataclass(frozen=True)
class Rule:
    """One kind of building: rank (lower goes first), Dutch name, role (``lnsp`` or ``cnsp``), tags and names."""

    rank: int
    kind: str
    role: str
    tags: frozenset[tuple[str, str]]
    also: frozenset[tuple[str, str]]
    unless: frozenset[tuple[str, str]]
    names: re.Pattern[str] | None

    @property
    def by_name_only(self) -> bool:
        """Whether only the name gives this kind (kulturhus, dorpshuis): surer than any tag."""
        return not self.tags


@dataclass(frozen=True)
class Rules:
    """The whole table; ``digest`` changes when any rule does."""

    kinds: tuple[Rule, ...]
    minimum_footprint_m2: float
    snap_m: float
    unused_keys: frozenset[str]
    unused_prefixes: tuple[str, ...]
    unused_buildings: frozenset[str]
    planned_prefixes: tuple[str, ...]
    planned_buildings: frozenset[str]
    shared_buildings: frozenset[str]
    provisions: Mapping[str, Mapping[str, Mapping[str, str]]]
    digest: str


@cache
def candidate_rules() -> Rules:
    """The rules of ``osm_rules.toml``."""
    text = (resources.files(__package__) / "osm_rules.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    kinds = tuple(
        Rule(
            rank=rank,
            kind=entry["kind"],
            role=entry.get("role", "lnsp"),
            tags=_pairs(entry.get("tags", [])),
            also=_pairs(entry.get("also", [])),
            unless=_pairs(entry.get("unless", [])),
            names=_words(entry.get("names", [])),
        )
        for rank, entry in enumerate(raw["kind"])
    )
    return Rules(
        kinds=kinds,
        minimum_footprint_m2=float(raw["minimum_footprint_m2"]),
        snap_m=float(raw["snap_m"]),
        unused_keys=frozenset(raw["unused_keys"]),
        unused_prefixes=tuple(raw["unused_prefixes"]),
        unused_buildings=frozenset(raw["unused_buildings"]),
        planned_prefixes=tuple(raw["planned_prefixes"]),
        planned_buildings=frozenset(raw["planned_buildings"]),
        shared_buildings=frozenset(raw["shared_buildings"]),
        provisions=MappingProxyType(raw["provisions"]),
        digest=digest(text),
    )


def find_rule(tags: Mapping[str, str], rules: Rules) -> Rule | None:
    """The first rule that fits the tags of an object, whether it is in use or not."""
    name, is_building = tags.get("name", ""), tags.get("building", "no") != "no"
    tagged = next((rule for rule in rules.kinds if _fits(tags, rule)), None)
    # A bus stop or street may be called after a dorpshuis: only buildings and what has a tag go by their name.
    if name and (is_building or tagged is not None):
        named = next((rule for rule in rules.kinds if rule.names is not None and rule.names.search(name)), None)
        if named is not None and (tagged is None or named.rank < tagged.rank):
            return named
    return tagged


def why_unused(tags: Mapping[str, str], rules: Rules) -> str | None:
    """Why an object that fits a rule is not in use, in Dutch; ``None`` when it is.

    ``disused:amenity=place_of_worship`` with ``amenity=community_centre`` is a church that became something else: in
    use. Without a living amenity or leisure the building stands empty.
    """
    building = tags.get("building")
    if any(tags.get(key, "no") != "no" for key in rules.unused_keys) or building in rules.unused_buildings:
        return UNUSED
    if building in rules.planned_buildings:
        return PLANNED
    if any(key in tags for key in IN_USE_KEYS):
        return None
    if _main_tags(tags, rules.unused_prefixes):
        return UNUSED
    return PLANNED if _main_tags(tags, rules.planned_prefixes) else None


def find_unused_rule(tags: Mapping[str, str], rules: Rules) -> Rule | None:
    """The rule an object would fit if its ``disused:`` and like tags held now, so that it can be counted."""
    other = _main_tags(tags, (*rules.unused_prefixes, *rules.planned_prefixes))
    return find_rule({**tags, **other}, rules) if other else None


def looked_at_keys(rules: Rules) -> tuple[str, ...]:
    """Every key an object must have one of to be looked at."""
    prefixes = (*rules.unused_prefixes, *rules.planned_prefixes)
    return (*MAIN_KEYS, "name", *(f"{prefix}:{key}" for prefix in prefixes for key in MAIN_KEYS))


def provisions_of(tags: Mapping[str, str], rules: Rules) -> dict[str, str]:
    """Provisions an object's tags state: ``yes`` or ``no``; what they do not state is not in the result."""
    found: dict[str, str] = {}
    for provision, by_key in rules.provisions.items():
        answers = [by_value[tags[key]] for key, by_value in by_key.items() if tags.get(key) in by_value]
        if answers:
            found[provision] = answers[0]
    return found


def _main_tags(tags: Mapping[str, str], prefixes: tuple[str, ...]) -> dict[str, str]:
    """The tags behind a prefix, under the key itself."""
    return {key: tags[f"{prefix}:{key}"] for key in MAIN_KEYS for prefix in prefixes if f"{prefix}:{key}" in tags}


def _fits(tags: Mapping[str, str], rule: Rule) -> bool:
    if not any(tags.get(key) == value for key, value in rule.tags):
        return False
    if any(tags.get(key) != value for key, value in rule.also):
        return False
    return not any(value in re.split(r"\s*;\s*", tags.get(key, "")) for key, value in rule.unless)


def _pairs(texts: list[str]) -> frozenset[tuple[str, str]]:
    return frozenset((key, value) for key, _, value in (text.partition("=") for text in texts))


def _words(names: list[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)
