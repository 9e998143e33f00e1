"""Candidate buildings. In: lists as CSV, Excel, GeoPackage or GeoJSON. Out: one row per building, in RD."""
