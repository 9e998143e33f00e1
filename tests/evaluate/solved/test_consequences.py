"""What circumstances did, counted by cause, role and effect."""

from __future__ import annotations

import pandas as pd

from nsp_planner.evaluate.solved.consequences import SITE_COLUMNS, Consequences


def test_buildings_are_counted_where_cause_role_and_effect_are_all_those_asked_for() -> None:
    touched = [("flood", "lnsp", "dropped")] * 2 + [
        ("power_outage", "lnsp", "dropped"), ("flood", "cnsp", "dropped"), ("flood", "lnsp", "kept"),
    ]  # fmt: skip
    rows = [("s", "S", "GM0001", role, cause, effect, True) for cause, role, effect in touched]
    facts = Consequences(("flood",), 2, 1, sites=pd.DataFrame(rows, columns=list(SITE_COLUMNS)))
    assert facts.n_sites("flood", "lnsp", "dropped") == 2
    assert facts.n_sites("flood", "lnsp", "kept") == 1
    assert facts.n_sites("power_outage", "cnsp", "kept") == 0
    assert Consequences((), 2, 1).n_sites("flood", "lnsp", "dropped") == 0
