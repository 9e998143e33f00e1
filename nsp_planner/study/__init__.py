"""The stages in order: layers, distances, instance, plan, verification, indicators, report."""
