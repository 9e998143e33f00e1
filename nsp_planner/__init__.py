"""nsp_planner: plans noodsteunpunten (NSP) for Dutch veiligheidsregio's, with a proven gap.

The stages, each a folder, from raw files to what people get: ``layers`` (checked tables), ``costs`` (sparse
distances), ``plan`` (instance, models, plans, verification), ``evaluate`` (indicators), ``report`` (maps and lists).
``study`` runs them in order; ``cli`` is the command line.
"""

__version__ = "0.1.0"
