"""Packs: what one gemeente, or the project leader of the C-NSPs, needs in one folder."""
