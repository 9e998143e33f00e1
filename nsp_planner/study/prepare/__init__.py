"""Tables to instances. In: checked tables and a study. Out: the frozen problems of level 1 and level 2."""
