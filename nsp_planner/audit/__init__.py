"""An auditor of finished runs. In: the folder of a run. Out: what holds, what does not, and the gap that is certified.

It imports nothing of the planner: only NumPy and the standard library, so that it can be read on its own. It reads
``manifest.json`` (SHA-256 of inputs and outputs, settings, indicators, claims), what people see of the plan in
``plan.gpkg`` and ``kandidatenlijst.csv``, and ``bewijs.npz``; docs/certificate.md describes that file and the bound.
"""
