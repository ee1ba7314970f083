"""The reference layers a map may show, from the files in geo/data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent / "data"
"""The folder of outlines and places; SOURCES.md there says where each comes from."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One file that a map may show below the records."""

    id: str
    title: str
    file: str
    kind: Literal["area", "line", "place"]
    attribution: str
    licence: str


_NATURAL_EARTH = ("Made with Natural Earth", "public domain")

LAYERS: tuple[Layer, ...] = (
    Layer("neighbours", "Neighbouring countries", "neighbours.geojson", "area", *_NATURAL_EARTH),
    Layer("countries", "Countries", "countries.geojson", "area", *_NATURAL_EARTH),
    Layer("admin1", "Provinces", "admin1.geojson", "line", *_NATURAL_EARTH),
    Layer("lakes", "Lakes and seas", "lakes.geojson", "area", *_NATURAL_EARTH),
    Layer("places", "Towns", "places.csv", "place", "GeoNames (geonames.org)", "CC BY 4.0"),
)


def layer_path(layer: Layer) -> Path:
    """Return where the layer's file lies."""
    return DATA / layer.file
