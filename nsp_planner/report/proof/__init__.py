"""The proof of a plan for auditors. In: an evaluation. Out: ``bewijs.npz``, read by ``nsp-planner audit``."""
