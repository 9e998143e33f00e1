"""What a plan starts from (uitgangspunten). In: a study. Out: :class:`Premises`, the settings that outputs print.

Outputs see these and not the study: what they may print stands here, made once from the settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nsp_planner.config import Study
from nsp_planner.layers.network.profiles import PROFILES
from nsp_planner.layers.network.store import OSM_SUFFIXES
from nsp_planner.layers.sites.capacity import share_at_once
from nsp_planner.norms import Norms

METRES_PER_KM, MINUTES_PER_HOUR = 1_000, 60


@dataclass(frozen=True, eq=False)
class Premises:
    """The settings that outputs print.

    Attributes:
        title: Title of the study.
        region_name: Name of the region.
        illustration_nl: What is made up or modelled; None where nothing is.
        all_made_up: Whether all data are made up, so that no source is to be named.
        norms: Every norm with the value in force.
        service_distance_kern_m: Norm within kernen.
        service_distance_buitengebied_m: Norm in the buitengebied.
        cutoff_m: Nobody is sent farther.
        straight_line: Whether distances are straight lines with a detour factor.
        profile: How people go to their L-NSP: foot, bicycle or car.
        metres_per_minute: Speed of the way they go.
        driving_metres_per_minute: Speed by car, from an L-NSP to its C-NSP.
        cnsp_norm_m: Farthest an L-NSP should lie from its C-NSP.
        full_persons, full_present: What an L-NSP counts for where nothing less is known: inhabitants, and the same as
            people at once; a load of 1.
        most_load: Highest load that a plan may give.
        fixed: Ids of the sites that must be an L-NSP.
        refused: Ids of the sites that must not be one.
        fixed_cnsp: Ids of the sites that must be a C-NSP.
        refused_cnsp: Ids of the sites that must not be one.
        by_status: What each status does to a plan: fixed, preferred, free or refused.
        preferred_status_m: Metres that a building without a preferred status counts farther.
        by_day: Whether the plan is made for the day.
        guests_count_for_number: Whether guests count for the number of L-NSPs.
        vulnerable_weights: Weight of each group of vulnerable residents.
        unknown_vulnerable_estimated: Whether what is not published of them is estimated for the weights.
        groups_by_buurt: Groups that are estimated from figures per buurt.
        buurten_are_places: Whether a square's buurt is its place.
        population_source_nl: Whose counts of the population.
        calibrated: Whether they are calibrated to official totals.
        site_sources_nl: Whose buildings.
        network_of_openstreetmap: Whether distances are measured over OpenStreetMap.
        settings: Every setting, as plain data, for the manifest.
    """

    title: str
    region_name: str
    illustration_nl: str | None
    all_made_up: bool
    norms: Norms
    service_distance_kern_m: float
    service_distance_buitengebied_m: float
    cutoff_m: float
    straight_line: bool
    profile: str
    metres_per_minute: float
    driving_metres_per_minute: float
    cnsp_norm_m: float
    full_persons: float
    full_present: float
    most_load: float
    fixed: frozenset[str]
    refused: frozenset[str]
    fixed_cnsp: frozenset[str]
    refused_cnsp: frozenset[str]
    by_status: Mapping[str, str]
    preferred_status_m: float
    by_day: bool
    guests_count_for_number: bool
    vulnerable_weights: Mapping[str, float]
    unknown_vulnerable_estimated: bool
    groups_by_buurt: frozenset[str]
    buurten_are_places: bool
    population_source_nl: str
    calibrated: bool
    site_sources_nl: tuple[str, ...]
    network_of_openstreetmap: bool
    settings: Mapping[str, Any]

    @property
    def slack(self) -> float:
        """How far above what an L-NSP counts for a plan may go, as a part of it."""
        return self.most_load - 1

    def minutes_on_the_way(self, distance_m: float) -> float:
        """Minutes over a distance, the way people go to their L-NSP; NaN for NaN. No waiting for ferry or bridge."""
        return distance_m / self.metres_per_minute

    def minutes_by_car(self, distance_m: float) -> float:
        """Minutes over a distance from an L-NSP to its C-NSP; NaN for NaN."""
        return distance_m / self.driving_metres_per_minute


def premises_of(study: Study) -> Premises:
    """The premises of a study."""
    distances, decisions, inputs, vulnerable = study.distances, study.decisions, study.inputs, study.vulnerable
    norms, profile = study.norms_in_force, distances.profile
    driving = norms.value("driving_km_per_hour")
    by_norm = {"foot": norms.value("walking_metres_per_minute"), "car": _metres_per_minute(driving)}
    own_speed = PROFILES[profile].speed_kmh
    default_illustration = Study.model_fields["illustration_nl"].default
    network = None if inputs.network is None else inputs.network.path.name.lower()
    from_osm = network is not None and network.endswith((*OSM_SUFFIXES, ".graphml"))
    return Premises(
        title=study.title,
        region_name=study.region.name,
        illustration_nl=study.illustration_nl if study.illustration else None,
        all_made_up=study.illustration and study.illustration_nl == default_illustration,
        norms=norms,
        service_distance_kern_m=distances.service_distance_kern_m,
        service_distance_buitengebied_m=distances.service_distance_buitengebied_m,
        cutoff_m=distances.cutoff_m,
        straight_line=distances.method == "straight_line",
        profile=profile,
        metres_per_minute=by_norm[profile] if own_speed is None else _metres_per_minute(own_speed),
        driving_metres_per_minute=by_norm["car"],
        cnsp_norm_m=norms.value("cnsp_distance_m"),
        full_persons=study.capacity.persons,
        full_present=study.capacity.persons * share_at_once(norms),
        most_load=1 + study.capacity.slack,
        fixed=frozenset(decisions.fixed),
        refused=frozenset(decisions.refused),
        fixed_cnsp=frozenset(decisions.fixed_cnsp),
        refused_cnsp=frozenset(decisions.refused_cnsp),
        by_status={str(status): str(rule) for status, rule in decisions.by_status.items()},
        preferred_status_m=decisions.preferred_status_m,
        by_day=study.day.time == "day",
        guests_count_for_number=study.tourism.count_for_number,
        vulnerable_weights=dict(vulnerable.weights),
        unknown_vulnerable_estimated=vulnerable.unknown != "none",
        groups_by_buurt=frozenset({*vulnerable.buurt_columns, *vulnerable.buurt_percentages}),
        buurten_are_places=inputs.buurten is not None and inputs.buurten.as_places,
        population_source_nl=inputs.population.source_nl,
        calibrated=inputs.totals is not None,
        site_sources_nl=tuple(dict.fromkeys(source.source_nl or source.source for source in inputs.sites)),
        network_of_openstreetmap=from_osm and distances.method == "network",
        settings=study.model_dump(mode="json"),
    )


def _metres_per_minute(km_per_hour: float) -> float:
    return km_per_hour * METRES_PER_KM / MINUTES_PER_HOUR
