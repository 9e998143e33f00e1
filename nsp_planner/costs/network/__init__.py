"""Distances over a network. In: a :class:`~nsp_planner.layers.network.network.Network` and points. Out: costs.

``connect`` puts points on edges, ``many_to_many`` measures, ``links`` closes links, ``recompute`` measures again only
what changed, ``reach`` names who cannot be reached, ``detour`` measures the factor of the straight-line fallback.
"""
