"""Shapes that outputs for GIS share. In: layers and the table of people. Out: squares, service areas and lines."""
