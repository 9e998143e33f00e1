"""Instances and plans held against the inputs by code that made neither. In: both. Out: faults, or nothing."""
