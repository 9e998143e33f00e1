"""Colours of every map. In: the resolution of the squares. Out: classes and colours, safe for colour-blind readers.

Counts are drawn in cividis (Nuñez, Anderton and Renslow 2018: one order for every kind of colour vision), service
areas in tints of the palette of Okabe and Ito (2008). Sites differ by shape and letter as well as by colour.
"""

from __future__ import annotations

from itertools import pairwise

POPULATION_COLOURS = ("#e9d352", "#b9ac70", "#848279", "#4f596d", "#07224e")
"""Few to many inhabitants per square."""

POPULATION_BREAKS = {100: (15, 30, 60, 100), 500: (50, 200, 500, 1500)}
"""Lowest count of the second and later classes, per side of a square in metres."""

SECOND_BREAKS_M = (1_000, 2_500, 5_000)
"""Distances in metres at which the classes of the second nearest L-NSP part."""

SECOND_COLOURS = ("#e9d352", "#a69d75", "#575d6d", "#07224e")
"""Near to far from the second nearest L-NSP, in cividis; who has none within reach is in the last class."""

AREA_COLOURS = ("#56b4e9", "#e69f00", "#cc79a7", "#009e73", "#9aa5b1", "#0072b2", "#f0e442", "#8c6d31")
"""Service areas; neighbours differ, and a line runs between them."""

LNSP_COLOUR = "#c43e00"
CNSP_COLOUR = "#14324f"
CANDIDATE_COLOUR = "#4a4a4a"
WATER_COLOUR, POWER_COLOUR, CLOSED_COLOUR, BARRIER_COLOUR = "#0072b2", "#7a3b8f", "#b00020", "#111827"
"""Land under water, land without power, closed links, barriers; each has its own pattern too."""
BEYOND_NORM_COLOUR = "#c2185b"
BORDER_COLOUR = "#7d4f8e"

CAME_COLOUR, WENT_COLOUR, STAYED_COLOUR, FLOW_COLOUR = "#0072b2", "#c43e00", "#6b7280", "#7a3b8f"
"""Sites that come, go and stay in a compared plan, and who goes elsewhere."""
NEARER_COLOUR, FARTHER_COLOUR, ELSEWHERE_COLOUR = CAME_COLOUR, WENT_COLOUR, STAYED_COLOUR
"""Squares that walk nearer, farther, or as far to another site; the second is hatched too."""
COMPARED_BORDER_COLOUR = "#4b5563"
BACKDROP_WATER_COLOUR = "#8fbfdc"
STREET_COLOUR, LOCAL_ROAD_COLOUR, MAIN_ROAD_COLOUR, MOTORWAY_COLOUR = "#8a8f96", "#7b8088", "#7d828a", "#4d5259"


def population_breaks(resolution_m: int) -> tuple[int, ...]:
    """Class breaks for squares of this side; those of the nearest known side for another."""
    return POPULATION_BREAKS[min(POPULATION_BREAKS, key=lambda side: abs(side - resolution_m))]


def class_labels(breaks: tuple[int, ...]) -> list[str]:
    """Dutch labels of the classes: minder dan 15, 15 tot 30, ..., 100 of meer."""
    between = [f"{low} tot {high}" for low, high in pairwise(breaks)]
    return [f"minder dan {breaks[0]}", *between, f"{breaks[-1]} of meer"]


def second_labels() -> list[str]:
    """Dutch labels of the classes of the second nearest L-NSP."""
    edges = [f"{metres / 1000:g}".replace(".", ",") for metres in SECOND_BREAKS_M]
    between = [f"{low} tot {high} km" for low, high in pairwise(edges)]
    return [f"minder dan {edges[0]} km", *between, f"{edges[-1]} km of verder, of geen"]
