"""Scenarios of the example. In: where its data stand. Out: the text of each overlay by its name."""

from __future__ import annotations

from nsp_planner.example.neighbours import ACROSS_AREAS_FILE, ACROSS_GRID_FILE, ACROSS_SITES_FILE
from nsp_planner.example.presence import BUURTEN_FILE, CAMPSITES_FILE, DAY_FILE

_SUMMER = """\
# Made-up campsites of the Voorbeeldregio. Guests are no inhabitants: the number of L-NSPs stays what it is.
title = "Zomer: gasten op campings en in Giethoorn"
sentence = "Het is een drukke zomernacht: de campings en Giethoorn zitten vol (verzonnen aantallen)."

[[inputs.guests]]
label = "campings en logies (verzonnen)"
path = "{data}{campsites}"
persons_column = "personen_zomer"
"""
_DAY = """\
# Made-up schools and business parks. As many residents leave home as are elsewhere: nobody comes from outside.
title = "Overdag: mensen op school en werk"
sentence = "Het gebeurt overdag: leerlingen en werkenden zijn niet thuis maar op school of werk (verzonnen aantallen)."

[day]
time = "day"

[[inputs.day]]
label = "scholen en bedrijventerreinen (verzonnen)"
path = "{data}{day}"
persons_column = "personen_overdag"
"""
_PER_BUURT = """\
# The same weight as kwetsbaren-dubbel, with 65+ by the percentage of each buurt instead of the counts of the grid.
title = "65-plussers per buurt tellen dubbel"
sentence = "Bij het wegen van afstanden telt een 65-plusser voor twee; het aantal is geschat per buurt."

[inputs.buurten]
path = "{data}{buurten}"

[vulnerable.buurt_percentages]
65plus = "percentage_personen_65_jaar_en_ouder"

[vulnerable.weights]
65plus = 2
"""
_STRAIGHT = """\
title = "Afstanden hemelsbreed"
sentence = "Loopafstanden zijn hemelsbreed maal een vaste omwegfactor, zonder wegen, bruggen en veren."

[distances]
method = "straight_line"
"""
_ACROSS = """\
# Made-up neighbours. Their streets are not in the made-up network: use it with `--scenario hemelsbreed`.
title = "Buren: {title}"
sentence = "{sentence}"

[inputs.neighbours.areas]
path = "{data}{areas}"

[inputs.neighbours.population]
path = "{data}{grid}"

[[inputs.neighbours.sites]]
source = "dorpshuizen"
source_nl = "Noodsteunpunten van buren (verzonnen)"
path = "{data}{sites}"
columns = {{ capacity_persons = "capaciteit_personen" }}

[neighbours]
cross_border = "{cross_border}"
"""


def scenario_texts(data: str) -> dict[str, str]:
    """The overlays on the example that need made-up data, by name; ``data`` is where the data stand, ending in "/"."""
    across = {
        "data": data,
        "areas": ACROSS_AREAS_FILE,
        "grid": ACROSS_GRID_FILE,
        "sites": ACROSS_SITES_FILE,
    }
    free = "Mensen mogen naar een noodsteunpunt over de regiogrens, in beide richtingen (verzonnen buren)."
    priced = "Over de regiogrens gaan kan, maar telt als twee kilometer extra bij het wegen (verzonnen buren)."
    return {
        "hemelsbreed": _STRAIGHT,
        "zomer": _SUMMER.format(data=data, campsites=CAMPSITES_FILE),
        "overdag": _DAY.format(data=data, day=DAY_FILE),
        "kwetsbaren-per-buurt": _PER_BUURT.format(data=data, buurten=BUURTEN_FILE),
        "buren": _ACROSS.format(title="de regiogrens telt niet", sentence=free, cross_border="on", **across),
        "buren-geprijsd": _ACROSS.format(
            title="over de grens kost twee kilometer", sentence=priced, cross_border="priced", **across
        ),
    }
