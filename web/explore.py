"""What the map page and the list show of one question: choices with counts, sums, records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from geo.bbox import BBox
from geo.feature import Feature
from geo.formats import FORMATS, Format
from registry import queries
from registry.collections import PROJECTS
from registry.fields import FIELDS, FURTHER_FIELDS, AnyOf, Bound, Box
from registry.filters import Filter, Page
from registry.queries import Totals
from registry.vocabulary import (
    COMMODITIES,
    COMMODITY_GROUPS,
    COUNTRY_TERMS,
    FAMILIES,
    PHASES,
    PRECISIONS,
    SECTORS,
    STATUSES,
    CommodityGroup,
    Family,
    Term,
)

Pairs = Sequence[tuple[str, str]]
MOST_CARDS = 200
LONGEST_CHIP = 200
ORDERS = (
    ("", "As entered"),
    ("name", "Name"),
    ("-capacity_mw", "Largest first"),
    ("start_year", "Earliest start"),
    ("-updated_at", "Latest change"),
)


@dataclass(frozen=True, slots=True)
class Option:
    """One word that can be chosen; `count` is what it would leave, None where nobody counted."""

    term: Any
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in use, in words, and the address without it."""

    label: str
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the export menu offers."""

    format: Format
    address: str


@dataclass(frozen=True, slots=True)
class Explored:
    """Everything the page says of a question."""

    asked: Filter
    page: Page
    totals: Totals
    projects: list[Feature]
    countries: list[Option]
    families: list[tuple[Family, list[Option]]]
    phases: list[Option]
    statuses: list[Option]
    precisions: list[Option]
    commodities: list[tuple[CommodityGroup, list[Option]]]
    chips: list[Chip]
    downloads: list[Download]
    more_in_use: int

    @property
    def first(self) -> int:
        """The place of the first record shown, counted from 1."""
        return self.page.offset + 1 if self.projects else 0

    @property
    def last(self) -> int:
        """The place of the last record shown."""
        return self.page.offset + len(self.projects)

    def said(self, name: str) -> str:
        """A filter's value as its box in the form holds it."""
        return ",".join(text for key, text in self.asked.to_args() if key == name)

    @property
    def order(self) -> str:
        """The order as `sortby` writes it."""
        return dict(self.page.to_args()).get("sortby", "")


def explore(
    session: Session, asked: Filter, page: Page, endpoint: str, *, public_only: bool
) -> Explored:
    """Ask everything the page shows; the number of queries does not grow with the records."""
    counts = queries.facets(session, asked, public_only=public_only)

    def options(name: str, terms: Iterable[Term]) -> list[Option]:
        return _options(terms, asked.get(name) or (), counts.get(name))

    sectors, commodities = options("sector", SECTORS), options("commodity", COMMODITIES)
    return Explored(
        asked=asked,
        page=page,
        totals=queries.totals(session, asked, public_only=public_only),
        projects=queries.features(session, PROJECTS, asked, page, public_only=public_only),
        countries=options("country", COUNTRY_TERMS),
        families=[(row, [o for o in sectors if o.term.family == row.slug]) for row in FAMILIES],
        phases=options("phase", PHASES),
        statuses=options("status", STATUSES),
        precisions=options("precision", PRECISIONS),
        commodities=[
            (row, [o for o in commodities if o.term.group == row.slug]) for row in COMMODITY_GROUPS
        ],
        chips=chips(asked, page, endpoint),
        downloads=downloads(asked, page),
        more_in_use=sum(
            name not in ("country", "sector", "phase", "bbox", "near") for name, _ in asked.asked
        ),
    )


def _options(
    terms: Iterable[Term], chosen: Sequence[str], counted: Mapping[str, int] | None
) -> list[Option]:
    return [
        Option(term, None if counted is None else counted.get(term.slug, 0), term.slug in chosen)
        for term in terms
    ]


def address(endpoint: str, pairs: Pairs) -> str:
    """An address of ours with parameters."""
    return url_for(endpoint) + _query(pairs)


def _query(pairs: Pairs) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""


def chips(asked: Filter, page: Page, endpoint: str) -> list[Chip]:
    """Each filter in use with the address that lacks it; paging starts anew."""
    pairs, order = asked.to_args(), [pair for pair in page.to_args() if pair[0] == "sortby"]
    return [
        Chip(*_in_words(*pair), address(endpoint, [each for each in pairs if each != pair] + order))
        for pair in pairs
    ]


def downloads(asked: Filter, page: Page) -> list[Download]:
    """One file a format: all matching projects, in the order shown."""
    return files(PROJECTS.id, asked, page)


def files(collection_id: str, asked: Filter, page: Page) -> list[Download]:
    """One file a format: all matching records of a collection, in the order shown."""
    pairs = asked.to_args() + [pair for pair in page.to_args() if pair[0] == "sortby"]
    return [
        Download(each, _file(collection_id, each.extension.lstrip("."), pairs)) for each in FORMATS
    ]


def by_api(asked: Filter) -> str:
    """The address of the same records in the API, as a page."""
    pairs = [*asked.to_args(), ("f", "html")]
    return url_for("api.items", collection_id=PROJECTS.id) + _query(pairs)


def _file(collection_id: str, ending: str, pairs: Pairs) -> str:
    return f"{url_for('export.export', collection=collection_id, ending=ending)}{_query(pairs)}"


def turned(asked: Filter, page: Page, endpoint: str, offset: int) -> str:
    """The address of another page of the same list."""
    pairs = asked.to_args() + [pair for pair in page.to_args() if pair[0] != "offset"]
    return address(endpoint, pairs + ([("offset", str(offset))] if offset > 0 else []))


def in_order(asked: Filter, endpoint: str, order: str) -> str:
    """The address of the same list in another order."""
    return address(endpoint, [*asked.to_args(), ("sortby", order)])


def _in_words(name: str, text: str) -> tuple[str, str]:
    fields = (*FIELDS[PROJECTS.id], *FURTHER_FIELDS[PROJECTS.id])
    field = next(field for field in fields if field.name == name)
    if isinstance(field, AnyOf):
        return field.label, next(term.label for term in field.terms if term.slug == text)
    if isinstance(field, Box):
        return field.label, _box_in_words(BBox.parse(text))
    if isinstance(field, Bound):
        unit = " MW" if name.endswith("_mw") else ""
        return field.label.removesuffix(" (MW)"), text + unit
    return field.label, text if len(text) <= LONGEST_CHIP else f"{text[:LONGEST_CHIP]} …"


def _box_in_words(box: BBox) -> str:
    west, east = (_degrees(value, "E", "W") for value in (box.west, box.east))
    south, north = (_degrees(value, "N", "S") for value in (box.south, box.north))
    return f"{west} to {east}, {south} to {north}"


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.4g}° {positive if value >= 0 else negative}"
