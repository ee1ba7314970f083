"""What the colours and shapes of the map mean, from the vocabularies."""

from collections.abc import Iterable, Sequence
from typing import Any

from registry.vocabulary import COMMODITY_GROUPS, FAMILIES, ROUTE_DEPENDENCES, Term

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
            "rows": _rows(FAMILIES),
        },
        {
            "collection": "projects",
            "title": "Position",
            "by": "precision",
            "rows": [_row(*place) for place in _PLACES],
        },
        {
            "collection": "deposits",
            "title": "Deposits",
            "by": "group",
            "rows": _rows(COMMODITY_GROUPS),
        },
        {
            "collection": "corridors",
            "title": "Corridors",
            "by": "route",
            "rows": _rows(ROUTE_DEPENDENCES),
        },
    ]


def _rows(terms: Iterable[Term]) -> list[dict[str, Any]]:
    return [_row(term.slug, term.label, (term.slug,)) for term in terms]


def _row(key: str, label: str, values: Sequence[str]) -> dict[str, Any]:
    return {"key": key, "label": label, "values": values}
