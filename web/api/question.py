"""What a request asks of a collection's items: the page's own filter, and how to write them."""

from dataclasses import dataclass, replace
from itertools import islice

from flask import request

from geo.bbox import BBox, read_numbers
from geo.crs import CRS84, Crs, lonlat_box, read_crs
from geo.errors import BadBBox, BadCrs
from registry.collections import Collection
from registry.errors import BadFilter
from registry.filters import CURSOR, MOST_FAULTS, Filter, Page
from registry.kinds import shown
from web.params import read_question

DEFAULT_LIMIT = 10
# How an answer is written, not which records it holds.
SHAPE = ("f", "crs", "properties")
BOX_CRS = "bbox-crs"


@dataclass(frozen=True, slots=True)
class Shape:
    """How features are written: the reference system, and which properties (None: all)."""

    crs: Crs = CRS84
    names: frozenset[str] | None = None

    @property
    def is_stored(self) -> bool:
        """Whether the stored text is the answer as it is."""
        return self.crs is CRS84 and self.names is None


def read_shape(collection: Collection) -> Shape:
    """The `crs` and `properties` of this request; raises BadFilter with every fault."""
    faults: dict[str, str] = {}
    shape = Shape(_crs("crs", faults), _names(collection, faults))
    if faults:
        raise BadFilter(faults)
    return shape


def read_items(collection: Collection) -> tuple[Filter, Page]:
    """The records asked for and the page of them; raises BadFilter with every fault."""
    faults: dict[str, str] = {}
    box = _box(faults)
    also = (*SHAPE, BOX_CRS, *(("bbox",) if box or faults else ()))
    try:
        asked, page = read_question(
            collection, default_limit=DEFAULT_LIMIT, also=also, turning=(CURSOR,)
        )
    except BadFilter as error:
        raise BadFilter(faults | error.faults) from None
    if faults:
        raise BadFilter(faults)
    return (replace(asked, asked=(*asked.asked, ("bbox", box))) if box else asked), page


def check_parameters(*known: str) -> None:
    """Raise BadFilter for a parameter that an address does not know (Part 1, requirement 8)."""
    takes = ", ".join(known)
    faults = {
        name: f"{shown(name)} is no parameter of this address; it takes {takes}."
        for name in request.args
        if name not in known
    }
    if faults:
        raise BadFilter(dict(islice(faults.items(), MOST_FAULTS)))


def _one(name: str, faults: dict[str, str]) -> str:
    texts = [text for text in request.args.getlist(name) if text.strip()]
    if len(texts) > 1:
        faults[name] = f"{name} takes one value; it is given {len(texts):,} times."
    return texts[0].strip() if texts else ""


def _crs(name: str, faults: dict[str, str]) -> Crs:
    text = _one(name, faults)
    try:
        return read_crs(text) if text else CRS84
    except BadCrs as error:
        faults[name] = f"{name}: {error}"
        return CRS84


def _box(faults: dict[str, str]) -> BBox | None:
    """A box in another reference system; None where it is the page's own."""
    crs, text = _crs(BOX_CRS, faults), _one("bbox", faults)
    if crs is CRS84 or not text:
        return None
    try:
        return lonlat_box(read_numbers(text), crs)
    except BadBBox as error:
        faults["bbox"] = str(error)
        return None


def _names(collection: Collection, faults: dict[str, str]) -> frozenset[str] | None:
    said = [text for text in request.args.getlist("properties") if text.strip()]
    if not said:
        return None
    known = {prop.name for prop in collection.properties}
    names = [word.strip() for text in said for word in text.split(",") if word.strip()]
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        choices = ", ".join(prop.name for prop in collection.properties)
        faults["properties"] = f"properties takes {choices}; got {shown(unknown)}."
    return frozenset(names)
