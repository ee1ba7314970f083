"""Column types that hold the difference between a GeoPackage and PostGIS."""

import json
import math
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import TIMESTAMP, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from geo.elements import Geometries, as_array

SRID = 4326
# Length of the envelope in a GeoPackageBinary header by its code (GeoPackage 1.3, clause 2.1.3).
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_HEADER = struct.Struct("<2sBBi")
_HEADER_BYTES = _HEADER.size
_IS_EMPTY = 1 << 4
# An envelope's four numbers, a point's type and two numbers, by byte order: big end first, or last.
_ENVELOPE = struct.Struct(">4d"), struct.Struct("<4d")
_POINT = struct.Struct(">I2d"), struct.Struct("<I2d")
_POINT_BYTES = _HEADER_BYTES + 1 + _POINT[0].size
_MAGIC = b"GP"


def to_geopackage(geometry: BaseGeometry) -> bytes:
    """GeoPackageBinary: header, envelope unless a point, ISO WKB (GeoPackage 2.1.3)."""
    blob = to_geopackages([geometry])[0]
    assert blob is not None  # of a geometry there is one
    return blob


def to_geopackages(geometries: Geometries) -> list[bytes | None]:
    """The GeoPackageBinary of each geometry; None where there is none."""
    shapes = as_array(geometries)
    is_empty = shapely.is_empty(shapes)
    has_envelope = ~is_empty & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    columns = (
        shapely.to_wkb(shapes, byte_order=1, flavor="iso"),
        (1 | has_envelope << 1 | is_empty * _IS_EMPTY).tolist(),
        has_envelope.tolist(),
        shapely.bounds(shapes)[:, [0, 2, 1, 3]].tolist(),
    )
    return [
        wkb
        and _HEADER.pack(b"GP", 0, flags, SRID) + (_ENVELOPE[1].pack(*box) if boxed else b"") + wkb
        for wkb, flags, boxed, box in zip(*columns, strict=True)
    ]


def from_geopackage(blob: bytes) -> BaseGeometry:
    """Geometry of a GeoPackageBinary, whoever wrote it."""
    return shapely.from_wkb(_bare(blob))


def shapes_of(blobs: Sequence[bytes]) -> NDArray[np.object_]:
    """Geometries of many GeoPackageBinaries, or of plain well-known bytes, at once."""
    bare = [_bare(blob) if blob[:2] == _MAGIC else blob for blob in blobs]
    return np.asarray(shapely.from_wkb(np.array(bare, dtype=object)))


def _bare(blob: bytes) -> bytes:
    """The well-known bytes within a GeoPackageBinary."""
    return bytes(blob[_HEADER_BYTES + _ENVELOPE_BYTES[blob[3] >> 1 & 7] :])


def box_of(blob: bytes) -> tuple[float, float, float, float]:
    """West, east, south and north of a GeoPackageBinary, read off it where it says them; NaN where
    it is empty.
    """
    if blob[3] & _IS_EMPTY:
        return (math.nan,) * 4
    if blob[3] >> 1 & 7:
        west, east, south, north = _ENVELOPE[blob[3] & 1].unpack_from(blob, _HEADER_BYTES)
        return west, east, south, north
    if len(blob) >= _POINT_BYTES:
        kind, x, y = _POINT[blob[_HEADER_BYTES]].unpack_from(blob, _HEADER_BYTES + 1)
        if kind == 1:
            return x, x, y, y
    west, south, east, north = from_geopackage(blob).bounds
    return west, east, south, north


class PostgisGeometry(UserDefinedType[Any]):
    """PostGIS's column of any geometry in WGS 84."""

    cache_ok = True

    def __init__(self, kind: str = "geometry", srid: int = SRID) -> None:
        self.kind, self.srid = kind, srid

    def get_col_spec(self, **_: Any) -> str:
        """What CREATE TABLE says."""
        return f"geometry({self.kind},{self.srid})"


class GeopackageGeometry(UserDefinedType[Any]):
    """A GeoPackage's column of any geometry."""

    cache_ok = True

    def __init__(self, kind: str = "GEOMETRY") -> None:
        self.kind = kind

    def get_col_spec(self, **_: Any) -> str:
        """What CREATE TABLE says."""
        return self.kind


class Geometry(TypeDecorator[BaseGeometry]):
    """A WGS 84 geometry, longitude first; shapely in and out.

    On PostGIS it travels as hex EWKB (its own text format), in a GeoPackage as GeoPackageBinary.
    """

    impl = UserDefinedType
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type in the database at hand."""
        postgis = dialect.name == "postgresql"
        return dialect.type_descriptor(PostgisGeometry() if postgis else GeopackageGeometry())

    def process_bind_param(
        self, value: BaseGeometry | None, dialect: Dialect
    ) -> str | bytes | None:
        """Geometry to what the database takes."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return shapely.to_wkb(shapely.set_srid(value, SRID), hex=True, include_srid=True)
        return to_geopackage(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:
        """What the database gives to geometry."""
        if value is None:
            return None
        return shapely.from_wkb(value) if dialect.name == "postgresql" else from_geopackage(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, whole milliseconds.

    GeoPackage (clause 1.1.1.1.1) writes it as text with three decimals; GDAL warns of any other.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TIMESTAMP WITH TIME ZONE, or GeoPackage's DATETIME."""
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(
            TIMESTAMP(timezone=True) if postgres else GeopackageDateTime()
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Moment to what the database takes."""
        if value is None or dialect.name == "postgresql":
            return value
        return moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What the database gives to a moment in UTC."""
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.astimezone(UTC)


class GeopackageDateTime(UserDefinedType[Any]):
    """A GeoPackage's column of a moment."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """What CREATE TABLE says."""
        return "DATETIME"


@lru_cache(maxsize=256)  # records that come together have one moment
def moment_text(moment: datetime) -> str:
    """RFC 3339 text in UTC with three decimals, as GeoPackage and the API write it."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


class Json(TypeDecorator[Any]):
    """A list or mapping: JSONB on PostgreSQL, TEXT in a GeoPackage (a JSON column is taken for a
    geometry).
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """JSONB or TEXT."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415  # slow to load

        return dialect.type_descriptor(JSONB())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Value to what the database takes."""
        if value is None or dialect.name == "postgresql":
            return value
        return orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """What the database gives to a value."""
        return (
            json.loads(value) if isinstance(value, str) and dialect.name != "postgresql" else value
        )
