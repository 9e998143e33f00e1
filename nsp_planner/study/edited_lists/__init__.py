"""Lists edited by gemeenten. In: a run and its edited lists. Out: a scenario with every change, or faults."""
