"""The study file of the example. In: where its data stand. Out: the text of ``voorbeeld.toml``."""

from __future__ import annotations

from collections.abc import Sequence

from nsp_planner.example.cbs import AREAS_FILE, GRID_FILE, TOTALS_FILE
from nsp_planner.layers.sites.vocabulary import GAP_COLUMNS
from nsp_planner.norms import Norms

SOURCE = "voorbeeld"
"""Source of the candidates; their ids begin with it."""
SITES_FILE = "kandidaten_voorbeeld.csv"
STATIONS_FILE = "brandweerkazernes_voorbeeld.csv"
STREETS_FILE = "straten_voorbeeld.osm.pbf"
STUDY_FILE = "voorbeeld.toml"

PROVISIONS = (
    "noodstroom",
    "internet",
    "verwarming",
    "toiletten",
    "water_en_eten",
    "drempelvrij",
    "ehbo_ruimte",
    "dag_en_nacht_open",
    "parkeren",
    "hoogwatervrij",
)
"""Dutch columns of the provisions in the candidate file, in the order of ``layers.sites.vocabulary.GAP_COLUMNS``."""

_TEMPLATE = """\
# A study: everything one plan is made from. This one plans the "Voorbeeldregio": made-up data on the true places of
# IJsselland, so that every part of nsp_planner can be seen at work. No statement about IJsselland follows from it.
# Copy this file to start a study of your own; `nsp-planner settings` explains every key.
# Paths are relative to this file.

title = "Voorbeeldregio: eerste plan (illustratie)"
illustration = true          # every map, list and table then says that it is an illustration
output = "{output}"

[region]
name = "Voorbeeldregio"
gemeenten = []               # empty: all gemeenten in the areas file; or for instance ["GM0148", "GM0175"]

# Population: CBS vierkantstatistieken, the zip as CBS ships it (or the GeoPackage in it).
[inputs.population]
path = "{data}{grid}.zip"

# Official inhabitants per gemeente: the squares are brought up to these totals.
[inputs.totals]
path = "{data}{totals}"

# Boundaries of the gemeenten, as in the CBS gebiedsindelingen.
[inputs.areas]
path = "{data}{areas}"

# Candidate buildings: any CSV, Excel, GeoPackage or GeoJSON; say which column holds what.
[[inputs.sites]]
source = "{source}"
source_nl = "Voorbeeldregio (verzonnen gebouwen)"
path = "{data}{sites}"
can_be = ["lnsp"]

[inputs.sites.columns]
id = "nummer"
name = "naam"
kind = "soort"
address = "adres"
place = "plaats"
gemeente_code = "gemeentecode"
x = "x"
y = "y"
capacity_persons = "capaciteit_personen"
floor_area_m2 = "vloeroppervlak_m2"
status = "status"
status_reason = "toelichting"
{provisions}

# Streets, paths, bridges and ferries: an OpenStreetMap extract (here: made up).
[inputs.network]
path = "{data}{streets}"

# Fire stations: in basis the coordinating noodsteunpunten (C-NSP).
[[inputs.sites]]
source = "kazernes"
source_nl = "Brandweerkazernes (positie bij benadering)"
path = "{data}{stations}"
kind = "brandweerkazerne"
can_be = ["cnsp"]

[inputs.sites.columns]
name = "naam"
place = "plaats"
gemeente_code = "gemeentecode"
x = "x"
y = "y"

# What is decided already: buildings whose owner agreed, or that are in operation.
[decisions]
fixed = [
{fixed}]

[ratios]
inhabitants_per_lnsp = {per_lnsp:g}  # 1 L-NSP per {per_lnsp:,g} inhabitants, rounded up per gemeente
quota_per = "gemeente"
lnsp_per_cnsp = {lnsp_per_cnsp:g}            # 1 C-NSP per {lnsp_per_cnsp:g} L-NSPs

[distances]
method = "network"           # along the streets: to L-NSPs on foot, from L-NSP to C-NSP by car
detour_factor = {detour:g}          # for method = "straight_line", and compared with the factor measured on the network
service_distance_kern_m = {kern_m:g}
service_distance_buitengebied_m = {buitengebied_m:g}

[solver]
gap = 0.005                  # stop within 0.5 % of the proven bound, or at the time limit
time_limit_s = 90
"""


def study_text(norms: Norms, data: str = "", output: str = "runs", fixed: Sequence[str] = ()) -> str:
    """The text of the study file.

    Args:
        norms: What the study starts from.
        data: Folder of the data as seen from the study file, with a slash at its end; empty for the same folder.
        output: Folder for the runs as seen from the study file.
        fixed: Numbers of the buildings that are decided on, as in the file of candidates.
    """
    provisions = "\n".join(f'{ours} = "{dutch}"' for ours, dutch in zip(GAP_COLUMNS, PROVISIONS, strict=True))
    return _TEMPLATE.format(
        per_lnsp=norms.value("inhabitants_per_lnsp"),
        lnsp_per_cnsp=norms.value("lnsp_per_cnsp"),
        detour=norms.value("detour_factor"),
        kern_m=norms.value("service_distance_kern_m"),
        buitengebied_m=norms.value("service_distance_buitengebied_m"),
        data=data,
        output=output,
        source=SOURCE,
        grid=GRID_FILE,
        totals=TOTALS_FILE,
        areas=AREAS_FILE,
        sites=SITES_FILE,
        stations=STATIONS_FILE,
        streets=STREETS_FILE,
        provisions=provisions,
        fixed="".join(f'    "{SOURCE}:{number}",\n' for number in fixed),
    )
