"""How many L-NSPs are enough?"""
