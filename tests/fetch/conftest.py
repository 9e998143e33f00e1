"""Fixtures of the tests of fetching: a server on loopback, and settings that send everything there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nsp_planner.fetch.overrides import FetchSettings
from nsp_planner.fetch.run import fetch_region
from nsp_planner.fetch.steps import Fetched
from nsp_planner.fetch.web import Politeness, Web
from tests.towns.open_data import example_world
from tests.towns.server import Playbook, serving

FAST = Politeness(attempts=3, backoff_s=0.01, max_wait_s=0.5, timeout_s=(2.0, 2.0), pause_s=0.0)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is not reached through the proxy of an organisation."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(scope="session")
def example_book() -> Playbook:
    """The example region as the publishers would serve it; copy before changing."""
    return example_world()


@pytest.fixture
def server() -> Iterator[Playbook]:
    """An empty server."""
    with serving(Playbook()) as book:
        yield book


@pytest.fixture
def world(example_book: Playbook) -> Iterator[Playbook]:
    """A server that has the example region."""
    with serving(_fresh(example_book)) as playing:
        yield playing


def _fresh(book: Playbook) -> Playbook:
    return Playbook(files=dict(book.files), collections=dict(book.collections))


@pytest.fixture(scope="session")
def whole(example_book: Playbook, tmp_path_factory: pytest.TempPathFactory) -> Fetched:
    """IJsselland with every source, fetched once; not to be changed."""
    book = _fresh(example_book)
    with pytest.MonkeyPatch.context() as patch, serving(book) as playing:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        settings = FetchSettings(mirror=playing.address, buffer_m=2_000, year=2024)
        return fetch_region("IJsselland", tmp_path_factory.mktemp("raw"), settings, politeness=FAST)


@pytest.fixture
def fetch(world: Playbook, tmp_path: Path) -> Callable[..., Fetched]:
    """``fetch_region`` for IJsselland into a folder of its own; of the optional sources only those in ``optional``."""

    def run(
        name: str = "IJsselland", sources: dict[str, Any] | None = None, optional: tuple[str, ...] = (), **options: Any
    ) -> Fetched:
        keys = ("year", "resolution_m", "buffer_m")
        chosen = {key: options.pop(key) for key in keys if key in options}
        skipped = {each: {"skip": True} for each in ("bag", "wijken", "buurten", "flood_zones") if each not in optional}
        settings = FetchSettings.model_validate(
            {
                "mirror": world.address,
                "buffer_m": 2_000,
                "year": 2024,
                "sources": {**skipped, **(sources or {})},
                **chosen,
            }
        )
        root = options.pop("root", tmp_path / "raw")
        return fetch_region(name, root, settings, politeness=options.pop("politeness", FAST), **options)

    return run


@pytest.fixture
def web() -> Web:
    """A door to the network that does not wait long."""
    return Web(politeness=FAST)
