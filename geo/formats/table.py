"""Rows of a sheet below the row that names the columns: where the place stands, what the id is."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadFile, BadGeometry
from geo.formats.base import Placed, RawFeature
from geo.formats.flat import ID, plain_cell
from geo.geometry import read_text
from geo.numbers import plain_number

PLACE = "WKT"
"""The column of the geometry: the name by which GDAL and QGIS know it too."""

HEADER_WITHIN = 10
"""Rows among which the header is looked for: titles and dates stand above it in many files."""

MOST_COLUMNS = 500
_PLACES = frozenset({"wkt", "geometry", "geom", "thegeom", "geometrywkt", "wktgeom", "геометрия"})
_LONGITUDES = frozenset({"lon", "lng", "long", "longitude", "longitudedeg", "x", "долгота", "経度"})
_LATITUDES = frozenset({"lat", "latitude", "latitudedeg", "y", "широта", "緯度"})
_PLACE_NAMES = _PLACES | _LONGITUDES | _LATITUDES
_LEAST_NAMES = 2
_SIZE = 8  # of a cell that is no text, as far as it counts


@dataclass(frozen=True, slots=True)
class Table:
    """A header that was understood: its names, and which cells say the place."""

    names: tuple[str, ...]
    place: int | None
    lonlat: tuple[int, int] | None

    @classmethod
    def of(cls, header: Sequence[Any]) -> "Table":
        """Read a header; raises BadFile where a column has no name, or two have the same."""
        names = [str(cell).strip() if cell is not None else "" for cell in header]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise BadFile("The file is empty: its first row must name the columns.")
        if len(names) > MOST_COLUMNS:
            raise BadFile(f"The file has {len(names):,} columns; at most {MOST_COLUMNS} are read.")
        for at, name in enumerate(names, start=1):
            if not name:
                raise BadFile(f"Column {at} has no name; name it in the first row.")
            if name in names[: at - 1]:
                raise BadFile(f"Two columns are called {name[:40]!r}; rename one of them.")
        folded = [_folded(name) for name in names]
        place = next((at for at, name in enumerate(folded) if name in _PLACES), None)
        lon = next((at for at, name in enumerate(folded) if name in _LONGITUDES), None)
        lat = next((at for at, name in enumerate(folded) if name in _LATITUDES), None)
        lonlat = None if place is not None or lon is None or lat is None else (lon, lat)
        return cls(tuple(names), place, lonlat)

    @property
    def placed(self) -> dict[str, Placed]:
        """The columns that say the place or the id, and are no property."""
        lon, lat = self.lonlat or (None, None)
        roles: tuple[tuple[int | None, Placed], ...] = (
            (self.names.index(ID) if ID in self.names else None, "id"),
            (self.place, "place"),
            (lon, "longitude"),
            (lat, "latitude"),
        )
        return {self.names[at]: role for at, role in roles if at is not None}

    def feature(self, row: int, cells: Sequence[Any]) -> RawFeature:
        """Return a row as a feature; what is wrong with its place is its fault."""
        beyond = [cell for cell in cells[len(self.names) :] if not _is_blank(cell)]
        if beyond:
            fault = (
                f"The row has more cells than there are columns ({len(self.names)}); the row above "
                "all others must name each."
            )
            return RawFeature(row, fault=fault)
        padded = [*cells, *[None] * len(self.names)]
        texts = [_plain(cell) for cell in padded[: len(self.names)]]
        placed = {self.place, *(self.lonlat or ())}
        said = {
            name: text
            for at, (name, text) in enumerate(zip(self.names, texts, strict=True))
            if at not in placed
        }
        ref = said.pop(ID, None)
        geometry: BaseGeometry | None = None
        wrong: str | None = None
        try:
            geometry = self._geometry(texts)
        except BadGeometry as error:
            wrong = str(error)
        size = sum(len(text) if isinstance(text, str) else _SIZE for text in texts)
        return RawFeature(row, None if ref is None else str(ref), geometry, said, wrong, size)

    def _geometry(self, cells: Sequence[Any]) -> BaseGeometry | None:
        if self.place is not None:
            text = cells[self.place]
            return None if text is None else read_text(str(text))
        if self.lonlat is None:
            return None
        lon, lat = (cells[at] for at in self.lonlat)
        if lon is None and lat is None:
            return None
        return shapely.Point(_degrees(lon), _degrees(lat))


Rows = Iterator[tuple[int, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A header with the row where it stands and the rows below it.

    `is_sure` says that its cells are known names, and not only the first that there are.
    """

    table: Table
    header: int
    below: Rows
    is_sure: bool


def find(rows: Rows, is_name: Callable[[str], bool] | None) -> Found:
    """Find the header: of the first rows the first that mostly holds known names, else the first.

    `rows` are those that are not blank, with their numbers. Raises BadFile like `Table.of`.
    """
    first = list(islice(rows, HEADER_WITHIN))
    sure = [at for at, (_, cells) in enumerate(first) if is_name and _is_header(cells, is_name)]
    at = sure[0] if sure else 0
    row, header = first[at] if first else (1, ())
    return Found(Table.of(header), row, chain(first[at + 1 :], rows), bool(sure))


def _is_header(cells: Sequence[Any], is_name: Callable[[str], bool]) -> bool:
    """Whether most cells are names of columns, and two at least: a title may hold one by chance."""
    texts = [str(cell).strip() for cell in cells if not _is_blank(cell)]
    known = sum(_folded(text) in _PLACE_NAMES or is_name(text) for text in texts)
    return known >= _LEAST_NAMES and 2 * known >= len(texts)


def _folded(name: str) -> str:
    return re.sub(r"[\s_().°-]", "", name.casefold())


def _degrees(cell: Any) -> float:
    try:
        return plain_number(str(cell).replace(",", "."))
    except ValueError:
        raise BadGeometry(
            f"Longitude and latitude are decimal degrees, as 68.1; got {str(cell)[:40]!r}."
        ) from None


def _plain(cell: Any) -> Any:
    if _is_blank(cell):
        return None
    return plain_cell(cell) if isinstance(cell, str) else cell


def _is_blank(cell: Any) -> bool:
    return cell is None or cell == ""
