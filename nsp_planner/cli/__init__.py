"""The command line. In: arguments. Out: what a planner wants to know, files, and a documented exit code."""

from nsp_planner.cli.app import main

__all__ = ["main"]
