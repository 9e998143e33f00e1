"""Indicators of a plan, per site, per demand point and per area, recomputed from inputs and allocation."""
