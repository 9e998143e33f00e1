"""Sparse distances between two sets of points: straight line now, networks beside it."""
