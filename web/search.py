"""The search box: projects, deposits and places whose names hold the words."""

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from geo.feature import Feature
from geo.layers import LAYERS, layer_path
from registry import queries
from registry.collections import DEPOSITS, PROJECTS, Collection
from registry.filters import Filter, Page
from registry.folding import fold
from registry.vocabulary import COMMODITY, SECTOR
from web import wording

SHORTEST = 2
EACH = 5
PLACE_ZOOM = 9
_CHOSEN_FROM = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, where its page is, and for a place where it lies."""

    kind: str
    ref: str
    title: str
    note: str
    url: str
    lon: float | None = None
    lat: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the browser."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    note: str
    lon: float
    lat: float
    words: tuple[str, ...]


def find(session: Session, text: str, *, public_only: bool, each: int = EACH) -> list[Hit]:
    """The best of each kind; nothing for a text of one letter. Raises BadFilter for no question."""
    words = text.strip()
    if len(words) < SHORTEST:
        return []
    return [
        *_records(session, PROJECTS, words, public_only, each),
        *_records(session, DEPOSITS, words, public_only, each),
        *_found_places(words, each),
    ]


def _records(
    session: Session, collection: Collection, words: str, public_only: bool, each: int
) -> list[Hit]:
    asked = Filter.parse({"q": [words]}, collection)
    page = Page(limit=each * _CHOSEN_FROM)
    found = queries.features(session, collection, asked, page, public_only=public_only)
    found.sort(key=lambda record: _rank(fold(words), record))
    endpoint = f"pages.{collection.singular}"
    return [
        Hit(
            collection.id,
            record.ref,
            record.properties["name"],
            _note(record.properties),
            url_for(endpoint, ref=record.ref),
        )
        for record in found[:each]
    ]


def _rank(words: str, record: Feature) -> int:
    """A name that begins with the words comes first, then one that holds them, then the rest."""
    name = fold(record.properties["name"])
    return 0 if name.startswith(words) else 1 if words in name else 2


def _note(properties: Mapping[str, Any]) -> str:
    if "sector" in properties:
        what = SECTOR[properties["sector"]].label
    else:
        what = ", ".join(COMMODITY[slug].label for slug in properties["commodities"])
    return " · ".join(filter(None, (what, wording.countries(properties["countries"]))))


def _found_places(words: str, each: int) -> list[Hit]:
    asked = fold(words).strip()
    begun = [place for place in _places() if any(name.startswith(asked) for name in place.words)]
    return [
        Hit("places", "", place.name, place.note, _on_map(place), place.lon, place.lat)
        for place in begun[:each]
    ]


def _on_map(place: _Place) -> str:
    return url_for("pages.index", _anchor=f"{place.lat:.3f},{place.lon:.3f},{PLACE_ZOOM}")


@lru_cache
def _places() -> tuple[_Place, ...]:
    layer = next(layer for layer in LAYERS if layer.kind == "place")
    with layer_path(layer).open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: -int(row["population"] or 0))
    return tuple(
        _Place(
            row["name"],
            ", ".join(filter(None, (wording.regions([row["admin1"]] if row["admin1"] else []),
                                    wording.countries([row["country"]])))),
            float(row["lon"]),
            float(row["lat"]),
            tuple(fold(name).strip() for name in [row["name"], *row["names"].split("|")] if name),
        )
        for row in rows
    )  # fmt: skip
