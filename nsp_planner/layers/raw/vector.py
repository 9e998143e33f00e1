"""One layer of a vector file. In: its path. Out: rows with geometry and the CRS the file states, or faults.

Every way a file can be broken becomes a fault; no exception of GDAL or arrow leaves this module.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyproj import CRS

from nsp_planner.errors import Faults
from nsp_planner.layers.raw.opening import AGAIN, GEOJSON_SUFFIXES, refuse_format, safe_geojson
from nsp_planner.names import nearest_or_all

PARQUET_SUFFIXES = (".parquet", ".geoparquet")


def read_vector(
    layer: str,
    path: Path,
    name: str | None,
    faults: Faults,
    columns: Callable[[Sequence[str]], Sequence[str]] | None = None,
    shown: Path | None = None,
) -> tuple[pd.DataFrame, CRS | None] | None:
    """The rows of one layer and the CRS it states; ``None`` with a fault added.

    Args:
        layer: Name of the input for faults.
        path: GeoPackage, GeoJSON, shapefile, FlatGeobuf or GeoParquet.
        name: Layer of a file with more than one.
        faults: Where faults are added.
        columns: Given all column names, those to read; all when left out.
        shown: The file a planner knows, where ``path`` was unpacked from it.
    """
    shown = shown or path
    try:
        if path.suffix.lower() == ".gpkg" and (missing := _missing_bytes(path)) > 0:
            faults.add(layer, f"the file is cut short: {missing:,} bytes are missing", AGAIN, file=shown)
            return None
        if (refusal := refuse_format(path)) is not None:
            faults.add(layer, refusal.message, refusal.fix, file=shown)
            return None
        if path.suffix.lower() in PARQUET_SUFFIXES:
            frame = gpd.read_parquet(path)
            return frame.reset_index(drop=True), _stated_crs(frame)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = safe_geojson(path) if path.suffix.lower() in GEOJSON_SUFFIXES else None
            source = path if content is None else content
            layers = [(str(row[0]), row[1] is not None) for row in pyogrio.list_layers(source)]
            chosen = _choose_layer(layer, shown, name, layers, faults)
            if chosen is None:
                return None
            info = pyogrio.read_info(source, layer=chosen, force_feature_count=True)
            wanted = None if columns is None else list(columns([str(field) for field in info["fields"]]))
            frame = pyogrio.read_dataframe(source, layer=chosen, columns=wanted)
    except ImportError:
        fix = "Install the package pyarrow, or give a GeoPackage."
        faults.add(layer, "reading GeoParquet needs the package pyarrow", fix, file=shown)
        return None
    except Exception as error:  # GDAL errors come as several classes, some of them bare RuntimeErrors
        faults.add(layer, f"the file cannot be read: {first_line(error)}", AGAIN, file=shown)
        return None
    if len(frame) < info["features"]:
        faults.add(layer, f"only {len(frame):,} of {info['features']:,} rows can be read", AGAIN, file=shown)
        return None
    return frame.reset_index(drop=True), _stated_crs(frame)


def _stated_crs(frame: pd.DataFrame) -> CRS | None:
    return CRS.from_user_input(frame.crs) if isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None else None


def _choose_layer(
    layer: str, path: Path, name: str | None, layers: list[tuple[str, bool]], faults: Faults
) -> str | None:
    names = [each for each, _ in layers]
    if name is not None:
        if name in names:
            return name
        faults.add(layer, f'the file has no layer "{name}"', nearest_or_all(name, names), file=path, column="layer")
        return None
    spatial = [each for each, has_geometry in layers if has_geometry]
    for candidates in (spatial, names):
        if len(candidates) == 1:
            return candidates[0]
    if not names:
        faults.add(layer, "the file has no layers", "Give the complete file: download or export it again.", file=path)
    else:
        shown = ", ".join(f'"{each}"' for each in (spatial or names))
        faults.add(
            layer,
            "the file has more than one layer",
            f"Name one in the study with layer = ...: {shown}.",
            file=path,
            column="layer",
        )
    return None


def _missing_bytes(path: Path) -> int:
    """Bytes a GeoPackage is short of what its SQLite header says (https://www.sqlite.org/fileformat.html, 1.3)."""
    with path.open("rb") as stream:
        header = stream.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3\x00"):
        return 0
    # Offset 28 only counts when it was written by the same change as the one at offset 24.
    if header[24:28] != header[92:96]:
        return 0
    page = int.from_bytes(header[16:18], "big")
    return int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page) - path.stat().st_size


def first_line(error: BaseException) -> str:
    """The first line of what an error says, else its name."""
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
