from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nsp_planner.costs.network import kept
from nsp_planner.costs.network.build import NetworkCosts, build_network_costs
from nsp_planner.costs.network.links import LinkChanges, build_closed_links, changes_for
from nsp_planner.errors import SettingsError
from tests.towns.networks import build_lattice, build_river_town

LIMITS: dict[str, float] = {"cutoff_m": 5000.0, "connect_limit_m": 500.0, "small_island_m": 500.0}
BRIDGE = LinkChanges(closed_bridges=("IJsselbrug",))


@pytest.fixture(autouse=True)
def _nothing_in_memory() -> None:
    kept.forget()


def of_the_town(folder: Path | None, changes: LinkChanges | None = None, **other: Any) -> NetworkCosts:
    town = build_river_town()
    return kept.network_costs(
        town.network, town.demand_xy, town.site_xy, changes=changes, folder=folder, **LIMITS, **other
    )


def assert_same(one: NetworkCosts, other: NetworkCosts) -> None:
    assert np.array_equal(one.costs.indptr, other.costs.indptr)
    assert np.array_equal(one.costs.destination, other.costs.destination)
    assert np.array_equal(one.costs.distance_m, other.costs.distance_m)
    assert one.costs.metric_nl == other.costs.metric_nl


def fail(*_: object, **__: object) -> None:
    raise AssertionError("distances were computed that are known")


def test_a_kept_matrix_is_used_by_the_next_run_and_equals_computing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = of_the_town(tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".npz"]
    kept.forget()
    monkeypatch.setattr(kept, "build_network_costs", fail)
    assert_same(of_the_town(tmp_path), first)


def test_a_scenario_of_the_same_run_starts_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    of_the_town(None)
    monkeypatch.setattr(kept, "build_network_costs", fail)
    closed = of_the_town(None, BRIDGE)
    town = build_river_town()
    assert_same(closed, build_network_costs(town.network, town.demand_xy, town.site_xy, changes=BRIDGE, **LIMITS))
    assert closed.recomputed.tolist() == [True, True, True]


def test_only_the_sites_a_change_can_touch_are_computed_again_after_a_run_that_is_over(tmp_path: Path) -> None:
    network = build_lattice(60)
    rng = np.random.default_rng(1)
    people = 180_000 + rng.uniform(0, 4_000, 300), 480_000 + rng.uniform(0, 4_000, 300)
    sites = 180_000 + rng.uniform(0, 4_000, 40), 480_000 + rng.uniform(0, 4_000, 40)
    points = np.column_stack(people), np.column_stack(sites)
    limits = {**LIMITS, "cutoff_m": 600.0}
    base = kept.network_costs(network, *points, folder=tmp_path, **limits)
    kept.forget()
    changes = LinkChanges(closed_ids=(int(network.line_id[base.destinations.edge[0]]),))
    closed = kept.network_costs(network, *points, changes=changes, folder=tmp_path, **limits)
    assert_same(closed, build_network_costs(network, *points, changes=changes, **limits))
    assert 0 < closed.recomputed.sum() < 20


def test_a_damaged_matrix_is_made_again(tmp_path: Path) -> None:
    first = of_the_town(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:200])
    kept.forget()
    assert_same(of_the_town(tmp_path), first)
    kept.forget()
    assert_same(of_the_town(tmp_path), first)


def test_a_matrix_that_is_well_formed_but_altered_is_not_believed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = of_the_town(tmp_path)
    (file,) = tmp_path.iterdir()
    with np.load(file) as arrays:
        altered = {**arrays, "distance_m": arrays["distance_m"] / 2}
    np.savez(file, **altered)
    kept.forget()
    assert_same(of_the_town(tmp_path), first)
    assert "its content is not what was kept" in caplog.text


def test_other_points_limits_or_streets_have_another_key(tmp_path: Path) -> None:
    town = build_river_town()
    of_the_town(tmp_path)
    kept.network_costs(town.network, town.demand_xy + 1, town.site_xy, folder=tmp_path, **LIMITS)
    kept.network_costs(town.network, town.demand_xy, town.site_xy, folder=tmp_path, **{**LIMITS, "cutoff_m": 4000.0})
    without = town.network.keep_edges(~town.network.ferry)
    kept.network_costs(without, town.demand_xy, town.site_xy, folder=tmp_path, **LIMITS)
    assert len(list(tmp_path.iterdir())) == 4


def test_only_the_last_used_matrices_stay_on_disk(tmp_path: Path) -> None:
    town = build_river_town()
    for cutoff_m in range(1000, 1000 + kept.KEPT_ON_DISK + 2):
        limits = {**LIMITS, "cutoff_m": float(cutoff_m)}
        kept.network_costs(town.network, town.demand_xy, town.site_xy, folder=tmp_path, **limits)
    assert len(list(tmp_path.iterdir())) == kept.KEPT_ON_DISK


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    of_the_town(blocked)
    assert "not kept" in caplog.text


def test_a_change_that_only_another_network_knows_is_left_to_it() -> None:
    town = build_river_town()
    without = town.network.keep_edges(~town.network.ferry)
    ferry = LinkChanges(ferries_out=("Olsterveer",), closed_bridges=("IJsselbrug",), closed_ids=(8,))
    assert changes_for(without, [town.network], ferry) == BRIDGE
    assert changes_for(town.network, [without], ferry) == ferry
    unknown = LinkChanges(ferries_out=("Olstveer",))
    with pytest.raises(SettingsError, match="Olsterveer"):
        build_closed_links(town.network, changes_for(town.network, [without], unknown))
