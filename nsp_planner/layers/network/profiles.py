"""Who may travel where. In: the tags of one line, as in OpenStreetMap. Out: its :class:`WayUse`, or None for no.

The rules are the tables below (explained in docs/network.md) and follow the OpenStreetMap wiki, "OSM tags for
routing/Access restrictions" with the row of the Netherlands: there a walker may use the cycle path where there is no
footway (RVV 1990 art. 4), so cycleways stay unless ``foot=no``. They are stricter than "fastest for the fit": no
private roads, no motorways on foot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MOTORWAYS = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
ROADS = frozenset(
    {
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
    }
)
PATHS = frozenset({"footway", "path", "pedestrian", "steps", "cycleway", "track", "corridor"})

ALLOWED = frozenset(
    {
        "yes",
        "designated",
        "official",
        "permissive",
        "destination",
        "customers",
        "delivery",
        "permit",
        "unknown",
        "dismount",
        "limited",
        "public",
    }
)
"""Values of an access key that let people through; every other value (no, private, use_sidepath, ...) stops them.
Nobody is turned away at a hospital's or shop's path in a disaster, hence ``customers`` and the like."""

NO_VALUES = frozenset({"no", "none", "0", "false"})


@dataclass(frozen=True)
class Profile:
    """The rules for one way of travelling.

    Attributes:
        name: Name in settings and files.
        access_keys: Keys that decide, the most specific first; the first key a line has decides.
        highways: Values of ``highway`` allowed without an access key.
        on_request: Values of ``highway`` allowed only where an access key other than plain ``access`` says so.
        oneway_keys: Keys for one-way traffic, the most specific first; empty: direction does not matter.
        implied_oneway: Whether motorways and roundabouts are one-way without saying so.
        ferry_default: Whether a ferry takes them without saying so.
        speed_kmh: Speed where minutes are asked; None where a norm says it (on foot, by car).
        metric: Name of the distance for the manifest.
        metric_nl: Name of the distance in Dutch.
    """

    name: str
    access_keys: tuple[str, ...]
    highways: frozenset[str]
    on_request: frozenset[str]
    oneway_keys: tuple[str, ...]
    implied_oneway: bool
    ferry_default: bool
    speed_kmh: float | None
    metric: str
    metric_nl: str

    def digest(self) -> str:
        """Short hash of the rules: a stored network made by other rules is not reused."""
        rules = [
            *self.access_keys,
            "|",
            *sorted(self.highways),
            "|",
            *sorted(self.on_request),
            "|",
            *self.oneway_keys,
            str(self.implied_oneway),
            str(self.ferry_default),
            *sorted(ALLOWED),
            *sorted(NO_CONNECTION),
        ]
        return hashlib.sha256(" ".join(rules).encode()).hexdigest()[:12]


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "foot": Profile(
            name="foot",
            access_keys=("foot", "access"),
            highways=ROADS | PATHS,
            on_request=MOTORWAYS | {"bridleway"},
            oneway_keys=("oneway:foot",),
            implied_oneway=False,
            ferry_default=True,
            speed_kmh=None,
            metric="walking network",
            metric_nl="loopafstand over het wegennet",
        ),
        "bicycle": Profile(
            name="bicycle",
            access_keys=("bicycle", "vehicle", "access"),
            highways=ROADS | {"path", "cycleway", "track"},
            on_request=frozenset({"footway", "pedestrian", "bridleway", "trunk", "trunk_link"}),
            oneway_keys=("oneway:bicycle", "oneway"),
            implied_oneway=True,
            ferry_default=True,
            speed_kmh=15.0,
            metric="cycling network",
            metric_nl="fietsafstand over het wegennet",
        ),
        "car": Profile(
            name="car",
            access_keys=("motorcar", "motor_vehicle", "vehicle", "access"),
            highways=ROADS | MOTORWAYS,
            on_request=frozenset({"track", "pedestrian", "cycleway"}),
            oneway_keys=("oneway:motorcar", "oneway"),
            implied_oneway=True,
            ferry_default=False,
            speed_kmh=None,
            metric="road network",
            metric_nl="rijafstand over de weg",
        ),
    }
)
"""The profiles by name."""

NO_CONNECTION = frozenset({"motorway", "motorway_link", "trunk", "trunk_link", "corridor"})
"""Values of ``highway`` no building opens on to."""

TAG_KEYS = (
    "highway",
    "route",
    "man_made",
    "access",
    "foot",
    "bicycle",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "oneway",
    "oneway:foot",
    "oneway:bicycle",
    "oneway:motorcar",
    "junction",
    "motorroad",
    "bridge",
    "tunnel",
    "cycleway",
    "cycleway:left",
    "cycleway:right",
    "cycleway:both",
)
"""Every key the rules look at."""


@dataclass(frozen=True)
class WayUse:
    """How a line may be used: along it, against it, as ferry or bridge, and whether points may connect to it."""

    forward: bool
    backward: bool
    ferry: bool
    bridge: bool
    connectable: bool


def way_use(tags: Mapping[str, str], profile: Profile) -> WayUse | None:
    """The use of one line for a profile; None where it may not be travelled."""
    highway = tags.get("highway", "")
    ferry = tags.get("route") == "ferry" or highway == "ferry"
    key = next((key for key in profile.access_keys if tags.get(key)), None)
    asked = None if key is None else tags[key] in ALLOWED
    if ferry:
        allowed = profile.ferry_default if asked is None or (key == "access" and asked) else asked
    elif tags.get("man_made") == "pier" and not highway:
        allowed = profile.name == "foot" and asked is not False
    elif highway in profile.highways:
        cars_only = tags.get("motorroad") == "yes" and profile.name != "car" and asked is None
        allowed = asked is not False and not cars_only
    elif highway in profile.on_request:
        allowed = asked is True and key != "access"
    else:
        allowed = False
    if not allowed:
        return None
    bridge = tags.get("bridge", "no") not in NO_VALUES
    tunnel = tags.get("tunnel", "no") not in NO_VALUES | {"building_passage"}
    forward, backward = _directions(tags, profile)
    connectable = not (ferry or bridge or tunnel or highway in NO_CONNECTION)
    return WayUse(forward, backward, ferry, bridge, connectable)


def _directions(tags: Mapping[str, str], profile: Profile) -> tuple[bool, bool]:
    for key in profile.oneway_keys:
        value = tags.get(key)
        if value in ("yes", "true", "1"):
            if profile.name == "bicycle" and key == "oneway" and _contraflow(tags):
                return True, True
            return True, False
        if value in ("-1", "reverse"):
            return False, True
        if value:
            return True, True
    if profile.implied_oneway and (
        tags.get("highway") in ("motorway", "motorway_link") or tags.get("junction") in ("roundabout", "circular")
    ):
        return True, False
    return True, True


def _contraflow(tags: Mapping[str, str]) -> bool:
    keys = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    return any(tags.get(key, "").startswith("opposite") for key in keys)
