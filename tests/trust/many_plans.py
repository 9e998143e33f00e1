"""Many plans in one process, as a program of its own. In: a folder, numbers. Out: memory after each, as JSON.

``python -m tests.trust.many_plans FOLDER N WARM_UP``: plans the villages of ``tests.towns.village`` N times after
WARM_UP plans that are not counted, by both engines, with two objectives and along streets in turn, every tenth with
all reports, and tells the resident memory in MiB after each.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
import time
from pathlib import Path

import geopandas as gpd
import psutil
import shapely

from tests.cli.test_command_line import run_here
from tests.towns.raw_files import write_vector
from tests.towns.village import write_villages

WAYS = (
    "",
    '[solver]\nmethod = "large"\n',
    '[plan]\nobjective = "max_coverage"\n',
    '[distances]\nmethod = "network"\n[inputs]\nnetwork = { path = "wegen.gpkg", store = "bewaard" }\n',
)
"""What the plans do in turn, as overlays."""


def write_ways(folder: Path) -> list[tuple[str, ...]]:
    """The overlays of :data:`WAYS` and the streets; options of the command for each."""
    rows = [shapely.LineString([(200_000, y), (208_000, y)]) for y in (501_000, 501_500, 502_000, 511_000)]
    columns = [shapely.LineString([(x, 501_000), (x, 511_000)]) for x in (200_500, 204_000, 206_000)]
    streets = shapely.get_parts(shapely.node(shapely.union_all(rows + columns)))
    write_vector(folder / "wegen.gpkg", gpd.GeoDataFrame(geometry=streets, crs="EPSG:28992"), "wegen")
    options: list[tuple[str, ...]] = []
    for number, way in enumerate(WAYS):
        path = folder / f"laag{number}.toml"
        path.write_text(f'title = "Laag {number}"\nsentence = "Een proef."\n{way}', encoding="utf-8")
        options.append(("--scenario", str(path)) if way else ())
    return options


def main() -> None:
    """Plan and measure."""
    folder, n_plans, n_warm_up = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    study, process, memory_mib = write_villages(folder), psutil.Process(), []
    overlays = write_ways(folder)
    begun = time.monotonic()
    for number in range(n_warm_up + n_plans):
        options = ("--report",) if number % 10 == 0 else ()
        way = overlays[number % len(overlays)]
        result = run_here("plan", str(study), *way, *options, "--output", str(folder / "runs"))
        if result.returncode:
            sys.exit(result.stderr)
        shutil.rmtree(folder / "runs")
        gc.collect()
        if number >= n_warm_up:
            memory_mib.append(process.memory_info().rss / 2**20)
    told = {"memory_mib": memory_mib, "seconds": time.monotonic() - begun}
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
