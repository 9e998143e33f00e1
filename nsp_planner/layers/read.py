"""All inputs of a study to checked tables. In: a study. Out: :class:`~nsp_planner.layers.tables.Layers`, or faults.

Every input is read even where another is broken, so that a planner sees all faults at once.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from nsp_planner.config import Study
from nsp_planner.errors import Faults
from nsp_planner.layers.areas.buurten import buurten_of_region, join_buurten, read_buurten
from nsp_planner.layers.areas.gemeenten import read_areas, select_region
from nsp_planner.layers.checks import check_capacity
from nsp_planner.layers.hazards.shapes import read_places
from nsp_planner.layers.neighbours import read_neighbours
from nsp_planner.layers.network.backdrop import read_study_backdrop
from nsp_planner.layers.network.streets import read_streets
from nsp_planner.layers.population.buurt_groups import add_buurt_groups
from nsp_planner.layers.population.demand import build_demand
from nsp_planner.layers.population.grid import read_population
from nsp_planner.layers.population.totals import read_totals
from nsp_planner.layers.population.visitors import add_extra_people, read_extra_people
from nsp_planner.layers.raw.input_file import InputFile
from nsp_planner.layers.raw.input_log import LeftOut, Notes
from nsp_planner.layers.schemas import check_layers
from nsp_planner.layers.sites.buildings import merge_buildings
from nsp_planner.layers.sites.source import read_sites
from nsp_planner.layers.tables import Layers


def read_layers(study: Study, faults: Faults, on_progress: Callable[[str], None] | None = None) -> Layers | None:
    """Read, check and calibrate everything a plan needs.

    Args:
        study: The settings.
        faults: Where everything wrong with the files is added; nothing is raised for bad data.
        on_progress: Called with a short English text before each step.

    Returns:
        The layers, or ``None`` when a fault was added.
    """
    say = on_progress or (lambda _: None)
    n_before, inputs = len(faults.items), study.inputs
    left_out, notes, files = LeftOut(), Notes(), list[InputFile]()

    def keep(record: InputFile | None) -> None:
        if record is not None:
            files.append(record)

    say("reading boundaries")
    areas, record = read_areas(inputs.areas, faults, notes)
    keep(record)
    region = None if areas is None else select_region(areas, study.region, faults, inputs.areas.path)
    say("reading population")
    grid, record = read_population(inputs.population, faults, study.vulnerable.columns)
    keep(record)
    official = None
    if inputs.totals is not None:
        say("reading official totals")
        official, record = read_totals(inputs.totals, faults, notes)
        keep(record)
    rows: list[pd.DataFrame] = []
    for source in inputs.sites:
        say(f"reading sites: {source.source}")
        table, record = read_sites(source, areas, region, faults, left_out, notes)
        keep(record)
        if table is not None and len(table):
            rows.append(table)

    buurten = None
    if inputs.buurten is not None:
        say("reading buurten")
        buurten, records = read_buurten(inputs.buurten, faults, notes)
        files += records
    extra = read_extra_people(study, areas, region, faults, left_out, say)
    files += extra.inputs
    neighbours = read_neighbours(study, areas, region, faults, left_out, notes, say)
    files += neighbours.inputs
    outline = None if region is None else region.union_all()
    streets = read_streets(study, outline, faults, say)
    files += streets.inputs
    backdrop, record = read_study_backdrop(study, outline, faults, say)
    keep(record)
    places = read_places(study, outline, faults, say)
    files += places.inputs

    if areas is None or region is None or grid is None or (inputs.totals is not None and official is None):
        return None
    say("calibrating population")
    paths = (inputs.population.path, None if inputs.totals is None else inputs.totals.path)
    built = build_demand(
        grid, areas, region, official, study.distances.kern_persons_within_500m, paths, faults, left_out, notes
    )
    if built is None or len(faults.items) > n_before:
        return None
    demand, presence = add_extra_people(built[0], region, extra, study, faults, notes)
    if buurten is not None and len(faults.items) == n_before:
        demand = join_buurten(demand, buurten, faults, notes)
        demand = add_buurt_groups(demand, buurten, study.vulnerable, faults, notes)
    if not rows:
        faults.add(
            "sites",
            "no candidate lies in the region",
            "Give candidates of this region.",
            file=", ".join(str(each.path) for each in inputs.sites),
        )
        return None
    say("merging rows on one building")
    sites, merged = merge_buildings(
        pd.concat(rows, ignore_index=True), tuple(each.source for each in inputs.sites), inputs.same_building_m
    )
    layers = Layers(
        demand=demand,
        sites=sites,
        areas=region,
        calibration=built[1],
        merged=merged,
        left_out=left_out.table(),
        inputs=tuple(files),
        notes=notes.table(),
        networks=streets.networks,
        buurten=None if buurten is None or len(faults.items) > n_before else buurten_of_region(demand, buurten),
        presence=presence,
        neighbours=neighbours.layers,
        link_shapes={**streets.link_shapes, **places.shapes},
        backdrop=backdrop,
    )
    check_layers(layers, faults)
    check_capacity(layers, study, faults)
    return layers if len(faults.items) == n_before else None
