"""The candidate list. In: a plan and its evaluation. Out: ``kandidatenlijst.xlsx`` and ``.csv`` with Dutch columns."""
