"""Preferred kinds of building. In: candidates and a study. Out: which of them are fixed and which refused for it.

A gemeente may want its kulturhusen or churches first. Rule, the same for every gemeente: with as many buildings of the
preferred kinds as L-NSPs or more, all other kinds are refused there; with fewer, all of the preferred ones are fixed
and the rest is chosen freely. Nothing is weighed against metres, so it can be explained in a council. With
``decisions.preferred_kinds_m`` it is a wish instead: other kinds count as so many metres farther.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from nsp_planner.config import Study
from nsp_planner.costs.matrix import FloatArray, IntArray
from nsp_planner.errors import Faults, SettingsError
from nsp_planner.layers.tables import Layers
from nsp_planner.names import did_you_mean
from nsp_planner.plan.instance import BoolArray


def prefer_kinds(
    layers: Layers, study: Study, sites: gpd.GeoDataFrame, per_gemeente: IntArray, fixed: BoolArray, refused: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Fixed and refused sites with ``decisions.preferred_kinds`` in them.

    Args:
        layers: The checked tables.
        study: The settings.
        sites: Candidate L-NSPs, m rows.
        per_gemeente: L-NSPs per gemeente by the ratio, in the order of the calibration table.
        fixed: Shape (m,), fixed already; a fixed site stays, whatever its kind, and counts.
        refused: Shape (m,), refused already.

    Raises:
        SettingsError: A gemeente is not of the region, or none of its candidates is of the kinds wanted; also where
            preferring is only a wish, which neither fixes nor refuses.
    """
    fixed, refused, faults = fixed.copy(), refused.copy(), Faults()
    quota = dict(zip(layers.calibration["area_code"], per_gemeente.tolist(), strict=True))
    gemeente, kind = sites["gemeente_code"].to_numpy(), sites["kind"].to_numpy()
    for code, kinds in study.decisions.preferred_kinds.items():
        key = f"decisions.preferred_kinds.{code}"
        if code not in quota:
            known = ", ".join(map(str, quota))
            faults.add("study", f"{code} is not a gemeente of the region", f"known: {known}", column=key)
            continue
        here = (gemeente == code) & ~refused
        known_kinds = sorted({str(name) for name in kind[here]})
        for name in kinds:
            if name not in known_kinds:
                fix = did_you_mean(name, known_kinds, f"kinds here: {', '.join(known_kinds)}")
                faults.add("study", f"no candidate in {code} is of the kind {name!r}", fix, column=key)
        if study.decisions.preferred_kinds_m is not None:
            continue
        wanted = here & np.isin(kind, np.asarray(kinds, dtype=object)) & ~fixed
        others = here & ~wanted & ~fixed
        places = quota[code] - int((fixed & here).sum())
        if int(wanted.sum()) >= places:
            refused |= others
        else:
            fixed |= wanted
    faults.raise_if_any(SettingsError)
    return fixed, refused


def kind_penalty_m(layers: Layers, study: Study) -> FloatArray:
    """Metres that count extra on the way to each row of ``layers.sites`` because another kind is preferred there."""
    extra_m, decisions = np.zeros(len(layers.sites)), study.decisions
    gemeente, kind = layers.sites["gemeente_code"].to_numpy(), layers.sites["kind"].to_numpy()
    for code, kinds in decisions.preferred_kinds.items() if decisions.preferred_kinds_m is not None else ():
        extra_m[(gemeente == code) & ~np.isin(kind, np.asarray(kinds, dtype=object))] = decisions.preferred_kinds_m
    return extra_m
