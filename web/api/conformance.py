"""What the API conforms to: one row for each class, with the code that provides it."""

from dataclasses import dataclass

_FEATURES = "http://www.opengis.net/spec/ogcapi-features"


@dataclass(frozen=True, slots=True)
class ConformanceClass:
    """A class of requirements, the part of the standard it stands in, and what provides it."""

    uri: str
    part: str
    provided_by: str


CONFORMANCE = (
    ConformanceClass(f"{_FEATURES}-1/1.0/conf/core", "Part 1, Core 1.0.1", "web.api.views"),
    ConformanceClass(f"{_FEATURES}-1/1.0/conf/geojson", "Part 1, Core 1.0.1", "geo.feature"),
)
