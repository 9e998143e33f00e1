from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
import shapely

from nsp_planner.errors import DataError
from nsp_planner.layers.network.osmnx_graph import download_graph
from nsp_planner.layers.network.store import read_network

osmnx = pytest.importorskip("osmnx", reason="osmnx is not installed")

LON, LAT = 6.1, 52.5


def graph() -> nx.MultiDiGraph:
    made = nx.MultiDiGraph(crs="EPSG:4326", created_with="test", simplified=False)
    for node, (dx, dy) in {1: (0, 0), 2: (0.001, 0), 3: (0.002, 0), 4: (0.001, 0.001)}.items():
        made.add_node(node, x=LON + dx, y=LAT + dy)

    def both_ways(u: int, v: int, **tags: object) -> None:
        made.add_edge(u, v, length=70.0, oneway=False, reversed=False, **tags)
        made.add_edge(v, u, length=70.0, oneway=False, reversed=True, **tags)

    both_ways(1, 2, osmid=11, highway="residential", name="Dorpsstraat")
    made.add_edge(2, 3, osmid=12, highway="residential", oneway=True, reversed=False, length=70.0)
    both_ways(2, 4, osmid=13, highway="cycleway")
    return made


def test_a_saved_graph_becomes_a_network_with_two_way_streets_as_one_edge(tmp_path: Path) -> None:
    path = tmp_path / "town.graphml"
    osmnx.save_graphml(graph(), path)
    foot, _ = read_network(path, "foot")
    car, _ = read_network(path, "car")
    assert sorted(foot.line_id.tolist()) == [11, 12, 13]
    assert foot.backward.all()
    assert foot.component.max() == 0
    assert sorted(car.line_id.tolist()) == [11, 12]
    assert car.backward[car.line_id == 12].tolist() == [False]
    assert foot.length_m.min() == pytest.approx(67.9, abs=1)


def test_a_download_is_written_when_complete_and_asks_for_cycleways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}

    def answer(polygon: object, **options: object) -> nx.MultiDiGraph:
        asked.update(options, bounds=polygon.bounds, tags=list(osmnx.settings.useful_tags_way))
        return graph()

    monkeypatch.setattr(osmnx, "graph_from_polygon", answer)
    before = list(osmnx.settings.useful_tags_way)
    download_graph(shapely.box(199_000, 499_000, 200_000, 500_000), tmp_path / "town.graphml")
    assert read_network(tmp_path / "town.graphml", "foot")[0].n_edges == 3
    assert asked["retain_all"] is True
    assert "foot" in asked["tags"]
    assert 5 < asked["bounds"][0] < 7
    assert osmnx.settings.useful_tags_way == before


def test_a_download_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(osmnx, "graph_from_polygon", fail)
    with pytest.raises(DataError, match="could not be downloaded: no route to host"):
        download_graph(shapely.box(199_000, 499_000, 200_000, 500_000), tmp_path / "town.graphml")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_without_coordinates_and_a_file_that_is_no_graph_are_refused(tmp_path: Path) -> None:
    lost = graph()
    del lost.nodes[4]["x"]
    path = tmp_path / "lost.graphml"
    osmnx.save_graphml(lost, path)
    with pytest.raises(DataError, match="1 nodes of the graph have no x or y"):
        read_network(path, "foot")
    path.write_text("<graphml")
    with pytest.raises(DataError, match="no graph saved by osmnx"):
        read_network(path, "foot")
