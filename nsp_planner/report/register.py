"""The register of outputs. In: nothing. Out: every output, in the order in which a reader finds them.

A new output is a folder with an ``entry.py`` and one line here; its files are then written, listed in the manifest and
on the page that says what to open, and asked for by the tests.
"""

from __future__ import annotations

from nsp_planner.report.board.entry import BOARD
from nsp_planner.report.cards.entry import CARDS
from nsp_planner.report.cnsp_pack.entry import CNSP_PACK
from nsp_planner.report.geojson.entry import GEOJSON
from nsp_planner.report.geopackage.entry import GEOPACKAGE
from nsp_planner.report.list.entry import LIST
from nsp_planner.report.manifest.entry import MANIFEST
from nsp_planner.report.map.entry import MAP
from nsp_planner.report.outputs import Output
from nsp_planner.report.packs.entry import PACKS
from nsp_planner.report.places.entry import PLACES
from nsp_planner.report.proof.entry import PROOF
from nsp_planner.report.public.entry import PUBLIC
from nsp_planner.report.start.entry import START

OUTPUTS: tuple[Output, ...] = (
    START,
    MAP,
    LIST,
    GEOPACKAGE,
    BOARD,
    PLACES,
    GEOJSON,
    PACKS,
    CNSP_PACK,
    CARDS,
    PUBLIC,
    PROOF,
    MANIFEST,
)
