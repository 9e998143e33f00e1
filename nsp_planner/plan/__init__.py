"""The location problem: instance, models, bounds, search, plans and their verification. Arrays and ids only."""
