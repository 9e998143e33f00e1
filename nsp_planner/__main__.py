"""``python -m nsp_planner``: the same as the command ``nsp-planner``."""

from nsp_planner.cli import main

if __name__ == "__main__":
    main()
