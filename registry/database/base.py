"""What tables share: names of constraints, types by annotation, columns, the spatial index."""

from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Date, Double, Index, MetaData, Text, literal_column
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from registry.database.types import Geometry, Json, UtcDateTime


class Base(DeclarativeBase):
    """What all tables of the registry share: one naming of constraints, and types by annotation."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        list[str]: Json,
        dict[str, Any]: Json,
        datetime: UtcDateTime,
        date: Date,
        BaseGeometry: Geometry,
        # GeoPackage reads FLOAT as 32 bits and knows no VARCHAR: TEXT and DOUBLE mean the same to
        # all.
        str: Text,
        float: Double,
    }


class Record:
    """What every public record has.

    `text` is the record's GeoJSON, made when it changes, so that reading it costs nothing;
    `search` is its words, folded.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @declared_attr
    def search(cls) -> Mapped[str]:
        """Folded words, loaded only where asked for."""
        return mapped_column(Text, deferred=True, default="")

    @declared_attr
    def text(cls) -> Mapped[str]:
        """Stored GeoJSON text, loaded only where asked for."""
        return mapped_column(Text, deferred=True, default="")


class Located(Record):
    """A record with a place."""

    geometry: Mapped[BaseGeometry | None]
    location_precision: Mapped[str] = mapped_column(index=True)
    offshore: Mapped[bool] = mapped_column(default=False)


class InCountry:
    """One of the five, and how much of a record lies in it: by length, area or count.

    There is no share where only the source says so.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str]
    share: Mapped[float | None]


def gist_index(table: str) -> Index:
    """PostGIS's index of the geometry; a GeoPackage has its R-tree instead."""
    return Index(
        f"ix_{table}_geometry", literal_column("geometry"), postgresql_using="gist"
    ).ddl_if(dialect="postgresql")
