"""What the colours and shapes of the map mean, from the vocabularies."""

from typing import Any

from registry.vocabulary import COMMODITY_GROUPS, FAMILIES, ROUTE_DEPENDENCES

# The mark's look, and the precisions that are drawn so.
_PLACES = (
    ("exact", "Site known", ("exact",)),
    ("near", "Within 5 or 25 km", ("approximate", "town")),
    ("guess", "Region or placeholder", ("region", "centroid", "schematic")),
)


def legend() -> list[dict[str, Any]]:
    """Sections of the legend: each row names the values that make it appear."""
    return [
        {
            "collection": "projects",
            "title": "Projects",
            "by": "family",
            "rows": [{"key": row.slug, "label": row.label, "values": [row.slug]} for row in FAMILIES],
        },
        {
            "collection": "projects",
            "title": "Position",
            "by": "precision",
            "rows": [{"key": key, "label": label, "values": values} for key, label, values in _PLACES],
        },
        {
            "collection": "deposits",
            "title": "Deposits",
            "by": "group",
            "rows": [{"key": row.slug, "label": row.label, "values": [row.slug]} for row in COMMODITY_GROUPS],
        },
        {
            "collection": "corridors",
            "title": "Corridors",
            "by": "route",
            "rows": [
                {"key": row.slug, "label": row.label, "values": [row.slug]} for row in ROUTE_DEPENDENCES
            ],
        },
    ]
