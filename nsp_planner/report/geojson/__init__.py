"""Points and service areas for other systems. In: a plan. Out: GeoJSON in WGS84."""
