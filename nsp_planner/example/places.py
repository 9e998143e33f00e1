"""The places and facts the example is made of. In: the tables of this folder. Out: them, and a choice of gemeenten."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

MAX_SHARE_IN_PLACES = 0.97
"""At least 3 % of every gemeente lives outside its places, so that farms exist everywhere."""


@dataclass(frozen=True, eq=False)
class Region:
    """The gemeenten and places of one example.

    Attributes:
        gemeenten: code, naam, inwoners (official total, int), water (bool); one row per gemeente.
        places: naam, plaats, vorm (kern, wijk, lint or buurtschap), gemeente, x, y (metres, EPSG:28992), inwoners (int,
            scaled so that they fit the gemeente), town_persons (inhabitants of the whole plaats), kazerne.
    """

    gemeenten: pd.DataFrame
    places: pd.DataFrame


def read_region(scale: float = 1.0) -> Region:
    """The example's region, or a smaller one of whole gemeenten.

    Args:
        scale: Share of the region's inhabitants wanted, above 0 and at most 1. Gemeenten are taken in the order of
            ``gemeenten.csv``, as many as come nearest to that share, at least one.

    Raises:
        ValueError: ``scale`` is not above 0 and at most 1.
    """
    if not 0 < scale <= 1:
        raise ValueError(f"scale must be above 0 and at most 1, not {scale:g}")
    gemeenten = read_table("gemeenten.csv")
    share = gemeenten["inwoners"].cumsum() / gemeenten["inwoners"].sum()
    gemeenten = gemeenten.iloc[: int((share - scale).abs().argmin()) + 1].reset_index(drop=True)
    gemeenten["water"] = gemeenten["water"] == "ja"
    places = read_table("places.csv")
    places = places[places["gemeente"].isin(gemeenten["code"])].reset_index(drop=True)
    in_places = places.groupby("gemeente")["inwoners"].sum()
    factor = (gemeenten.set_index("code")["inwoners"] * MAX_SHARE_IN_PLACES / in_places).clip(upper=1.0)
    places["inwoners"] = np.floor(places["inwoners"] * places["gemeente"].map(factor)).astype("int64")
    places["town_persons"] = places.groupby(["gemeente", "plaats"])["inwoners"].transform("sum")
    return Region(gemeenten, places)


def read_table(name: str) -> pd.DataFrame:
    """A table of this folder."""
    with (resources.files(__package__) / name).open(encoding="utf-8") as file:
        return pd.read_csv(file, comment="#")


def read_facts(name: str) -> dict[str, Any]:
    """A TOML file of this folder."""
    return tomllib.loads((resources.files(__package__) / name).read_text(encoding="utf-8"))
