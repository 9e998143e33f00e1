"""The proof of a plan for auditors. In: a planned study. Out: ``bewijs.npz``, read by ``nsp-planner audit``."""
