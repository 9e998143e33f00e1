"""A browser and maps to open in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nsp_planner.report.map.write import write_map
from tests.browser.chrome import Page, chromium_page, find_chromium
from tests.towns.planned import RUN, make_study, make_synthetic_region, make_toy

EVIL = "<img src=x onerror=\"document.title='kwaad'\"> & \"co\" '🦉' {{ 7 * 7 }}" + "lang" * 60


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    """One browser for all tests; each opens its map anew."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium found (install Debian's chromium, or name one in NSP_CHROMIUM)")
    with chromium_page(executable) as opened:
        yield opened


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Folder in which screenshots are kept."""
    folder = Path(__file__).resolve().parents[2] / "test-artefacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def toy_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy, made up, with one square out of reach."""
    path = tmp_path_factory.mktemp("kaart") / "kaart.html"
    write_map(path, make_toy(lost=True, study=make_study(illustration=True))[1], RUN)
    return path


@pytest.fixture(scope="session")
def evil_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy with names that try to be markup."""
    path = tmp_path_factory.mktemp("kaart") / "kaart.html"
    write_map(path, make_toy((EVIL + "1", EVIL + "2", EVIL + "3", EVIL + "4"))[1], RUN)
    return path


@pytest.fixture(scope="session")
def region_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region of the true size: 17,000 squares, 700 candidates, 114 L-NSPs."""
    path = tmp_path_factory.mktemp("kaart") / "kaart.html"
    write_map(path, make_synthetic_region(17_000, 700, 114)[1], RUN)
    return path
