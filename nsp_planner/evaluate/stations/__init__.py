"""C-NSPs: which an L-NSP passes on the way to its own, and what fails with one of them."""
