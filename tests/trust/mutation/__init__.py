"""Mutation testing: small faults in the code that the tests must find. What it does stands in docs/adr/0011."""
