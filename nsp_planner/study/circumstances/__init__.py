"""Circumstances a plan must stand. In: outage, flood, shortage, closed links. Out: effects and consequences."""
