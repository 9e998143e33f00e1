"""Small makers of odd files. In: what should be odd. Out: bytes of a workbook, a GeoJSON; a GeoPackage on disk."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import shapely
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from tests.towns.raw_files import write_vector

HEADER = ("naam", "x", "y", "capaciteit", "status")
HALL = ("Dorpshuis", 201_050, 501_050, 700, "idee")
CHURCH = ("Kerk", 205_050, 501_050, 300, "idee")
ROWS: tuple[tuple[object, ...], ...] = (HEADER, HALL, CHURCH)
"""A candidate list of two buildings, one per gemeente of the region."""


def csv_of(rows: Sequence[Sequence[object]] = ROWS, *, mark: str = ";", encoding: str = "utf-8") -> bytes:
    """Rows as CSV; values are put in as they are."""
    return "".join(mark.join(str(value) for value in row) + "\n" for row in rows).encode(encoding)


def book(
    rows: Sequence[Sequence[object]] = ROWS,
    *,
    change: Callable[[Worksheet], object] | None = None,
    sheets: Mapping[str, Sequence[Sequence[object]]] | None = None,
    parts: Mapping[str, Callable[[str], str]] | None = None,
) -> bytes:
    """A workbook: rows on its sheet, which ``change`` may change; more sheets; parts of the archive changed as text."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Lijst"
    for row in rows:
        sheet.append(list(row))
    for name, more in (sheets or {}).items():
        other = workbook.create_sheet(name)
        for row in more:
            other.append(list(row))
    if change is not None:
        change(sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    return changed_parts(stream.getvalue(), parts or {})


def changed_parts(archive: bytes, parts: Mapping[str, Callable[[str], str]]) -> bytes:
    """A zip with some of its members changed as text; a member that is not there is added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            change = parts.get(member.filename)
            target.writestr(member.filename, content if change is None else change(content.decode()).encode())
        for name in set(parts) - set(source.namelist()):
            target.writestr(name, parts[name]("").encode())
    return out.getvalue()


def shared_book(rows: Sequence[Sequence[object]] = ROWS) -> bytes:
    """A workbook as Excel writes it, with its texts in one part of their own."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    sheet = workbook.add_worksheet("Lijst")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    workbook.close()
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def stale_dimension(ref: str) -> Callable[[str], str]:
    """Another stated dimension of a sheet."""
    return lambda text: re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{ref}"', text)


def cell(name: str, value: Any) -> Callable[[Worksheet], object]:
    """One cell with another value."""

    def change(sheet: Worksheet) -> None:
        sheet[name].value = value

    return change


def geojson(
    features: Sequence[tuple[Mapping[str, object], Any]] = (({"naam": "Dorpshuis"}, (6.06529, 52.49521)),),
    **more: object,
) -> bytes:
    """A FeatureCollection: properties and geometry (a point as a pair, or a whole geometry) per feature."""

    def geometry(shape: Any) -> Any:
        return {"type": "Point", "coordinates": list(shape)} if isinstance(shape, tuple) else shape

    made = [{"type": "Feature", "properties": dict(p), "geometry": geometry(g)} for p, g in features]
    return json.dumps({"type": "FeatureCollection", **more, "features": made}).encode()


def vector(path: Path, table: Mapping[str, Sequence[object]], shapes: Sequence[Any], crs: Any = "EPSG:28992") -> Path:
    """A vector file of any kind; the format follows the name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return write_vector(path, gpd.GeoDataFrame(dict(table), geometry=list(shapes), crs=crs))


def with_sql(path: Path, *statements: str) -> Path:
    """A GeoPackage changed behind the back of GDAL."""
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path


def odd_polygon(*corners: tuple[float, float]) -> shapely.Polygon:
    """A polygon whose corners need not be numbers."""
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return shapely.Polygon(corners)


# --- texts that make GDAL read elsewhere, or that are of another format than their name says

VRT = b"""<OGRVRTDataSource><OGRVRTLayer name="lijst"><SrcDataSource>%s</SrcDataSource><SrcLayer>geheim</SrcLayer>
<GeometryType>wkbPoint</GeometryType><LayerSRS>EPSG:28992</LayerSRS>
<GeometryField encoding="PointFromColumns" x="x" y="y"/></OGRVRTLayer></OGRVRTDataSource>"""
WFS = b"<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs?SERVICE=WFS</URL></OGRWFSDataSource>"
GML = b"""<?xml version="1.0"?><ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml">
<gml:featureMember><ogr:lijst fid="1"><ogr:naam>Hal</ogr:naam><ogr:g><gml:Point srsName="EPSG:28992">
<gml:coordinates>201050,501050</gml:coordinates></gml:Point></ogr:g></ogr:lijst></gml:featureMember></ogr:FeatureCollection>"""
KML = b"""<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link>
<href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink><Placemark><name>Hal</name><Point><coordinates>6.06529,52.49521
</coordinates></Point></Placemark></Document></kml>"""
ESRI_JSON = (
    b'{"displayFieldName":"naam","geometryType":"esriGeometryPoint","spatialReference":{"wkid":28992},'
    b'"fields":[{"name":"naam","type":"esriFieldTypeString"}],"features":[{"attributes":{"naam":"Hal"},'
    b'"geometry":{"x":201050,"y":501050}}]}'
)
TOPO_JSON = (
    b'{"type":"Topology","objects":{"a":{"type":"GeometryCollection","geometries":[{"type":"Point",'
    b'"coordinates":[6.06529,52.49521],"properties":{"naam":"Hal"}}]}},"arcs":[]}'
)
