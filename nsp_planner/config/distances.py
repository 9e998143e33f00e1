"""The sections [distances] and [links]. In: tables of a study file. Out: how distance is measured, and what is near."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from nsp_planner.config.base import Settings, StudyPath
from nsp_planner.config.norm_fields import norm_field


class Distances(Settings):
    """[distances]: how distance is measured and what is near."""

    method: Literal["straight_line", "network"] = "straight_line"
    """"network": along the streets of [inputs.network], to L-NSPs on foot, from L-NSP to C-NSP by car;
    "straight_line": straight line times the detour factor, labelled so on every output."""
    profile: Literal["foot", "bicycle", "car"] = "foot"
    """How people go to their L-NSP over a network; the rules of each profile stand in docs/network.md."""
    detour_factor: float = norm_field("detour_factor", ge=1, le=3)
    """Walking distance divided by straight line."""
    cutoff_m: float = Field(default=10_000, ge=1, le=100_000)
    """Computing limit: nobody is sent farther than this, in metres. At least the largest norm."""
    nearest_sites: int = Field(default=60, ge=1, le=100_000)
    """Computing limit: candidates kept per demand point, the nearest ones."""
    service_distance_kern_m: float = norm_field("service_distance_kern_m", ge=1)
    """Norm within kernen, in metres on foot."""
    service_distance_buitengebied_m: float = norm_field("service_distance_buitengebied_m", ge=1)
    """Norm in the buitengebied, in metres on foot."""
    kern_persons_within_500m: float = norm_field("kern_persons_within_500m", gt=0)
    """A square with at least this many inhabitants within 500 m of its centre lies in a kern."""
    cross_border: bool = True
    """Whether people may be sent to an L-NSP in another gemeente."""
    other_gemeente_penalty_m: float = Field(default=2_000, ge=0, le=1_000_000)
    """Metres that count extra for a C-NSP in another gemeente than its L-NSP: a preference, not a force."""

    @model_validator(mode="after")
    def _cutoff_covers_the_norms(self) -> Distances:
        largest = max(self.service_distance_kern_m, self.service_distance_buitengebied_m)
        if self.cutoff_m < largest:
            raise ValueError(f"cutoff_m ({self.cutoff_m:g}) must be at least the largest norm ({largest:g})")
        return self


class Links(Settings):
    """[links]: what is different on the network: bridges closed, ferries out, roads under water, barriers."""

    closed_bridges: tuple[str, ...] = ()
    """Names of bridges that are closed, such as "Wilhelminabrug"."""
    closed_names: tuple[str, ...] = ()
    """Names of streets, bridges or ferries that are closed along their whole length."""
    closed_ids: tuple[int, ...] = ()
    """Ids of lines of the source that are closed (OSM way ids)."""
    ferries_out: tuple[str, ...] = ()
    """Names of ferries that do not sail."""
    all_ferries_out: bool = False
    """No ferry sails."""
    under_water: tuple[StudyPath, ...] = ()
    """Files with polygons: streets in them are closed, and who lives in them is cut off."""
    barriers: tuple[StudyPath, ...] = ()
    """Files with lines that nobody can cross."""
