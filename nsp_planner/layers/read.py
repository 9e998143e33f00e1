"""All inputs of a study to checked tables. In: a study. Out: :class:`~nsp_planner.layers.tables.Layers`, or faults.

Every input is read even where another is broken, so that a planner sees all faults at once.
"""

from __future__ import annotations

from collections.abc import Callable

from nsp_planner.config import Study
from nsp_planner.errors import Faults
from nsp_planner.layers.areas.buurten import buurten_of_region, join_buurten, read_buurten
from nsp_planner.layers.areas.gemeenten import check_overlaps, read_areas, select_region
from nsp_planner.layers.checks import check_capacity
from nsp_planner.layers.hazards.shapes import read_hazards
from nsp_planner.layers.neighbours import read_neighbours
from nsp_planner.layers.network.backdrop import read_study_backdrop
from nsp_planner.layers.network.streets import read_streets
from nsp_planner.layers.population.buurt_groups import add_buurt_groups
from nsp_planner.layers.population.demand import build_demand
from nsp_planner.layers.population.grid import read_population
from nsp_planner.layers.population.totals import read_totals
from nsp_planner.layers.population.visitors import add_visitors, read_visitors
from nsp_planner.layers.raw.input_log import InputLog
from nsp_planner.layers.schemas import check_layers
from nsp_planner.layers.sites.buildings import merge_buildings, note_far_joins
from nsp_planner.layers.sites.edits import apply_site_edits, read_site_edits
from nsp_planner.layers.sites.source import read_sites
from nsp_planner.layers.sites.unfit import unfit_table, without_unfit
from nsp_planner.layers.tables import Layers


def read_layers(study: Study, faults: Faults, on_step: Callable[[str], None] | None = None) -> Layers | None:
    """Read, check and calibrate everything a plan needs.

    Args:
        study: The settings.
        faults: Where everything wrong with the files is added; nothing is raised for bad data.
        on_step: Called with a short English text before each step.

    Returns:
        The layers, or ``None`` when a fault was added.
    """
    log = InputLog(faults, on_step=on_step or (lambda _: None))
    n_before, inputs = log.n_faults, study.inputs
    log.on_step("reading boundaries")
    areas = read_areas(inputs.areas, log)
    region = None if areas is None else select_region(areas, study.region, faults, inputs.areas.path)
    if areas is not None and region is not None:
        check_overlaps(areas, region, log, inputs.areas.path)
    log.on_step("reading population")
    grid = read_population(inputs.population, log, study.vulnerable.columns)
    official = None
    if inputs.totals is not None:
        log.on_step("reading official totals")
        official = read_totals(inputs.totals, log)
    rows = read_sites(inputs.sites, study, areas, region, log)
    edits = None if inputs.site_edits is None else read_site_edits(inputs.site_edits, log)
    buurten = None
    if inputs.buurten is not None:
        log.on_step("reading buurten")
        buurten = read_buurten(inputs.buurten, log)
    visitors = read_visitors(study, areas, region, log)
    neighbours = read_neighbours(study, areas, region, log)
    outline = None if region is None else region.union_all()
    streets = read_streets(study, outline, log)
    backdrop = read_study_backdrop(study, outline, log)
    hazards = read_hazards(study, outline, log)

    if areas is None or region is None or grid is None or (inputs.totals is not None and official is None):
        return None
    log.on_step("calibrating population")
    paths = (inputs.population.path, None if inputs.totals is None else inputs.totals.path)
    built = build_demand(grid, areas, region, official, study.distances.kern_persons_within_500m, paths, log)
    if built is None or log.n_faults > n_before:
        return None
    demand, presence = add_visitors(built[0], region, visitors, study, log)
    if buurten is not None and log.n_faults == n_before:
        demand = join_buurten(demand, buurten, log)
        demand = add_buurt_groups(demand, buurten, study.vulnerable, log)
    if rows is None:
        faults.add(
            "sites",
            "no candidate lies in the region",
            "Give candidates of this region.",
            file=", ".join(str(each.path) for each in inputs.sites),
        )
        return None
    log.on_step("merging rows on one building")
    names = tuple(each.source for each in inputs.sites)
    together = merge_buildings(rows, names, inputs.same_building_m, inputs.same_address_m)
    note_far_joins(together, inputs.same_building_m, inputs.same_address_m, log)
    if edits is not None:
        edited = apply_site_edits(together.sites, edits, areas, region)
        if edited is None:
            return None
        together = together._replace(sites=edited)
    together = without_unfit(together, study, log)
    layers = Layers(
        demand=demand,
        sites=together.sites,
        areas=region,
        calibration=built[1],
        merged=together.merged,
        unfit=unfit_table(log),
        left_out=log.left_out.table(),
        inputs=tuple(log.files),
        notes=log.notes.table(),
        networks=streets.networks,
        buurten=None if buurten is None or log.n_faults > n_before else buurten_of_region(demand, buurten),
        presence=presence,
        neighbours=neighbours,
        link_shapes={**streets.link_shapes, **hazards},
        backdrop=backdrop,
    )
    check_layers(layers, faults)
    check_capacity(layers, study, faults)
    return layers if log.n_faults == n_before else None
