"""The page about sources has the registers of today."""

from __future__ import annotations

from docs.make.sources import PAGE, page, rules_table, sources_table
from nsp_planner.fetch.catalogue import known_sources
from nsp_planner.fetch.osm_rules import candidate_rules


def test_the_tables_of_sources_and_rules_are_those_of_the_registers() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "sources.toml or osm_rules.toml changed: run `make docs`"


def test_no_source_and_no_rule_is_left_out() -> None:
    assert sources_table().count("\n") == len(known_sources()) + 1
    assert rules_table().count("\n") == len(candidate_rules().kinds) + 1
    assert all(f"`{name}`" in sources_table() for name in known_sources())
