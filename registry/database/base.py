"""What all tables share: names of constraints, types by annotation, the spatial index."""

from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Date, Double, Index, MetaData, Text, literal_column
from sqlalchemy.orm import DeclarativeBase

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


def gist_index(table: str) -> Index:
    """PostGIS's index of the geometry; a GeoPackage has its R-tree instead."""
    return Index(
        f"ix_{table}_geometry", literal_column("geometry"), postgresql_using="gist"
    ).ddl_if(dialect="postgresql")
