"""The words of every output. In: numbers, code words, tables of a plan. Out: plain Dutch."""
