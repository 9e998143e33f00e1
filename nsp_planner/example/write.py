"""Writing the example. In: a folder, a seed. Out: raw files in the formats real data come in, and their study file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nsp_planner.example.agreements import agreed_numbers
from nsp_planner.example.build import build_example
from nsp_planner.example.cbs import write_areas, write_grid, write_totals
from nsp_planner.example.neighbours import write_across
from nsp_planner.example.network_file import write_network
from nsp_planner.example.presence import write_present
from nsp_planner.example.rivers import river_waters
from nsp_planner.example.study_file import SITES_FILE, STATIONS_FILE, STREETS_FILE, STUDY_FILE, study_text
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
    with tempfile.TemporaryDirectory(dir=folder, prefix=".voorbeeld-") as name:
        draft = Path(name)
        write_grid(example.grid, draft)
        write_areas(example.boundaries, draft)
        write_totals(example.region, example.boundaries, draft)
        # as Dutch Excel saves a list: semicolons, decimal comma, Windows-1252
        example.candidates.to_csv(
            draft / SITES_FILE, sep=";", decimal=",", index=False, encoding="cp1252", lineterminator="\r\n"
        )
        example.stations.to_csv(draft / STATIONS_FILE, sep=";", index=False, encoding="utf-8", lineterminator="\n")
        write_network(example.streets, draft / STREETS_FILE, river_waters(example.outline))
        write_present(example, draft, seed)
        write_across(example, draft, seed)
        for file in sorted(draft.iterdir()):
            file.replace(folder / file.name)
        study = draft / STUDY_FILE
        text = study_text(published_norms(), fixed=agreed_numbers(example.candidates))
        study.write_text(text, encoding="utf-8", newline="\n")
        return study.replace(folder / STUDY_FILE)
