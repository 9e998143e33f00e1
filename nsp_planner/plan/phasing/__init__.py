"""The order of opening. In: the sites of a plan, budgets and costs. Out: the year of every site, with a bound."""
