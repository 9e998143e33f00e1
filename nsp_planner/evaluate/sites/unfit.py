"""Buildings of the lists that are no candidates, counted. In: layers. Out: how many each rule left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nsp_planner.layers.tables import Layers


@dataclass(frozen=True)
class UnfitCount:
    """What one rule left out.

    Attributes:
        rule: Its id, as in ``config/unfit.toml`` or the study.
        reason: Why, in Dutch; of the first building where reasons differ (floor area).
        n_buildings: Buildings it left out.
        n_rows: Rows of the lists they stood on.
    """

    rule: str
    reason: str
    n_buildings: int
    n_rows: int


def unfit_counts(layers: Layers) -> tuple[UnfitCount, ...]:
    """What every rule left out, the one with most buildings first."""
    if layers.unfit is None:
        return ()
    counts = [
        UnfitCount(str(rule), str(rows["reason"].iloc[0]), int(rows["building_id"].nunique()), len(rows))
        for rule, rows in layers.unfit.groupby("rule")
    ]
    return tuple(sorted(counts, key=lambda count: (-count.n_buildings, count.rule)))


def unfit_reasons(site_ids: Iterable[str], rules: Iterable[str], reasons: Iterable[str]) -> dict[str, str]:
    """Per id the rule that left a building out and why, in Dutch."""
    return {site: f"regel {rule}: {reason}" for site, rule, reason in zip(site_ids, rules, reasons, strict=True)}
