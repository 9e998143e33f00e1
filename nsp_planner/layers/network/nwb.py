"""Nationaal Wegenbestand (NWB) in the words of OpenStreetMap. In: columns of NWB. Out: tags the profiles understand.

NWB has roads with a street name or number; solitary foot and cycle paths are in it only in part, so walking on NWB
overstates distances through parks and along ditches. Codes: NDW, NWB basisstructuur, baansubsoort (BST_CODE),
wegbeheerdersoort (WEGBEHSRT) and rijrichting (RIJRICHTNG).
"""

from __future__ import annotations

from collections.abc import Mapping

NWB_COLUMNS = ("wvk_id", "bst_code", "wegbehsrt", "rijrichtng", "stt_naam")
"""Columns used, in lower case; a layer with wvk_id is NWB."""

HIGHWAY_OF_BST: Mapping[str, str] = {
    "FP": "cycleway",
    "VP": "footway",
    "VZ": "pedestrian",
    "RP": "bridleway",
    "ERF": "living_street",
    "BU": "busway",
    "BUS": "busway",
    "OVB": "busway",
    "VV": "runway",
    "CADO": "emergency_bay",
    "OPR": "motorway_link",
    "AFR": "motorway_link",
    "PST": "motorway_link",
    "VBD": "motorway_link",
    "VBI": "motorway_link",
    "VBS": "motorway_link",
    "VBR": "motorway_link",
    "VBK": "motorway_link",
    "VBW": "motorway_link",
    "TN": "motorway_link",
    "PP": "service",
    "PC": "service",
    "PR": "service",
    "PKP": "service",
    "PKB": "service",
    "BST": "service",
    "VWG": "unclassified",
    "PAR": "unclassified",
    "DST": "unclassified",
}
"""Baansubsoort to highway; codes that are not here follow the manager of the road."""

HIGHWAY_OF_MANAGER: Mapping[str, str] = {"R": "motorway", "P": "secondary"}
"""Wegbeheerdersoort to highway: main carriageways of the state are closed to walkers and cyclists, as a rule."""

ONEWAY_OF_DIRECTION: Mapping[str, str] = {"H": "yes", "T": "-1"}
"""Rijrichting: with (heen) or against (terug) the drawing; B or empty is both."""


def tags_from_nwb(row: Mapping[str, str]) -> dict[str, str]:
    """OSM tags of one wegvak; keys of ``row`` in lower case, missing values as ""."""
    code = row.get("bst_code", "").strip().upper()
    if code == "VD":
        return {"route": "ferry", "motor_vehicle": "yes"}
    default = HIGHWAY_OF_MANAGER.get(row.get("wegbehsrt", "").strip().upper(), "residential")
    tags = {"highway": HIGHWAY_OF_BST.get(code, default)}
    if oneway := ONEWAY_OF_DIRECTION.get(row.get("rijrichtng", "").strip().upper()):
        tags["oneway"] = oneway
    if code in ("NRB", "MRB", "TRB", "GRB"):
        tags["junction"] = "roundabout"
        tags.setdefault("oneway", "yes")
    return tags
