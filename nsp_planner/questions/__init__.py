"""Planning questions: options, solving, words and tables of each. In: a study. Out: a folder with an answer.

A question is one file here, or one folder. It gives a ``QUESTION`` (see ``register``): the command line, its help, the
page of answers in the docs and the tests that no question is left half done follow from that. ``asking`` holds what all
questions use.
"""
