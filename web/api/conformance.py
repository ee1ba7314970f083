"""What the API conforms to: one row for each class, with the code that provides it."""

from dataclasses import dataclass

_PART_4 = "Part 4, Create, Replace, Update and Delete, draft 20-002r1"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
_CQL2_CLASSES = (
    ("cql2-text", "registry.cql2.reader"),
    ("cql2-json", "registry.cql2.shape"),
    ("basic-cql2", "registry.cql2.compiler"),
    ("advanced-comparison-operators", "registry.cql2.compiler"),
    ("case-insensitive-comparison", "registry.database.functions"),
    ("accent-insensitive-comparison", "registry.database.functions"),
    ("basic-spatial-functions", "registry.cql2.shapes"),
    ("basic-spatial-functions-plus", "registry.cql2.shapes"),
    ("spatial-functions", "registry.cql2.shapes"),
    ("temporal-functions", "registry.cql2.times"),
    ("array-functions", "registry.cql2.arrays"),
    ("property-property", "registry.cql2.compiler"),
    ("arithmetic", "registry.cql2.arithmetic"),
)
_PART_1 = "Part 1: Core, 1.0.1"
_PART_2 = "Part 2: Coordinate Reference Systems by Reference, 1.0.1"
_PART_3 = "Part 3: Filtering, 1.0.0"
_PART_5 = "Part 5: Schemas, draft"


@dataclass(frozen=True, slots=True)
class ConformanceClass:
    """A class of requirements, the part of the standard it stands in, and what provides it."""

    uri: str
    part: str
    provided_by: str


CONFORMANCE = (
    *(
        ConformanceClass(f"{_FEATURES}-1/1.0/conf/{name}", _PART_1, provided_by)
        for name, provided_by in (
            ("core", "web.api.views"),
            ("geojson", "geo.feature"),
            ("html", "web.api.pages"),
            ("oas30", "web.api.openapi"),
        )
    ),
    ConformanceClass(f"{_FEATURES}-2/1.0/conf/crs", _PART_2, "geo.crs"),
    *(
        ConformanceClass(f"{_FEATURES}-3/1.0/conf/{name}", _PART_3, provided_by)
        for name, provided_by in (
            ("filter", "registry.cql2.field"),
            ("features-filter", "registry.cql2.field"),
            ("queryables", "registry.schemas"),
        )
    ),
    ConformanceClass(f"{_FEATURES}-5/1.0/conf/schemas", _PART_5, "registry.schemas"),
    ConformanceClass(f"{_FEATURES}-5/1.0/conf/core-roles-features", _PART_5, "registry.schemas"),
    *(
        ConformanceClass(f"{_CQL2}{name}", "CQL2 1.0.0", provided_by)
        for name, provided_by in _CQL2_CLASSES
    ),
    ConformanceClass(f"{_FEATURES}-4/1.0/conf/create-replace-delete", _PART_4, "web.api.write"),
    ConformanceClass(f"{_FEATURES}-4/1.0/conf/update", _PART_4, "web.api.write"),
    ConformanceClass(f"{_FEATURES}-4/1.0/conf/optimistic-locking-etags", _PART_4, "web.api.bodies"),
    ConformanceClass(
        f"{_FEATURES}-4/1.0/conf/return-resource-representation-in-response",
        _PART_4,
        "web.api.write",
    ),
    ConformanceClass(f"{_FEATURES}-4/1.0/conf/features", _PART_4, "web.api.write"),
    *(
        ConformanceClass(f"{_TILES}{name}", "Tiles Part 1, Core 1.0.0", "web.api.tiles")
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets")
    ),
    ConformanceClass(
        "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
        "Two Dimensional Tile Matrix Set 2.0",
        "web.api.tiles",
    ),
    ConformanceClass(f"{_TILES}mvt", "Tiles Part 1, Core 1.0.0", "geo.mvt"),
)
