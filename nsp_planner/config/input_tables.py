"""Files with a table of people, areas or numbers. In: tables of [inputs]. Out: the file and its columns."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from nsp_planner.config.base import Settings, StudyPath


class FileInput(Settings):
    """A file with one table."""

    path: StudyPath
    """The file, relative to the study file."""
    layer: str | None = None
    """Layer of a GeoPackage or sheet of a workbook; needed only where the file has more than one."""


class PopulationInput(FileInput):
    """[inputs.population]: CBS vierkantstatistieken, 100 m or 500 m, GeoPackage or the zip that holds it."""

    source_nl: str = Field(default="CBS", min_length=1)
    """Whose figures these are, as outputs name them."""
    resolution_m: Literal[100, 500] | None = None
    """Side of a square; read from the name of the id column when left out."""


class TotalsInput(FileInput):
    """[inputs.totals]: official inhabitants per gemeente (CBS kerncijfers), CSV, Excel or GeoPackage."""

    code_column: str = "gemeentecode"
    """Column with the code of the gemeente (GM0148); rows with other codes are passed over."""
    persons_column: str = "aantal_inwoners"
    """Column with the inhabitants; negative CBS codes are missing."""


class AreasInput(FileInput):
    """[inputs.areas]: boundaries of gemeenten (CBS gebiedsindelingen or wijk- en buurtkaart through PDOK).

    Neighbouring gemeenten should be in the file too: a square of no gemeente joins the nearest one within 500 m.
    """

    code_column: str | None = None
    """Column with the code (GM0148); guessed from "statcode", "gemeentecode" and the like when left out.
    Several rows with one code (buurten) are merged to one area."""
    name_column: str | None = None
    """Column with the name; guessed from "statnaam", "gemeentenaam" and the like when left out."""


class AddressesInput(FileInput):
    """[inputs.addresses]: addresses with their place on the map, such as an extract of the BAG (Kadaster, PDOK).

    CSV, Excel, GeoPackage or GeoJSON; used to place candidates that come with an address and without coordinates.
    """

    columns: dict[str, str] = Field(default_factory=dict)
    """Which column holds what; the rest is guessed from names of BAG and PDOK. Left side: street, house_number,
    house_letter, house_suffix, address, postcode, place, x, y, longitude, latitude."""
    crs: str | None = None
    """CRS of the coordinates where the file does not say, as for [[inputs.sites]]."""


class BuurtenInput(FileInput):
    """[inputs.buurten]: buurten, from the CBS wijk- en buurtkaart (polygons), or a table with a row per buurt.

    Polygons give every square its buurt; where they overlap, the smallest counts. A second file with figures per buurt
    goes in ``table``.
    """

    code_column: str | None = None
    """Column with the code of the buurt (BU01930000); guessed from "buurtcode" and the like when left out."""
    name_column: str | None = None
    """Column with the name; guessed from "buurtnaam" and the like when left out."""
    table: StudyPath | None = None
    """CSV or Excel file with figures per buurt, by the same codes, for [vulnerable]."""
    table_code_column: str | None = None
    """Column with the code of the buurt in ``table``; guessed likewise."""
    as_places: bool = False
    """Whether cards and lists for residents go by buurt instead of by place (the town in the address of buildings)."""


class PeopleInput(FileInput):
    """[[inputs.guests]] and [[inputs.day]]: people who are somewhere: campsites, schools, workplaces.

    Points (CSV or Excel with coordinates, GeoPackage, GeoJSON) stand in their square of 100 m; polygons are spread over
    the squares in them. A table with only the code of a gemeente is spread over the populated squares there.
    """

    label: str = Field(min_length=1)
    """What they are, in Dutch, such as "campings en vakantieparken"."""
    persons_column: str = "personen"
    """Column with the number of persons."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Which column holds what; the rest is guessed. Left side: name, x, y, longitude, latitude, gemeente_code."""
    crs: str | None = None
    """CRS of the coordinates where the file does not say, as for [[inputs.sites]]."""
    clip_to_region: bool = False
    """Leave out rows outside the region (they are counted in the report); without it they are a fault."""
    skip_without_persons: bool = False
    """Leave out rows without a number (counted in the report: not known is not zero); without it they are a fault."""
