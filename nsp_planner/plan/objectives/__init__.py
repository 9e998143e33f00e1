"""What a plan is good at. In: an instance. Out: an objective, its bound and the search for it."""
