"""The walking, cycling and road network: raw files to one :class:`~nsp_planner.layers.network.network.Network`.

OpenStreetMap extract (``osm_pbf``), line layer such as NWB (``lines``), osmnx graph (``osmnx_graph``); what may be
travelled (``profiles``); stored and reused (``store``, the door that stages and commands use).
"""
