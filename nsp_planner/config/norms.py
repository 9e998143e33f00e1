"""The section [norms]: norms that shape no plan, only what is told of it. In: a table of a study file. Out: values.

Norms that shape a plan are keys of the section they belong to, such as ``ratios.inhabitants_per_lnsp``. Whatever key
sets it, ``Study.norms_in_force`` has every norm.
"""

from __future__ import annotations

from nsp_planner.config.base import Settings
from nsp_planner.config.norm_fields import norm_field


class NormSettings(Settings):
    """[norms]: what a noodsteunpunt in use takes; the defaults are those of ``norms.toml``."""

    staff_per_lnsp: float = norm_field("staff_per_lnsp", ge=1, le=100)
    """People per L-NSP and shift: one with first aid, the others of the gemeente."""
    staff_per_cnsp: float = norm_field("staff_per_cnsp", ge=0, le=100)
    """People of the veiligheidsregio per C-NSP and shift."""
    shifts_per_day: int = norm_field("shifts_per_day", ge=1, le=24)
    """Shifts in a day."""
    inhabitants_per_water_point: float = norm_field("inhabitants_per_water_point", gt=0)
    """Inhabitants per point for drinking water."""
    water_litres_per_person_day: float = norm_field("water_litres_per_person_day", ge=0, le=1_000)
    """Litres of drinking water per inhabitant and day."""
    walking_metres_per_minute: float = norm_field("walking_metres_per_minute", gt=0, le=300)
    """How fast people walk, in metres per minute."""
    driving_km_per_hour: float = norm_field("driving_km_per_hour", gt=0, le=130)
    """How fast people drive from an L-NSP to its C-NSP, in kilometres per hour from door to door."""
    cnsp_distance_m: float = norm_field("cnsp_distance_m", gt=0, le=200_000)
    """Farthest an L-NSP should lie from its C-NSP, in metres by road; what lies farther is warned about by name."""
    max_stay_hours: float = norm_field("max_stay_hours", gt=0, le=24)
    """Hours a visitor stays at most."""
    operational_within_hours: float = norm_field("operational_within_hours", gt=0, le=1_000)
    """Hours after the start of a crisis within which a noodsteunpunt is open; staff and water are counted over them."""
    share_attending_per_day: float = norm_field("share_attending_per_day", gt=0, le=1)
    """Share of the inhabitants that comes on a day: 0.2 is one in five."""
    peak_factor: float = norm_field("peak_factor", ge=1, le=24)
    """Visitors at the busiest moment divided by the mean of the day."""
