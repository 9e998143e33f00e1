"""The neighbours of a region. In: people and buildings outside it. Out: those within the buffer, checked, as layers.

People are squares of a grid, or points and polygons with inhabitants, taken at their middle. What lies farther from the
region than the buffer is left out and counted. Ids get ``buren:`` in front, so that they never meet those of the
region.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from nsp_planner.config import NeighboursInput, Study
from nsp_planner.layers.areas.gemeenten import read_areas
from nsp_planner.layers.population.calibrate import persons_within
from nsp_planner.layers.population.grid import read_population
from nsp_planner.layers.population.placed_persons import read_placed_persons
from nsp_planner.layers.raw.input_log import InputLog, LeftOut
from nsp_planner.layers.raw.locate import find_gemeente
from nsp_planner.layers.rd import RD
from nsp_planner.layers.sites.buildings import merge_buildings
from nsp_planner.layers.sites.source import read_sites
from nsp_planner.layers.sites.unfit import without_unfit
from nsp_planner.layers.tables import NeighbourLayers
from nsp_planner.names import agreeing_nl, counted_nl

LAYER = "neighbours"
PREFIX = "buren:"


def read_neighbours(
    study: Study, areas: gpd.GeoDataFrame | None, region: gpd.GeoDataFrame | None, log: InputLog
) -> NeighbourLayers | None:
    """What [inputs.neighbours] gives within ``neighbours.buffer_m``; ``None`` with a fault added.

    Also ``None`` where the study has no neighbours, or nobody may cross the border.
    """
    source, settings = study.inputs.neighbours, study.neighbours
    if source is None or settings.cross_border == "off":
        return None
    log.on_step("reading neighbours")
    n_before = log.n_faults
    if source.population is None and source.people is None and not source.sites:
        fix = "Give population or people, and sites, in [inputs.neighbours]."
        log.faults.add(LAYER, "the neighbours have neither people nor noodsteunpunten", fix, column="inputs.neighbours")
        return None
    if areas is None or region is None:
        return None
    others = areas[~areas["area_code"].isin(region["area_code"])].reset_index(drop=True)
    if source.areas is not None:
        read = read_areas(source.areas, log)
        if read is None:
            return None
        others = read[~read["area_code"].isin(region["area_code"])].reset_index(drop=True)
        both = pd.concat([areas[~areas["area_code"].isin(others["area_code"])], others], ignore_index=True)
        areas = gpd.GeoDataFrame(both, crs=RD).sort_values("area_code", ignore_index=True)
    if others.empty:
        fix = "Give the boundaries around the region in [inputs.neighbours.areas], or in [inputs.areas]."
        file = (source.areas or study.inputs.areas).path
        log.faults.add(LAYER, "the areas file has no gemeenten outside the region", fix, file=file)
        return None
    outline = region.union_all()
    people = _inhabitants(source, areas, others, log)
    sites = _sites(source, study, areas, others, log)
    if people is None or sites is None or log.n_faults > n_before:
        return None
    near = shapely.dwithin(people.geometry.to_numpy(), outline, settings.buffer_m)
    n_far = int(people.loc[~near, "population_persons"].sum())
    if n_far:
        log.left_out.add(LAYER, "", "", f"buren op meer dan {settings.buffer_m:.0f} m van de regio", n_far)
    people = people[near].reset_index(drop=True)
    near_sites = (
        shapely.dwithin(sites.geometry.to_numpy(), outline, settings.buffer_m) & sites["can_be_lnsp"].to_numpy()
    )
    n_sites = int((~near_sites).sum())
    if n_sites:
        reason = f"gebouwen van buren op meer dan {settings.buffer_m:.0f} m van de regio, of geen L-NSP ({n_sites})"
        log.left_out.add(LAYER, "", "", reason)
    sites = sites[near_sites].reset_index(drop=True)
    if people.empty and sites.empty:
        fix = "Make buffer_m larger, or give files of the gemeenten around the region."
        log.faults.add(LAYER, f"nobody and nothing lies within {settings.buffer_m:,.0f} m of the region", fix)
        return None
    used = {*people["gemeente_code"], *sites["gemeente_code"]}
    kept = others[others["area_code"].isin(used)].reset_index(drop=True)
    return NeighbourLayers(_demand(people, study), sites, kept, n_far)


def _inhabitants(
    source: NeighboursInput, areas: gpd.GeoDataFrame, others: gpd.GeoDataFrame, log: InputLog
) -> gpd.GeoDataFrame | None:
    """Everybody outside the region: demand_id, population_persons, gemeente_code, point."""
    parts = [gpd.GeoDataFrame({"demand_id": [], "population_persons": [], "gemeente_code": []}, geometry=[], crs=RD)]
    if source.population is not None:
        grid = read_population(source.population, log)
        if grid is None:
            return None
        # withheld squares have 1 to 4 persons: without a total to calibrate to they stay unknown, and are left out
        lived = grid[grid["published_persons"].fillna(0) > 0]
        x_m, y_m = lived["x_m"].to_numpy(), lived["y_m"].to_numpy()
        codes = find_gemeente(x_m, y_m, areas).codes
        n_withheld = int(grid["published_persons"].isna().sum())
        if n_withheld:
            who = f"{counted_nl(n_withheld, 'vierkanten')} van het bestand van de buren zonder gepubliceerd aantal"
            log.notes.add(LAYER, f"{who} {agreeing_nl(n_withheld, 'telt', 'tellen')} niet mee")
        table = pd.DataFrame(
            {
                "demand_id": lived["demand_id"].to_numpy(),
                "population_persons": lived["published_persons"].to_numpy(dtype=np.int64),
                "gemeente_code": codes,
            }
        )
        parts.append(gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x_m, y_m), crs=RD))
    if source.people is not None:
        placed = read_placed_persons(f"{LAYER}: people", source.people, areas, areas, log)
        if placed is None:
            return None
        if placed.table["x_m"].isna().any():
            fix = "Give points or polygons: where in a gemeente they live decides whether they cross the border."
            log.faults.add(LAYER, "the people of the neighbours have no coordinates", fix, file=source.people.path)
            return None
        table = placed.table[["persons", "gemeente_code"]].rename(columns={"persons": "population_persons"})
        table = table.assign(demand_id=[f"rij{n}" for n in range(1, len(table) + 1)])
        points = gpd.points_from_xy(placed.table["x_m"], placed.table["y_m"])
        parts.append(gpd.GeoDataFrame(table[table.columns], geometry=points, crs=RD))
    every = gpd.GeoDataFrame(pd.concat([part for part in parts if len(part)] or parts, ignore_index=True), crs=RD)
    outside = every["gemeente_code"].isin(others["area_code"]) & (every["population_persons"].astype("int64") > 0)
    return every[outside].reset_index(drop=True)


def _sites(
    source: NeighboursInput, study: Study, areas: gpd.GeoDataFrame, others: gpd.GeoDataFrame, log: InputLog
) -> gpd.GeoDataFrame | None:
    # a source of a whole province has our own buildings too: only those outside the region are the neighbours'
    sources = [each.change(clip_to_region=True) for each in source.sites]
    n_before, quiet = log.n_faults, replace(log, left_out=LeftOut(), unfit=[])
    rows = read_sites(sources, study, areas, others, quiet)
    if log.n_faults > n_before:
        return None
    if rows is None:
        none = {"site_id": [], "gemeente_code": [], "can_be_lnsp": np.zeros(0, dtype=bool)}
        return gpd.GeoDataFrame(none, geometry=[], crs=RD)
    names, inputs = tuple(each.source for each in source.sites), study.inputs
    together = merge_buildings(rows, names, inputs.same_building_m, inputs.same_address_m)
    sites = without_unfit(together, study, quiet).sites
    # the stations of the neighbours coordinate their own
    return sites.assign(site_id=PREFIX + sites["site_id"], can_be_cnsp=False)


def _demand(people: gpd.GeoDataFrame, study: Study) -> gpd.GeoDataFrame:
    xy = people.geometry.get_coordinates().to_numpy()
    persons = people["population_persons"].to_numpy(dtype=np.int64)
    around = persons_within(xy[:, 0], xy[:, 1], persons) if len(people) > 1 else persons
    kern = around >= study.distances.kern_persons_within_500m
    return gpd.GeoDataFrame(
        {
            "demand_id": PREFIX + people["demand_id"].astype("str"),
            "population_persons": persons,
            "gemeente_code": people["gemeente_code"].astype("str").to_numpy(),
            "area_type": np.where(kern, "kern", "buitengebied"),
        },
        geometry=people.geometry.array,
        crs=RD,
    )
