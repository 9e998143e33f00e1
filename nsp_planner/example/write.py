"""Writing the example. In: a folder, a seed. Out: raw files in the formats real data come in, and their study file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from nsp_planner.example import files
from nsp_planner.example.build import build_example
from nsp_planner.example.cbs import areas_table, totals_table
from nsp_planner.example.neighbours import build_across
from nsp_planner.example.network_file import write_network
from nsp_planner.example.presence import build_buurten, build_campsites, build_day_places
from nsp_planner.example.rivers import river_waters
from nsp_planner.norms import published_norms


def write_example(folder: Path, *, seed: int = 1, scale: float = 1.0) -> Path:
    """Make the example and write it as raw files and a study; the same seed gives the same bytes.

    Args:
        folder: Where the files go; made if it is not there. Files of an earlier example in it are replaced.
        seed: Seed of every random choice.
        scale: Share of the region's inhabitants, above 0 and at most 1: below 1 a smaller region for tests.

    Returns:
        The study file, ``voorbeeld.toml`` in that folder.

    Raises:
        ValueError: ``scale`` or ``seed`` out of range.
        OSError: The folder cannot be written.
    """
    example = build_example(seed=seed, scale=scale)
    folder.mkdir(parents=True, exist_ok=True)
    guests, workers, beyond = (np.random.default_rng([seed, stream]) for stream in (101, 102, 103))
    areas, squares, sites = build_across(example, beyond)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".voorbeeld-") as name:
        draft = Path(name)
        buurten, campsites, by_day = (draft / file for file in files.PRESENT_FILES)
        across_areas, across_grid, across_sites = (draft / file for file in files.ACROSS_FILES)
        files.write_grid(example.grid, draft)
        files.write_layer(areas_table(example.boundaries), draft / files.AREAS_FILE, files.AREAS_LAYER)
        totals = totals_table(example.region, example.boundaries)
        files.write_csv(totals, draft / files.TOTALS_FILE, sep=",", decimal=".")
        # as Dutch Excel saves a list: semicolons, decimal comma, Windows-1252
        files.write_csv(example.candidates, draft / files.SITES_FILE, encoding="cp1252", end="\r\n")
        files.write_csv(example.stations, draft / files.STATIONS_FILE, decimal=".")
        write_network(example.streets, draft / files.STREETS_FILE, river_waters(example.outline))
        files.write_layer(build_buurten(example), buurten, "buurten")
        files.write_csv(build_campsites(example, guests), campsites)
        files.write_csv(build_day_places(example, workers), by_day)
        files.write_layer(areas, across_areas, files.AREAS_LAYER)
        files.write_layer(squares, across_grid, files.GRID_LAYER)
        files.write_csv(sites, across_sites)
        for file in sorted(draft.iterdir()):
            file.replace(folder / file.name)
        # the study comes last: who sees it finds the files it names
        study = draft / files.STUDY_FILE
        study.write_text(files.study_text(published_norms()), encoding="utf-8", newline="\n")
        return study.replace(folder / files.STUDY_FILE)
