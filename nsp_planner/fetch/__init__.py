"""Open data of a region. In: the name of a veiligheidsregio. Out: checked raw files, a lock file, candidates.

The door is :func:`~nsp_planner.fetch.run.fetch_region`; what is fetched from where stands in
``sources.toml`` and docs/sources.md.
"""
