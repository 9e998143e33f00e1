"""``python -m nsp_planner.example``: write the example, or draw candidates for a real grid.

In: a folder or files on the command line. Out: files; exit code 0, 2 for wrong use, 3 for a file that cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nsp_planner.errors import EXIT_OK, EXIT_USAGE, NspError

CANDIDATES_NAME = "kandidaten.csv"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the two commands; returns the exit code."""
    options = _parser().parse_args(arguments)
    from nsp_planner.example import draw_candidates, write_example

    try:
        if options.command == "write":
            made = write_example(options.folder, seed=options.seed, scale=options.scale)
        else:
            made = options.out / CANDIDATES_NAME
            draw_candidates(options.buurten, options.grid, made, seed=options.seed)
    except NspError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{options.command}: {error}\n")
        return EXIT_USAGE
    sys.stdout.write(f"{made}\n")
    return EXIT_OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nsp_planner.example", description="Made-up data to plan with.")
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write", help="write the example region as raw files and a study")
    write.add_argument("folder", type=Path, help="folder for the files")
    write.add_argument("--scale", type=float, default=1.0, help="share of the region's inhabitants (default 1)")
    drawn = commands.add_parser("rijnmond", help="draw made-up candidates on a CBS grid, by buurt")
    drawn.add_argument("--buurten", type=Path, required=True, help="CBS buurten (GeoPackage)")
    drawn.add_argument("--grid", type=Path, required=True, help="CBS 100 m grid (GeoPackage)")
    drawn.add_argument("--out", type=Path, required=True, help="folder for kandidaten.csv and kazernes.csv")
    for command in (write, drawn):
        command.add_argument("--seed", type=int, default=1, help="seed of every random choice (default 1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
