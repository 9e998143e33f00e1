"""Buildings: what each gets to do, why it is chosen or not, what a decision about it costs, what fails with it."""
