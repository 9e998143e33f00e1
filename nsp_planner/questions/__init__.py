"""The questions of ``nsp-planner question``. In: a study. Out: a folder with tables, figures and a conclusion.

A question is one file here, or one folder: its name, its options, how it is solved, its words and tables. It gives a
``QUESTION`` (see ``register``), and the command line, its help, the page of answers in the docs and the tests that no
question is left half done follow from that. ``asking`` holds what all questions use.
"""
