"""The published columns: what each is called, what it counts, and which output has it."""
