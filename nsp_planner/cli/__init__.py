"""The command line. In: arguments. Out: figures of the plan, files, and a documented exit code."""

from nsp_planner.cli.app import main

__all__ = ["main"]
